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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["training", "--run", "."], "holds no run"),
        (["training", "--t", "3"], "--t: of no meaning for training; reverse-chain, compare, forward and objective take it"),
        (["training", *["--run", "x"] * 5], "at most 4 runs"),
        (["forward", "--run", "x"], "--run: of no meaning for forward"),
    ],
)
def test_what_is_refused(arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *arguments, "--out", str(tmp_path / "p.png")]) == 2
    assert said in capsys.readouterr().err
