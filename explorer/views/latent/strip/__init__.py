"""The strip under the planes."""
