"""Training runs: what `generative-explorer train` does, without a window."""
