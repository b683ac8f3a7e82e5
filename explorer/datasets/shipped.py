"""The data sets that come with the app: what is known of them before they are read. No numpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedData:
    """One of them.

    Attributes
    ----------
    name : str
        In recipes, on the command line and in checkpoints.
    title : str
        In the window.
    train, test : int
        Numbers of images.
    shape : (C, H, W)
    what : str
        What its images are of.
    classes : tuple of str
        Names of its labels, 0 to n - 1.
    dark_ground : bool
        Its images are light strokes on black: a picture of ink on paper is inverted to be like them.
    """

    name: str
    title: str
    train: int
    test: int
    shape: tuple[int, int, int]
    what: str
    classes: tuple[str, ...]
    dark_ground: bool = False

    @property
    def short_classes(self) -> tuple[str, ...]:
        """Names of its labels where they stand together: of digits the digit alone."""
        return tuple(name.removeprefix("digit ") for name in self.classes)


SHIPPED: dict[str, ShippedData] = {
    row.name: row
    for row in (
        ShippedData(
            name="mnist", title="MNIST", train=60_000, test=10_000, shape=(1, 28, 28), what="digits", dark_ground=True,
            classes=tuple(f"digit {digit}" for digit in range(10)),
        ),
        ShippedData(
            name="emoji", title="Emoji", train=3_411, test=370, shape=(3, 32, 32), what="emoji",
            classes=("smileys", "people", "nature", "food", "places", "activities", "objects", "symbols", "flags"),
        ),
    )
}  # fmt: skip
"""By name, in the order in which they are offered."""


def shipped(source: str) -> ShippedData | None:
    """The data set of that name, however it is written; None where `source` is a path, or no name of one."""
    return SHIPPED.get(source.lower())


def title_of(source: str) -> str:
    """What a data set is called in the window: its title, or its file's name."""
    known = shipped(source)
    return PurePath(source).name if known is None else known.title


def class_words(source: str, label: int) -> str:
    """What a class of a data set is called: "digit 7", "flags"; of one that is not shipped "class 7"."""
    known = shipped(source)
    return known.classes[label] if known is not None and 0 <= label < len(known.classes) else f"class {label}"


def on_black(source: str, channels: int) -> bool:
    """Whether one draws on black for images of that name: as they are, or on black where they are grey."""
    known = shipped(source)
    return channels == 1 if known is None else known.dark_ground


def is_dark(source: str) -> bool:
    """Whether images of that name are known to be light strokes on black."""
    known = shipped(source)
    return known is not None and known.dark_ground
