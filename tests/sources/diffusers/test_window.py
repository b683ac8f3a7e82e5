"""What the person sees of a folder: a lane as its author samples, in colour, and a card that says what was assumed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.cli import main
from explorer.engine.engine import Engine
from explorer.engine.models.messages import CheckpointOpened, LibraryEntry, MakeThumbnail, OpenCheckpoint, ThumbnailMade
from explorer.recipe import Lane, Sampler
from explorer.state.edits import lanes, replacing
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.window.card_words import sections

from .conftest import changed, write


@pytest.fixture
def entry(pipeline: Path) -> LibraryEntry:
    *_, opened = Engine().handle(OpenCheckpoint(str(pipeline)))
    assert isinstance(opened, CheckpointOpened)
    return opened.entry


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine."""
    made = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=False), None)
    qtbot.addWidget(made.window)
    made.show()
    yield made
    assert made.shutdown()


def test_a_lane_of_it_samples_as_its_author_does(entry: LibraryEntry) -> None:
    """The library writes that it clips, and that fewer timesteps are leading ones."""
    assert lanes.lane_of(entry).sampler == Sampler(clip=True, spacing="leading")
    assert lanes.lane_of(entry, Sampler(50)).sampler == Sampler(50, clip=True, spacing="leading")
    other = Lane("0" * 64, "other", "C", Sampler(25, variance="learned"))
    assert replacing.with_checkpoint(other, entry, ()).sampler == Sampler(25, clip=True, spacing="leading")


@pytest.mark.parametrize(
    ("settings", "sampler"),
    [
        ({"clip_sample": False, "timestep_spacing": None}, Sampler()),
        ({"clip_sample_range": 1.5}, Sampler(clip=True, clip_range=1.5, spacing="leading")),
        (
            {"thresholding": True, "dynamic_thresholding_ratio": 0.98, "sample_max_value": 2.0, "steps_offset": 1},
            Sampler(clip=True, threshold=0.98, clip_range=2.0, spacing="leading", offset=1),
        ),
        ({"variance_type": "fixed_large", "timestep_spacing": "linspace"}, Sampler(clip=True, variance="large", spacing="linspace")),
        ({"_class_name": "DDIMScheduler", "set_alpha_to_one": False}, Sampler(clip=True, spacing="leading", to_one=False)),
    ],
)
def test_what_a_scheduler_says_is_what_a_lane_begins_with(pipeline: Path, settings: dict[str, object], sampler: Sampler) -> None:
    changed(pipeline / "scheduler" / "scheduler_config.json", **settings)
    *_, opened = Engine().handle(OpenCheckpoint(str(pipeline)))
    assert isinstance(opened, CheckpointOpened)
    assert lanes.lane_of(opened.entry).sampler == sampler


def test_a_learned_variance_is_begun_with_and_left_out_where_it_does_not_fit(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", network={"out_channels": 6}, variance_type="learned_range")
    *_, opened = Engine().handle(OpenCheckpoint(str(folder)))
    assert isinstance(opened, CheckpointOpened)
    assert lanes.lane_of(opened.entry).sampler.variance == "learned"
    assert lanes.lane_of(opened.entry, Sampler(eta=0.0)).sampler.variance == "small"


def test_the_card_says_the_format_and_what_was_assumed(entry: LibraryEntry) -> None:
    first = sections(entry)[0]
    assert first.title == "Format"
    assert first.rows[0].value.startswith("a diffusers folder, written by version")
    assert first.rows[1].value.startswith("x0_hat is kept in [-1, 1]")


@pytest.mark.parametrize("named", ["unet/config.json", "."])
def test_the_window_opens_it(qtbot: QtBot, explorer: Explorer, pipeline: Path, named: str) -> None:
    explorer.window.open_paths([str(pipeline / named)])
    qtbot.waitUntil(lambda: any(lane.source == str(pipeline) for lane in explorer.store.session.reverse.recipe.lanes))


def test_open_folder_asks_for_one(qtbot: QtBot, explorer: Explorer, pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(pipeline))
    explorer.window.menus.actions["open_folder"].trigger()
    qtbot.waitUntil(lambda: any(lane.source == str(pipeline) for lane in explorer.store.session.reverse.recipe.lanes))


def test_it_has_a_picture_in_colour(pipeline: Path) -> None:
    *_, made = Engine().handle(MakeThumbnail(str(pipeline)))
    assert isinstance(made, ThumbnailMade)
    assert made.picture is not None
    assert made.picture.shape == (32, 32, 3)
    assert (made.picture[..., 0] != made.picture[..., 1]).any()


def test_commands_sample_it_and_say_what_it_is(pipeline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.png"
    wish = [
        "sample",
        "--checkpoint",
        str(pipeline / "unet"),
        "--steps",
        "2",
        "--samples",
        "1",
        "--scale",
        "1",
        "--out",
        str(out),
        "--json",
        "--force",
    ]
    for more, clip in (([], True), (["--no-clip"], False), (["--clip"], True)):
        assert main([*wish, *more]) == 0
        assert json.loads(capsys.readouterr().out)["lanes"][0]["clip"] is clip
    with Image.open(out) as picture:
        assert picture.mode == "RGB"
        red, green, _ = picture.split()
        assert red.tobytes() != green.tobytes()
    assert main(["replay", str(out), "--out", str(tmp_path / "again.png")]) == 0
    assert "identical" in capsys.readouterr().out

    changed(pipeline / "scheduler" / "scheduler_config.json", clip_sample=False, variance_type="fixed_large")
    assert main(["info", str(pipeline), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["origin"]["format"].startswith("a diffusers folder")
    assert any("fixed_large" in note for note in said["origin"]["notes"])
    assert said["origin"]["sampler"] == {"variance": "large", "spacing": "leading"}
    assert main(["info", str(pipeline)]) == 0
    assert "format     a diffusers folder" in capsys.readouterr().out
