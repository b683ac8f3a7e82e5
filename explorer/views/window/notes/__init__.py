"""Notes and bookmarks: the panel, the menu, and the bar of a presentation."""
