"""The plots and pictures of the Forward workspace."""
