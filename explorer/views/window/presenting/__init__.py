"""Presenting: a window for a lecture hall, and the keys and clicks as they are pressed."""
