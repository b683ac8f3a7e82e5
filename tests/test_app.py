"""The whole app: start, first run, opening, autosave, shutdown; with its engine and the shipped checkpoints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.exports.pictures import RECIPE_KEY
from explorer.recipe import ChainRecipe, Lane
from explorer.state.persistence import Loaded, Saved, load, session_file
from explorer.state.session import ChainState, Session
from explorer.views.reverse_chain.view import ReverseChainWorkspace

PATIENCE = 180_000
Maker = Callable[..., Explorer]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Maker]:
    """Explorers that keep their session in the test's own folder, as the app does."""
    made: list[Explorer] = []

    def build() -> Explorer:
        file = session_file()
        explorer = Explorer(load(file), file)
        qtbot.addWidget(explorer.window)
        made.append(explorer)
        return explorer

    yield build
    assert all(explorer.shutdown() for explorer in made)


def begin(explorer: Explorer, qtbot: QtBot, *paths: str) -> Explorer:
    with qtbot.waitSignal(explorer.began, timeout=PATIENCE):
        explorer.show(paths)
    return explorer


def test_the_window_is_there_before_the_engine(make: Maker, qtbot: QtBot) -> None:
    explorer = make()
    explorer.show()
    assert explorer.window.isVisible()
    assert not explorer.worker.running
    assert explorer.window.top_bar.state == "starting"
    assert explorer.window.veil.title == "Starting the engine…"
    qtbot.waitUntil(lambda: explorer.window.top_bar.state != "starting", timeout=PATIENCE)
    assert "CPU" in explorer.window.top_bar.device_text or "CUDA" in explorer.window.top_bar.device_text


def test_the_first_run_shows_the_shipped_models(make: Maker, qtbot: QtBot) -> None:
    explorer = begin(make(), qtbot)
    session = explorer.store.session
    assert [lane.option for lane in session.reverse.recipe.lanes] == ["C"]
    assert [lane.option for lane in session.compare.recipe.lanes] == ["A", "B", "C"]
    assert session.latent.recipe.checkpoint
    assert not explorer.store.can_undo
    assert explorer.window.banner.message == ""
    assert explorer.window.veil.title == ""


def test_closing_while_sampling_leaves_no_thread_and_keeps_the_session(make: Maker, qtbot: QtBot) -> None:
    explorer = begin(make(), qtbot)
    assert explorer.client.busy
    explorer.store.update_reverse(t=321)
    assert explorer.window.close()
    assert not explorer.worker.running
    assert not explorer.window.isVisible()
    kept = load(session_file())
    assert not kept.fresh
    assert kept.saved.session == explorer.store.session
    assert kept.saved.window == explorer.window.placement.state()
    second = make()
    assert second.store.session.reverse.t == 321


def test_the_session_is_kept_while_the_app_runs(make: Maker, qtbot: QtBot) -> None:
    explorer = make()
    explorer.store.update(theme="light")
    qtbot.waitUntil(session_file().exists)
    assert load(session_file()).saved.session.theme == "light"


def test_a_session_that_cannot_be_read_is_told_of(make: Maker) -> None:
    session_file().parent.mkdir(parents=True)
    session_file().write_text("{broken")
    explorer = make()
    assert "session-set-aside-1.json" in explorer.window.banner.message


def test_a_folder_that_cannot_be_written_is_told_of(make: Maker) -> None:
    session_file().parent.parent.mkdir(parents=True, exist_ok=True)
    session_file().parent.write_text("a file where the folder should be")
    explorer = make()
    explorer.save()
    assert "cannot be written" in explorer.window.banner.message


def offered(explorer: Explorer) -> bool:
    """Whether the panel that noises again offers a picture of the person's."""
    current = explorer.window.current
    assert isinstance(current, ReverseChainWorkspace)
    panel = current.branching.back_up
    return panel.isVisible() and panel.picture is not None


@pytest.mark.parametrize("moment", ["named at the start", "dropped while the engine starts"])
def test_a_picture_on_a_fresh_home_is_taken_as_soon_as_it_can(make: Maker, qtbot: QtBot, tmp_path: Path, moment: str) -> None:
    path = tmp_path / "picture.png"
    Image.new("L", (28, 28), 200).save(path)
    explorer = make()
    explorer.store.update(default_steps=1000)  # no chain of so many comes with the app: it is yet to be sampled
    at_start = moment == "named at the start"
    explorer.show([str(path)] if at_start else [])
    if not at_start:
        explorer.window.open_paths([str(path)])
    qtbot.waitUntil(lambda: offered(explorer) or explorer.window.banner.message != "", timeout=PATIENCE)
    assert explorer.window.banner.message == ""


def test_a_bad_file_is_told_of_and_keeps_everything(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"\x10\0\0\0\0\0\0\0not a header at all")
    explorer = begin(make(), qtbot)
    before = explorer.store.session
    explorer.window.open_paths([str(bad)])
    qtbot.waitUntil(lambda: explorer.window.banner.message != "", timeout=PATIENCE)
    assert explorer.window.banner.message.startswith(f"{bad}: ")
    assert "Checkpoint library" in explorer.window.banner.hint
    now = explorer.store.session
    followed = msgspec.structs.replace(before.reverse, t=now.reverse.t)  # the cursor goes with the sampling
    assert now == msgspec.structs.replace(before, reverse=followed)
    assert explorer.worker.running


