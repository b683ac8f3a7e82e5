"""A small network of random weights that diffusers itself wrote, as a pipeline's folder; tests lay it out anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

PLAIN = {
    "sample_size": 16, "in_channels": 3, "out_channels": 3, "layers_per_block": 1, "block_out_channels": (16, 24), "norm_num_groups": 8,
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip
WEIGHTS = "diffusion_pytorch_model.safetensors"


def write(folder: Path, scheduler: str = "DDPMScheduler", network: dict[str, Any] | None = None, **process: Any) -> Path:
    """A pipeline's folder, as `save_pretrained` writes it."""
    import diffusers

    torch.manual_seed(3)
    unet = diffusers.UNet2DModel(**PLAIN | (network or {})).eval()
    for weights in unet.parameters():
        nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.1)
    diffusers.DDPMPipeline(unet, getattr(diffusers, scheduler)(**process)).save_pretrained(folder)
    return folder


def changed(path: Path, **settings: Any) -> None:
    """Settings in a JSON file; None takes one out."""
    known = json.loads(path.read_text()) | settings
    path.write_text(json.dumps({name: value for name, value in known.items() if value is not None}))


@pytest.fixture(scope="session")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("diffusers") / "pipeline")


@pytest.fixture
def pipeline(_written: Path, tmp_path: Path) -> Path:
    """A folder to do with as a test likes: predicts the noise, 3 x 16 x 16."""
    return Path(shutil.copytree(_written, tmp_path / "pipeline"))


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], str]:
    """What `info` says of a path that it cannot open: one line, exit status 2."""
    from explorer.cli import main

    def ask(path: Path) -> str:
        assert main(["info", str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return ask
