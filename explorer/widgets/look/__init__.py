"""Theme, fonts, icons, style, and mathematics in a line of text."""
