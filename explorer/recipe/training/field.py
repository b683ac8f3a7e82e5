"""What the form of a new run shows of a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["data", "first", "learning", "network"]
"""Where the form has a field: under the data set where that is not MNIST, always, or in one of the columns of more settings."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes
    ----------
    label : str
        With & before its mnemonic.
    group : Group
    tip : str
        Tooltip.
    ahead : bool
        It stands before those of its group that do not.
    """

    label: str
    group: Group
    tip: str
    ahead: bool = False


@dataclass(frozen=True, kw_only=True)
class NumberField(Field):
    """A whole number in [least, most]; `none` is what the least is called where it stands for None."""

    least: int
    most: int
    none: str = ""


@dataclass(frozen=True)
class SeedField(Field):
    """A seed, with a button that draws another."""


@dataclass(frozen=True, kw_only=True)
class ChoiceField(Field):
    """One of some values."""

    choices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TickField(Field):
    """Yes or no, with words beside the box."""

    words: str


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    """What is typed: a number within the setting's bounds, or a list as its option takes it; `usual` is shown where it is empty."""

    usual: str = ""
