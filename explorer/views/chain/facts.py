"""What the chain workspaces have in common, as it is known before either is looked at."""

from __future__ import annotations

from explorer.widgets.look.language import tr

CHAIN_GESTURES = (
    (tr("Wheel"), tr("One step, over samples, film strip or timeline")),
    (tr("Wheel over the curves; +, −"), tr("Zoom in t, or out; with Shift one step")),
    (tr("Right or middle button in the curves"), tr("Drag along t")),
    (tr("Double click in the curves; 0"), tr("All of t")),
    ("Shift+Left, Shift+Right", tr("Ten steps")),
    (tr("Arrow keys on the samples"), tr("Another sample")),
    (tr("Ctrl+click, Shift+click, Ctrl+A on the samples"), tr("Select several: curves, export and painting are of all of them")),
    (tr("Double click, Enter on a picture"), tr("As large as it fits; arrow keys step and change the sample, Esc closes")),
    (tr("Right click on a picture"), tr("Copy, save, enlarge, encode")),
    (tr("Click or drag in the curves"), tr("Go to that timestep")),
    (tr("Click a term of the equation"), tr("Show its quantity")),
    (tr("Arrow keys, Space in the U-Net"), tr("Another block; switch a skip off or on")),
)
"""Keys and gestures that are in no menu."""
