"""Endings of files: one list, used everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import explorer
from explorer.endings import DATA_SETS, PICTURE_FILES, PICTURES, filters, has, patterns
from explorer.errors import BadInput
from explorer.exports.embedded import read_recipe
from explorer.exports.kinds import KINDS
from explorer.views.window.opening import open_filter


@pytest.mark.parametrize(
    ("name", "endings", "expected"),
    [
        ("a.png", PICTURES, True),
        ("/folder.png/a.TIF", PICTURES, True),
        ("/folder.png/a.txt", PICTURES, False),
        ("png", PICTURES, False),
        ("train-images-idx3-ubyte", DATA_SETS, True),
        ("TRAIN-IMAGES-IDX3-UBYTE.GZ", DATA_SETS, True),
        ("a.npy.partial", DATA_SETS, False),
    ],
)
def test_a_file_is_known_by_the_end_of_its_name(name: str, endings: tuple[str, ...], expected: bool) -> None:
    assert has(name, endings) is has(Path(name), endings) is expected


def test_as_dialogs_take_them() -> None:
    kinds = [("Films", patterns([".gif", ".mp4", ".gif"])), ("Sheets", ["*.png"])]
    assert filters(kinds, others=False) == "Films (*.gif *.mp4);;Sheets (*.png)"
    assert filters(kinds) == "Films (*.gif *.mp4);;Sheets (*.png);;All files (*)"
    assert "(*.png *.jpg" in PICTURE_FILES


def asked_for(dialog: str) -> list[str]:
    return re.findall(r"\*(\.?\w+)", dialog)


def test_the_dialog_offers_all_that_can_be_read() -> None:
    opened = asked_for(open_filter())
    assert {*PICTURES, *DATA_SETS, *KINDS} <= set(opened)
    assert len(opened) == len(set(opened))


@pytest.mark.parametrize("ending", KINDS)
def test_a_recipe_is_looked_for_in_every_kind_of_export(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"no export")
    with pytest.raises(BadInput, match="cannot be read"):
        read_recipe(path)


def test_no_other_module_has_a_list_of_pictures_of_its_own() -> None:
    package = Path(explorer.__file__).parent
    told_apart = {".png", ".gif"}  # these are written, too, each in its way
    written = re.compile("|".join(re.escape(f"{ending}") + r"\b" for ending in PICTURES if ending not in told_apart))
    modules = {path for path in package.rglob("*.py") if written.search(path.read_text(encoding="utf-8"))}
    assert modules == {package / "endings.py"}
