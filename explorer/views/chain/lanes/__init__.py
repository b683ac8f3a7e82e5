"""Lanes: their heads, their grids of samples, where the pictures are."""
