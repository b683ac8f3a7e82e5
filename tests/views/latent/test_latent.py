"""The Latent workspace in a real window, with the real engine and the shipped models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.card import FORMAT_VERSION, Card, DataCard, NetworkCard
from explorer.checkpoints.files import load, save
from explorer.cli import main
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.engine.latent.messages import DecodeCodes
from explorer.engine.pictures.tiles import grey_tiles
from explorer.exports.embedded import read_recipe
from explorer.latent.plane import cell_centres, covers
from explorer.latent.strokes import resample
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.recipe import Point, Shown, Slice
from explorer.state.edits import encoding as encoding_edits
from explorer.state.edits.planes import link_plane
from explorer.state.exporting import ExportChoices
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import LatentState, Session
from explorer.training.cards import config_dict
from explorer.views.export_offer import ExportChoice
from explorer.views.latent.view import LatentWorkspace
from explorer.views.shared.export_dialog import ExportDialog
from explorer.views.workspace import Facts, Workspace

LEFT = Qt.MouseButton.LeftButton
Code = tuple[float, float]


class Elsewhere(Workspace):
    """Another page of the window."""

    facts = Facts("compare", "Elsewhere", "ph.columns", "Another page", "&Elsewhere", f"{__name__}:Elsewhere")

    @property
    def inspector(self) -> QWidget:
        """Nothing beside it."""
        return self.findChild(QWidget, "nothing") or QWidget(self, objectName="nothing")

    @property
    def idle(self) -> bool:
        """It has nothing to do."""
        return True


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine, on the Latent workspace."""
    loaded = Loaded(Saved(session=Session(workspace="latent")), fresh=False)
    made = Explorer(loaded, None, [LatentWorkspace.facts, Elsewhere.facts])
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.show()
    yield made
    assert made.shutdown()


@pytest.fixture
def ws(explorer: Explorer, qtbot: QtBot) -> LatentWorkspace:
    """The workspace, with the codes of the test images shown."""
    made = explorer.window.workspaces["latent"]
    assert isinstance(made, LatentWorkspace)
    qtbot.waitUntil(lambda: made.idle and len(made.plane.codes_drawn) == 10_000, timeout=60_000)
    return made


def state(ws: LatentWorkspace) -> LatentState:
    """What the person chose."""
    return ws.context.store.session.latent


def settle(ws: LatentWorkspace, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: ws.idle, timeout=30_000)


def wide(ws: LatentWorkspace) -> str:
    """A checkpoint whose codes have more than two dimensions."""
    entry = ws.context.library.named("mnist-vae-16d")
    assert entry is not None
    return entry.path


def at(ws: LatentWorkspace, x: float, y: float) -> QPoint:
    """Pixel of a code."""
    px, py = ws.plane.view.to_screen(x, y)
    return QPoint(round(px), round(py))


def add_point(ws: LatentWorkspace, x: float, y: float) -> Point:
    """Double-click as a hand does, and the point that comes of it."""
    place = at(ws, x, y)
    QTest.mouseClick(ws.plane, LEFT, pos=place)
    QTest.mouseDClick(ws.plane, LEFT, pos=place)
    return state(ws).recipe.points[-1]


def encode_image(ws: LatentWorkspace, index: int) -> None:
    """As a click on a test image's code does."""
    ws.context.store.update(encoding_edits.IMAGE, latent=encoding_edits.encode_image(state(ws), index))


def paint(ws: LatentWorkspace, codes: Sequence[Code]) -> None:
    """Choose the brush and paint through codes."""
    ws.actions_["stroke"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *codes[0]))
    for code in codes[1:]:
        QTest.mouseMove(ws.plane, at(ws, *code))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *codes[-1]))


ARC = [(float(x), float(0.6 * np.sin(2 * x))) for x in np.linspace(-1.5, 1.5, 40)]


def network(path: Path) -> Autoencoder:
    """A shipped network, loaded apart from the engine."""
    found = load(path).network
    assert isinstance(found, Autoencoder)
    return found


@torch.inference_mode()
def decodings(path: Path, codes: np.ndarray) -> np.ndarray:
    """The decoder's own pictures (N, 28, 28, 3) of codes (N, 2)."""
    return grey_tiles(network(path).decode(torch.from_numpy(codes.astype(np.float32))).numpy())


def pixels(image: QImage | None) -> np.ndarray:
    """A QImage as (H, W, 3) uint8."""
    assert image is not None
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def assert_same(image: QImage | None, tile: np.ndarray) -> None:
    """Equal up to one grey level: a batch of another size may round otherwise."""
    assert np.abs(pixels(image).astype(int) - tile.astype(int)).max() <= 1


# --- points


def test_a_drag_decodes_the_point_under_the_mouse(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    add_point(ws, -0.9, 0.4)
    settle(ws, qtbot)
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -0.9, 0.4))
    for code in ((-0.5, 0.1), (0.2, -0.8), (0.6, -1.4)):
        QTest.mouseMove(ws.plane, at(ws, *code))
        settle(ws, qtbot)
        point = state(ws).recipe.points[0]
        assert (point.x, point.y) == pytest.approx(code, abs=1.5 / ws.plane.view.scale)
        wanted = decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0]
        assert_same(ws.plane.tiles["P1"], wanted)
        probe = ws.panes[0].probe
        assert probe is not None
        assert (probe.x, probe.y) == pytest.approx(code, abs=1.5 / ws.plane.view.scale)
        assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], np.array([[probe.x, probe.y]]))[0])
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.6, -1.4))


def test_moves_faster_than_answers_end_at_the_last_place(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    add_point(ws, -1.0, 0.0)
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -1.0, 0.0))
    for x in np.linspace(-1.0, 1.0, 200):
        QTest.mouseMove(ws.plane, at(ws, float(x), 0.0))
    settle(ws, qtbot)
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.0, 0.0))
    point = state(ws).recipe.points[0]
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0])


