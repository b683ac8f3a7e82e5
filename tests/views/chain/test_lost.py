"""A lane whose checkpoint is gone: its kept chain is shown, what wants the network is not offered, and the file can be looked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import load, save
from explorer.datasets.images import file_sha256
from explorer.engine.chain.data_set.messages import DataSetOpened, OpenDataSet
from explorer.engine.chain.kept import folder as folders
from explorer.engine.engine import Engine
from explorer.recipe import Lane, Sampler
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace

STEPS = 10
Opener = Callable[..., ChainPage]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def own(lane: LaneMaker, tmp_path: Path) -> Lane:
    """A lane of the person's own file, which is none of those that come with the app."""
    shipped = lane("C", steps=STEPS)
    found, path = load(Path(shipped.source)), tmp_path / "mine.safetensors"
    save(path, msgspec.structs.replace(found.card, metrics=()), found.network.state_dict())
    return msgspec.structs.replace(shipped, checkpoint=file_sha256(path), source=str(path))


def keep(open_page: Opener, lanes: tuple[Lane, ...], qtbot: QtBot) -> np.ndarray:
    """Sample lanes, each in a window of its own, so that they are kept; pictures of the first."""
    for count, each in enumerate(lanes, start=1):
        page = open_page(ReverseChainWorkspace, (each,))
        qtbot.waitUntil(lambda many=count: len(list(folders.chains_folder().glob("*.safetensors"))) == many, timeout=30_000)
        if count == 1:
            tiles = page.panels[0].grid.tiles
    return tiles


def settle(page: ChainPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)


def test_reverse_chain_shows_what_is_kept_and_offers_nothing_that_wants_the_network(
    open_page: Opener, own: Lane, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = keep(open_page, (own,), qtbot)
    elsewhere = tmp_path / "moved" / "renamed.safetensors"
    elsewhere.parent.mkdir()
    shutil.move(own.source, elsewhere)
    page = open_page(ReverseChainWorkspace, (own,))
    assert isinstance(page, ReverseChainWorkspace)
    np.testing.assert_array_equal(page.grid.tiles, tiles)
    page.playback.scrub(500)
    settle(page, qtbot)
    assert not np.array_equal(page.grid.tiles, tiles)
    assert "checkpoint missing" in page.panels[0]._notes[0]
    assert "mine.safetensors: no such file" in page.panels[0]._note.toolTip()
    assert "What is kept of its chain is shown" in page.window().banner.message  # type: ignore[attr-defined]
    assert "as kept: a checkpoint is missing" in page.controller.run.status.text
    offered = {name: page.branching.actions[name].isEnabled() for name in ("fresh", "again", "paint", "erase", "back_up", "paste", "start")}
    assert not any(offered.values()), offered
    assert not page.chain_actions["seed"].isEnabled()
    assert not page.chain_actions["check_noise"].isEnabled()
    inspector = page.widgets.inspector
    assert not any(
        widget.isEnabled() for widget in (inspector.seed, inspector.samples, inspector.steps, inspector.ways, inspector.schedule)
    )
    assert page.export_offer() is None
    assert "mine.safetensors" in page.nothing_to_export

    assert page.widgets.locate.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(elsewhere), ""))
    page.widgets.locate.click()
    qtbot.waitUntil(lambda: page.idle and page.part.recipe.lanes[0].source == str(elsewhere), timeout=60_000)
    qtbot.waitUntil(lambda: not page.widgets.locate.isVisible())
    assert page.panels[0]._notes[0] != "checkpoint missing"
    assert page.branching.actions["paint"].isEnabled()
    assert page.chain_actions["seed"].isEnabled()
    page.new_seed()
    settle(page, qtbot)
    assert page.controller.run.status.text.startswith("4 samples in 10 steps")


