"""Generative Explorer: see how a diffusion model and a VAE make images."""

import os

# Another Qt binding may be installed, or asked for by a shell's settings: QtPy shall take ours.
os.environ["QT_API"] = "pyside6"

__version__ = "0.1.0"
