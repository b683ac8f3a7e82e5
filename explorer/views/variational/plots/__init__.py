"""What the Variational workspace draws."""
