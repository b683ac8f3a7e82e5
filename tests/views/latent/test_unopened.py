"""Latent on a machine that has not seen a plane's autoencoder yet: it is found by its path, or asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.app import Explorer
from explorer.recipe import PlaneRecipe, Point, PriorSamples, Recipe, encode_recipe
from explorer.recipe.told import Told
from explorer.state.persistence import Loaded, Saved, write
from explorer.state.session import LatentState, Session
from explorer.views.latent.view import LatentWorkspace

TOLD = Told(image_size=(16, 16))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small KL autoencoder of random weights, whose file does not say how large its images are."""
    import diffusers
    import torch

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("kl") / "kl-small"
    diffusers.AutoencoderKL(
        block_out_channels=(8, 8), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4, norm_num_groups=4, sample_size=64,
    ).save_pretrained(path)  # fmt: skip
    return path


@pytest.fixture
def plane(folder: Path) -> PlaneRecipe:
    """A point and samples on its plane, at the size that was told where it was made."""
    return PlaneRecipe(sources.sha256(folder, TOLD), str(folder), points=(Point("P1", 0.5, 0.5),), prior=PriorSamples(4), told=TOLD)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[[PlaneRecipe], LatentWorkspace]]:
    """Opens the window on a plane, in a home where nothing was told."""
    made: list[Explorer] = []

    def open_on(recipe: PlaneRecipe) -> LatentWorkspace:
        session = Session(workspace="latent", latent=LatentState(recipe=recipe))
        app = Explorer(Loaded(Saved(session=session), fresh=False), None, [LatentWorkspace.facts])
        qtbot.addWidget(app.window)
        made.append(app)
        with qtbot.waitSignal(app.began):
            app.show()
        workspace = app.window.workspaces["latent"]
        assert isinstance(workspace, LatentWorkspace)
        return workspace

    yield open_on
    assert all(app.shutdown() for app in made)


def is_its_plane(ws: LatentWorkspace, recipe: PlaneRecipe) -> Callable[[], bool]:
    def shown() -> bool:
        entry = ws.controller.entry
        return entry is not None and entry.sha256 == recipe.checkpoint and ws.idle and ws.controller.codes is not None

    return shown


def test_a_session_finds_it_where_it_lies_and_tells_it_what_was_told(
    opened: Callable[[PlaneRecipe], LatentWorkspace], plane: PlaneRecipe, qtbot: QtBot
) -> None:
    ws = opened(plane)
    qtbot.waitUntil(is_its_plane(ws, plane))
    assert ws.controller.entry is not None
    assert ws.controller.entry.told == TOLD


def test_one_that_is_gone_is_asked_for_by_name(
    opened: Callable[[PlaneRecipe], LatentWorkspace], plane: PlaneRecipe, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = str(tmp_path / "elsewhere" / "kl-small")
    ws = opened(replace(plane, source=gone))
    qtbot.waitUntil(lambda: "not known here" in ws.plane.message)
    assert ws.plane.message.startswith(gone)
    sources.remember(Path(plane.source), TOLD)
    ws.context.library.open(plane.source)  # as the message says
    qtbot.waitUntil(is_its_plane(ws, plane))


def test_opened_sessions_and_exports_find_it_too(
    opened: Callable[[PlaneRecipe], LatentWorkspace], plane: PlaneRecipe, tmp_path: Path, qtbot: QtBot
) -> None:
    ws = opened(PlaneRecipe())
    recipe, session = tmp_path / "plane.json", tmp_path / "session.json"
    recipe.write_text(encode_recipe(Recipe(plane=plane)))
    window = ws.window()
    window.open_paths([str(recipe)])
    qtbot.waitUntil(is_its_plane(ws, plane))
    other = Told(image_size=(32, 32))
    larger = replace(plane, checkpoint=sources.sha256(Path(plane.source), other), told=other)
    write(session, Saved(session=Session(workspace="latent", latent=LatentState(recipe=larger))))
    window.open_paths([str(session)])
    qtbot.waitUntil(is_its_plane(ws, larger))


def test_an_export_of_another_file_than_lies_there_is_refused(
    opened: Callable[[PlaneRecipe], LatentWorkspace], plane: PlaneRecipe, tmp_path: Path, qtbot: QtBot
) -> None:
    ws = opened(PlaneRecipe())
    before = ws.context.store.session.latent
    recipe = tmp_path / "plane.json"
    recipe.write_text(encode_recipe(Recipe(plane=replace(plane, checkpoint="0" * 64))))
    window = ws.window()
    window.open_paths([str(recipe)])
    qtbot.waitUntil(lambda: "is another checkpoint than plane.json was made with" in window.banner.message)
    assert ws.context.store.session.latent == before
