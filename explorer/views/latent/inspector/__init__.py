"""The panel beside the plane."""
