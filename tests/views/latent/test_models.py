"""Latent: which model the plane is of: another, one that is gone, one that is not known; planes of it beside, and through larger spaces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.checkpoints.card import FORMAT_VERSION, Card, DataCard, NetworkCard
from explorer.checkpoints.files import load, save
from explorer.engine.pictures.tiles import grey_tiles
from explorer.latent.strokes import resample
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.recipe import Slice
from explorer.state.edits.planes import link_plane
from explorer.training.cards import config_dict
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import ARC, add_point, assert_same, decodings, encode_image, network, paint, settle, state


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
