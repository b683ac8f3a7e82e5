"""A format that comes with a line in the list: what then knows it, with nothing else changed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.app import Explorer
from explorer.checkpoints.files import file_sha256, load
from explorer.cli import main
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.messages import ChainFinished, SampleChain
from explorer.engine.engine import Engine
from explorer.engine.models.messages import CheckpointOpened, LibraryScanned, MakeThumbnail, OpenCheckpoint, ScanLibrary, ThumbnailMade
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.sources.looks import looks_like
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.training.schedules import schedule_of
from explorer.views.shared.file_opener import checkpoint_filter
from explorer.views.window.opening import open_filter, try_another


def test_the_apps_own_is_known_by_its_metadata_and_not_by_its_name(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    source = sources.source_for(path)
    assert source is not None
    assert source.name == "native"
    assert sources.sha256(path) == file_sha256(path)
    known = load(path)
    assert sources.card(path) == known.card
    assert sources.parameters(path) == sum(p.numel() for p in known.network.parameters())


@pytest.mark.parametrize("which", ["zipped", "folder"])
def test_without_the_line_it_is_told_what_it_is(which: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(
        BadInput,
        match=r"is a (zip archive|folder); what opens here is a checkpoint of Generative Explorer \(\.safetensors\), a diffusers ",
    ):
        sources.open(request.getfixturevalue(which))


@pytest.mark.usefixtures("_made_up")
@pytest.mark.parametrize("which", ["zipped", "folder", "zipped_vae"])
def test_info_says_what_it_is(which: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    path = request.getfixturevalue(which)
    assert main(["info", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["sha256"] == sources.sha256(path)
    assert said["kind"] == ("vae" if which == "zipped_vae" else "ddpm")


@pytest.mark.usefixtures("_made_up")
@pytest.mark.parametrize("which", ["zipped", "folder"])
def test_the_engine_opens_and_samples_it_as_the_network_that_it_is(
    which: str, request: pytest.FixtureRequest, checkpoints: Mapping[str, Path]
) -> None:
    path, engine = request.getfixturevalue(which), Engine()
    *_, opened = engine.handle(OpenCheckpoint(str(path)))
    assert isinstance(opened, CheckpointOpened)
    assert opened.entry.card is not None
    assert opened.entry.card.option == "C"
    assert opened.parameters > 0

    shipped = checkpoints["mnist-ddpm-c"]
    lanes = tuple(Lane(sha256, str(source), "C", Sampler(3)) for sha256, source in (
        (opened.entry.sha256, path), (file_sha256(shipped), shipped),
    ))  # fmt: skip
    outcomes = [o for o in engine.handle(SampleChain(ChainRecipe(lanes, 1, 2)), "test") if o is not None]
    assert isinstance(outcomes[-1], ChainFinished)
    own, known = (engine.of(Chains).shown(progress.key) for progress in outcomes[-1].lanes)
    assert own is not None
    assert known is not None
    (mine,), (its,) = ([x for x in lane.show(3, "x_t") if x is not None] for lane in (own, known))
    assert (mine == its).all()


@pytest.mark.usefixtures("_made_up")
def test_the_library_has_it_with_a_picture(zipped: Path, zipped_vae: Path) -> None:
    engine = Engine()
    *_, scanned = engine.handle(ScanLibrary((str(zipped), str(zipped_vae))))
    assert isinstance(scanned, LibraryScanned)
    entries = {entry.path: entry for entry in scanned.entries}
    assert [entries[str(path)].problem for path in (zipped, zipped_vae)] == ["", ""]
    *_, made = engine.handle(MakeThumbnail(str(zipped_vae)))
    assert isinstance(made, ThumbnailMade)


@pytest.mark.usefixtures("_made_up")
def test_a_folder_is_read_again_when_a_file_in_it_changes(folder: Path, checkpoints: Mapping[str, Path]) -> None:
    engine = Engine()
    first = engine.of(Models).checkpoint(str(folder))
    assert engine.of(Models).checkpoint(str(folder)) is first
    (folder / "weights.safetensors").write_bytes(checkpoints["mnist-ddpm-b"].read_bytes())
    again = engine.of(Models).checkpoint(str(folder))
    assert again.card.option == "B"
    assert again.sha256 != first.sha256


@pytest.mark.usefixtures("_made_up")
def test_a_file_that_is_older_than_the_rest_of_its_folder_is_seen_to_take_anothers_place(
    folder: Path, checkpoints: Mapping[str, Path]
) -> None:
    """As a copy or an unpacked archive that keeps times does; weights of one network are of one size."""
    weights = folder / "weights.safetensors"
    os.utime(weights, (1_600_000_000, 1_600_000_000))
    first, stamp = Engine().of(Models).checkpoint(str(folder)), sources.stamp(folder)
    other = bytearray(weights.read_bytes())
    other[-1] ^= 1
    weights.write_bytes(other)
    os.utime(weights, (1_500_000_000, 1_500_000_000))
    assert sources.stamp(folder) != stamp
    assert Engine().of(Models).checkpoint(str(folder)).sha256 != first.sha256


@pytest.mark.usefixtures("_made_up")
def test_a_run_can_take_its_schedule(zipped: Path) -> None:
    assert schedule_of(str(zipped)).T == 1000


@pytest.mark.usefixtures("_made_up")
def test_dialogs_and_messages_name_it(tmp_path: Path) -> None:
    assert sources.patterns()[:1] == ("*.safetensors",)
    assert {"model_index.json", "*.ckpt", "*.pt", "*.pth", "*.bin", "*.onnx", "*.madeup", "made-up"} <= set(sources.patterns())
    names = " ".join(sources.patterns())
    assert checkpoint_filter() == f"Checkpoints ({names});;All files (*)"
    assert f"{names} *." in open_filter()
    assert " *.py" in open_filter()
    assert "a made-up checkpoint (.madeup)" in try_another()
    assert sources.a_file() == f"a {sources.endings()} file or a diffusers folder"
    assert sources.endings().endswith(".madeup or made-up")
    path = tmp_path / "x.txt"
    path.write_text("words")
    with pytest.raises(
        BadInput,
        match=r"is text; what opens here is .+ \(\.safetensors\), a diffusers .+, a made-up checkpoint \(\.madeup\) or a made-up folder",
    ):
        sources.open(path)


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine."""
    made = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=False), None)
    qtbot.addWidget(made.window)
    made.show()
    yield made
    assert made.shutdown()


