"""Checkpoints for other programs: as ONNX graphs, and as folders of diffusers where the network is one of its own."""
