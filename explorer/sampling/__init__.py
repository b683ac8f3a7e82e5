"""Chains that no window asks for: what the command line and Python sample with."""
