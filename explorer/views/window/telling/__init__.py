"""Asking what a checkpoint does not say itself: `form.py` asks, with a field for each question, and says how plausible the answers are."""
