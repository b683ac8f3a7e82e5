"""Finished chains that are kept on disk, and answered for without torch."""
