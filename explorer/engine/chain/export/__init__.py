"""Chains written to files with their recipe."""
