"""The picture under the pointer, whatever widget it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage


@dataclass(frozen=True, slots=True, eq=False)
class Pointed:
    """A picture that something can be done with.

    Attributes
    ----------
    image : QImage
        With the pixels that it has, not as it is drawn.
    words : str
        What it is: "sample 3", "x₀".
    index : int
        Which of the widget's pictures; -1 where there is one.
    lane : int
        Of a grid of lanes: which lane; -1 elsewhere.
    coarse : bool
        It is a look in few shades, which the exact picture follows: nothing to be kept.
    """

    image: QImage
    words: str
    index: int = -1
    lane: int = -1
    coarse: bool = False


@runtime_checkable
class HasPictures(Protocol):
    """A widget with pictures."""

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture at a point of the widget, or the chosen one without a point; None if there is none."""
        ...
