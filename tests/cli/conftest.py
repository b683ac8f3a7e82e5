"""Running the command line in this process, and files that it must refuse."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
from explorer.checkpoints.files import load, save
from explorer.checkpoints.locate import locate
from explorer.cli import main
from explorer.models.registry import build, parse_config


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON line on stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command; every argument as text."""

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


@pytest.fixture
def refused(run: Callable[..., Ran]) -> Callable[..., str]:
    """Run a command that must end with status 2 and one line on stderr; the line."""

    def call(*arguments: object) -> str:
        ran = run(*arguments)
        assert ran.status == 2, ran
        assert ran.out == ""
        (line,) = ran.err.splitlines()
        assert line.startswith("generative-explorer: ")
        assert "Traceback" not in line
        return line

    return call


@pytest.fixture
def few_real_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the judge says of 1,000 training images, again and again, for that of the 60,000: reading these takes a minute."""
    from explorer.datasets.mnist import mnist
    from explorer.evaluation import judge as judging

    judge = judging.Judge.open(torch.device("cpu"))
    read = judge.read(mnist("train")[0][:1000])
    monkeypatch.setitem(judging._real, (judge.sha256, judge.device), read[np.arange(12_000) % 1000])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A ddpm of random weights, of 3 x 8 x 8 images, T = 20."""
    config = {"channels": 3, "width": 8, "multipliers": [1], "timesteps": 20}
    card = Card(
        1, "ddpm", NetworkCard("unet", config), DataCard("colours", (3, 8, 8), (-1.0, 1.0), "0" * 64),
        option="B", schedule=ScheduleCard("cosine", 20),
    )  # fmt: skip
    path = tmp_path / "tiny.safetensors"
    weights = build("unet", parse_config("unet", config)).state_dict()
    save(path, card, {name: 0.1 * torch.randn_like(tensor) for name, tensor in weights.items()})
    return path


def _with_nan(source: Path, path: Path) -> None:
    checkpoint = load(source)
    weights = {name: tensor.clone() for name, tensor in checkpoint.network.state_dict().items()}
    next(iter(weights.values())).flatten()[0] = torch.nan
    save(path, checkpoint.card, weights)


def _without_schedule(source: Path, path: Path) -> None:
    checkpoint = load(source)
    card = msgspec.structs.replace(checkpoint.card, schedule=ScheduleCard("betas", 2, (0.5, 1.5)))
    save(path, card, checkpoint.network.state_dict())


def _plain(source: Path, path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"x": np.zeros(3, np.float32)}, path)


BROKEN: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "missing": (lambda _, __: None, "no such file"),
    "folder": (lambda _, path: path.mkdir(), "is a folder"),
    "empty": (lambda _, path: path.write_bytes(b""), "is empty; what opens here is a checkpoint of Generative Explorer (.safetensors)"),
    "cut short": (lambda source, path: path.write_bytes(source.read_bytes()[:-1000]), "cannot be read"),
    "cut in its header": (lambda source, path: path.write_bytes(source.read_bytes()[:500]), "cut short"),
    "a header longer than the file": (
        lambda _, path: path.write_bytes(struct.pack("<Q", 2**62) + b"{}" * 50),
        "a safetensors file that is cut short",
    ),
    "a header of nonsense": (lambda _, path: path.write_bytes(struct.pack("<Q", 90) + b"[" * 100), "of a kind that is not known here"),
    "a picture": (lambda _, path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200)), "is a PNG picture"),
    "other weights": (
        _plain,
        "is a file of weights of a network that is not known here (its names begin x): export it with torch.onnx.export",
    ),
    "a weight that is no number": (_with_nan, "not finite"),
    "an impossible schedule": (_without_schedule, "beta_2 = 1.5"),
}


@pytest.fixture(params=BROKEN)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A checkpoint that cannot be opened, and the cause that must be named."""
    make, cause = BROKEN[request.param]
    path = tmp_path / "broken model.safetensors"
    make(locate("mnist-ddpm-c"), path)
    return path, cause
