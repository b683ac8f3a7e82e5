"""What the Latent workspace asks for: codes, decodings, fields, strokes."""
