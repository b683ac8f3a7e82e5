"""The pictures of the documents: each has a command, and each command a picture."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from explorer.state.persistence import Saved, decode_saved, encode_saved

ROOT = Path(__file__).resolve().parents[2]
FOUND = runpy.run_path(str(ROOT / "tools" / "pictures.py"))
BY_OPTIONS, BY_SESSION, BY_BENCHMARK = FOUND["BY_OPTIONS"], FOUND["BY_SESSION"], FOUND["BY_BENCHMARK"]


def test_every_picture_of_the_documents_can_be_drawn_again() -> None:
    texts = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for text in texts for name in re.findall(r"images/([\w-]+)\.png", text.read_text())}
    assert shown == {*BY_OPTIONS, *BY_SESSION, *BY_BENCHMARK}
    assert {path.stem for path in (ROOT / "docs" / "images").glob("*.png")} == shown


@pytest.mark.parametrize("name", BY_BENCHMARK)
def test_a_picture_of_results_names_a_script_that_is_there(name: str) -> None:
    script = BY_BENCHMARK[name].split()[0]
    assert (ROOT / script).is_file()


@pytest.mark.parametrize("name", BY_SESSION)
def test_a_picture_of_a_session_is_of_one_that_can_be_read(name: str) -> None:
    saved = Saved(session=BY_SESSION[name]())
    assert decode_saved(encode_saved(saved), name) == saved
