"""Answers the Variational workspace: KL between densities, and the posterior of an image."""
