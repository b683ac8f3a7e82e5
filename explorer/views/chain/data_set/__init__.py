"""The panel "Data set": exact lanes, weights of training images, the ideal denoiser."""
