"""What the Training workspace asks of the engine."""