@pytest.mark.usefixtures("_made_up")
@pytest.mark.parametrize("which", ["zipped", "folder"])
def test_the_window_opens_it(which: str, request: pytest.FixtureRequest, qtbot: QtBot, explorer: Explorer) -> None:
    path = str(request.getfixturevalue(which))
    explorer.window.open_paths([path])
    qtbot.waitUntil(lambda: any(lane.source == path for lane in explorer.store.session.reverse.recipe.lanes))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_read_to_see_what_it_is(tmp_path: Path) -> None:
    """The window asks, and nobody may ever write to it."""
    pipe = tmp_path / "model.safetensors"
    os.mkfifo(pipe)
    seen: list[object] = []
    asked = threading.Thread(target=lambda: seen.extend((sources.source_for(pipe), looks_like(pipe))), daemon=True)
    asked.start()
    asked.join(60)
    assert seen == [None, "a pipe or a device"]


def test_a_huge_header_is_peeked_at(tmp_path: Path) -> None:
    """Whole it would keep the window waiting: what has our card at its beginning is ours, for the engine to read."""
    large = tmp_path / "large.safetensors"
    card = b'{"__metadata__":{"generative_explorer":"{}"},"w":"'
    body = card + b"0" * (2**21 - len(card) - 2) + b'"}'
    large.write_bytes(len(body).to_bytes(8, "little") + body)
    assert sources.source_for(large) is sources.OWN
    with pytest.raises(BadInput, match=r"large\.safetensors"):
        sources.card(large)
