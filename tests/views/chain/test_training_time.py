"""Scrubbing over training time outside Training: Reverse chain, Compare, Latent, and the library, on real runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.files import file_sha256, load
from explorer.checkpoints.snapshots import snapshots
from explorer.cli import main
from explorer.engine.pictures.tiles import grey_tiles, tiles_of
from explorer.models.autoencoder import Autoencoder
from explorer.recipe import FreshNoise, Lane, PlaneRecipe, Point, Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import LatentState, Session
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.latent.view import LatentWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.window.checkpoint_library import CheckpointLibrary

SMALL = "--images 256 --batch 4 --warmup 5 --epochs 1 --threads 1 --json --out"
DDPM = f"train ddpm --option C --width 8 --timesteps 20 --schedule cosine {SMALL}"
VAE = f"train vae --hidden 8 {SMALL}"
IMAGES = [16, 32, 64, 128, 256]
Opener = Callable[..., ChainPage]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with two runs of 64 updates, "ddpm" and "vae"."""
    folder = tmp_path_factory.mktemp("runs")
    for command, name in ((DDPM, "ddpm"), (VAE, "vae")):
        assert main([*command.split(), str(folder / name)]) == 0
    return folder


def lane_of(path: Path) -> Lane:
    return Lane(file_sha256(path), str(path), "C", Sampler(steps=4, clip=True))


@pytest.fixture
def final(runs: Path) -> Lane:
    """A lane of the DDPM run's last checkpoint."""
    return lane_of(runs / "ddpm" / "final.safetensors")


def settle(page: ChainPage | LatentWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.idle)


def drag(slider: QSlider, *places: int) -> None:
    """Press the handle, move it through these stops, let go."""
    slider.setSliderDown(True)
    for place in places:
        slider.setValue(place)
    slider.setSliderDown(False)


def press(page: ChainPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, key, modifier)


def opened(kind: type[ChainPage], lanes: tuple[Lane, ...], open_page: Opener, qtbot: QtBot) -> ChainPage:
    """A page whose library knows the run."""
    page = open_page(kind, lanes, t=0, selected=2)
    qtbot.waitUntil(lambda: len(page.training.snapshots(0)) == len(IMAGES))
    settle(page, qtbot)
    return page


def test_the_same_noise_through_every_snapshot(
    final: Lane, runs: Path, own_chain: Callable, open_page: Opener, qtbot: QtBot
) -> None:  # fmt: skip
    page = opened(ReverseChainWorkspace, (final,), open_page, qtbot)
    time, store = page.widgets.inspector.training, page.context.store
    assert time.isVisible()
    assert [entry.images for entry in page.training.snapshots(0)] == IMAGES
    assert (time.slider.value(), time.words) == (4, "256")
    before = page.part.state
    drag(time.slider, 3, 1)
    after = page.part.state
    (lane,) = after.recipe.lanes
    assert lane == msgspec.structs.replace(final, checkpoint=lane.checkpoint, source=str(runs / "ddpm" / "snapshot-0000008.safetensors"))
    assert lane.checkpoint == file_sha256(Path(lane.source))
    assert (after.recipe.seed, after.recipe.samples, after.t, after.selected) == (before.recipe.seed, before.recipe.samples, 0, 2)
    settle(page, qtbot)
    np.testing.assert_array_equal(page.panels[0].grid.tiles, tiles_of(own_chain(page.controller.keys[0]).x[-1], "x_t", "dark")[0])
    assert page.part.state.t == 0
    assert time.words == "32"
    store.undo()
    assert page.part.recipe.lanes == (final,), "a drag is one change"
    assert not store.can_undo
    assert time.slider.value() == 4


def test_keys_go_through_training_one_snapshot_at_a_time(final: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (final,), open_page, qtbot)
    earlier, later = (page.chain_actions[name] for name in ("less_trained", "more_trained"))
    assert not later.isEnabled()
    press(page, Qt.Key.Key_BracketLeft)
    press(page, Qt.Key.Key_BracketLeft)
    assert page.widgets.inspector.training.words == "64"
    page.context.store.undo()
    assert page.widgets.inspector.training.words == "128", "each key is a change of its own"
    press(page, Qt.Key.Key_BracketRight)
    assert page.part.recipe.lanes == (final,)
    for _ in range(6):
        press(page, Qt.Key.Key_BracketLeft)
    assert page.widgets.inspector.training.words == "16"
    assert not earlier.isEnabled()


