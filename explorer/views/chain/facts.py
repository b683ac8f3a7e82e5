"""What the chain workspaces have in common, as it is known before either is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.widgets.controls.actions import Do

CHAIN_GESTURES = (
    ("Wheel", "One step, over samples, film strip, curves or timeline"),
    ("Shift+Left, Shift+Right", "Ten steps"),
    ("Arrow keys on the samples", "Another sample"),
    ("Click or drag in the curves", "Go to that timestep"),
    ("Click a term of the equation", "Show its quantity"),
    ("Arrow keys, Space in the U-Net", "Another block; switch a skip off or on"),
)
"""Keys and gestures that are in no menu."""


def chain_groups(several: bool) -> Sequence[Sequence[Do]]:
    """Rows of the actions of a chain workspace of one lane, or of several."""
    from explorer.views.chain.actions import LOOKS, groups

    return (*groups(several), *LOOKS)