def test_a_whole_drag_is_one_undo(ws: LatentWorkspace, qtbot: QtBot) -> None:
    store = ws.context.store
    before = add_point(ws, -0.9, 0.4)
    for end in ((0.5, 0.5), (1.0, -1.0)):
        point = state(ws).recipe.points[0]
        QTest.mousePress(ws.plane, LEFT, pos=at(ws, point.x, point.y))
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(ws.plane, at(ws, share * end[0], share * end[1]))
        QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *end))
    after = state(ws).recipe.points[0]
    assert (after.x, after.y) == pytest.approx((1.0, -1.0), abs=0.05)
    store.undo()
    middle = state(ws).recipe.points[0]
    assert (middle.x, middle.y) == pytest.approx((0.5, 0.5), abs=0.05)
    store.undo()
    assert state(ws).recipe.points == (before,)
    store.undo()
    assert state(ws).recipe.points == ()
    store.redo()
    store.redo()
    store.redo()
    assert state(ws).recipe.points == (after,)
    settle(ws, qtbot)


def test_points_are_deleted_by_key_and_come_back(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    add_point(ws, 0.9, 0.4)
    assert state(ws).selected == "P2"
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Delete)
    assert [p.name for p in state(ws).recipe.points] == ["P1"]
    assert state(ws).selected == ""
    assert not ws.actions_["delete"].isEnabled()
    ws.context.store.undo()
    assert [p.name for p in state(ws).recipe.points] == ["P1", "P2"]
    settle(ws, qtbot)


def test_the_inspector_places_and_renames_a_point(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    section = ws.inspector.selection
    section.across.setValue(1.25)
    section.across.take()
    point = state(ws).recipe.points[0]
    assert (point.x, point.y) == pytest.approx((1.25, 0.4), abs=0.01)
    section.name.setText("seven")
    section.name.editingFinished.emit()
    assert state(ws).recipe.points[0].name == "seven"
    assert state(ws).selected == "seven"
    add_point(ws, 0.0, -1.0)
    section.name.setText("seven")
    section.name.editingFinished.emit()
    assert [p.name for p in state(ws).recipe.points] == ["seven", "P1"]
    settle(ws, qtbot)


# --- hovering


def test_hovering_shows_the_decoding_its_reading_and_its_density(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    codes = ws.plane.codes_drawn
    zeros = codes[mnist_test[1] == 0].mean(axis=0)
    pos = at(ws, float(zeros[0]), float(zeros[1]))
    QTest.mouseMove(ws.plane, pos)
    settle(ws, qtbot)
    code = ws.plane.view.to_plane(pos.x(), pos.y())
    assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], np.array([code]))[0])
    facts = ws.inspector.probe.facts
    assert facts.said("reads as").startswith("0")
    x, y = (float(part.strip("()").replace("−", "-")) for part in facts.said("z").split(", "))
    assert (x, y) == pytest.approx(code, abs=6e-4)
    density = float(facts.said("log p(z)").replace("−", "-"))
    assert density == pytest.approx(-0.5 * (code[0] ** 2 + code[1] ** 2) - np.log(2 * np.pi), abs=6e-4)


# --- strokes


def test_a_strokes_frames_are_decodings_at_even_distances(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    (stroke,) = state(ws).recipe.strokes
    np.testing.assert_allclose([stroke.path[0], stroke.path[-1]], [ARC[0], ARC[-1]], atol=1 / ws.plane.view.scale)
    frames = resample(stroke.path, 64)
    steps = np.linalg.norm(np.diff(frames, axis=0), axis=1)
    assert steps.max() < 1.01 * np.median(steps)
    wanted = decodings(checkpoints["mnist-vae-2d"], frames)
    assert ws.panel.strip.count == 64
    for image, tile in zip(ws.panel.strip.images, wanted, strict=True):
        assert_same(image, tile)


def test_painting_shows_the_decodings_while_it_goes_on(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["stroke"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *ARC[0]))
    for code in ARC[1:20]:
        QTest.mouseMove(ws.plane, at(ws, *code))
    qtbot.waitUntil(lambda: ws.panel.strip.count == 64, timeout=30_000)
    assert state(ws).recipe.strokes == ()
    QTest.keyClick(ws.plane, Qt.Key.Key_Escape)
    assert ws.panel.strip.count == 0
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *ARC[19]))
    assert state(ws).recipe.strokes == ()
    settle(ws, qtbot)


def test_a_painted_stroke_plays_and_space_pauses_it(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    assert ws.player.playing
    qtbot.waitUntil(lambda: state(ws).frame >= 3, timeout=30_000)
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Space)
    assert not ws.player.playing
    (stroke,) = state(ws).recipe.strokes
    assert ws.plane.marker == pytest.approx(resample(stroke.path, 64)[state(ws).frame])
    ws.context.store.update_latent(frame=10)
    QTest.keyClick(ws.plane, Qt.Key.Key_Right)
    assert state(ws).frame == 11
    settle(ws, qtbot)


def test_without_loop_playing_ends_at_the_last_frame(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.context.store.update_latent(loop=False, speed=8.0)
    paint(ws, ARC)
    qtbot.waitUntil(lambda: not ws.player.playing, timeout=30_000)
    assert state(ws).frame == 63
    starts: list[int] = []
    ws.player.frame_due.connect(starts.append)
    ws.context.store.update_latent(speed=0.25)
    ws.actions_["play"].trigger()
    assert ws.player.playing
    qtbot.waitUntil(lambda: bool(starts))
    assert starts[0] < 63, "from the start again"
    ws.player.stop()
    settle(ws, qtbot)


def test_a_click_in_the_strip_goes_to_that_frame(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    paint(ws, ARC)
    strip = ws.panel.strip
    qtbot.waitUntil(lambda: strip.count == 64, timeout=30_000)
    QTest.mouseClick(strip, LEFT, pos=QPoint(strip.width() // 2, 20))
    assert not ws.player.playing
    ws.controller.set_hover(None)
    settle(ws, qtbot)
    (stroke,) = state(ws).recipe.strokes
    frame = state(ws).frame
    assert 20 < frame < 44
    assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], resample(stroke.path, 64))[frame])


def test_several_strokes_are_selected_moved_and_deleted(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    paint(ws, [(-1.5, -1.5), (0.0, -1.6), (1.5, -1.5)])
    ws.player.stop()
    ws.actions_["move"].trigger()
    assert [s.name for s in state(ws).recipe.strokes] == ["Stroke 1", "Stroke 2"]
    settle(ws, qtbot)
    first = state(ws).recipe.strokes[0]
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *first.path[0]))
    assert state(ws).selected == "Stroke 1"
    QTest.mouseMove(ws.plane, at(ws, first.path[0][0], first.path[0][1] + 1.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, first.path[0][0], first.path[0][1] + 1.0))
    moved = state(ws).recipe.strokes[0]
    np.testing.assert_allclose(np.array(moved.path) - np.array(first.path), [[0.0, 1.0]] * len(first.path), atol=2 / ws.plane.view.scale)
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Delete)
    assert [s.name for s in state(ws).recipe.strokes] == ["Stroke 2"]
    assert ws.panel.strip.count == 0
    ws.context.store.undo()
    ws.context.store.undo()
    assert state(ws).recipe.strokes[0] == first
    settle(ws, qtbot)


