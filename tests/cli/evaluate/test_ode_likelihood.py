"""`evaluate --metric ode-likelihood`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

METRIC = ("evaluate", "--metric", "ode-likelihood")


def test_it_says_the_mean_its_errors_and_the_command(run: Callable[..., Any], checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-c"]
    ran = run(*METRIC, "--checkpoint", path, "--images", 2, "--steps", 6, "--probes", 2, "--json")
    said = ran.json
    assert said["bits_per_dim"] == pytest.approx(said["nats"] / 784 / math.log(2))
    assert said["probe_error"] > 0
    assert said["standard_error"] > said["probe_error"]
    assert said["discretisation"] != 0
    assert said["trace"].startswith("2 Rademacher probes a level")
    assert "about" in ran.err  # how long it takes, before it begins
    typed = said["command"]
    assert "--steps 6" in typed
    assert "--probes 2" in typed
    one = run(*METRIC, "--checkpoint", path, "--images", 2, "--steps", 6, "--dequantise", "uniform", "--json").json
    assert one["nats"] != said["nats"]
    assert "2/255" in one["offset"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--sampler", "ddim"), "heun or euler"), (("--eta", "0.5"), "--eta"), (("--steps", "2"), "4 to 4000"),
        (("--guidance", "1"), "--guidance"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(
    run: Callable[..., Any], checkpoints: Mapping[str, Path], words: tuple[str, ...], message: str
) -> None:
    ran = run(*METRIC, "--checkpoint", checkpoints["mnist-ddpm-c"], "--images", 2, *words)
    assert ran.status == 2
    assert message in ran.err
    other = run("evaluate", "--metric", "vlb", "--checkpoint", checkpoints["mnist-ddpm-c"], "--images", 2, "--probes", 1)
    assert other.status == 2
    assert "ode-likelihood takes it" in other.err
