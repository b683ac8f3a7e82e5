"""`train --tensorboard`: what TensorBoard's own reader finds, and that the run is the same with it and without."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

import explorer

FEW = ("--images", 64, "--batch", 8, "--epochs", 2, "--device", "cpu", "--threads", 1, "--seed", 3)
DDPM = ("train", "ddpm", "--width", 8, "--timesteps", 50, *FEW)
VAE = ("train", "vae", "--hidden", "32,16", *FEW)
CLASSIFIER = ("train", "classifier", "--images", 512, "--batch", 8, "--epochs", 1, "--device", "cpu", "--threads", 1, "--seed", 3)
"""Its dropout draws from the one generator that whoever opens a snapshot within an epoch draws from, too."""

needs_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason='TensorBoard is not installed: pip install "generative-explorer[tensorboard]"'
)


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    found.Reload()
    return found


def curve(found: Any, name: str) -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in found.Scalars(name)]


def rows(out: Path, column: str) -> list[tuple[int, float]]:
    with open(out / "loss.csv", newline="", encoding="utf-8") as file:
        return [(int(row["step"]), float(row[column])) for row in csv.DictReader(file)]


@needs_tensorboard
@pytest.mark.parametrize(
    ("words", "tag"), [(DDPM, "samples"), (VAE, "samples of the prior"), (CLASSIFIER, "")], ids=["ddpm", "vae", "classifier"]
)
def test_curves_and_pictures_are_there_and_the_run_is_the_same(
    run: Callable[..., Any], tmp_path: Path, words: tuple[object, ...], tag: str
) -> None:
    shown, plain, events = tmp_path / "shown", tmp_path / "plain", tmp_path / "events"
    assert run(*words, "--out", shown, "--tensorboard", events).status == 0
    assert run(*words, "--out", plain).status == 0
    one, other = (load_file(out / "final.safetensors") for out in (shown, plain))
    assert all(np.array_equal(one[name], other[name]) for name in other)
    assert (shown / "loss.csv").read_bytes() == (plain / "loss.csv").read_bytes()

    found = read(events)
    for name, column in (("loss", "loss"), ("learning rate", "learning_rate"), ("gradient norm", "gradient_norm")):
        told = curve(found, name)
        assert [step for step, _ in told] == [step for step, _ in rows(plain, column)]
        np.testing.assert_allclose([value for _, value in told], [value for _, value in rows(plain, column)], rtol=1e-4)
    losses = [value for _, value in rows(plain, "loss")]
    smoothed = [value for _, value in curve(found, "loss smoothed")]
    weights = [0.9 ** np.arange(n, -1, -1) for n in range(len(losses))]
    np.testing.assert_allclose(smoothed, [np.average(losses[: len(w)], weights=w) for w in weights], rtol=1e-4)

    assert found.Tags()["images"] == ([tag] if tag else [])
    if not tag:
        return
    pictures = found.Images(tag)
    assert [event.step for event in pictures] == [8, 16]  # after each epoch
    assert pictures[0].encoded_image_string != pictures[-1].encoded_image_string


@needs_tensorboard
def test_the_pictures_are_samples_of_the_snapshot(run: Callable[..., Any], tmp_path: Path) -> None:
    out, events = tmp_path / "run", tmp_path / "events"
    assert run(*DDPM, "--out", out, "--tensorboard", events).status == 0
    (last,) = read(events).Images("samples")[-1:]
    explorer.sample(out / "final.safetensors", samples=16, seed=3, steps=25, eta=0, device="cpu").save(tmp_path / "ours.png")
    with Image.open(io.BytesIO(last.encoded_image_string)) as theirs, Image.open(tmp_path / "ours.png") as ours:
        assert np.array_equal(np.asarray(theirs.convert("L")), np.asarray(ours.convert("L")))


@needs_tensorboard
def test_a_run_that_goes_on_takes_its_curves_up(run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch.utils.tensorboard import SummaryWriter

    from explorer.training import control, loop

    out, whole, events, all_at_once = (tmp_path / name for name in ("run", "whole", "events", "at once"))
    wished, asked = control.wished, iter(range(100))
    monkeypatch.setattr(loop.control, "wished", lambda folder: "stop" if next(asked) == 11 else wished(folder))
    assert run(*DDPM, "--out", out, "--tensorboard", events).status == 0
    with SummaryWriter(events) as beyond:  # what a run writes that is killed before it keeps its state
        beyond.add_scalar("loss", 99.0, 16)
    assert run(*DDPM, "--out", out, "--tensorboard", events, "--resume").status == 0
    monkeypatch.undo()
    assert run(*DDPM, "--out", whole, "--tensorboard", all_at_once).status == 0
    for name in ("loss", "loss smoothed"):
        told, wanted = curve(read(events), name), curve(read(all_at_once), name)
        assert [step for step, _ in told] == [step for step, _ in wanted]
        np.testing.assert_allclose([value for _, value in told], [value for _, value in wanted], rtol=1e-4)


def test_where_it_is_not_installed_one_sentence_says_what_to_do(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "tensorboard" else real(name, *more))
    line = refused(*VAE, "--out", tmp_path / "run", "--tensorboard", tmp_path / "events")
    assert line.endswith('the package tensorboard is not installed: pip install "generative-explorer[tensorboard]"')
    assert not (tmp_path / "run").exists()


@needs_tensorboard
def test_a_folder_that_cannot_be_made_is_said(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "events: cannot be written" in refused(*VAE, "--out", tmp_path / "run", "--tensorboard", tmp_path / "file" / "events")


def test_it_means_nothing_for_pca(refused: Callable[..., str], tmp_path: Path) -> None:
    line = refused("train", "pca", "--images", 100, "--out", tmp_path / "run", "--tensorboard", tmp_path / "events")
    assert "--tensorboard: means nothing for pca" in line
