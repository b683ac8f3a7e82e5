"""What the chain workspaces have in common, as it is known before either is looked at."""

from __future__ import annotations

CHAIN_GESTURES = (
    ("Wheel", "One step, over samples, film strip or timeline"),
    ("Wheel over the curves; +, −", "Zoom in t, or out; with Shift one step"),
    ("Right or middle button in the curves", "Drag along t"),
    ("Double click in the curves; 0", "All of t"),
    ("Shift+Left, Shift+Right", "Ten steps"),
    ("Arrow keys on the samples", "Another sample"),
    ("Ctrl+click, Shift+click, Ctrl+A on the samples", "Select several: curves, export and painting are of all of them"),
    ("Double click, Enter on a picture", "As large as it fits; arrow keys step and change the sample, Esc closes"),
    ("Right click on a picture", "Copy, save, enlarge, encode"),
    ("Click or drag in the curves", "Go to that timestep"),
    ("Click a term of the equation", "Show its quantity"),
    ("Arrow keys, Space in the U-Net", "Another block; switch a skip off or on"),
)
"""Keys and gestures that are in no menu."""
