r"""The glossary: every symbol and word of the window, what it is, its equation, and where it is seen.

One source, `resources/glossary.json`, for Help > Glossary, for what is said where a symbol is hovered, and for docs/glossary.md.
Formulas are written as `explorer/widgets/look/math_markup.py` reads them: `\hat{x}_0`, `x_{t−1}`, `\bar{α}_t`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import msgspec

from explorer.resources import read_as_shipped, resource


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A symbol or a word.

    Attributes
    ----------
    key : str
        By which code names it.
    name : str
        What it is called.
    words : str
        What it is, in a sentence or two.
    symbol, equation : str
        Formulas; empty if it has none.
    seen : str
        Where in the window it is seen.
    source : str
        Where the equation is from.
    also : tuple of str
        Other spellings, as labels of the window have them.
    shared : bool
        Its name means other things elsewhere, so that a label is explained by it only where code says so.
    """

    key: str
    name: str
    words: str
    symbol: str = ""
    equation: str = ""
    seen: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    shared: bool = False


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms under one heading."""

    title: str
    terms: tuple[Term, ...]


_SUBSCRIPTS = {"₀": "0", "₁": "1", "₂": "2", "ₜ": "t", "₋": "-", "ᵢ": "i"}
_LEFT_OUT = {"−": "-", "‖": "", "{": "", "}": "", " ": ""}
_MARKS = {"\\hat": "\u0302", "\\bar": "\u0304"}


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """Terms under their headings, in the order of the page."""
    path = resource("glossary.json")
    with read_as_shipped(path):
        return msgspec.json.decode(path.read_bytes(), type=tuple[Group, ...])


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """By key."""
    return {term.key: term for group in groups() for term in group.terms}


def named(text: str) -> Term | None:
    """The term of that name, symbol or other spelling, whatever its case: "x̂₀", "x0_hat", "Log SNR"; None if there is none."""
    return _by_name().get(normal(text)) if text else None


def normal(text: str) -> str:
    """A name or a symbol in the one spelling in which they are compared: "xₜ", "x_t" and "‖x_t‖" are the same."""
    before, told = "", ""
    for sign in unicodedata.normalize("NFD", text):
        index = _SUBSCRIPTS.get(sign)
        told += sign if index is None else index if before in _SUBSCRIPTS else f"_{index}"
        before = sign
    for name, mark in _MARKS.items():  # a mark is written before its letter, and compared after it
        while name in told:
            head, _, rest = told.partition(name)
            letter, _, tail = rest.removeprefix("{").partition("}")
            told = f"{head}{letter}{mark}{tail}"
    for sign, instead in _LEFT_OUT.items():
        told = told.replace(sign, instead)
    return told.casefold() if len(told) > 2 else told  # T is not t


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Term]:
    names: dict[str, Term] = {}
    for term in terms().values():
        for spelling in (term.key, term.name, term.symbol, *term.also):
            if spelling:
                names.setdefault(normal(spelling), term)
    return names


def markdown() -> str:
    """The page docs/glossary.md."""
    lines = [
        "# Glossary", "",
        "The symbols and words of the window. The same is shown in Help > Glossary, and where a symbol or a label is hovered.",
        "It is made from `resources/glossary.json` by `python tools/glossary_page.py`.",
    ]  # fmt: skip
    for group in groups():
        lines += ["", f"## {group.title}", "", "| symbol | name | equation | is | seen in |", "| --- | --- | --- | --- | --- |"]
        cells = ((term.symbol, f"**{term.name}**", term.equation, term.words, term.seen) for term in group.terms)
        lines += ["| " + " | ".join(_cell(text) for text in row) + " |" for row in cells]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    told = text
    for name, mark in _MARKS.items():
        while name in told:
            head, _, rest = told.partition(name)
            letter, _, tail = rest.removeprefix("{").partition("}")
            told = unicodedata.normalize("NFC", f"{head}{letter}{mark}{tail}")
    return told.replace("\\text", "").replace("{", "").replace("}", "").replace("|", "\\|")
