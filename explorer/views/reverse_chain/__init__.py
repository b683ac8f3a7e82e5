"""Reverse chain: one lane, scrubbed from pure noise to the sample."""
