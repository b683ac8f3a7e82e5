"""`info` of other programs' files: opened whole once, and told again without torch while their bytes and what was told stay the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer import sources
from explorer.cli import main
from explorer.sources import opened_before

PROGRAM = "import sys; from explorer.cli import main; status = main(sys.argv[1:]); print(*sys.modules); sys.exit(status)"


def info(*words: str) -> tuple[str, bool]:
    """What it says in a process of its own, and whether that had torch."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, "info", *words], capture_output=True, text=True, check=True)
    *said, modules = done.stdout.splitlines()
    return "\n".join(said), "torch" in modules.split()


def vae(path: Path, **also: torch.Tensor) -> Path:
    """The state dict of PyTorch's example, with other sizes."""
    layers = {"fc1": (30, 784), "fc21": (5, 30), "fc22": (5, 30), "fc3": (30, 5), "fc4": (784, 30)}
    weights = {f"{name}.weight": torch.randn(shape) for name, shape in layers.items()}
    torch.save(weights | {f"{name}.bias": torch.zeros(shape[0]) for name, shape in layers.items()} | also, path)
    return path


def test_a_state_dict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = vae(tmp_path / "vae.pt")
    assert sources.sound(path) is None
    assert main(["info", str(path)]) == 0
    first = capsys.readouterr().out
    again, has_torch = info(str(path))
    assert (again, has_torch) == (first.rstrip("\n"), False)
    sound = sources.sound(path)
    opened = sources.open(path)
    assert sound == (opened.card, opened.sha256, sum(weights.numel() for weights in opened.network.parameters()))


def test_other_bytes_are_opened_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = vae(tmp_path / "vae.pt")
    assert main(["info", str(path)]) == 0
    vae(path, **{"fc4.bias": torch.full((784,), float("nan"))})
    assert sources.sound(path) is None
    assert main(["info", str(path)]) == 2
    assert "not finite" in capsys.readouterr().err


def test_another_version_opens_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = vae(tmp_path / "vae.pt")
    assert main(["info", str(path)]) == 0
    assert sources.sound(path) is not None
    monkeypatch.setattr(opened_before, "__version__", "another")
    assert sources.sound(path) is None


@pytest.mark.parametrize("spoilt", [b"", b"{", b'{"version": "0.1.0", "memory": 1, "parameters": []}'])
def test_a_spoilt_list_is_none(spoilt: bytes, tmp_path: Path) -> None:
    opened_before.keep("a", 3)
    assert opened_before.parameters_of("a") == 3
    opened_before._path().write_bytes(spoilt)
    assert opened_before.parameters_of("a") is None
    assert main(["info", str(vae(tmp_path / "vae.pt"))]) == 0
