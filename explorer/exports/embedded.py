"""The recipe inside an exported file."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import BadInput
from explorer.exports.kinds import KINDS, kind_of
from explorer.paths import is_file
from explorer.recipe import Recipe, decode_recipe
from explorer.regular_file import check_regular, is_regular, read_whole

MAX_RECIPE_BYTES = 2**26


class NoRecipe(BadInput):
    """A file that can be read and has no recipe inside: it may be of any other origin."""


def read_recipe(path: Path) -> Recipe:
    """Recipe in a file of any kind that this app writes.

    Raises
    ------
    BadInput
        If the file is missing, cannot be read, or has no recipe (NoRecipe) or one that is not valid.
    """
    kind = kind_of(path)
    if kind is None:
        raise BadInput(f"{path}: recipes are in files that end in {', '.join(KINDS)}")
    check_regular(path)
    if not is_file(path):
        raise BadInput(f"{path}: no such file")
    try:
        text = kind.read(path)
    except Exception as error:  # the readers raise many kinds for a damaged file
        raise BadInput(f"{path}: cannot be read: {error}") from None
    if not text.lstrip().startswith("{"):  # some other program's "recipe", or none
        raise NoRecipe(f"{path}: has no recipe inside")
    return decode_recipe(text, str(path))


def recipe_of(path: Path) -> Recipe:
    """Recipe in an export, or in a .json of its own (BadInput as `read_recipe`)."""
    if path.suffix.lower() != ".json":
        return read_recipe(path)
    try:
        if path.stat().st_size > MAX_RECIPE_BYTES:
            raise BadInput(f"{path}: too large for a recipe")
        return decode_recipe(read_whole(path, MAX_RECIPE_BYTES), str(path))
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None


def may_have_recipe(path: Path) -> bool:
    """Whether a file has a place for a recipe that looks used: enough to tell exports from others without opening them whole.

    False if its name is of no kind that has recipes, or it cannot be read, or is a pipe, which would be waited for.
    """
    kind = kind_of(path)
    try:
        return kind is not None and is_regular(path) and kind.may_be_ours(path)
    except (OSError, ValueError):
        return False
