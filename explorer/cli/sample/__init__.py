"""`sample`: chains as a picture, a film or arrays."""
