"""Sweeps: many recipes, each a file of its own, in this process or on workers of Ray."""
