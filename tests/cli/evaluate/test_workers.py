"""`evaluate --workers`: the same figures from blocks made by workers of a real Ray, and what it refuses."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.datasets.mnist import mnist

OF_SAMPLES = ("evaluate", "--checkpoint", "mnist-ddpm-classes", "--metric", "kid", "--steps", 2, "--label", "3,5", "--guidance", 1)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason='Ray is not installed: pip install "generative-explorer[cluster]"')
def test_blocks_of_workers_are_those_of_this_process_to_the_last_bit(run: Callable[..., Any], tmp_path: Path) -> None:
    np.save(tmp_path / "few.npy", mnist("train")[0][:60, 0])
    words = [*map(str, OF_SAMPLES), "--dataset", str(tmp_path / "few.npy"), "--images", "260", "--device", "cpu", "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    command = [sys.executable, "-m", "explorer", *words, "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if "Ray cannot be started here" in done.stderr:
        pytest.skip("Ray gives itself half a minute to start, and this machine was too busy for that")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    alone = run(*words, "--threads", 1).json
    assert {**json.loads(line), "seconds": 0} == {**alone, "seconds": 0}
    assert alone["images"] == 260


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--checkpoint", "mnist-vae-2d", "--metric", "elbo"), "--workers 2: of no meaning for elbo of a vae; fid and kid of a ddpm"),
        (("--checkpoint", "mnist-vae-2d", "--metric", "fid"), "--workers 2: of no meaning for fid of a vae"),
        (("--checkpoint", "mnist-ddpm-c", "--metric", "vlb"), "--workers 2: of no meaning for vlb of a ddpm"),
        ((*OF_SAMPLES[1:], "--precision", "auto"), "--precision auto is what was measured here: say --precision fp32 or bf16"),
    ],
)
def test_workers_are_refused_where_there_is_nothing_for_them(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, words: Sequence[object], says: str
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr("explorer.workers.cluster.missing", str)  # it is not come to
    assert says in refused("evaluate", *words, "--device", "cpu", "--workers", 2)


def test_without_ray_several_workers_say_what_to_install(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert 'not installed: pip install "generative-explorer[cluster]"' in refused(*OF_SAMPLES, "--workers", 2)


def test_a_cluster_elsewhere_is_refused_without_a_token(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.workers.cluster.missing", str)  # refused before it is asked for anything
    monkeypatch.setenv("RAY_ADDRESS", "203.0.113.7:6379")
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    assert "unless token authentication is on" in refused(*OF_SAMPLES, "--workers", 2)
