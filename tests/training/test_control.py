"""Pausing, stopping and finding a run from outside, and going on at any update."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from explorer.checkpoints.files import file_sha256, load
from explorer.checkpoints.snapshots import snapshots
from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings
from explorer.training import control
from explorer.training.autoencoder import AutoencoderTask
from explorer.training.curves import BINS
from explorer.training.ddpm import DdpmTask
from explorer.training.loop import train
from explorer.training.progress import Progress
from explorer.training.runs import look
from explorer.training.state import STATE_NAME
from explorer.training.task import Task


@pytest.fixture(scope="module")
def data() -> ImageSet:
    """The middle of 384 real digits."""
    whole = load_images("mnist", "test")
    assert whole.labels is not None
    return replace(whole, images=whole.images[:384, :, 8:20, 8:20], labels=whole.labels[:384])


def settings(out: Path, **changes: object) -> TrainSettings:
    values = {"epochs": 2, "batch": 16, "seed": 3, "warmup": 4, "ema": 0.9, "device": "cpu", "command": "generative-explorer train"}
    return TrainSettings(out=out, **(values | changes))  # type: ignore[arg-type]


def ddpm(data: ImageSet) -> Callable[[], DdpmTask]:
    return lambda: DdpmTask(data, Option.C, linear(100), width=8)


def until(run: Iterator[Progress], step: int) -> Progress:
    return next(line for line in run if line.step >= step)


def once_paused(folder: Path, thread: threading.Thread) -> control.RunStatus:
    """What the run says when it has come to rest."""
    while (status := control.read_status(folder)) is None or status.phase != "paused":
        thread.join(0.05)
        assert thread.is_alive()
    return status


def test_a_run_stopped_within_an_epoch_goes_on_at_that_update(tmp_path: Path, data: ImageSet) -> None:
    whole, parts = settings(tmp_path / "whole"), settings(tmp_path / "parts")
    list(train(ddpm(data), data, whole))
    run = train(ddpm(data), data, parts)
    until(run, 10)
    control.ask(parts.out, "stop")
    assert list(run) == [], "it ends before another report"
    stopped = control.read_status(parts.out)
    assert stopped is not None
    assert (stopped.phase, stopped.step, stopped.epoch, stopped.steps) == ("stopped", 10, 1, 48)
    lines = list(train(ddpm(data), data, msgspec.structs.replace(parts, resume=True)))
    assert lines[0].step == 20
    for name in ("epoch-001", "final"):
        mine, its = (load(folder / f"{name}.safetensors").network.state_dict() for folder in (parts.out, whole.out))
        assert all(torch.equal(mine[key], its[key]) for key in its)
    for name in ("loss.csv", "loss-by-timestep.csv"):
        assert (parts.out / name).read_text() == (whole.out / name).read_text()
    finished = control.read_status(parts.out)
    assert finished is not None
    assert (finished.phase, finished.step, finished.images) == ("finished", 48, 768)


def test_a_paused_run_waits_and_goes_on_when_told(tmp_path: Path, data: ImageSet) -> None:
    run = train(ddpm(data), data, settings(tmp_path, epochs=1))
    until(run, 10)
    control.ask(tmp_path, "pause")
    lines: list[Progress] = []
    thread = threading.Thread(target=lambda: lines.extend(run))
    thread.start()
    status = once_paused(tmp_path, thread)
    assert status.step == 10
    assert (tmp_path / "state.ckpt").exists(), "what is done is kept"
    control.ask(tmp_path, "")
    thread.join()
    assert lines[0].step == 20
    assert lines[-1].checkpoint == tmp_path / "final.safetensors"


def test_a_run_that_is_paused_can_be_stopped(tmp_path: Path, data: ImageSet) -> None:
    run = train(ddpm(data), data, settings(tmp_path, epochs=1))
    until(run, 10)
    control.ask(tmp_path, "pause")
    thread = threading.Thread(target=lambda: list(run))
    thread.start()
    once_paused(tmp_path, thread)
    control.ask(tmp_path, "stop")
    thread.join()
    ended = control.read_status(tmp_path)
    assert ended is not None
    assert (ended.phase, ended.step) == ("stopped", 10)


def test_an_old_wish_does_not_stop_a_new_run(tmp_path: Path, data: ImageSet) -> None:
    control.ask(tmp_path, "stop")
    assert list(train(ddpm(data), data, settings(tmp_path, epochs=1)))[-1].step == 24


def test_a_run_says_what_it_is_and_how_it_fares(tmp_path: Path, data: ImageSet) -> None:
    run = train(ddpm(data), data, settings(tmp_path, epochs=1))
    line = until(run, 10)
    status = control.read_status(tmp_path)
    assert status is not None
    assert (status.kind, status.option, status.dataset, status.epochs, status.batch) == ("ddpm", "C", "mnist", 1, 16)
    assert status.pid == os.getpid()
    assert control.alive(status)
    assert line.gradient_norm > 0
    assert line.images_per_second > 0
    assert line.seconds_left > 0
    run.close()  # type: ignore[attr-defined]
    ended = control.read_status(tmp_path)
    assert ended is not None
    assert not control.alive(ended)


def test_a_process_that_is_gone_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    gone = control.RunStatus(process.pid, "running", "train", "ddpm", started=1e12)
    assert not control.alive(gone)
    other = control.RunStatus(os.getpid(), "running", "train", "ddpm", started=1.0)
    assert not control.alive(other), "a process of that number that began after the run is another"


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '{"pid": "many"}'])
def test_a_status_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    assert control.read_status(tmp_path) is None
    (tmp_path / "run.json").write_text(text)
    assert control.read_status(tmp_path) is None


def test_a_failure_is_told(tmp_path: Path, data: ImageSet) -> None:
    with pytest.raises(BadInput, match="no longer finite"):
        list(train(ddpm(data), data, settings(tmp_path, learning_rate=1e30, warmup=0, clip=1e30)))
    status = control.read_status(tmp_path)
    assert status is not None
    assert status.phase == "failed"
    assert "no longer finite" in status.message


def test_the_loss_by_timestep_is_that_of_the_images_of_each_bin(tmp_path: Path, data: ImageSet) -> None:
    task = ddpm(data)()
    seen: list[tuple[float, int]] = []
    original = task.losses

    def losses(network, x, labels, draws):  # type: ignore[no-untyped-def]
        each = original(network, x, labels, draws)
        seen.extend(zip(each.tolist(), draws[0].tolist(), strict=True))
        return each

    task.losses = losses  # type: ignore[method-assign]
    until(train(lambda: task, data, settings(tmp_path)), 10)
    with open(tmp_path / "loss-by-timestep.csv", newline="", encoding="utf-8") as file:
        _, row = list(csv.reader(file))
    assert row[0] == "10"
    for index, text in enumerate(row[1:]):
        of_bin = [value for value, t in seen if index * 100 // BINS < t <= (index + 1) * 100 // BINS]
        assert (float(text) if text else None) == (pytest.approx(sum(of_bin) / len(of_bin), rel=1e-4) if of_bin else None)


@pytest.mark.parametrize(("field", "value", "named"), [("seed", 4, "--seed 3, not 4"), ("epochs", 5, "--epochs 2, not 5")])
def test_other_settings_are_another_run(tmp_path: Path, data: ImageSet, field: str, value: int, named: str) -> None:
    run = train(ddpm(data), data, settings(tmp_path))
    until(run, 10)
    control.ask(tmp_path, "stop")
    list(run)
    with pytest.raises(BadInput, match=f"has {named}.*--start-from"):
        list(train(ddpm(data), data, settings(tmp_path, resume=True, **{field: value})))


OTHERS: dict[str, tuple[Callable[..., Task], dict[str, Any], dict[str, Any], str]] = {
    "activation": (AutoencoderTask, {"activation": "relu"}, {}, "--activation relu, not silu"),
    "hidden": (AutoencoderTask, {"hidden": (32, 16)}, {"hidden": (32, 8)}, "--hidden 32,16, not 32,8"),
    "no skip": (DdpmTask, {"outer_skip": False}, {}, "--outer-skip no, not yes"),
    "linear skip": (DdpmTask, {"linear_skip": True}, {}, "--linear-skip yes, not no"),
    "attention": (DdpmTask, {"attention": (2,)}, {}, "--attention 2, not none"),
    "width": (DdpmTask, {"width": 16}, {}, "--width 16, not 8"),
}


@pytest.mark.parametrize(("task", "first", "then", "named"), OTHERS.values(), ids=OTHERS.keys())
def test_another_network_is_another_run(
    tmp_path: Path, data: ImageSet, task: Callable[..., Task], first: dict[str, Any], then: dict[str, Any], named: str
) -> None:
    usual = {"option": Option.C, "schedule": linear(100), "width": 8} if task is DdpmTask else {"variational": False, "hidden": (32, 16)}
    run = train(lambda: task(data, **usual | first), data, settings(tmp_path))
    until(run, 10)
    control.ask(tmp_path, "stop")
    list(run)
    kept = (tmp_path / STATE_NAME).read_bytes()
    with pytest.raises(BadInput, match=f"has {named};"):
        list(train(lambda: task(data, **usual | then), data, settings(tmp_path, resume=True)))
    assert (tmp_path / STATE_NAME).read_bytes() == kept
    assert until(train(lambda: task(data, **usual | first), data, settings(tmp_path, resume=True)), 48).epoch == 2


def test_another_start_is_another_run_and_a_state_that_does_not_say_it_goes_on(tmp_path: Path, data: ImageSet) -> None:
    list(train(ddpm(data), data, settings(tmp_path / "before", epochs=1)))
    begin, out = tmp_path / "before" / "final.safetensors", tmp_path / "run"
    run = train(ddpm(data), data, settings(out, start_from=begin))
    until(run, 10)
    control.ask(out, "stop")
    list(run)
    with pytest.raises(BadInput, match=f"has --start-from {file_sha256(begin)[:12]}…, not none"):
        list(train(ddpm(data), data, settings(out, resume=True)))
    state = torch.load(out / STATE_NAME, weights_only=True)
    for name in ("--start-from", "--width", "--outer-skip", "model"):
        del state["identity"][name]
    torch.save(state, out / STATE_NAME)
    assert until(train(ddpm(data), data, settings(out, resume=True)), 48).epoch == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_whatever_of_its_folder_is_a_pipe_nobody_waits_for_it(tmp_path: Path, data: ImageSet) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "run"
    run = train(ddpm(data), data, settings(kept))
    until(run, 10)
    control.ask(kept, "stop")
    list(run)
    refused = {}
    for name in sorted(path.name for path in kept.iterdir()):
        shutil.copytree(kept, folder)
        (folder / name).unlink()
        os.mkfifo(folder / name)
        look(folder)
        snapshots(folder / "final.safetensors")
        try:
            until(train(ddpm(data), data, settings(folder, resume=True)), 12)
        except BadInput as error:
            refused[name] = str(error)
        shutil.rmtree(folder)
    assert refused == {STATE_NAME: f"{folder / STATE_NAME}: is no regular file, but a pipe or a device"}
