"""Figures of results: of a file that is none there are none, whatever it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from explorer.sweeps.index import figures_of


def test_the_figures_of_the_first_lane_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"lanes": [{"fid": 1.5, "checkpoint": "x"}, {"fid": 2.5}]}))
    assert figures_of(path) == {"fid": 1.5}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lanes": []}', '{"lanes": [1]}', "[" * 100_000, "\xff"])
def test_what_is_no_result_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="latin-1")
    assert figures_of(path) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    assert figures_of(tmp_path / "a.json") == {}
