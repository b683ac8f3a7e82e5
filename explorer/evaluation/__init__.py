"""How good a model is: figures of its samples beside the same figures of real images."""
