"""`sweep` on workers of a real Ray on this machine, one of which is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from explorer import __version__
from explorer.sweeps.job import Job, Terms
from explorer.sweeps.on_ray import _do_there

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='Ray is not installed: pip install "generative-explorer[cluster]"'
)

RECIPES = 6
COMMAND = ("sweep", "--checkpoint", "mnist-ddpm-c", "--samples", "4", "--grid", f"seed=0..{RECIPES - 1} steps=10", "--json")


def killed_worker(driver: psutil.Process) -> bool:
    """Kill a worker that is doing a recipe at this moment, if there is one."""
    for process in driver.children(recursive=True):
        try:
            if " ".join(process.cmdline()).startswith("ray::sweep"):
                process.kill()
                return True
        except psutil.Error:
            continue
    return False


def test_a_worker_that_is_killed_takes_no_recipe_with_it(run: Callable[..., Any], tmp_path: Path) -> None:
    words = [sys.executable, "-m", "explorer", *COMMAND, "--out", str(tmp_path / "two"), "--workers", "2"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as sweep:
        assert sweep.stdout is not None
        assert sweep.stderr is not None
        driver, told, killed = psutil.Process(sweep.pid), b"", False
        while character := sweep.stderr.read(1):  # the bar: something happened
            told += character
            killed = killed or (character in b"\r]" and killed_worker(driver))
        answer = sweep.stdout.read()
    if b"Ray cannot be started here" in told:
        pytest.skip("Ray gives itself half a minute to start, and this machine was too busy for that")
    assert killed, told
    said = json.loads(answer)
    assert said["failed"] == []
    assert (said["done"], said["lost_workers"], sweep.returncode) == (RECIPES, 1, 0)
    run(*COMMAND, "--out", tmp_path / "one", "--workers", 1, "--threads", 1)
    for alone in (tmp_path / "one").glob("*.npz"):
        with np.load(alone) as a, np.load(tmp_path / "two" / alone.name) as b:
            assert all(np.array_equal(a[name], b[name]) for name in a.files)


def test_gpus_that_are_not_there_are_not_waited_for(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "explorer", *COMMAND, "--out", str(tmp_path), "--workers", "2", "--gpus", "64"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if "Ray cannot be started here" in done.stderr:
        pytest.skip("Ray gives itself half a minute to start, and this machine was too busy for that")
    assert done.returncode == 2
    assert "--gpus 64: Ray finds " in done.stderr
    assert not list(tmp_path.glob("*.npz"))


def test_a_worker_of_another_version_says_so() -> None:
    outcome, content = _do_there(Job("a", "{}", ".npz"), Terms("cpu", "fp32"), {}, "0.0.9")
    assert outcome.failure == f"the worker has Generative Explorer {__version__}, and this is 0.0.9: install the same there"
    assert content == b""


def test_a_cluster_elsewhere_is_refused_without_a_token(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "203.0.113.7:6379")
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    assert "unless token authentication is on" in refused(*COMMAND, "--out", tmp_path / "s")
    assert not (tmp_path / "s").exists()
