"""One training step laid open: the computation graph of Algorithm 1, its lines, and the gradient in every block."""
