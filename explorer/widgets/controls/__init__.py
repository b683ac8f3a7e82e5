"""What is pressed, dragged, typed into or drawn on."""
