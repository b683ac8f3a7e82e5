"""What runs a network for a command: as named, or, where that is left open, as was measured in the window; nothing is measured for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer import backends
from explorer.backends.fast_torch import FastTorch
from explorer.checkpoints.files import file_sha256, load
from explorer.checkpoints.locate import locate
from explorer.cli import shared
from explorer.engine.models.kept_choices import Choice, KeptChoices, Measured
from explorer.evaluation.samples import BLOCK
from explorer.exports.embedded import read_recipe
from explorer.paths import HOME_VARIABLE
from explorer.recipe.arithmetic import RunBy

NAME = "mnist-ddpm-c"
SHA256 = file_sha256(locate(NAME))
SAMPLE = ("sample", "--checkpoint", NAME, "--samples", 2, "--steps", 2, "--json")
PACKED = RunBy(SHA256, "fast", "fp32", 1000)
Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def few_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, FastTorch()])
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))


def measured(samples: int) -> None:
    """The window has found that packed weights are the fastest."""
    ways = (Measured("torch", "fp32", 1.0, 1000), Measured("fast", "fp32", 0.5, 1000))
    KeptChoices().put(SHA256, samples, "CPU", Choice(SHA256, samples, 1000, ways))


def test_what_was_measured_runs_it_is_told_and_is_made_again(run: Run, tmp_path: Path) -> None:
    measured(2)
    out = tmp_path / "a.png"
    told = run(*SAMPLE, "--precision", "auto", "--out", out)
    assert told.json["lanes"][0]["computed_by"] == "PyTorch, packed · fp32"
    said = read_recipe(out).arithmetic
    assert said is not None
    assert said.networks == (PACKED,)
    assert run("replay", out, "--out", tmp_path / "b.png", "--json").json["identical"] is True


def test_where_nothing_was_measured_nothing_is(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.npz"
    told = run("sample", "--checkpoint", NAME, "--samples", 1, "--precision", "auto", "--steps", 250, "--json", "--out", out)
    assert told.json["lanes"][0]["computed_by"].startswith("PyTorch · ")
    assert KeptChoices().get(SHA256, 1, "CPU") is None


@pytest.mark.parametrize("named", [("--device", "cpu", "--precision", "auto"), ("--precision", "fp32"), ()])
def test_what_is_named_holds(named: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    measured(2)
    out = tmp_path / "a.npz"
    told = run(*SAMPLE, *named, "--out", out)
    assert "computed_by" not in told.json["lanes"][0]
    said = read_recipe(out).arithmetic
    assert said is not None
    assert said.networks == ()


def test_more_samples_than_are_walked_abreast_are_run_by_what_runs_batches_of_any_size() -> None:
    measured(BLOCK)
    where, checkpoint = shared.place("auto", "auto"), load(locate(NAME))
    assert where.run_by(checkpoint, BLOCK) == PACKED
    for samples in (BLOCK + 1, None):
        run = where.run_by(checkpoint, samples)
        assert run is not None
        assert run.backend == "torch"


@pytest.mark.usefixtures("few_real_images")
def test_evaluate_takes_it_too(run: Run) -> None:
    measured(BLOCK)
    asked: list[int] = []
    backend = FastTorch.prepare

    def seen(self: FastTorch, *args: Any) -> Any:
        asked.append(1)
        return backend(self, *args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FastTorch, "prepare", seen)
        told = run("evaluate", "--checkpoint", NAME, "--metric", "fid", "--images", BLOCK, "--steps", 1, "--precision", "auto", "--json")
    assert told.status == 0, told.err
    assert asked
