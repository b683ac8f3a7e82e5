"""What the person chose: frozen values, and the store that replaces them."""
