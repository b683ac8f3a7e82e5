"""Reverse chains of codes in the Latent workspace: walked, scrubbed, chosen, exported and undone in a real window."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.cli.main import main
from explorer.engine.latent.chain_messages import CodesWalked
from explorer.exports.embedded import read_recipe
from explorer.recipe import CodeChains
from explorer.state.edits.planes import link_plane
from explorer.state.opened_plane import with_opened
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import LatentState
from explorer.views.export_offer import ExportChoice
from explorer.views.latent.plane.chain_marks import COLOURS
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import state

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def ws(explorer: Explorer, qtbot: QtBot) -> LatentWorkspace:
    """The workspace with its chains there: four samples in ten steps."""
    made = explorer.window.workspaces["latent"]
    assert isinstance(made, LatentWorkspace)
    qtbot.waitUntil(lambda: made.idle and len(made.plane.codes_drawn) == 10_000)
    made.actions_["walk_codes"].trigger()
    for field, value in (("count", 4), ("steps", 10)):
        made.inspector.chains.changed.emit(field, value)
    qtbot.waitUntil(lambda: made.idle and shown(made).chains.steps == 10 and not shown(made).partial)
    return made


def chains(ws: LatentWorkspace) -> CodeChains:
    found = state(ws).recipe.chains
    assert found is not None
    return found


def shown(ws: LatentWorkspace) -> CodesWalked:
    found = ws.panes[0].chains
    assert found is not None
    return found


def test_walking_shows_learnt_and_exact_chains_and_their_decodings(ws: LatentWorkspace, qtbot: QtBot) -> None:
    walked, content = shown(ws), ws.panel.content
    drawn, at, chosen = ws.plane.chains
    assert [each.kind for each in drawn] == ["exact", "learned"]
    assert (at, chosen) == (0, 0)
    assert walked.exact_places is not None and walked.tiles is not None and walked.exact_tiles is not None  # noqa: PT018
    np.testing.assert_array_equal(drawn[1].places, walked.places)
    assert [(row.title, row.colour) for row in content.rows] == [("Learned", COLOURS["learned"]), ("Exact", COLOURS["exact"])]
    for row, tiles in zip(content.rows, (walked.tiles, walked.exact_tiles), strict=True):
        assert row.tiles is not None
        np.testing.assert_array_equal(row.tiles, tiles[:, 0])
    assert content.note == "t = 1000 of 1000\n10 steps"
    assert ws.inspector.chains.isVisible()


def test_the_strip_is_the_timeline(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["on"].trigger()
    ws.actions_["on"].trigger()
    assert ws.plane.chains[1] == 2
    assert ws.panel.content.note.startswith("t = 800 of")
    qtbot.waitUntil(lambda: ws.panes[0].scores is not None and ws.panes[0].scores.t == 800)
    ws.panel.frame_chosen.emit(99)
    assert ws.plane.chains[1] == 10, "it ends at x_0"
    qtbot.waitUntil(lambda: ws.idle and ws.plane.arrows is None)  # where there is no noise, there is no score
    ws.actions_["play"].trigger()
    qtbot.waitUntil(lambda: 0 < ws.plane.chains[1] < 10)  # plays on from x_T
    ws.actions_["play"].trigger()
    assert not ws.player.playing


def test_they_are_on_every_plane_of_the_same_codes_and_another_says_why_not(ws: LatentWorkspace, qtbot: QtBot) -> None:
    library = ws.context.library
    for name in ("mnist-vae-2d", "mnist-ae-2d"):
        entry = library.named(name)
        assert entry is not None
        ws.context.store.update("link", latent=link_plane(state(ws), entry))
    qtbot.waitUntil(lambda: ws.idle and len(ws.panes) == 3 and ws.panes[1].chains is not None and not ws.panes[1].chains.partial)
    first, same, other = ws.panes
    assert same.chains is not None
    np.testing.assert_array_equal(same.chains.places, shown(ws).places)
    assert len(same.plane.chains[0]) == 2
    assert same.plane.chains[1:] == first.plane.chains[1:]
    assert same.header.note.text() == first.header.note.text() == ""
    assert other.plane.chains[0] == ()
    assert "no chains" in other.header.note.text()
    assert "has others" in other.header.note.toolTip()
    ws.panel.frame_chosen.emit(4)
    assert same.plane.chains[1] == first.plane.chains[1] == 4
    qtbot.waitUntil(lambda: ws.idle and same.scores is not None)
    ws.actions_["no_chains"].trigger()
    assert other.header.note.text() == ""


def test_arrows_are_of_both_processes_and_can_be_hidden(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.panel.frame_chosen.emit(6)
    qtbot.waitUntil(lambda: ws.plane.arrows is not None and ws.panes[0].scores is not None and ws.panes[0].scores.t == 400)
    arrows = ws.plane.arrows
    assert arrows is not None
    assert [kind for kind, _ in arrows.scores] == ["learned", "exact"]
    ws.actions_["arrows"].trigger()
    qtbot.waitUntil(lambda: ws.plane.arrows is None)
    assert not state(ws).arrows
    ws.actions_["arrows"].trigger()
    qtbot.waitUntil(lambda: ws.plane.arrows is not None)


def test_a_click_on_a_sample_puts_its_decodings_in_the_strip(ws: LatentWorkspace) -> None:
    ws.panel.frame_chosen.emit(10)
    x, y = shown(ws).places[10, 2].tolist()
    px, py = ws.plane.view.to_screen(x, y)
    QTest.mouseClick(ws.plane, LEFT, pos=QPoint(round(px), round(py)))
    assert state(ws).chain == 2
    tiles = shown(ws).tiles
    assert tiles is not None
    row = ws.panel.content.rows[0].tiles
    assert row is not None
    np.testing.assert_array_equal(row, tiles[:, 2])
    assert ws.panel.content.title == "Chain 3 of 4"
    assert state(ws).recipe.encoded.image is None, "the code under it was not meant"
    for name, expected in (("next_chain", 3), ("next_chain", 0), ("last_chain", 3)):
        ws.actions_[name].trigger()
        assert ws.plane.chains[2] == expected


def test_again_is_other_noise_and_undo_takes_each_change_back(ws: LatentWorkspace, qtbot: QtBot) -> None:
    store, before = ws.context.store, shown(ws).places.copy()
    store.end_merge()
    ws.actions_["walk_codes"].trigger()
    assert (chains(ws).seed, chains(ws).count) == (1, 4)
    qtbot.waitUntil(lambda: ws.idle and shown(ws).chains.seed == 1 and not shown(ws).partial)
    assert np.abs(shown(ws).places - before).max() > 0.1
    store.end_merge()
    ws.inspector.chains.exact.click()
    assert not chains(ws).exact
    qtbot.waitUntil(lambda: ws.idle and [each.kind for each in ws.plane.chains[0]] == ["learned"])
    assert [row.title for row in ws.panel.content.rows] == ["Learned"]
    store.undo()
    assert chains(ws).exact
    store.undo()
    assert chains(ws).seed == 0
    ws.actions_["no_chains"].trigger()
    assert state(ws).recipe.chains is None
    assert ws.plane.chains[0] == ()
    qtbot.waitUntil(lambda: ws.idle)
    assert ws.plane.arrows is None
    store.undo()
    assert chains(ws).count == 4


def test_what_is_exported_is_replayed_and_opened_again(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    ws.actions_["next_chain"].trigger()
    out, again = tmp_path / "chain.png", tmp_path / "again.png"
    offer = ws.export_offer()
    assert offer is not None
    with qtbot.waitSignal(ws.status_changed, check_params_cb=lambda status: "wrote chain.png" in status.text):
        offer.write(str(out), ExportChoice(".png", scale=1))
    recipe = read_recipe(out)
    assert recipe.plane is not None and recipe.plane.chains is not None  # noqa: PT018
    assert (recipe.plane.chains.alone, recipe.plane.chains.source, recipe.plane.source) == (1, "mnist-ldm-2d", "mnist-vae-2d")
    assert main(["replay", str(out), "--out", str(again)]) == 0
    from PIL import Image

    one, other = (np.asarray(Image.open(path)).astype(int) for path in (out, again))
    assert np.abs(one - other).max() <= 1
    opened = with_opened(LatentState(), recipe.plane)
    assert (opened.strip, opened.chain) == ("chains", 1)
    assert opened.recipe.chains is not None
    assert opened.recipe.chains.alone is None


def test_a_session_keeps_the_chains(ws: LatentWorkspace) -> None:
    ws.actions_["next_chain"].trigger()
    ws.actions_["arrows"].trigger()
    session = ws.context.store.session
    again = decode_saved(encode_saved(Saved(session=session)), "kept").session
    assert again.latent.recipe.chains == chains(ws)
    assert (again.latent.chain, again.latent.arrows, again.latent.strip) == (1, False, "chains")
    old = msgspec.json.decode(msgspec.json.encode(LatentState()))
    for name in ("chain", "arrows"):
        del old[name]
    assert msgspec.convert(old, LatentState) == LatentState()


def test_a_model_without_a_ddpm_of_its_codes_has_no_chains(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ae = ws.context.library.named("mnist-ae-2d")
    assert ae is not None
    ws.hands.models.choose(ae)
    qtbot.waitUntil(lambda: ws.idle and ws.panes[0].codes is not None)
    assert not ws.actions_["walk_codes"].isEnabled()
    assert "train ddpm --in" in ws.actions_["walk_codes"].toolTip()
    assert not ws.inspector.chains.isVisible()
    assert ws.plane.chains[0] == ()
    assert ws.panel.strip.count == 0