def test_another_file_is_refused_and_a_disk_that_comes_back_is_noticed(
    open_page: Opener, own: Lane, lane: LaneMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(open_page, (own,), qtbot)
    kept = Path(own.source).read_bytes()
    Path(own.source).unlink()
    page = open_page(ReverseChainWorkspace, (own,))
    assert page.widgets.locate.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (lane("A").source, ""))
    with qtbot.waitSignal(page.context.client.failed, timeout=60_000) as told:
        page.widgets.locate.click()
    assert "is another checkpoint: its hash begins with" in told.args[0].message
    assert page.part.recipe.lanes[0] == own
    Path(own.source).write_bytes(kept)
    qtbot.waitUntil(lambda: not page.widgets.locate.isVisible(), timeout=60_000)
    settle(page, qtbot)
    assert page.chain_actions["seed"].isEnabled()


def test_compare_shows_it_beside_the_others(open_page: Opener, own: Lane, lane: LaneMaker, qtbot: QtBot) -> None:
    tiles = keep(open_page, (own,), qtbot)
    Path(own.source).unlink()
    page = open_page(CompareWorkspace, (lane("A", steps=STEPS), own))
    np.testing.assert_array_equal(page.panels[1].grid.tiles, tiles)
    assert [("missing" in panel._notes[0]) for panel in page.panels] == [False, True]
    assert page.widgets.locate.isVisible()
    page.part.update(lane=1)
    settle(page, qtbot)
    assert not page.widgets.inspector.steps.isEnabled()
    assert page.widgets.inspector.seed.isEnabled(), "the other lane has its network"
    page.part.update(lane=0)
    assert page.widgets.inspector.steps.isEnabled()
    page.part.update(quantity="difference")
    page.playback.scrub(500)
    settle(page, qtbot)
    assert page.panels[1].grid.message == ""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_data_set_that_was_moved_is_asked_for_as_a_checkpoint_is(
    open_page: Opener,
    mnist_test: tuple[np.ndarray, np.ndarray],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    here, there, others = (tmp_path / f"{name}{'.npz' if kind == 'file' else ''}" for name in ("mine", "moved", "others"))
    write(here, mnist_test[0][:30])
    write(others, mnist_test[0][30:60])
    engine = Engine()
    opened = next(each for each in engine.handle(OpenDataSet(str(here)), "test") if isinstance(each, DataSetOpened))
    own = Lane("", str(here), None, Sampler(STEPS), opened.exact)
    tiles = keep(open_page, (own,), qtbot)
    shutil.move(here, there)
    page = open_page(ReverseChainWorkspace, (own,))
    np.testing.assert_array_equal(page.panels[0].grid.tiles, tiles)
    assert "data set missing" in page.panels[0]._notes[0]
    assert "its images are not where they were" in page.window().banner.message  # type: ignore[attr-defined]
    assert "as kept: a data set is missing" in page.controller.run.status.text
    assert page.widgets.locate.isVisible()
    assert page.widgets.locate.text() == "Locate data set…"
    assert not page.chain_actions["seed"].isEnabled()

    dialog = "getOpenFileName" if kind == "file" else "getExistingDirectory"
    chosen = [others, there]
    monkeypatch.setattr(QFileDialog, dialog, lambda *_args: (str(chosen[0]), "") if kind == "file" else str(chosen[0]))
    with qtbot.waitSignal(page.context.client.failed, timeout=60_000) as told:
        page.widgets.locate.click()
    assert "holds other images: its hash begins with" in told.args[0].message
    assert page.part.recipe.lanes[0] == own
    chosen.pop(0)
    page.widgets.locate.click()
    qtbot.waitUntil(lambda: page.idle and page.part.recipe.lanes[0].source == str(there), timeout=60_000)
    qtbot.waitUntil(lambda: not page.widgets.locate.isVisible())
    exact = page.part.recipe.lanes[0].exact
    assert exact is not None
    assert exact.dataset == str(there)
    page.new_seed()
    settle(page, qtbot)
    assert page.controller.run.status.text.startswith("4 samples in 10 steps")


def write(place: Path, images: np.ndarray) -> None:
    """As an array, or as a folder of pictures."""
    if place.suffix:
        np.savez(place, x_train=images)
        return
    place.mkdir()
    for number, image in enumerate(images):
        Image.fromarray(image[0]).save(place / f"{number:02}.png")
