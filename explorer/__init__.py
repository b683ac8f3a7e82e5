"""Generative Explorer: see how a diffusion model and a VAE make images."""

__version__ = "0.1.0"
