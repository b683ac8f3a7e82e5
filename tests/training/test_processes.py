"""Two processes on the CPU (gloo) are one process with the same batch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from explorer.cli.main import main


def arguments(out: Path, *options: str) -> list[str]:
    few = ["--images", "48", "--batch", "16", "--epochs", "1", "--warmup", "0"]
    return ["train", *options, *few, "--out", str(out), "--device", "cpu", "--threads", "1"]


def run(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "explorer", *arguments(out, *options)]
    environment = {name: value for name, value in os.environ.items() if name not in ("MASTER_ADDR", "MASTER_PORT", "LOCAL_RANK")}
    return subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, check=False)


@pytest.mark.parametrize("model", [("ddpm", "--width", "8"), ("vae", "--hidden", "32,16")], ids=["ddpm", "vae"])
def test_two_processes_learn_what_one_learns(tmp_path: Path, model: tuple[str, ...]) -> None:
    assert main(arguments(tmp_path / "one", *model)) == 0
    ran = run(tmp_path / "two", *model, "--devices", "2")
    assert ran.returncode == 0, ran.stderr
    one, two = (load_file(tmp_path / name / "final.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name, tensor in one.items():
        assert torch.allclose(two[name], tensor, atol=2e-4), "less than a fifth of one update"
    rows = [(tmp_path / name / "loss.csv").read_text().splitlines()[-1].split(",") for name in ("one", "two")]
    loss, gradient_norm = ([float(row[column]) for row in rows] for column in (3, 5))
    assert loss[1] == pytest.approx(loss[0], rel=1e-4)
    assert gradient_norm[1] == pytest.approx(gradient_norm[0], rel=1e-3)


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    ran = run(tmp_path, "vae", "--devices", "3")
    assert ran.returncode == 2
    assert "a batch of 16 images cannot be shared evenly by 3 processes" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_several_machines_without_a_launcher_are_refused(tmp_path: Path) -> None:
    ran = run(tmp_path / "run", "vae", "--nodes", "2")
    assert ran.returncode == 2
    assert "--nodes 2 needs a launcher on each machine: torchrun" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("device", ["gpu", "tpu", "foo", "meta", "cpu:9", "cuda:999"])
def test_a_device_that_is_not_here_is_refused(tmp_path: Path, device: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments(tmp_path / "run", "vae"), "--device", device]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"device '{device}' cannot be used here" in line
    assert not (tmp_path / "run").exists()
