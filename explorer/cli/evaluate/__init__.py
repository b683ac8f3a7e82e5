"""`evaluate`: figures of a checkpoint."""
