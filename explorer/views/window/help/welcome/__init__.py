"""Welcome: five things to do in the real window, each by the person's own hand."""
