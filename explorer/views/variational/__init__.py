"""The Variational workspace: KL between densities, and the true posterior of an image beside the encoder's."""
