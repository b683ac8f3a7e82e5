"""Every kind of export goes from the window's dialog to a file and back, through `sample` and through `replay`; so does one more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.cli import main
from explorer.exports.atomic import whole
from explorer.exports.comparing import PIXELS
from explorer.exports.embedded import read_recipe
from explorer.exports.kinds import KINDS, Drawn
from explorer.recipe import Recipe, encode_recipe
from explorer.views.export_offer import ExportChoice, with_ending
from explorer.views.reverse_chain.view import ReverseChainWorkspace

Opener = Callable
LaneMaker = Callable
DESCRIPTION = 270
"""TIFF's tag for words about a picture."""


@contextmanager
def tiff(path: Path, recipe: Recipe, _fps: float) -> Iterator[Callable[[np.ndarray], None]]:
    def add(picture: np.ndarray) -> None:
        with whole(path) as partial:
            Image.fromarray(picture).save(partial, "TIFF", tiffinfo={DESCRIPTION: encode_recipe(recipe)})

    yield add


def description(path: Path) -> str:
    with Image.open(path) as picture:
        return str(picture.tag_v2.get(DESCRIPTION, ""))  # type: ignore[attr-defined]


ONE_MORE = Drawn(
    ending=".tif", title="Scan", strip="Scan", write=tiff, read=description, compared=PIXELS,
    may_be_ours=lambda path: b'{"version"' in path.read_bytes(),
)  # fmt: skip


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, ONE_MORE.ending, ONE_MORE)


def replayed(capsys: pytest.CaptureFixture[str], path: Path, again: Path) -> bool:
    capsys.readouterr()
    assert main(["replay", str(path), "--out", str(again), "--json"]) == 0
    return bool(json.loads(capsys.readouterr().out)["identical"])


def test_every_kind_goes_out_and_comes_back(
    one_more: None, open_page: Opener, lane: LaneMaker, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=3),), samples=2, t=0)
    mine = page.part.recipe
    offer = page.export_offer()
    assert offer is not None
    assert len(offer.kinds) == len(KINDS) == 6
    for ending in offer.kinds:
        path = Path(with_ending(str(tmp_path / "window"), ending))
        assert path.suffix == ending
        offer.write(str(path), ExportChoice(ending, "x_t"))
        qtbot.waitUntil(lambda: not page.exporting.active, timeout=120_000)
        found = read_recipe(path).chain
        assert found is not None
        assert (found.seed, found.samples, found.lanes[0].checkpoint) == (mine.seed, mine.samples, mine.lanes[0].checkpoint)
        assert replayed(capsys, path, tmp_path / f"again{ending}")
        page.new_seed()
        qtbot.waitUntil(lambda: page.idle, timeout=120_000)
        page.window().opener.open_path(str(path))
        qtbot.waitUntil(lambda: page.part.recipe == mine and page.idle, timeout=120_000)


@pytest.mark.parametrize("ending", [*KINDS, ONE_MORE.ending])
def test_sample_writes_it_and_replay_makes_it_again(
    one_more: None, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    path = tmp_path / f"a{ending}"
    wish = ["--checkpoint", "mnist-ddpm-c", "--steps", "3", "--samples", "2", "--seed", "9", "--out", str(path)]
    assert main(["sample", *wish]) == 0
    chain = read_recipe(path).chain
    assert chain is not None
    assert (chain.seed, chain.samples) == (9, 2)
    same = replayed(capsys, path, tmp_path / f"again{ending}")
    assert same or KINDS[ending].compared is not PIXELS, "bytes hold the recipe too, which says more; numbers differ by rounding"
    assert read_recipe(tmp_path / f"again{ending}").chain == chain
