"""Loaded checkpoints on their device, the predictors and data sets made of them, and the library."""
