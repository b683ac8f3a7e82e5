"""Latent: the strip and the plane exported, and opened again."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.cli import main
from explorer.exports.embedded import read_recipe
from explorer.recipe import Shown, Slice
from explorer.state.edits.planes import link_plane
from explorer.state.exporting import ExportChoices
from explorer.views.export_offer import ExportChoice
from explorer.views.latent.view import LatentWorkspace
from explorer.views.shared.export_dialog import ExportDialog
from tests.views.latent.hands import ARC, add_point, paint, settle, state


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
