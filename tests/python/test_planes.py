"""`explorer.plane_page` writes what the command line does, and refuses in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

import explorer
from explorer.cli import main


def test_it_writes_what_the_command_line_does(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a.html", tmp_path / "b.html"
    explorer.plane_page("mnist-pca-2d", ours, points=[(0.5, -1), (2, 3)], device="cpu")
    arguments = ["--checkpoint", "mnist-pca-2d", "--z", "0.5,-1", "--z", "2,3", "--device", "cpu", "--out", str(theirs)]
    assert main(["decode", *arguments]) == 0
    assert ours.read_text(encoding="utf-8") == theirs.read_text(encoding="utf-8")


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(explorer.BadInput, match="ending"):
        explorer.plane_page("mnist-pca-2d", tmp_path / "a.png")
    for place in ((0.0, float("nan")), (1.0,), (1.0, 2.0, 3.0), "ab", None, 1.0):
        with pytest.raises(explorer.BadInput, match="two finite numbers"):
            explorer.plane_page("mnist-pca-2d", tmp_path / "a.html", points=[place])  # type: ignore[list-item]
    with pytest.raises(explorer.BadInput, match="is a ddpm"):
        explorer.plane_page("mnist-ddpm-c", tmp_path / "a.html", device="cpu")
    assert list(tmp_path.iterdir()) == []
