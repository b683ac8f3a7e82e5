"""The recipe inside a page: a data block of its head, which no browser shows or runs."""

from __future__ import annotations

from pathlib import Path

from explorer.recipe import Recipe, encode_recipe

LARGEST = 2**27
"""Of a file that is read: a page has a few MB, and its recipe may have some more."""
HEAD = 2**16
"""Within so many bytes a page says that it is one of ours: there the recipe begins."""
OPENING, CLOSING = '<script type="application/json" id="generative-explorer-recipe">', "</script>"
BEGINNINGS = (b"<!doctype html", b"<html", b"<!--", b"<?xml")


def in_script(json_text: str) -> str:
    """JSON as it stands in a data block: no text in it ends the block."""
    return json_text.replace("<", "\\u003c")


def block_of(recipe: Recipe) -> str:
    """The data block of a recipe."""
    return f"{OPENING}{in_script(encode_recipe(recipe))}{CLOSING}"


def recipe_text(path: Path) -> str:
    """The recipe of a page, empty if it has none.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is no page, or too large for one of ours.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(BEGINNINGS):
            raise ValueError("it is not a page of HTML")
        begins = head.find(OPENING.encode())
        if begins < 0:
            return ""
        page = head + file.read(LARGEST - len(head) + 1)
    if len(page) > LARGEST:
        raise ValueError("it is too large for a page of this app")
    begins += len(OPENING)
    ends = page.find(CLOSING.encode(), begins)
    if ends < 0:
        raise ValueError("its recipe has no end")
    return page[begins:ends].decode("utf-8")


def without_recipe(path: Path) -> str:
    """What a page shows: what follows its recipe and the line that says what may run and who wrote it (ValueError if it has none)."""
    recipe_text(path)
    _, found, rest = path.read_text(encoding="utf-8").partition(OPENING)
    if not found:
        raise ValueError("it has no recipe inside")
    return rest.partition(CLOSING)[2].partition("<title>")[2]


def may_be_ours(path: Path) -> bool:
    """Whether the head of a file has the data block of a recipe (OSError if it cannot be read)."""
    with path.open("rb") as file:
        return OPENING.encode() in file.read(HEAD)
