"""Notes and bookmarks: what a person wrote about what is open, and the places in it that were worth a name."""

from __future__ import annotations

import msgspec

MAX_TEXT = 200_000
MAX_NAME = 80
MAX_BOOKMARKS = 500


class Bookmark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place: a workspace, and where in it the person looks. What a workspace does not have is None.

    Attributes
    ----------
    name : str
        At most 80 characters, one at least.
    workspace : str
        "reverse-chain", "compare", …
    t : int or None
        The cursor.
    sample : int or None
        The selected sample, or number of the image, from 0.
    seed : int or None
        In [0, 2**63).
    lane : int or None
        The lane that is looked at, from 0.
    frame : int or None
        Of a stroke, from 0; of a run, the update whose snapshot is shown; of a fit, its step.
    shown : str
        What is shown there: a quantity, a page, a curve, the name of a point or a stroke.
    note : str
    """

    name: str
    workspace: str
    t: int | None = None
    sample: int | None = None
    seed: int | None = None
    lane: int | None = None
    frame: int | None = None
    shown: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a place that cannot be (ValueError)."""
        if not self.name.strip() or len(self.name) > MAX_NAME:
            raise ValueError(f"a bookmark's name has 1 to {MAX_NAME} characters")
        if len(self.note) > MAX_TEXT:
            raise ValueError(f"a bookmark's note has at most {MAX_TEXT:,} characters")
        for field in ("t", "sample", "seed", "lane", "frame"):
            value = getattr(self, field)
            if value is not None and not 0 <= value < 2**63:
                raise ValueError(f"a bookmark's {field} is in [0, 2**63), not {value}")


class Notes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written beside the pictures; bookmarks in the order of a lecture.

    Attributes
    ----------
    text : str
    bookmarks : tuple of Bookmark
    """

    text: str = ""
    bookmarks: tuple[Bookmark, ...] = ()

    def __post_init__(self) -> None:
        """Refuse more than can be listed (ValueError)."""
        if len(self.text) > MAX_TEXT:
            raise ValueError(f"notes have at most {MAX_TEXT:,} characters")
        if len(self.bookmarks) > MAX_BOOKMARKS:
            raise ValueError(f"there can be at most {MAX_BOOKMARKS} bookmarks, not {len(self.bookmarks)}")
