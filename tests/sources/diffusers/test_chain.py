"""Step for step the chain is the library's: its network, its scheduler, the same noise."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer import backends, sources
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.models.predictors import from_checkpoint

from .conftest import changed, write

SEED, SAMPLES, STEPS = 4, 2, 20
CLOSE = 1e-4
"""Of the largest pixel."""


def library_mean(scheduler: Any, output: Tensor, t: int, x_t: Tensor) -> Tensor:
    """Mean of a step of diffusers: the noise that it adds is drawn again and taken off."""
    drawn: Tensor = scheduler.step(output, t - 1, x_t, generator=torch.Generator().manual_seed(SEED)).prev_sample
    if t == 1:
        return drawn
    noise = torch.randn(x_t.shape, generator=torch.Generator().manual_seed(SEED))
    return drawn - math.sqrt(float(scheduler._get_variance(t - 1))) * noise


def furthest(folder: Path, clip: bool, steps: int | None = STEPS) -> float:
    """Largest difference between the means of our chain and of the library's from the same states, against the largest pixel."""
    import diffusers

    checkpoint = sources.open(folder)
    assert checkpoint.card.clips is clip
    predictor = from_checkpoint(checkpoint, torch.device("cpu"))
    unet = diffusers.UNet2DModel.from_pretrained(folder, subfolder="unet", local_files_only=True).eval()
    settings = diffusers.DDPMScheduler.load_config(folder, subfolder="scheduler", local_files_only=True)
    scheduler = diffusers.DDPMScheduler.from_config(settings, timestep_spacing="trailing", variance_type="fixed_small")
    scheduler.set_timesteps(steps or predictor.schedule.T)
    noise = noise_source(SEED, range(SAMPLES), checkpoint.card.data.shape)
    x, found, largest = initial_state(noise), 0.0, 0.0
    with torch.no_grad():
        for step in reverse_steps(predictor, plan(predictor.schedule, steps), x, noise, clip):
            output = unet(step.x_t, step.t - 1).sample[:, : step.x_t.shape[1]]
            wanted = library_mean(scheduler, output, step.t, step.x_t) if step.t_prev else None
            largest = max(largest, float(step.x_t.abs().max()))
            if wanted is not None:
                found = max(found, float((step.prediction.mean - wanted).abs().max()) / float(step.x_t.abs().max()))
    assert largest > 1
    return found


@pytest.mark.parametrize(
    ("scheduler", "process", "clip"),
    [
        ("DDPMScheduler", {}, True),
        ("DDPMScheduler", {"beta_schedule": "squaredcos_cap_v2"}, True),
        ("DDPMScheduler", {"thresholding": True}, True),
        ("DDPMScheduler", {"prediction_type": "sample", "clip_sample": False, "beta_schedule": "sigmoid"}, False),
        ("DDPMScheduler", {"prediction_type": "v_prediction", "clip_sample": False, "beta_schedule": "scaled_linear"}, False),
        ("DDPMScheduler", {"trained_betas": [0.001 * (1 + i) for i in range(100)], "num_train_timesteps": 100}, True),
        ("DDPMScheduler", {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "clip_sample": False}, False),
        ("DDIMScheduler", {"prediction_type": "v_prediction", "num_train_timesteps": 400}, True),
        ("EulerDiscreteScheduler", {"beta_start": 0.00085, "beta_end": 0.012, "prediction_type": "v_prediction"}, False),
    ],
)
def test_every_mean_is_that_of_the_library(tmp_path: Path, scheduler: str, process: dict[str, Any], clip: bool) -> None:
    folder = write(tmp_path / "model", scheduler, **process)
    if not clip and scheduler == "EulerDiscreteScheduler":  # it has no such setting, and the library's DDPM clips where none is
        assert furthest_unclipped(folder) < CLOSE
    else:
        assert furthest(folder, clip) < CLOSE


def furthest_unclipped(folder: Path) -> float:
    """The same, where the library is told not to clip."""
    before = sources.card(folder)
    changed(folder / "scheduler" / "scheduler_config.json", clip_sample=False)
    assert sources.card(folder).clips is before.clips is False
    return furthest(folder, clip=False)


def test_a_timestep_off_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tolerance tells t - 1 from t, which pictures do not."""
    from explorer.sources.diffusers.network import UNet2D

    folder = write(tmp_path / "model", clip_sample=False)
    asked = UNet2D.forward
    monkeypatch.setattr(UNet2D, "forward", lambda self, x_t, t, labels=None: asked(self, x_t, t + 1, labels))
    assert furthest(folder, clip=False) > CLOSE


def test_all_steps_of_a_short_schedule(tmp_path: Path) -> None:
    assert furthest(write(tmp_path / "model", num_train_timesteps=30, beta_end=0.3), clip=True, steps=None) < CLOSE


def test_of_a_learned_variance_the_means_are_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", network={"out_channels": 6}, variance_type="learned_range")
    assert furthest(folder, clip=True) < CLOSE
    origin = sources.card(folder).origin
    assert origin is not None
    assert origin.sampler.variance == "learned"
    assert any("what its network has learned" in note for note in origin.notes)


@pytest.mark.parametrize(
    "network",
    [
        {"flip_sin_to_cos": False, "freq_shift": 1, "downsample_padding": 0, "norm_eps": 1e-6, "attention_head_dim": None},
        {"downsample_type": "resnet", "upsample_type": "resnet", "resnet_time_scale_shift": "scale_shift"},
        {"add_attention": False, "act_fn": "gelu", "in_channels": 1, "out_channels": 1, "sample_size": [16, 24]},
        {"time_embedding_type": "learned", "num_train_timesteps": 1000},
    ],
)
def test_other_settings_of_the_network_are_heeded(tmp_path: Path, network: dict[str, Any]) -> None:
    assert furthest(write(tmp_path / "model", network=network), clip=True) < CLOSE


@pytest.mark.skipif(bool(backends.backend_named("native").missing()), reason="the native kernel is not built")  # type: ignore[union-attr]
def test_the_native_kernel_runs_it(pipeline: Path) -> None:
    checkpoint, native = sources.open(pipeline), backends.backend_named("native")
    assert native is not None
    assert native.supports(checkpoint.network)
    x_t, t = torch.randn(3, 3, 16, 16), torch.tensor([1, 500, 1000])
    with torch.no_grad():
        wanted = checkpoint.network(x_t, t)
        assert (native.prepare(checkpoint.network, torch.device("cpu"), "fp32")(x_t, t) - wanted).abs().max() < 1e-5 * wanted.abs().max()