def test_a_tree_of_branches_goes_through_training_as_one(final: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (final,), open_page, qtbot)
    page.playback.scrub(10)
    page.branching.controller.branch(FreshNoise(10, 1))  # type: ignore[attr-defined]
    settle(page, qtbot)
    drag(page.widgets.inspector.training.slider, 0)
    (lane,), (branch,) = page.part.recipe.lanes, page.part.recipe.branches
    assert lane == branch.lane
    assert lane.edits == (FreshNoise(10, 1),)
    assert lane.source.endswith("snapshot-0000004.safetensors")
    settle(page, qtbot)


def test_a_checkpoint_without_others_of_its_run_has_no_slider(lane: Callable[..., Lane], open_page: Opener) -> None:
    page = open_page(ReverseChainWorkspace, (lane("A", steps=2),))
    assert page.training.snapshots(0) == ()
    assert not page.widgets.inspector.training.isVisible()
    assert not page.chain_actions["less_trained"].isEnabled()


def test_compare_scrubs_the_lane_that_is_looked_at(final: Lane, open_page: Opener, qtbot: QtBot) -> None:
    other = msgspec.structs.replace(final, sampler=Sampler(steps=5, clip=True))
    page = opened(CompareWorkspace, (final, other), open_page, qtbot)
    page.part.update(lane=1)
    drag(page.widgets.inspector.training.slider, 2)
    first, second = page.part.recipe.lanes
    assert first == final
    assert second.source.endswith("snapshot-0000016.safetensors")
    assert second.sampler == other.sampler
    assert [panel.title for panel in page.panels] == ["Option C · final, 4 steps", "Option C · update 16, 5 steps"]
    page.part.update(lane=0)
    assert page.widgets.inspector.training.words == "256"


def test_lanes_over_training_time(final: Lane, runs: Path, own_chain: Callable, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(CompareWorkspace, (final,), open_page, qtbot)
    press(page, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert [Path(each.source).stem for each in page.part.recipe.lanes] == [
        "snapshot-0000004", "snapshot-0000008", "snapshot-0000016", "snapshot-0000032", "final",
    ]  # fmt: skip
    assert page.part.state.layout == "grid"
    assert page.part.state.reference == 4
    assert [panel.title.removeprefix("Option C · ") for panel in page.panels] == ["update 4", "update 8", "update 16", "update 32", "final"]
    settle(page, qtbot)
    for key, panel in zip(page.controller.keys, page.panels, strict=True):
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own_chain(key).x[-1], "x_t", "dark")[0])
    page.context.store.undo()
    assert page.part.recipe.lanes == (final,)


def test_a_run_that_grows_gets_more_stops(runs: Path, tmp_path: Path, open_page: Opener, qtbot: QtBot) -> None:
    folder = tmp_path / "growing"
    folder.mkdir()
    for name in ("snapshot-0000004", "snapshot-0000008"):
        shutil.copy(runs / "ddpm" / f"{name}.safetensors", folder)
    page = open_page(ReverseChainWorkspace, (lane_of(folder / "snapshot-0000004.safetensors"),))
    time = page.widgets.inspector.training
    qtbot.waitUntil(lambda: time.slider.maximum() == 1)
    shutil.copy(runs / "ddpm" / "snapshot-0000016.safetensors", folder)
    qtbot.waitUntil(lambda: time.slider.maximum() == 2)
    assert time.slider.value() == 0, "what is shown stays"
    assert page.context.library.named("growing/snapshot-0000016") in page.context.library.entries, "the newest is the one that is listed"


# --- the plane


@pytest.fixture
def ws(runs: Path, qtbot: QtBot) -> Iterator[LatentWorkspace]:
    """The plane of the VAE run's last checkpoint, with a point."""
    path = runs / "vae" / "final.safetensors"
    recipe = PlaneRecipe(file_sha256(path), str(path), points=(Point("P1", 0.5, -0.25),))
    session = Session(workspace="latent", recent=(str(path),), latent=LatentState(recipe=recipe))
    made = Explorer(Loaded(Saved(session=session), fresh=False), None, [LatentWorkspace.facts])
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.show()
    page = made.window.workspaces["latent"]
    assert isinstance(page, LatentWorkspace)
    qtbot.waitUntil(lambda: page.idle and len(page.panes[0].snapshots) == len(IMAGES))
    yield page
    assert made.shutdown()


