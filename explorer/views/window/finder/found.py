"""What can be found, and how well words fit it: values without widgets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WORD_START, WORD_WITHIN, TEXT, LETTERS, NOT = 0, 1, 3, 6, 100
"""Cost of a typed word that begins a word of the title, is within it, is told elsewhere, has its letters in order, or is not there."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the finder.

    Attributes
    ----------
    title : str
    where : str
        Where it lies: "Latent", "Help > Glossary".
    do : callable
        What Enter does.
    keys : str
        Its key, as the platform writes it.
    tip : str
        What it does; searched after the title.
    icon : str
    why_not : str
        Why it cannot be done now; empty if it can.
    near : bool
        It is of what is on show: before others that fit as well.
    """

    title: str
    where: str
    do: Callable[[], object]
    keys: str = ""
    tip: str = ""
    icon: str = "ph.caret-right"
    why_not: str = ""
    near: bool = False


def ranked(all_found: Iterable[Found], typed: str, most: int = 60) -> list[Found]:
    """What has every typed word, the best first: words of the title that begin so, then within it, then elsewhere, then letters in order.

    Without a word: what is on show, then the rest in its order.
    """
    words = plain(typed).split()
    fits = [(cost_of(found, words), index, found) for index, found in enumerate(all_found)]
    kept = [(cost, bool(found.why_not), not found.near, index, found) for cost, index, found in fits if cost < NOT]
    kept.sort(key=lambda row: row[:4])
    return [row[-1] for row in kept[:most]]


def cost_of(found: Found, words: list[str]) -> int:
    """How badly typed words fit; at least NOT if one of them is not there."""
    title = plain(found.title)
    parts, rest = re.findall(r"[^\s,.:;()·…]+", title), plain(f"{found.where} {found.tip} {found.keys}")
    costs = [_cost(word, title, parts, rest) for word in words]
    begins = any(title.startswith(word) for word in words)
    return 2 * sum(costs) + (0 if begins or not words else 1)


def _cost(word: str, title: str, parts: list[str], rest: str) -> int:
    if any(part.startswith(word) for part in parts):
        return WORD_START
    if word in title:
        return WORD_WITHIN
    if re.search(rf"(?<!\w){re.escape(word)}", rest):
        return TEXT
    if len(word) > 1 and any(_in_order(word, part) for part in parts):
        return LETTERS
    return NOT


def _in_order(letters: str, part: str) -> bool:
    """Whether a part has the letters in their order, and begins with the first: "expt" is in "export"."""
    rest = iter(part)
    return part[:1] == letters[:1] and all(letter in rest for letter in letters)


def plain(text: str) -> str:
    """Lower case, without marks over letters."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
