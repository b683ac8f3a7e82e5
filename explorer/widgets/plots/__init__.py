"""Curves, bars and histograms."""