@torch.inference_mode()
def decoded(path: str, x: float, y: float) -> np.ndarray:
    network = load(Path(path)).network
    assert isinstance(network, Autoencoder)
    return grey_tiles(network.decode(torch.tensor([[x, y]])).numpy())[0]


def tile(page: LatentWorkspace, which: int = 0) -> np.ndarray:
    """P1's decoding on a plane, (28, 28, 3)."""
    image = page.panes[which].plane.tiles["P1"].convertToFormat(page.panes[which].plane.tiles["P1"].Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def shows(page: LatentWorkspace, path: str, which: int = 0) -> bool:
    return bool(np.abs(tile(page, which) - decoded(path, 0.5, -0.25)).max() <= 1)


def test_the_same_z_through_every_snapshot(ws: LatentWorkspace, qtbot: QtBot) -> None:
    pane, store = ws.panes[0], ws.context.store
    assert pane.training.isVisible()
    assert pane.training.words == "256 images"
    last = store.session.latent.recipe
    codes = pane.codes
    drag(pane.training.slider, 2, 0)
    recipe = store.session.latent.recipe
    assert recipe.source.endswith("snapshot-0000004.safetensors")
    assert recipe.points == last.points
    qtbot.waitUntil(lambda: ws.idle and pane.codes is not codes and shows(ws, recipe.source))
    assert pane.codes is not None
    assert pane.codes.path == recipe.source
    assert not shows(ws, last.source)
    assert ws.toolbar.models.currentText() == "vae/final", "the model is the run's, whatever the moment"
    ws.actions_["more_trained"].trigger()
    assert pane.training.words == "32 images"
    store.undo()
    store.undo()
    assert store.session.latent.recipe == last
    assert not store.can_undo


def test_a_plane_beside_has_a_training_time_of_its_own(ws: LatentWorkspace, qtbot: QtBot) -> None:
    first = ws.context.store.session.latent.recipe.source
    ws.actions_["beside"].trigger()
    own = next(i for i in range(ws.panes[1].models.count()) if ws.panes[1].models.itemText(i) == "vae/final")
    ws.panes[1].models.activated.emit(own)
    qtbot.waitUntil(lambda: len(ws.panes[1].snapshots) == len(IMAGES))
    drag(ws.panes[1].training.slider, 1)
    beside = ws.context.store.session.latent.recipe.beside[0].source
    assert beside.endswith("snapshot-0000008.safetensors")
    qtbot.waitUntil(lambda: ws.idle and "P1" in ws.panes[1].plane.tiles and shows(ws, beside, 1))
    assert shows(ws, first)
    assert ws.panes[1].models.currentText() == "vae/final"


# --- the library


def test_a_runs_snapshots_are_folded_under_its_last(ws: LatentWorkspace, runs: Path, qtbot: QtBot) -> None:
    library = ws.context.library
    last = library.named("vae/final")
    assert last in library.entries
    assert [entry.name for entry in library.entries if entry.path.startswith(str(runs))] == ["vae/final"]
    assert [entry.images for entry in library.snapshots_of(last)] == IMAGES
    dialog = CheckpointLibrary(library, ws.context.theme)
    qtbot.addWidget(dialog)
    assert last is not None
    dialog.cards.choose(last.path)
    assert dialog.training.slider.maximum() == 4
    dialog.training.slider.setValue(1)
    assert "vae/snapshot-0000008" in dialog.model_card.words()
    with qtbot.waitSignal(library.scanned):
        library.scan(())
    assert "vae/snapshot-0000008" in dialog.model_card.words(), "reading the library again leaves it where it was"
    with qtbot.waitSignal(dialog.open_wanted) as wanted:
        dialog.actions_shown[0].click()
    assert wanted.args[0].path == str(runs / "vae" / "snapshot-0000008.safetensors")
    assert wanted.args[1] == "latent"
    dialog.cards.choose(library.entries[0].path)
    dialog.cards.choose(last.path)
    assert "vae/final" in dialog.model_card.words(), "another card begins at the end of its run"


def test_each_known_snapshot_is_one_of_the_runs(runs: Path) -> None:
    """What the tests above count."""
    assert [snapshot.images for snapshot in snapshots(runs / "ddpm" / "final.safetensors")] == IMAGES
