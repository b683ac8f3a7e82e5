"""A folder that DDPMPipeline opens, and whose chain is the one here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
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


@pytest.mark.parametrize(
    ("network", "process"),
    [
        ({}, {"clip_sample_range": 0.6}),
        ({}, {"thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 1.5}),
        ({}, {"variance_type": "fixed_large", "timestep_spacing": "linspace"}),
        ({"out_channels": 2}, {"variance_type": "learned_range"}),
        ({}, {"timestep_spacing": "trailing"}),
        ({}, {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "clip_sample": False}),
    ],
)
@pytest.mark.parametrize("steps", [10, 50])
def test_it_samples_as_a_new_lane_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: dict[str, Any], process: dict[str, Any], steps: int
) -> None:
    """Limits, variance, and which timesteps there are of fewer: all states, by the noise of the chain here."""
    torch.manual_seed(0)
    unet = diffusers.UNet2DModel(**SETTINGS | network)
    for weights in unet.parameters():
        torch.nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.1)
    diffusers.DDPMPipeline(unet, diffusers.DDPMScheduler(50, beta_end=0.2, **process)).save_pretrained(tmp_path / "in")
    assert main(["export", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    pipeline = diffusers.DDPMPipeline.from_pretrained(tmp_path / "out")
    chain = explorer.sample(tmp_path / "in", samples=2, seed=3, steps=None if steps == 50 else steps)
    pipeline.scheduler.set_timesteps(steps)
    assert [t + 1 for t in pipeline.scheduler.timesteps.tolist()] == chain.timesteps[:-1].tolist()
    for k, t in enumerate(pipeline.scheduler.timesteps):
        noise = torch.tensor(chain.z[k] * (chain.sigma[k] > 0))
        monkeypatch.setattr("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, noise=noise, **__: noise)
        x = torch.tensor(chain.x[k])
        with torch.no_grad():
            stepped = pipeline.scheduler.step(pipeline.unet(x, t).sample, t, x).prev_sample
        assert float((stepped - torch.tensor(chain.x[k + 1])).abs().max()) < 1e-4 * np.abs(chain.x[k + 1]).max()


def test_what_was_told_of_its_heads_is_written_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any number of heads fits the weights of a state dict; where a folder cannot say it, it is not written."""
    torch.manual_seed(0)
    unet = diffusers.UNet2DModel(**SETTINGS | {"block_out_channels": (32, 64), "norm_num_groups": 32})
    for weights in unet.parameters():
        torch.nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.1)
    path = tmp_path / "model.pt"
    torch.save(unet.state_dict(), path)
    asked = [str(path), "--image-size", "16", "--out", str(tmp_path / "out")]
    assert main(["export", *asked, "--head-channels", "16"]) == 0
    told = {"image_size": 16, "head_channels": 16}
    here, there = (explorer.sample(tmp_path / "out", samples=1, steps=3), explorer.sample(path, samples=1, steps=3, told=told))
    np.testing.assert_allclose(here.x, there.x, atol=1e-5)
    assert len(diffusers.DDPMPipeline.from_pretrained(tmp_path / "out")(num_inference_steps=1, output_type="np").images) == 1
    capsys.readouterr()
    assert main(["export", *asked, "--heads", "2", "--force"]) == 2
    assert "2 heads at any width" in capsys.readouterr().err


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
