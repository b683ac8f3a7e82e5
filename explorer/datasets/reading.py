"""How images of a file are taken where the file leaves it open: told by the person, else found. No numpy."""

from __future__ import annotations

from typing import Literal

import msgspec

RangeName = Literal["auto", "0,1", "-1,1", "0,255", "0,65535"]
Background = Literal["white", "black"]
MOST_NAME = 1024
NO_LABELS = "none"

RANGE_WORDS: dict[RangeName, str] = {
    "auto": "as they are found", "0,1": "0 to 1", "-1,1": "-1 to 1", "0,255": "0 to 255", "0,65535": "0 to 65535",
}  # fmt: skip


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was told of a file of images: part of recipes, so that the same images are there again.

    Attributes
    ----------
    range : RangeName
        Which numbers are black and white; "auto" finds it in the numbers.
    member : str
        Name of the array in an archive; empty for the one that is of images.
    background : "white" or "black"
        What is seen where a picture is transparent.
    labels : str
        Name of the array of labels in an archive; "none" for no labels, empty for the one that is of them.
    """

    range: RangeName = "auto"
    member: str = ""
    background: Background = "white"
    labels: str = ""

    def __post_init__(self) -> None:
        """Refuse a name that none can have (ValueError)."""
        if max(len(self.member), len(self.labels)) > MOST_NAME:
            raise ValueError(f"the name of an array has at most {MOST_NAME} characters")


AS_FOUND = Reading()


def ends(named: RangeName) -> tuple[float, float]:
    """The numbers of black and of white (ValueError of "auto")."""
    low, _, high = named.partition(",")
    return float(low), float(high)