def test_another_number_of_frames(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    ws.player.stop()
    frames = ws.inspector.selection.frames
    frames.setValue(16)
    frames.take()
    settle(ws, qtbot)
    assert state(ws).recipe.strokes[0].frames == 16
    assert ws.panel.strip.count == 16


# --- layers


def test_the_manifold_comes_on_request_and_gets_finer(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    assert ws.plane.manifold_extent is None
    ws.actions_["manifold"].trigger()
    settle(ws, qtbot)
    grid = ws.controller.grid
    assert grid is not None
    assert covers(grid.extent, ws.plane.view.extent)
    centres = cell_centres(grid.extent, grid.columns, grid.rows)
    row, column = grid.rows // 2, grid.columns // 3
    tile = grid.picture[row * 28 : (row + 1) * 28, column * 28 : (column + 1) * 28]
    wanted = decodings(checkpoints["mnist-vae-2d"], centres[[row * grid.columns + column]])[0]
    assert np.abs(tile.astype(int) - wanted.astype(int)).max() <= 1
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    settle(ws, qtbot)
    finer = ws.controller.grid
    assert finer is not None
    assert (finer.extent[1] - finer.extent[0]) / finer.columns < 0.6 * (grid.extent[1] - grid.extent[0]) / grid.columns
    assert covers(finer.extent, ws.plane.view.extent)


def test_a_click_in_the_legend_hides_a_class(ws: LatentWorkspace, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    labels = mnist_test[1]
    QTest.mouseClick(ws.legend.chips[4], LEFT)
    assert state(ws).hidden_classes == (4,)
    assert len(ws.plane.codes_drawn) == int((labels != 4).sum())
    QTest.mouseClick(ws.legend.chips[4], LEFT)
    assert len(ws.plane.codes_drawn) == 10_000
    QTest.mouseClick(ws.legend.chips[7], LEFT, Qt.KeyboardModifier.AltModifier)
    assert len(ws.plane.codes_drawn) == int((labels == 7).sum())
    assert not ws.context.store.can_undo


def test_layer_buttons_show_and_hide(ws: LatentWorkspace) -> None:
    ws.actions_["codes"].trigger()
    assert len(ws.plane.codes_drawn) == 0
    assert not ws.legend.isVisible()
    ws.actions_["codes"].trigger()
    assert len(ws.plane.codes_drawn) == 10_000
    assert ws.legend.isVisible()


# --- models


def test_a_point_keeps_its_place_in_the_other_model(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    point = add_point(ws, 1.1, -0.7)
    settle(ws, qtbot)
    vae_codes = ws.plane.codes_drawn.copy()
    ws.actions_["other_model"].trigger()
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000, timeout=60_000)
    assert state(ws).recipe.points == (point,)
    assert ws.controller.entry is not None
    assert ws.controller.entry.name == "mnist-ae-2d"
    assert not np.allclose(vae_codes, ws.plane.codes_drawn)
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-ae-2d"], np.array([[point.x, point.y]]))[0])
    assert ws.inspector.probe.facts.said("log p(z)") == "no prior"
    assert not ws.actions_["prior"].isEnabled()
    assert ws.toolbar.kinds.current == "ae"
    ws.context.store.undo()
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000, timeout=60_000)
    np.testing.assert_array_equal(ws.plane.codes_drawn, vae_codes)
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0])


def test_entries_of_other_kinds_are_left_to_others(ws: LatentWorkspace) -> None:
    library = ws.context.library
    ddpm, ae = library.named("mnist-ddpm-c"), library.named("mnist-ae-2d")
    assert ddpm is not None
    assert ae is not None
    assert not ws.accept_entry(ddpm)
    assert ws.accept_entry(ae)
    assert state(ws).recipe.checkpoint == ae.sha256


def test_the_card_is_told(ws: LatentWorkspace) -> None:
    facts = ws.inspector.card.facts
    assert facts.said("name") == "mnist-vae-2d"
    assert facts.said("p(x|z)") == "Bernoulli"
    assert facts.said("test ELBO").startswith("−1")
    assert facts.said("IWAE").startswith("−1")


def test_a_model_whose_file_is_gone_is_told_of_and_another_can_be_chosen(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.safetensors"
    found = load(checkpoints["mnist-ae-2d"])
    save(mine, found.card, {name: tensor * 1.01 for name, tensor in found.network.state_dict().items()})
    with qtbot.waitSignal(ws.context.library.opened, timeout=30_000) as opened:
        ws.context.library.open(str(mine))
    mine.unlink()
    with qtbot.waitSignal(ws.context.client.failed, timeout=30_000):
        assert ws.accept_entry(opened.args[0])
    settle(ws, qtbot)
    assert "mine cannot be read" in ws.plane.message
    ws.context.store.undo()
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000, timeout=60_000)
    assert ws.plane.message == ""


def test_a_chosen_model_that_is_not_known_is_said_and_no_other_is_shown_for_it(ws: LatentWorkspace, qtbot: QtBot) -> None:
    store = ws.context.store
    gone = msgspec.structs.replace(state(ws).recipe, checkpoint="0" * 64, source="/nowhere/mine.safetensors")
    store.update_latent("open", recipe=gone)
    settle(ws, qtbot)
    assert ws.plane.message.startswith("/nowhere/mine.safetensors is not known here")
    assert len(ws.plane.codes_drawn) == 0
    assert ws.toolbar.models.currentIndex() == -1
    ws.toolbar.models.activated.emit(ws.toolbar.models.findText("mnist-ae-2d"))
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000, timeout=60_000)
    assert ws.controller.entry is not None
    assert ws.controller.entry.name == "mnist-ae-2d"


