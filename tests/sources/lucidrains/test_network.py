"""The network puts out what the library's does, and its chain is the library's step for step."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer import sources
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.models.predictors import from_checkpoint
from explorer.sources.lucidrains.network import LucidrainsUNet
from explorer.sources.lucidrains.shapes import network_shape
from explorer.sources.tensor_file import Outline

from .conftest import Weights, Writes, filled, unet_weights

PLAIN: dict[str, Any] = {}
COLOUR: dict[str, Any] = {"self_conditioned": True, "channels": 3, "outputs": 3, "mults": (1, 2, 3), "full": (False, False, True)}
SAID = {
    "plain": (PLAIN, [0.061875, 0.209889, -0.236946, -0.071926, 0.058602, 0.198981, 0.275588, -0.272308]),
    "colour": (COLOUR, [-0.033905, 0.268192, 1.058806, -0.836459, -0.249249, 0.164153, 0.703315, -0.602334]),
}
"""What denoising-diffusion-pytorch 2.3.4 puts out for these weights, every so many numbers of two images."""
CLOSE = 1e-4
"""Of the largest pixel."""


def network(weights: Weights) -> LucidrainsUNet:
    built = LucidrainsUNet(network_shape({name: Outline(tuple(value.shape), "Float") for name, value in weights.items()})).eval()
    built.load_state_dict(weights)
    return built


def asked(channels: int) -> tuple[Tensor, Tensor, Tensor]:
    """Images, timesteps of ours, and what was said before."""
    return 3 * filled("x", 2, channels, 8, 8), torch.tensor([3, 40]), 3 * filled("before", 2, channels, 8, 8)


@pytest.mark.parametrize("kind", SAID)
def test_the_network_says_what_the_librarys_said(kind: str) -> None:
    settings, said = SAID[kind]
    unet = network(unet_weights(**settings))
    x, t, before = asked(settings.get("channels", 1))
    with torch.no_grad():
        output = unet(x, t, before) if unet.self_conditioned else unet(x, t)
    values = output.flatten()[:: output.numel() // 8][:8]
    assert values.tolist() == pytest.approx(said, abs=1e-4)
    assert output.std() > 0.2


def library(settings: dict[str, Any]) -> Any:
    """Its U-Net of the same weights."""
    ddpm = pytest.importorskip("denoising_diffusion_pytorch", exc_type=ImportError)
    unet = ddpm.Unet(
        dim=8, dim_mults=settings.get("mults", (1, 2)), channels=settings.get("channels", 1), full_attn=settings.get("full", (False, True)),
        self_condition=settings.get("self_conditioned", False), attn_heads=4, attn_dim_head=8,
    )  # fmt: skip
    unet.load_state_dict(unet_weights(**settings))
    return unet.eval()


@pytest.mark.parametrize("kind", SAID)
def test_each_step_is_the_librarys(kind: str, write: Writes) -> None:
    settings = SAID[kind][0]
    unet = library(settings)
    import denoising_diffusion_pytorch as ddpm

    theirs = ddpm.GaussianDiffusion(unet, image_size=8, timesteps=40).eval()  # sigmoid, v: its defaults
    predictor = from_checkpoint(sources.open(write(unet_weights(**settings))), torch.device("cpu"))
    noise = noise_source(4, range(2), (settings.get("channels", 1), 8, 8))
    course, before = plan(predictor.schedule), None
    with torch.no_grad():
        for step in reverse_steps(predictor, course, initial_state(noise), noise, clip=True):
            mean, _, log_variance, _ = theirs.p_mean_variance(step.x_t, torch.full((2,), step.t - 1), before, clip_denoised=True)
            assert (mean - step.prediction.mean).abs().max() < CLOSE * step.x_t.abs().max()
            before = step.prediction.x0_hat  # ours: near T an error of float32 is multiplied by 1 / sqrt(alpha_bar), and comes back
            if step.t > 1:
                assert math.exp(0.5 * float(log_variance.flatten()[0])) == pytest.approx(course.steps[step.k].sigma, rel=1e-3)


def test_blocks_of_before_may_2024_are_normalized_in_groups() -> None:
    weights = unet_weights(grouped=True)
    unet = network(weights)
    half = unet.mid_block1.block1
    x = filled("x", 2, 16, 4, 4)
    h = torch.nn.functional.conv2d(x, weights["mid_block1.block1.proj.weight"], weights["mid_block1.block1.proj.bias"], padding=1)
    groups = h.reshape(2, 8, -1)
    wanted = (groups - groups.mean(2, keepdim=True)) / (groups.var(2, unbiased=False, keepdim=True) + 1e-5).sqrt()
    scale, shift = weights["mid_block1.block1.norm.weight"], weights["mid_block1.block1.norm.bias"]
    wanted = torch.nn.functional.silu(wanted.reshape(h.shape) * scale[:, None, None] + shift[:, None, None])
    assert torch.allclose(half(x), wanted, atol=1e-5)


def test_a_chain_is_taken_up_again_with_what_was_said_before(write: Writes) -> None:
    predictor = from_checkpoint(sources.open(write(unet_weights(self_conditioned=True))), torch.device("cpu"))
    noise = noise_source(4, range(2), (1, 8, 8))
    course = plan(predictor.schedule, 8)
    with torch.no_grad():
        steps = list(reverse_steps(predictor, course, initial_state(noise), noise, clip=True))
        again = list(reverse_steps(predictor, course, steps[5].x_t, noise, True, 5, before=steps[4].prediction.x0_hat))
        forgotten = list(reverse_steps(predictor, course, steps[5].x_t, noise, True, 5))
    assert torch.equal(again[-1].x_prev, steps[-1].x_prev)
    assert not torch.allclose(forgotten[0].prediction.mean, steps[5].prediction.mean, atol=1e-4)
