"""Runs found on disk, how they go on, and reading their curves while they are written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from explorer.errors import BadInput
from explorer.processes import Process, process_of
from explorer.recipe.training import TrainRecipe, arguments
from explorer.training.control import STATUS_NAME, RunStatus, ask, write_status
from explorer.training.curves import Curves
from explorer.training.progress import Progress
from explorer.training.reading import RunCurves, smoothed
from explorer.training.runs import (
    LAUNCH_NAME,
    Launch,
    at_step,
    going_on,
    listed,
    look,
    memory_of,
    new_folder,
    read_launch,
    runs_folder,
    snapshots,
    write_launch,
)
from explorer.training.state import refuse_at_work

COMMAND = "generative-explorer train ddpm --out some/where --epochs 2 --timesteps 100 --json"


def status(**changes: object) -> RunStatus:
    usual = RunStatus(os.getpid(), "running", COMMAND, "ddpm", "C", "mnist", 2, 16, 48, 1, 10, timesteps=100)
    now = {"started": time.time(), "updated": time.time()}
    return msgspec.structs.replace(usual, **(now | changes))


def test_the_windows_own_runs_are_found_newest_first_and_others_where_they_are(tmp_path: Path) -> None:
    assert listed() == ()
    first, second = new_folder(TrainRecipe("A all")), new_folder(TrainRecipe("A all"))
    assert first.parent == runs_folder()
    assert second.name == f"{first.name}-2"
    (runs_folder() / "nothing").mkdir()
    other = tmp_path / "typed"
    other.mkdir()
    for folder, started in ((first, 10.0), (second, 30.0), (other, 20.0)):
        write_status(folder, status(phase="finished", started=started))
    assert [run.folder for run in listed([str(other), str(tmp_path / "gone")])] == [second, other, first]


def test_a_run_says_what_it_does_and_what_it_is_asked_for(tmp_path: Path) -> None:
    assert look(tmp_path) is None
    write_status(tmp_path, status())
    run = look(tmp_path)
    assert run is not None
    assert (run.phase, run.live, run.wish, run.timesteps) == ("running", True, "", 100)
    assert memory_of(run) > 0
    ask(tmp_path, "pause")
    assert look(tmp_path).wish == "pause"  # type: ignore[union-attr]
    write_status(tmp_path, status(phase="paused"))
    assert look(tmp_path).wish == ""  # type: ignore[union-attr]


def test_a_run_whose_process_is_gone_has_failed_and_says_its_last_words(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    write_status(tmp_path, status(pid=process.pid, started=1e12))
    run = look(tmp_path)
    assert run is not None
    assert run.phase == "failed"
    assert "process is gone" in run.message
    (tmp_path / "errors.log").write_text("Traceback\n" * 5000 + "MemoryError: all of it\n")
    assert look(tmp_path).message.endswith("MemoryError: all of it")  # type: ignore[union-attr]


@pytest.mark.parametrize("pid", [-5, 0, 2**40])
def test_a_number_that_no_process_can_have_is_a_process_that_is_gone(tmp_path: Path, pid: int) -> None:
    write_status(tmp_path, status(pid=pid))
    run = look(tmp_path)
    assert run is not None
    assert (run.phase, memory_of(run)) == ("failed", 0)
    write_launch(tmp_path, Launch(("train", "vae"), pid, time.time() + 60))
    assert look(tmp_path).phase == "failed"  # type: ignore[union-attr]


def test_a_folder_of_a_name_that_cannot_be_is_no_run(tmp_path: Path) -> None:
    write_status(tmp_path, status(phase="finished"))
    assert [run.folder for run in listed(["/a\0b", f"/{'x' * 300}", str(tmp_path)])] == [tmp_path]


def test_a_run_that_was_just_started_is_starting_until_it_speaks(tmp_path: Path) -> None:
    command = tuple(arguments(TrainRecipe(), str(tmp_path)))
    write_launch(tmp_path, Launch(command, os.getpid(), time.time(), TrainRecipe()))
    run = look(tmp_path)
    assert run is not None
    assert (run.phase, run.kind, run.option, run.status) == ("starting", "ddpm", "C", None)
    assert run.command.startswith("generative-explorer train ddpm --out")
    write_launch(tmp_path, Launch(command, 2**22 + 1, 1.0))
    (tmp_path / "errors.log").write_text("generative-explorer: nowhere: no such file\n")
    failed = look(tmp_path)
    assert failed is not None
    assert (failed.phase, failed.message) == ("failed", "generative-explorer: nowhere: no such file")


def test_a_note_of_the_version_before_is_read_and_written_alike(tmp_path: Path) -> None:
    noted = (
        b'{"command":["train","ae","--out","/r","--activation","sigmoid","--epochs","12","--batch","128","--seed","0"],"pid":12,'
        b'"launched":34.5,"recipe":{"model":"hinton","learning_rate":0.003,"hidden":[300,100],"threads":3},"speed":850.0,"memory":123}'
    )
    (tmp_path / LAUNCH_NAME).write_bytes(noted)
    launch = read_launch(tmp_path)
    assert launch is not None
    assert launch.recipe == TrainRecipe("hinton", learning_rate=3e-3, hidden=(300, 100), threads=3)
    write_launch(tmp_path, launch)
    assert (tmp_path / LAUNCH_NAME).read_bytes() == noted


def test_a_typed_run_goes_on_in_the_folder_where_it_was_found(tmp_path: Path) -> None:
    write_status(tmp_path, status(phase="stopped"))
    run = look(tmp_path)
    assert run is not None
    assert going_on(run) == ["train", "ddpm", "--out", str(tmp_path), "--epochs", "2", "--timesteps", "100"]


@pytest.mark.parametrize(
    "command",
    [
        f"{COMMAND} --out /somewhere/else", f"{COMMAND} --out=/somewhere/else", "generative-explorer train --out a ddpm --epochs 2",
        f"{COMMAND} -- --out /somewhere/else",
    ],
)  # fmt: skip
def test_no_command_leads_a_run_elsewhere(tmp_path: Path, command: str) -> None:
    write_status(tmp_path, status(phase="stopped", command=command))
    run = look(tmp_path)
    assert run is not None
    words = going_on(run)
    assert [words[i + 1] for i, word in enumerate(words) if word == "--out"] == [str(tmp_path)]
    assert not any("/somewhere/else" in word for word in words)


def test_a_process_is_known_whatever_the_clock_says(tmp_path: Path) -> None:
    me = process_of(os.getpid())
    assert me is not None
    write_status(tmp_path, status(process=me, started=1.0))  # the clock was put forward since
    assert look(tmp_path).phase == "running"  # type: ignore[union-attr]
    other = msgspec.structs.replace(me, began=me.began + 1)
    write_status(tmp_path, status(process=other))  # another process of that number began since
    assert look(tmp_path).phase == "failed"  # type: ignore[union-attr]
    write_launch(tmp_path, Launch(("train", "ddpm"), os.getpid(), time.time() + 10, process=other))
    assert look(tmp_path).phase == "failed"  # type: ignore[union-attr]


def test_a_run_of_another_machine_is_what_it_says(tmp_path: Path) -> None:
    there = Process("another", "boot", 2**22 + 1, 5.0)
    write_status(tmp_path, status(pid=there.pid, process=there))
    run = look(tmp_path)
    assert run is not None
    assert (run.phase, run.elsewhere, memory_of(run)) == ("running", "another", 0)


def test_a_run_does_not_go_on_while_it_is_at_work(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        at_work = status(pid=other.pid, process=process_of(other.pid))
        write_status(tmp_path, at_work)
        with pytest.raises(BadInput, match=rf"its run is at work \(process {other.pid}\); stop it first"):
            refuse_at_work(tmp_path)
    finally:
        other.communicate(b"\n")
    refuse_at_work(tmp_path)
    write_status(tmp_path, status())
    refuse_at_work(tmp_path)  # itself
    there = status(pid=5, process=Process("another", "boot", 5, 5.0))
    write_status(tmp_path, there)
    with pytest.raises(BadInput, match="its run is at work on another; stop it there first"):
        refuse_at_work(tmp_path)
    os.utime(tmp_path / STATUS_NAME, (1e9, 1e9))
    refuse_at_work(tmp_path)


@pytest.mark.parametrize("command", ["", "rm -r /", "generative-explorer evaluate --out x", "generative-explorer train ddpm --out", "a 'b"])
def test_a_run_of_another_command_does_not_go_on(tmp_path: Path, command: str) -> None:
    write_status(tmp_path, status(phase="stopped", command=command))
    run = look(tmp_path)
    assert run is not None
    with pytest.raises(BadInput, match="its command is not known"):
        going_on(run)


def test_snapshots_come_in_the_order_of_training(tmp_path: Path) -> None:
    write_status(tmp_path, status(phase="finished"))
    run = look(tmp_path)
    assert run is not None
    assert at_step(snapshots(run), None) is None
    for name in ("final", "epoch-002", "epoch-001", "snapshot-0000006", "epoch-x"):
        (tmp_path / f"{name}.safetensors").touch()
    known = snapshots(run)
    assert [(s.step, Path(s.path).stem) for s in known] == [(6, "snapshot-0000006"), (24, "epoch-001"), (48, "epoch-002")]
    assert at_step(known, 40) == known[2]
    assert at_step(known, 14) == known[0]
    assert at_step(known, None) == known[2]


def line(step: int, loss: float) -> Progress:
    return Progress(epoch=1, step=step, steps=40, images=step * 16, loss=loss, learning_rate=1e-3, gradient_norm=2.0)


def test_only_what_is_new_is_read_and_a_shortened_file_begins_anew(tmp_path: Path) -> None:
    curves = RunCurves(tmp_path)
    assert not curves.read()
    nan = float("nan")
    with Curves(tmp_path, 0) as writer:
        writer.write(line(10, 3.0), [1.0] + [nan] * 19)
        assert curves.read()
        assert not curves.read()
        writer.write(line(20, 2.0), [3.0] * 20)
        assert curves.read()
    steps, loss = curves.curve("loss")
    np.testing.assert_array_equal(steps, [10, 20])
    np.testing.assert_array_equal(loss, [3, 2])
    np.testing.assert_array_equal(curves.curve("gradient_norm")[1], [2, 2])
    np.testing.assert_array_equal(curves.by_timestep()[:2], [2, 3])
    np.testing.assert_array_equal(np.isfinite(curves.by_timestep(until=15)), [True] + [False] * 19)
    with Curves(tmp_path, 10):
        assert curves.read()
    np.testing.assert_array_equal(curves.curve("loss")[0], [10])
    with open(tmp_path / "loss.csv", "a", encoding="utf-8") as file:
        file.write("1,20,320,2,0.001")
        file.flush()
        assert not curves.read(), "half a row waits for its end"


def test_smoothing_keeps_a_line_and_passes_over_what_is_unknown() -> None:
    straight = np.linspace(5, 1, 200)
    np.testing.assert_allclose(smoothed(straight), straight)
    assert smoothed(np.zeros(0)).shape == (0,)
    values = np.array([1.0, np.nan, 3.0])
    np.testing.assert_allclose(smoothed(values), [1.0, 2.0, 3.0])
    noisy = np.random.default_rng(0).standard_normal(600)
    assert smoothed(noisy)[20:-20].std() < noisy.std() / 3
