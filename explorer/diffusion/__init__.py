"""The lecture's diffusion mathematics: pure torch, no files, no Qt."""
