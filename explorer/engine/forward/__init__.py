"""What the Forward workspace asks for."""
