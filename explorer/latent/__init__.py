"""The latent plane's mathematics: pure torch, no files, no Qt."""