def test_a_model_whose_file_is_back_is_shown_when_it_is_opened_again(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    mine, aside = tmp_path / "mine.safetensors", tmp_path / "aside"
    found = load(checkpoints["mnist-ae-2d"])
    save(mine, found.card, {name: tensor * 1.01 for name, tensor in found.network.state_dict().items()})
    with qtbot.waitSignal(ws.context.library.opened) as opened:
        ws.context.library.open(str(mine))
    mine.rename(aside)
    ws.actions_["manifold"].trigger()
    settle(ws, qtbot)
    assert ws.accept_entry(opened.args[0])
    qtbot.waitUntil(lambda: ws.idle and "mine cannot be read" in ws.plane.message)
    assert ws.controller.grid is None
    aside.rename(mine)
    ws.context.library.open(str(mine))
    qtbot.waitUntil(lambda: ws.idle and ws.controller.grid is not None and len(ws.plane.codes_drawn) == 10_000)
    assert ws.plane.message == ""


# --- pictures


def test_an_encoded_picture_has_a_posterior_and_elbo_terms(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    assert ws.accept_picture(str(file))
    settle(ws, qtbot)
    with torch.inference_mode():
        mean, _ = network(checkpoints["mnist-vae-2d"]).encode(torch.from_numpy(to_unit_range(mnist_test[0][:1])))
    section = ws.inspector.picture
    np.testing.assert_array_equal(pixels(section.pad.image)[:, :, 0], mnist_test[0][0, 0])
    assert_same(section.output.image, decodings(checkpoints["mnist-vae-2d"], mean.numpy())[0])
    terms = {n: float(section.facts.said(n).removesuffix(" nats").replace("−", "-")) for n in ("log p(x|z)", "KL", "ELBO")}
    assert terms["ELBO"] == pytest.approx(terms["log p(x|z)"] - terms["KL"], abs=0.11)
    before = ws.plane.grab().toImage()
    ws.actions_["no_picture"].trigger()
    assert section.pad.image is None
    assert ws.plane.posterior is None
    assert ws.plane.grab().toImage() != before


def test_an_ae_has_no_posterior(ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    ws.actions_["other_model"].trigger()
    ws.accept_picture(str(file))
    facts = ws.inspector.picture.facts
    qtbot.waitUntil(lambda: ws.idle and bool(facts.said("code")), timeout=60_000)
    assert ws.plane.posterior is not None
    assert ws.plane.posterior[1:] == (None, "a point: an AE has no q(z|x)")
    assert [facts.said(name) for name in ("q(z|x) mean", "σ", "KL", "ELBO")] == ["", "", "", ""]


def test_what_is_no_picture_becomes_a_message_and_the_plane_goes_on(
    ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path, checkpoints: Mapping[str, Path]
) -> None:
    file = tmp_path / "words.png"
    file.write_text("no picture")
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.accept_picture(str(file))
    assert "words.png: cannot be read as a picture" in failed.args[0].message
    assert state(ws).recipe.encoded.picture == ""  # or it would be told again at every start
    settle(ws, qtbot)
    point = add_point(ws, 0.3, 0.3)
    settle(ws, qtbot)
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0])


def test_a_test_image_that_is_not_there_is_put_away(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode_image(ws, 3)
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        encode_image(ws, 10_000)
    assert "there is no test image 10000" in failed.args[0].message
    assert state(ws).recipe.encoded.image == 3, "what was there before"
    settle(ws, qtbot)
    assert ws.plane.posterior is not None


def test_what_is_encoded_stays_whatever_else_fails(
    ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    ws.accept_picture(str(file))
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.context.library.open(str(file))
    assert failed.args[0].message.startswith(str(file))
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.picture == str(file)
    encode_image(ws, 3)
    settle(ws, qtbot)
    through = Slice("images", images=(0, 1, 10_000))
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.context.client.send(DecodeCodes(wide(ws), ((0.0, 0.0),), slice=through), "test")
    assert "there is no test image 10000" in failed.args[0].message
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.image == 3


def test_a_model_that_cannot_be_read_takes_nothing_that_is_encoded_with_it(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.safetensors"
    found = load(checkpoints["mnist-vae-2d"])
    save(mine, found.card, {name: tensor * 1.01 for name, tensor in found.network.state_dict().items()})
    encode_image(ws, 3)
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.library.opened) as opened:
        ws.context.library.open(str(mine))
    mine.unlink()
    assert ws.accept_entry(opened.args[0])
    qtbot.waitUntil(lambda: ws.idle and "mine cannot be read" in ws.plane.message)
    assert state(ws).recipe.encoded.image == 3


def test_a_picture_of_another_size_is_offered_to_be_resized(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    Image.fromarray(np.tile(np.arange(60, dtype=np.uint8), (40, 1))).save(file)
    ws.accept_picture(str(file))
    settle(ws, qtbot)
    section = ws.inspector.picture
    assert section.offer_words.text() == "large.png is 60 × 40 pixels; this model takes 28 × 28."
    assert ws.plane.posterior is None
    section.resize_button.click()
    settle(ws, qtbot)
    assert ws.plane.posterior is not None
    assert not section.resize_button.isVisible()


def test_a_digit_is_encoded_while_it_is_drawn(ws: LatentWorkspace, qtbot: QtBot) -> None:
    pad = ws.inspector.picture.pad
    side = min(pad.width(), pad.height())
    QTest.mousePress(pad, LEFT, pos=QPoint(side // 2, side // 5))
    for share in np.linspace(0.2, 0.8, 12):
        QTest.mouseMove(pad, QPoint(side // 2, round(share * side)))
    qtbot.waitUntil(lambda: ws.plane.posterior is not None, timeout=30_000)
    assert state(ws).recipe.drawing == ()
    QTest.mouseRelease(pad, LEFT, pos=QPoint(side // 2, round(0.8 * side)))
    (dab,) = state(ws).recipe.drawing
    settle(ws, qtbot)
    column = pixels(pad.image)[:, 14, 0]
    assert (column[8:20] > 200).all()
    place = ws.plane.posterior
    assert place is not None
    ones = ws.plane.codes_drawn[mnist("test")[1] == 1].mean(axis=0)
    assert np.hypot(*(ones - place[0])) < 1.5  # a bar lies among the ones
    ws.context.store.undo()
    settle(ws, qtbot)
    assert pad.image is None
    assert ws.plane.posterior is None
    assert dab.value == 1


def test_a_seven_at_the_edge_of_the_pad_reads_as_a_seven(ws: LatentWorkspace, qtbot: QtBot) -> None:
    section = ws.inspector.picture
    assert section.centre.isChecked()
    places = [(6, 200), (56, 200), (30, 274)]  # of 280 pixels: small, in the lower left corner
    QTest.mousePress(section.pad, LEFT, pos=QPoint(*places[0]))
    for (x0, y0), (x1, y1) in pairwise(places):
        for share in np.linspace(0.1, 1, 10):
            QTest.mouseMove(section.pad, QPoint(round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0))))
    QTest.mouseRelease(section.pad, LEFT, pos=QPoint(*places[-1]))
    settle(ws, qtbot)
    assert section.facts.said("reads as").startswith("7")
    assert section.facts.said("decoded").startswith("7")
    rows, columns = np.nonzero(pixels(section.input.image)[:, :, 0] > 100)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 >= 18  # of the 20 that its soft edge has, too
    drawn = pixels(section.pad.image)[:, :, 0]
    assert drawn[:, 8:].max() == 0  # the pad shows what was drawn, where it was drawn
    section.centre.click()
    settle(ws, qtbot)
    np.testing.assert_array_equal(pixels(section.input.image)[:, :, 0], drawn)
    assert not section.facts.said("reads as").startswith("7")
    ws.actions_["no_picture"].trigger()
    assert not section.centre.isChecked()  # the next drawing, too, is left where it is


def test_the_pads_figures_are_in_view_in_a_window_of_1440_by_900(explorer: Explorer, ws: LatentWorkspace, qtbot: QtBot) -> None:
    explorer.window.resize(1440, 900)
    encode_image(ws, 3)
    settle(ws, qtbot)
    section = ws.inspector.picture
    assert section.pad.size() == QSize(280, 280)
    last = section.facts.value("ELBO")
    assert last.isVisible()
    assert last.visibleRegion().boundingRect().height() == last.height()


def test_a_pasted_picture_is_encoded(ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    grey = np.ascontiguousarray(mnist_test[0][5, 0])
    QGuiApplication.clipboard().setImage(QImage(grey.data, 28, 28, 28, QImage.Format.Format_Grayscale8).copy())
    ws.actions_["paste"].trigger()
    qtbot.waitUntil(lambda: ws.plane.posterior is not None, timeout=30_000)
    np.testing.assert_array_equal(pixels(ws.inspector.picture.pad.image)[:, :, 0], grey)
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.actions_["paste"].trigger()
    assert "no picture in the clipboard" in failed.args[0].message
    settle(ws, qtbot)


def test_a_code_shows_its_image_and_a_click_encodes_it(
    ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    codes = ws.plane.codes_drawn
    inside = np.flatnonzero((codes[:, 0] < -2.6) & (np.abs(codes[:, 1]) < 2.0))
    apart = np.linalg.norm(codes[inside, None] - codes[None], axis=2)
    alone = int(inside[np.sort(apart, axis=1)[:, 1].argmax()])  # the farthest from any other
    where = at(ws, *codes[alone].tolist())
    QTest.mouseMove(ws.plane, where)
    assert ws.plane.pointed == alone
    settle(ws, qtbot)
    QTest.mouseClick(ws.plane, LEFT, pos=where)
    assert state(ws).recipe.encoded.image == alone
    settle(ws, qtbot)
    np.testing.assert_array_equal(pixels(ws.inspector.picture.pad.image)[:, :, 0], mnist_test[0][alone, 0])
    assert ws.plane.posterior is not None
    assert ws.plane.posterior[0] == pytest.approx(codes[alone], abs=1e-3)
    ws.actions_["resample"].trigger()
    settle(ws, qtbot)
    drawn = ws.plane.samples_drawn
    sigma = np.sqrt(np.diag(ws.plane.posterior[1]))  # type: ignore[arg-type]
    assert len(drawn) == ws.panel.strip.count == 24
    assert (np.linalg.norm((drawn - ws.plane.posterior[0]) / sigma, axis=1) <= 2.001).all()
    ws.actions_["resample"].trigger()
    settle(ws, qtbot)
    assert not np.array_equal(ws.plane.samples_drawn, drawn)
    QTest.mouseDClick(ws.plane, LEFT, pos=where)  # with no click before it that encoded something else
    assert state(ws).recipe.encoded.image == alone
    assert len(state(ws).recipe.points) == 1
    for _ in range(3):  # the point, both draws, the encoding
        ws.context.store.undo()
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.image is None
    assert ws.plane.posterior is None
    assert len(ws.plane.samples_drawn) == 0
    assert ws.panel.content.title == ""
    add_point(ws, *codes[alone].tolist())
    assert len(state(ws).recipe.points) == 1
    assert state(ws).recipe.encoded.image is None  # a double-click on a code puts a point there and encodes nothing
    ws.context.store.undo()
    assert state(ws).recipe.points == ()
    settle(ws, qtbot)


# --- fields, samples, paths


def test_a_field_has_a_scale_and_a_value_under_the_pointer(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.toolbar.fields.setCurrentIndex(ws.toolbar.fields.findData("error"))
    ws.toolbar.fields.activated.emit(ws.toolbar.fields.currentIndex())
    assert state(ws).field == "error"
    settle(ws, qtbot)
    field = ws.controller.field
    assert field is not None
    assert not field.partial
    assert covers(field.extent, ws.plane.view.extent)
    scale = ws.panes[0].scale
    assert scale.isVisible()
    assert scale.ends == (field.low, field.high)
    QTest.mouseMove(ws.plane, at(ws, 0.5, 0.5))
    settle(ws, qtbot)
    column = int((0.5 - field.extent[0]) / (field.extent[1] - field.extent[0]) * field.columns)
    row = int((field.extent[3] - 0.5) / (field.extent[3] - field.extent[2]) * field.rows)
    near = field.values[row - 1 : row + 2, column - 1 : column + 2]
    assert near.min() * 0.99 <= float(scale.words.replace("−", "-")) <= near.max() * 1.01
    ws.context.store.update_latent(field="")
    assert not scale.isVisible()
    assert ws.plane.field_extent is None
    settle(ws, qtbot)


def test_prior_samples_are_told_with_the_share_read_as_digits(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["sample"].trigger()
    settle(ws, qtbot)
    drawn = ws.plane.samples_drawn.copy()
    assert len(drawn) == ws.panel.strip.count == 64
    assert "% read as digits" in ws.panel.note.text()
    ws.actions_["sample"].trigger()
    settle(ws, qtbot)
    assert not np.array_equal(ws.plane.samples_drawn, drawn)
    ws.panel.close_button.click()
    assert state(ws).recipe.prior is None
    assert len(ws.plane.samples_drawn) == 0
    settle(ws, qtbot)


def test_paths_between_two_points_side_by_side(ws: LatentWorkspace, qtbot: QtBot) -> None:
    assert not ws.actions_["paths"].isEnabled()
    first, second = add_point(ws, -1.6, 0.3), add_point(ws, 1.4, -0.9)
    settle(ws, qtbot)
    ws.actions_["paths"].trigger()
    settle(ws, qtbot)
    paths = ws.panes[0].paths
    assert list(paths) == ["line", "spherical", "geodesic"]
    for shown in paths.values():
        np.testing.assert_allclose(shown.outline[[0, -1]], [(first.x, first.y), (second.x, second.y)], atol=1e-5)
    assert paths["geodesic"].image_length < paths["line"].image_length < 1.5 * paths["geodesic"].image_length
    assert [strip.count for strip in ws.panel.strips] == [32, 32, 32]


def test_tools_draw_lines_circles_and_geodesics(ws: LatentWorkspace, qtbot: QtBot) -> None:
    for shape in ("line", "circle", "geodesic"):
        ws.actions_[shape].trigger()
        QTest.mousePress(ws.plane, LEFT, pos=at(ws, -0.5, -0.5))
        QTest.mouseMove(ws.plane, at(ws, 0.2, 0.1))
        QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.7, 0.4))
        ws.player.stop()
        stroke = state(ws).recipe.strokes[-1]
        assert stroke.shape == shape
        np.testing.assert_allclose(stroke.path, [(-0.5, -0.5), (0.7, 0.4)], atol=1.5 / ws.plane.view.scale)
        settle(ws, qtbot)
        assert ws.panel.strip.count == 64
    circle = state(ws).recipe.strokes[1]
    assert np.ptp(np.linalg.norm(np.asarray(ws.plane.outline(circle)) - circle.path[0], axis=1)) < 1e-6
    geodesic = state(ws).recipe.strokes[2]
    assert len(ws.plane.outline(geodesic)) > 2


def test_a_node_is_dragged_and_a_locked_point_is_not(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["line"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -1.0, 1.8))
    QTest.mouseMove(ws.plane, at(ws, 1.0, 1.8))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.0, 1.8))
    ws.player.stop()
    ws.actions_["move"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, 1.0, 1.8))
    QTest.mouseMove(ws.plane, at(ws, 1.5, 1.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.5, 1.0))
    (stroke,) = state(ws).recipe.strokes
    np.testing.assert_allclose(stroke.path, [(-1.0, 1.8), (1.5, 1.0)], atol=1.5 / ws.plane.view.scale)
    point = add_point(ws, -0.9, -0.9)
    ws.actions_["lock"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, point.x, point.y))
    QTest.mouseMove(ws.plane, at(ws, 0.0, 0.0))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.0, 0.0))
    locked = state(ws).recipe.points[0]
    assert (locked.x, locked.y, locked.locked) == (point.x, point.y, True)
    ws.actions_["copy"].trigger()
    name, x, y = QGuiApplication.clipboard().text().split("\t")
    assert (name, float(x), float(y)) == ("P1", pytest.approx(point.x), pytest.approx(point.y))
    settle(ws, qtbot)


def test_a_stroke_in_equal_steps_between_images(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    before = ws.controller.stroke
    spacing = ws.inspector.selection.spacing
    spacing.activated.emit(spacing.findData("image"))
    settle(ws, qtbot)
    after = ws.controller.stroke
    assert before is not None
    assert after is not None

    def uneven(tiles: np.ndarray) -> float:
        return float(np.ptp(np.linalg.norm(np.diff(tiles[..., 0].astype(float).reshape(64, -1), axis=0), axis=1)))

    assert uneven(after.tiles) < 0.7 * uneven(before.tiles)


def test_the_strip_is_exported_with_its_recipe_and_opened_again(
    ws: LatentWorkspace, qtbot: QtBot, explorer: Explorer, tmp_path: Path
) -> None:
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    offer = ws.export_offer()
    assert offer is not None
    assert list(offer.kinds) == [".gif", ".mp4", ".png", ".html"]  # a film first of all
    told: list[str] = []
    ws.status_changed.connect(lambda status: told.append(status.text))
    offer.write(str(tmp_path / "arc.gif"), ExportChoice(".gif", fps=8.0, scale=4))
    qtbot.waitUntil(lambda: bool(told) and told[-1].endswith("wrote arc.gif"), timeout=30_000)
    recipe = read_recipe(tmp_path / "arc.gif")
    plane = recipe.plane
    assert plane is not None
    assert recipe.shown == Shown(scale=4, fps=8.0)
    with Image.open(tmp_path / "arc.gif") as picture:
        assert (picture.size, picture.info["duration"]) == ((112, 112), 120)  # a hundredth is the finest that a .gif has
    assert main(["replay", str(tmp_path / "arc.gif"), "--out", str(tmp_path / "again.gif")]) == 0
    assert (tmp_path / "again.gif").read_bytes() == (tmp_path / "arc.gif").read_bytes()
    assert plane.strokes == state(ws).recipe.strokes
    assert plane.source == "mnist-vae-2d"
    ws.actions_["delete"].trigger()
    settle(ws, qtbot)
    explorer.window.open_paths([str(tmp_path / "arc.gif")])
    qtbot.waitUntil(lambda: ws.idle and ws.panel.strip.count == 64, timeout=30_000)
    assert state(ws).recipe.strokes == plane.strokes
    assert state(ws).selected == plane.strokes[0].name


def test_the_plane_is_exported_as_a_page_and_opened_again(ws: LatentWorkspace, qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    ws.context.store.update(exporting=ExportChoices(folder=str(tmp_path)))
    point = add_point(ws, 0.4, -0.6)
    assert ws.panel.strip.count == 0
    assert ws.actions_["export"].isEnabled()
    ws.actions_["export"].trigger()
    dialog = next(made for made in explorer.window.findChildren(ExportDialog) if made.isVisible())
    assert [dialog.kind.itemData(i) for i in range(dialog.kind.count())] == [".html"]
    assert "Page that decodes in any browser" in dialog.kind.currentText()
    assert not any(field.isVisible() for field in (dialog.scale, dialog.fps, dialog.samples, dialog.frames))
    qtbot.waitUntil(lambda: "its decoder: a page of about 6" in dialog.preview.words)
    told: list[str] = []
    ws.status_changed.connect(lambda status: told.append(status.text))
    path = dialog.target
    assert path.name == "latent-plane.html"
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(told) and told[-1].endswith("wrote latent-plane.html"), timeout=60_000)
    plane = read_recipe(path).plane
    assert plane is not None
    assert plane.source == "mnist-vae-2d"
    assert plane.points == (point,)
    ws.actions_["delete"].trigger()
    settle(ws, qtbot)
    explorer.window.open_paths([str(path)])
    qtbot.waitUntil(lambda: ws.idle and state(ws).recipe.points == (point,), timeout=30_000)


def test_the_page_is_of_the_plane_that_is_looked_at(ws: LatentWorkspace, qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    entry = ws.context.library.named("mnist-vae-16d")
    assert entry is not None
    beside = link_plane(state(ws), entry)
    (model,) = beside.recipe.beside
    sliced = msgspec.structs.replace(model, slice=Slice("axes", 3, 7))
    ws.context.store.update(latent=msgspec.structs.replace(beside, recipe=msgspec.structs.replace(beside.recipe, beside=(sliced,))))
    ws.context.store.update(exporting=ExportChoices(folder=str(tmp_path)))
    settle(ws, qtbot)
    ws.actions_["export"].trigger()
    dialog = next(made for made in explorer.window.findChildren(ExportDialog) if made.isVisible())
    assert [dialog.plane.itemText(i) for i in range(dialog.plane.count())] == ["1: mnist-vae-2d", "2: mnist-vae-16d · axes 4 and 8"]
    assert dialog.plane.isVisible()
    assert dialog.choice.plane == 0
    dialog.reject()
    ws.context.store.update_latent(sliced=1)
    offer = ws.export_offer()
    assert offer is not None
    assert offer.plane == 1
    told: list[str] = []
    ws.status_changed.connect(lambda status: told.append(status.text))
    offer.write(str(tmp_path / "beside.html"), ExportChoice(".html", plane=offer.plane))
    qtbot.waitUntil(lambda: bool(told) and told[-1].endswith("wrote beside.html"), timeout=60_000)
    plane = read_recipe(tmp_path / "beside.html").plane
    assert plane is not None
    assert (plane.source, plane.slice, plane.beside) == ("mnist-vae-16d", Slice("axes", 3, 7), ())


def test_what_is_no_coordinate_is_refused_in_words(ws: LatentWorkspace, qtbot: QtBot, explorer: Explorer) -> None:
    point = add_point(ws, 0.3, 0.3)
    field = ws.inspector.selection.across
    for typed, words in (("nan", "finite number"), ("1e9", "too far out"), ("here", "no number")):
        field.setFocus()
        field.lineEdit().setText(typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert words in explorer.window.banner.message
        assert state(ws).recipe.points == (point,)
        assert field.value() == pytest.approx(point.x)
    field.lineEdit().setText("-1,25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert state(ws).recipe.points[0].x == -1.25
    settle(ws, qtbot)


# --- planes beside


def test_a_linked_plane_shows_the_same_stroke_digit_and_samples(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    paint(ws, ARC)
    ws.player.stop()
    ws.actions_["beside"].trigger()
    qtbot.waitUntil(lambda: len(ws.panes) == 2 and ws.idle and len(ws.panes[1].plane.codes_drawn) == 10_000, timeout=60_000)
    (stroke,) = state(ws).recipe.strokes
    ours, other = ws.panel.strips
    assert ours.count == other.count == 64
    assert_same(other.images[9], decodings(checkpoints["mnist-ae-2d"], resample(stroke.path, 64))[9])
    ws.actions_["sample"].trigger()
    settle(ws, qtbot)
    np.testing.assert_array_equal(ws.panes[0].plane.samples_drawn, ws.panes[1].plane.samples_drawn)
    assert all(row.note for row in ws.panel.content.rows)
    encode_image(ws, 3)
    settle(ws, qtbot)
    assert ws.panes[1].plane.posterior is not None
    assert ws.panes[1].plane.posterior[2].startswith("a point")
    ws.actions_["beside"].trigger()
    qtbot.waitUntil(lambda: len(ws.panes) == 3 and ws.idle, timeout=60_000)
    models = ws.panes[2].models
    models.activated.emit(models.findData(state(ws).recipe.checkpoint))
    settle(ws, qtbot)
    assert ws.controllers[2].entry == ws.controller.entry
    assert [strip.count for strip in ws.panel.strips] == [64, 64, 64]
    ws.panes[1].close_button.click()
    assert len(ws.panes) == 2
    settle(ws, qtbot)
    assert ws.controllers[1].entry == ws.controller.entry
    ws.panes[1].close_button.click()
    assert len(ws.panes) == 1
    settle(ws, qtbot)


# --- the window around it


def test_another_workspace_stops_the_playing(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    assert ws.player.playing
    ws.context.store.update(workspace="compare")
    assert not ws.player.playing
    ws.context.store.update(workspace="latent")
    settle(ws, qtbot)
    assert ws.panel.strip.count == 64


def test_keys_choose_tools_and_escape_selects_nothing(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, 0.3, 0.3)
    ws.window().activateWindow()
    qtbot.waitUntil(lambda: ws.window().isActiveWindow())
    ws.plane.setFocus()
    qtbot.keyClick(ws.plane, Qt.Key.Key_B)
    assert state(ws).tool == "stroke"
    qtbot.keyClick(ws.plane, Qt.Key.Key_V)
    assert state(ws).tool == "move"
    qtbot.keyClick(ws.plane, Qt.Key.Key_Escape)
    assert state(ws).selected == ""
    settle(ws, qtbot)


@pytest.mark.parametrize("place", ["inspector", "strip", "toolbar"])
def test_keys_act_wherever_the_focus_is_around_the_plane(ws: LatentWorkspace, qtbot: QtBot, place: str) -> None:
    ws.window().activateWindow()
    qtbot.waitUntil(lambda: ws.window().isActiveWindow())
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    around = {"inspector": ws.inspector.selection.copy, "strip": ws.panel.speed, "toolbar": ws.toolbar.models}
    around[place].setFocus()
    qtbot.keyClick(around[place], Qt.Key.Key_G)
    assert state(ws).manifold
    qtbot.keyClick(around[place], Qt.Key.Key_M)  # as V
    assert state(ws).tool == "move"
    qtbot.keyClick(around[place], Qt.Key.Key_Delete)
    assert state(ws).recipe.strokes == ()
    settle(ws, qtbot)


def test_what_is_selected_is_deleted_by_the_button_beside_its_name(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    add_point(ws, 0.9, 0.4)
    ws.inspector.selection.delete.click()
    assert [p.name for p in state(ws).recipe.points] == ["P1"]
    assert not ws.inspector.selection.isVisible()
    settle(ws, qtbot)


def test_what_is_shown_is_told_in_the_status(ws: LatentWorkspace, qtbot: QtBot) -> None:
    told: list[str] = []
    ws.status_changed.connect(lambda status: told.append(status.text))
    QTest.mouseClick(ws.legend.chips[1], LEFT)
    ws.actions_["manifold"].trigger()
    settle(ws, qtbot)
    grid = ws.controller.grid
    assert grid is not None
    assert told[-1] == f"8\u202f865 of 10\u202f000 codes shown · manifold {grid.columns} × {grid.rows}"


# --- planes through spaces of more dimensions


def test_a_slice_moves_along_the_remaining_directions(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    torch.manual_seed(3)
    config = AutoencoderConfig(True, code=4, hidden=(16,))
    card = Card(
        FORMAT_VERSION, "vae", NetworkCard("autoencoder", config_dict(config)), DataCard("mnist", (1, 28, 28), (-1.0, 1.0), "0" * 64)
    )
    path = tmp_path / "four.safetensors"
    save(path, card, Autoencoder(config).state_dict())
    with qtbot.waitSignal(ws.context.library.opened, timeout=30_000) as opened:
        ws.context.library.open(str(path))
    assert ws.accept_entry(opened.args[0])
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000, timeout=60_000)
    section = ws.inspector.slice_
    assert section.heading.text() == "PLANE THROUGH 4 DIMENSIONS"
    codes = ws.panes[0].codes
    assert codes is not None
    squared = codes.origin[0] ** 2 + codes.origin[1] ** 2 + codes.origin_distance**2  # of the place at (0, 0), which is looked at
    density = ws.inspector.probe.facts.said("log p(z)").replace("\u2212", "-")
    assert float(density) == pytest.approx(-0.5 * squared - 2 * np.log(2 * np.pi), abs=1e-3)
    assert ws.actions_["prior"].isEnabled()
    section.kind.activated.emit(section.kind.findData("axes"))
    settle(ws, qtbot)
    sliders = [row.slider for row in section.offsets]
    assert len(sliders) == 2
    sliders[1].setValue(150)
    settle(ws, qtbot)
    slice_ = state(ws).recipe.slice
    assert slice_ is not None
    assert slice_.offsets == (0.0, 1.5)
    add_point(ws, 0.0, 0.0)
    point = state(ws).recipe.points[0]
    settle(ws, qtbot)
    with torch.inference_mode():
        wanted = grey_tiles(network(path).decode(torch.tensor([[point.x, point.y, 0.0, 1.5]])).numpy())[0]
    assert_same(ws.plane.tiles["P1"], wanted)
    assert not section.planes.isVisibleTo(section)
    ws.context.store.update("beside", latent=link_plane(state(ws), opened.args[0]))  # a second slice of it, steered by itself
    qtbot.waitUntil(lambda: len(ws.panes) == 2 and ws.idle and len(ws.panes[1].plane.codes_drawn) == 10_000, timeout=60_000)
    assert section.planes.isVisibleTo(section)
    section.planes.activated.emit(1)
    section.kind.activated.emit(section.kind.findData("axes"))
    sliders[0].setValue(-200)
    settle(ws, qtbot)
    beside = state(ws).recipe.beside[0].slice
    assert beside is not None
    assert beside.offsets == (-2.0,)
    assert state(ws).recipe.slice == slice_
    with torch.inference_mode():
        wanted = grey_tiles(network(path).decode(torch.tensor([[point.x, point.y, -2.0, 0.0]])).numpy())[0]
    assert_same(ws.panes[1].plane.tiles["P1"], wanted)
    ws.actions_["reset_offsets"].trigger()
    assert state(ws).recipe.beside[0].slice == Slice("axes")
    section.planes.activated.emit(0)
    assert not ws.actions_["through_code"].isEnabled()
    encode_image(ws, 3)
    settle(ws, qtbot)
    assert ws.controller.encoded is not None
    assert ws.controller.encoded.distance > 0.01
    ws.actions_["through_code"].trigger()
    settle(ws, qtbot)
    assert ws.controller.encoded.distance == pytest.approx(0, abs=1e-4)
    assert not ws.actions_["through_code"].isEnabled()
    ws.actions_["reset_offsets"].trigger()
    assert state(ws).recipe.slice == Slice("axes")
    settle(ws, qtbot)
