"""`render`: the real window as a picture."""
