"""The plane: codes, manifold, fields, points and strokes under the pointer."""
