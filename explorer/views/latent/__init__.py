"""The Latent workspace: the plane of a VAE's or an AE's codes."""
