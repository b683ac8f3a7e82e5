"""A folder that DDPMPipeline opens, and whose chain is the one here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

import explorer
from explorer.cli import main

SETTINGS: dict[str, Any] = {
    "sample_size": 16, "in_channels": 1, "out_channels": 1, "block_out_channels": (8, 16), "layers_per_block": 1, "norm_num_groups": 4,
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip


@pytest.fixture
def lone(tmp_path: Path) -> Path:
    """A training state as diffusers' script leaves it: the network, and a schedule beside it."""
    torch.manual_seed(0)
    folder = tmp_path / "checkpoint-20"
    diffusers.UNet2DModel(**SETTINGS).save_pretrained(folder / "unet")
    schedule = diffusers.DDPMScheduler(
        num_train_timesteps=50, beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", clip_sample=False
    )
    schedule.save_pretrained(folder / "scheduler")
    return folder


def test_the_pipeline_opens_it_and_its_chain_is_ours(lone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pipeline"
    assert main(["export", str(lone), "--out", str(out)]) == 0
    assert "a diffusers folder" in capsys.readouterr().out
    pipeline = diffusers.DDPMPipeline.from_pretrained(out)
    scheduler, unet = pipeline.scheduler, pipeline.unet
    chain = explorer.sample(lone, samples=2, seed=3)
    again = explorer.sample(out, samples=2, seed=3)
    torch.testing.assert_close(torch.tensor(again.x), torch.tensor(chain.x))
    scheduler.set_timesteps(50)
    for k, t in enumerate(scheduler.timesteps):
        x = torch.tensor(chain.x[k])
        with torch.no_grad():
            said = unet(x, t).sample
        noise = scheduler._get_variance(t) ** 0.5 * torch.randn(x.shape, generator=torch.Generator().manual_seed(k)) if t > 0 else 0
        stepped = scheduler.step(said, t, x, generator=torch.Generator().manual_seed(k)).prev_sample - noise
        largest = float(torch.tensor(chain.mean[k]).abs().max())
        assert float((stepped - torch.tensor(chain.mean[k])).abs().max()) < 1e-4 * largest


def test_the_apps_own_is_refused_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "mnist-ddpm-c", "--out", str(tmp_path / "folder")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "transposed convolutions" in line
    assert line.endswith("--out folder.onnx")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(lone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "full"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert main(["export", str(lone), "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["export", str(lone), "--out", str(tmp_path / "a.zip")]) == 2
    assert "its ending must be .onnx" in capsys.readouterr().err
    assert [file.name for file in out.iterdir()] == ["mine.txt"]
