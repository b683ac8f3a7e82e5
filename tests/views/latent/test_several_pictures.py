"""Several pictures dropped at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.forward.view import ForwardWorkspace
from explorer.views.latent.gestures.several_pictures import MOST
from explorer.views.latent.view import LatentWorkspace


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[[str], Explorer]]:
    made: list[Explorer] = []

    def start(workspace: str) -> Explorer:
        session = Session(workspace=workspace)  # type: ignore[arg-type]
        made.append(Explorer(Loaded(Saved(session=session), fresh=False), None, [LatentWorkspace.facts, ForwardWorkspace.facts]))
        qtbot.addWidget(made[0].window)
        with qtbot.waitSignal(made[0].began):
            made[0].show()
        qtbot.waitUntil(lambda: made[0].window.current.idle)
        return made[0]

    yield start
    assert all(app.shutdown() for app in made)


def digits(folder: Path, count: int, images: np.ndarray) -> list[str]:
    """Files of every second kind that is read in another way: a .png may have a recipe, a .bmp has none."""
    paths = [folder / f"digit {i}.{'png' if i % 2 else 'bmp'}" for i in range(count)]
    for path, image in zip(paths, images[:count, 0], strict=True):
        Image.fromarray(image).save(path)
    return [str(path) for path in paths]


def test_each_becomes_a_point_of_its_name_and_one_undo_takes_them_back(
    opened: Callable[[str], Explorer], mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path, qtbot: QtBot
) -> None:
    app = opened("latent")
    before = app.store.session.latent.recipe.points
    app.window.open_paths(digits(tmp_path, 4, mnist_test[0]))
    qtbot.waitUntil(lambda: len(app.store.session.latent.recipe.points) == 4)
    points = {point.name: (point.x, point.y) for point in app.store.session.latent.recipe.points}
    assert set(points) == {"digit 0", "digit 1", "digit 2", "digit 3"}
    codes = app.window.current.controller.codes.codes  # type: ignore[attr-defined]
    for i in range(4):
        assert points[f"digit {i}"] == pytest.approx(codes[i], abs=1e-3)
    app.store.undo()
    assert app.store.session.latent.recipe.points == before


def test_transparent_ones_are_on_what_preferences_say(opened: Callable[[str], Explorer], tmp_path: Path, qtbot: QtBot) -> None:
    app = opened("latent")
    path, ink = tmp_path / "stroke.png", np.zeros((28, 28, 2), np.uint8)
    ink[4:24, 12:16] = 255  # white on nothing
    Image.fromarray(ink, "LA").save(path)
    flat = tmp_path / "flat.png"
    Image.fromarray(ink[..., 0]).save(flat)
    app.store.update(background="black")
    app.window.open_paths([str(path), str(flat)])
    qtbot.waitUntil(lambda: len(app.store.session.latent.recipe.points) == 2)
    one, other = app.store.session.latent.recipe.points
    assert (one.x, one.y) == pytest.approx((other.x, other.y), abs=1e-3)


def test_more_than_there_is_room_for_and_what_cannot_be_read_are_told(
    opened: Callable[[str], Explorer], mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path, qtbot: QtBot
) -> None:
    app = opened("latent")
    paths = digits(tmp_path, MOST + 2, mnist_test[0])
    Path(paths[2]).write_bytes(b"no picture")
    app.window.open_paths(paths)
    qtbot.waitUntil(lambda: bool(app.window.banner.message))
    said = app.window.banner.message
    assert said.startswith(f"{MOST - 1} pictures are points of the plane now: digit 2.bmp cannot be encoded")
    assert f"the first {MOST} of {MOST + 2} were taken" in said


def test_where_one_is_taken_it_is_the_first_and_that_is_said(
    opened: Callable[[str], Explorer], mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path, qtbot: QtBot
) -> None:
    app = opened("forward")
    app.window.open_paths(digits(tmp_path, 3, mnist_test[0]))
    qtbot.waitUntil(lambda: "the first of 3 pictures" in app.window.banner.message)
    qtbot.waitUntil(lambda: app.store.session.forward.recipe.image.picture is not None)
    picture = app.store.session.forward.recipe.image.picture
    assert picture is not None
    assert picture.name == "digit 0.bmp"
