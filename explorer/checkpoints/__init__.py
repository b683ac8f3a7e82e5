"""Checkpoint files: our format, and the library of what is known on this machine."""
