"""`render training`: runs drawn without a screen, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from explorer.cli.main import main
from explorer.training.control import RunStatus, write_status


def test_a_run_is_drawn(tmp_path: Path) -> None:
    write_status(tmp_path, RunStatus(1, "stopped", "generative-explorer train vae --out x", "vae", "", "mnist", 2, 16, 48, 1, 10))
    picture = tmp_path / "run.png"
    assert main(["render", "training", "--run", str(tmp_path), "--size", "1280x800", "--out", str(picture)]) == 0
    with Image.open(picture) as drawn:
        assert drawn.size == (1280, 800)


def test_a_training_step_is_drawn(tmp_path: Path) -> None:
    pictures = [tmp_path / f"{t}.png" for t in (40, 400)]
    for picture, t in zip(pictures, ("40", "400"), strict=True):
        step = ["--page", "step", "--checkpoint", "mnist-ddpm-b", "--t", t]
        assert main(["render", "training", *step, "--size", "1280x800", "--out", str(picture)]) == 0
    first, second = (Image.open(picture).tobytes() for picture in pictures)
    assert len(first) == 1280 * 800 * 3
    assert first != second


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["training", "--run", "."], "holds no run"),
        (["training", "--samples", "3"], "--samples: of no meaning for training"),
        (["training", "--page", "kl"], "the pages of training are runs, step"),
        (["training", "--page", "step", "--t", "0"], "a training step has t in 1..T"),
        (["training", *["--run", "x"] * 5], "at most 4 runs"),
        (["forward", "--run", "x"], "--run: of no meaning for forward"),
    ],
)
def test_what_is_refused(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *arguments, "--out", str(tmp_path / "p.png")]) == 2
    assert said in capsys.readouterr().err