def test_a_failure_is_taken_for_that_of_the_file_that_was_opened_and_no_other(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    opened, other = tmp_path / "bad", tmp_path / "bad.safetensors"
    for file in (opened, other):
        file.write_bytes(b"\x10\0\0\0\0\0\0\0not a header at all")
    explorer = begin(make(), qtbot)
    told: list[tuple[str, str]] = []
    banner = explorer.window.banner
    explorer.client.failed.connect(lambda _: told.append((banner.message, banner.hint)))
    explorer.library.open(str(other))  # not for the person: its message begins with the path of the one that is
    explorer.window.open_paths([str(opened)])
    qtbot.waitUntil(lambda: len(told) == 2)
    (first, hint), (second, hint_of_opened) = told
    assert first.startswith(f"{other}: ")
    assert hint == ""
    assert second.startswith(f"{opened}: ")
    assert "Checkpoint library" in hint_of_opened


def test_a_damaged_export_is_told_of_whatever_its_folder_is_called(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "has no recipe inside"
    folder.mkdir()
    text = PngInfo()
    text.add_itxt(RECIPE_KEY, "{broken")
    Image.new("L", (28, 28)).save(folder / "a.png", pnginfo=text)
    explorer = begin(make(), qtbot)
    banner = explorer.window.banner
    explorer.window.open_paths([str(folder / "a.png")])
    qtbot.waitUntil(lambda: banner.message != "")
    assert banner.message.startswith(f"{folder / 'a.png'}: ")
    assert "Everything that was open still is" in banner.hint


def test_a_file_of_the_command_line_is_opened_and_remembered(
    make: Maker, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    own = tmp_path / "own.safetensors"
    own.write_bytes(checkpoints["mnist-ae-2d"].read_bytes())
    explorer = begin(make(), qtbot, str(own))
    qtbot.waitUntil(lambda: explorer.store.session.recent == (str(own),), timeout=PATIENCE)
    assert explorer.window.current.workspace_name == "latent"
    assert Path(explorer.store.session.latent.recipe.source).stem in ("own", "mnist-ae-2d")
    assert explorer.window.menus.recent.isEnabled()


def test_a_file_opened_before_the_library_is_known_does_not_hide_the_shipped_models(
    make: Maker, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    own = tmp_path / "own.safetensors"
    own.write_bytes(checkpoints["mnist-vae-2d"].read_bytes())
    explorer = make()
    with qtbot.waitSignal(explorer.began, timeout=PATIENCE):
        explorer.show()
        explorer.window.open_paths([str(own)])
    qtbot.waitUntil(lambda: explorer.library.named("own") is not None, timeout=PATIENCE)
    assert [lane.option for lane in explorer.store.session.compare.recipe.lanes] == ["A", "B", "C"]
    assert {"own", "mnist-ddpm-c"} <= {entry.name for entry in explorer.library.entries}


def test_a_judge_is_told_to_have_no_workspace(make: Maker, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    explorer = begin(make(), qtbot, str(checkpoints["mnist-classifier"]))
    qtbot.waitUntil(lambda: "judge" in explorer.window.banner.message, timeout=PATIENCE)
    assert explorer.store.session.recent == ()


def test_a_lane_of_an_older_shipped_checkpoint_gets_the_new_one(make: Maker, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    lane = Lane("0" * 64, str(checkpoints["mnist-ddpm-b"]), "B")
    session = Session(reverse=ChainState(recipe=ChainRecipe((lane,), samples=1)))
    session_file().parent.mkdir(parents=True)
    session_file().write_bytes(msgspec.json.encode(Saved(session=session)))
    explorer = begin(make(), qtbot)
    (found,) = explorer.store.session.reverse.recipe.lanes
    assert found.checkpoint != lane.checkpoint
    assert "mnist-ddpm-b" in explorer.window.banner.message


def test_names_that_no_file_can_have_do_not_keep_the_window_from_beginning(make: Maker, qtbot: QtBot) -> None:
    odd = (f"/{'x' * 300}.safetensors", "/a\0b.safetensors", "/a\0b/final.safetensors", f"/{'x' * 300}/final.safetensors")
    lanes = tuple(Lane("0" * 64, path, "B") for path in odd)
    session = Session(recent=odd, compare=ChainState(recipe=ChainRecipe(lanes, samples=1)))
    session_file().parent.mkdir(parents=True)
    session_file().write_bytes(msgspec.json.encode(Saved(session=session)))
    explorer = begin(make(), qtbot)
    assert {entry.path for entry in explorer.library.known if entry.problem} == set(odd)
    explorer.window.choose("compare")
    qtbot.waitUntil(lambda: explorer.window.banner.message != "", timeout=PATIENCE)
    assert "went wrong" not in explorer.window.banner.message


def test_a_device_that_is_not_there_is_told_of_and_another_taken(qtbot: QtBot) -> None:
    import torch

    device = "cuda" if not torch.cuda.is_available() else "mps"
    explorer = Explorer(Loaded(Saved(session=Session(device=device)), fresh=True), None)
    qtbot.addWidget(explorer.window)
    explorer.show()
    qtbot.waitUntil(lambda: explorer.window.top_bar.state not in ("starting", "failed"), timeout=PATIENCE)
    assert explorer.window.banner.message != ""
    assert "Preferences" in explorer.window.banner.hint
    assert explorer.shutdown()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_closes_the_app_in_order(number: signal.Signals, _home: Path) -> None:
    code = "import explorer.app as a; a.Explorer.start = lambda self: print('up', flush=True); raise SystemExit(a.run([]))"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(number)
    assert process.wait(60) == 0
    process.stdout.close()
    assert session_file().exists()
