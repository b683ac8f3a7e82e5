"""Every backend that this machine has says what the module says, and leaves the module as it is."""

from __future__ import annotations

import copy
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer import backends
from explorer.backends.packed import PackedConvolution
from explorer.checkpoints.files import load
from explorer.models.unet import UNet, UNetConfig
from tests.backends.here import compiled_here

CPU = torch.device("cpu")
CLOSE = {"fp32": 1e-5, "bf16": 1e-2}
"""Relative error: rounding in another order; bfloat16 has 8 bits, and a U-Net is some thirty layers deep. Where PyTorch's own bfloat16
is as far off, as with weights drawn at random, twice its error."""
WAYS = [("fast", "fp32"), ("fast", "bf16"), ("openvino", "bf16")]


def lively(config: UNetConfig) -> UNet:
    """A small U-Net none of whose layers is zero."""
    torch.manual_seed(0)
    network = UNet(config).eval()
    for parameter in network.parameters():
        if not parameter.any():
            nn.init.normal_(parameter, std=0.05)
    return network


def networks(checkpoints: Mapping[str, Path]) -> dict[str, nn.Module]:
    return {
        "shipped": load(checkpoints["mnist-ddpm-c"]).network,
        "plain head": lively(UNetConfig(width=16, multipliers=(1, 2), outer_skip=True, output_scale=0.5)),
        "attention": lively(UNetConfig(width=16, multipliers=(1, 2), attention=(1,))),
        "lecture": lively(UNetConfig(width=16, multipliers=(1, 2), norm="none", activation="relu", time="channel", residual=False)),
    }


def error(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).norm() / other.norm())


@pytest.mark.parametrize(("name", "precision"), WAYS)
@pytest.mark.parametrize("kind", ["shipped", "plain head", "attention", "lecture"])
def test_it_says_what_the_module_says(name: str, precision: str, kind: str, checkpoints: Mapping[str, Path]) -> None:
    backend = backends.backend_named(name)
    assert backend is not None
    if backend.missing():
        pytest.skip(backend.missing())
    network = networks(checkpoints)[kind]
    before = copy.deepcopy(network.state_dict())
    torch.manual_seed(1)
    with torch.inference_mode(), compiled_here():
        run = backend.prepare(network, CPU, precision)
        for samples, t in ((1, 1), (5, 700)):
            x, times = torch.randn(samples, 1, 28, 28), torch.full((samples,), t)
            known = network(x, times)
            said = run(x, times)
            assert said.shape == known.shape
            assert said.dtype == torch.float32
            theirs = error(backends.TORCH.prepare(network, CPU, precision)(x, times), known)
            assert error(said, known) < max(CLOSE[precision], 2 * theirs)
            kept = said.clone()
            run(torch.randn_like(x), times)
            assert torch.equal(said, kept), "what was put out is written to by nobody"
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_samples_at_timesteps_of_their_own(checkpoints: Mapping[str, Path]) -> None:
    network = load(checkpoints["mnist-ddpm-c"]).network
    x, times = torch.randn(3, 1, 28, 28), torch.tensor([1, 500, 1000])
    fast = backends.backend_named("fast")
    assert fast is not None
    with torch.inference_mode():
        assert error(fast.prepare(network, CPU, "fp32")(x, times), network(x, times)) < CLOSE["fp32"]


def test_nothing_is_sent_to_the_makers_of_a_backend(checkpoints: Mapping[str, Path]) -> None:
    openvino = backends.backend_named("openvino")
    assert openvino is not None
    if openvino.missing():
        pytest.skip(openvino.missing())
    with torch.inference_mode(), compiled_here():
        openvino.prepare(load(checkpoints["mnist-ddpm-c"]).network, CPU, "bf16")(torch.zeros(1, 1, 28, 28), torch.ones(1).long())
    assert sys.modules["openvino_telemetry"] is None


@pytest.mark.parametrize("how", [{"padding": 1}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"groups": 2}, {"bias": False}])
def test_a_packed_convolution_is_the_convolution(how: dict[str, int]) -> None:
    plain = nn.Conv2d(4, 6, 3, **how)  # type: ignore[arg-type]
    assert PackedConvolution.fits(plain)
    packed = PackedConvolution(plain)
    x = torch.randn(2, 4, 9, 9)
    with torch.inference_mode():
        wanted = plain(x)
        torch.testing.assert_close(packed(x), wanted, rtol=1e-4, atol=1e-5)
        total = torch.randn_like(wanted, memory_format=torch.preserve_format).contiguous(memory_format=torch.channels_last)
        torch.testing.assert_close(packed.added_to(total.clone(), x), total + wanted, rtol=1e-4, atol=1e-5)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            assert packed(x).dtype == torch.bfloat16, "it follows autocast as the convolution does"


def test_what_is_no_plain_convolution_is_left() -> None:
    assert not PackedConvolution.fits(nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"))
    assert not PackedConvolution.fits(nn.Conv2d(4, 4, 3, padding="same"))
    assert not PackedConvolution.fits(nn.ConvTranspose2d(4, 4, 2))
    assert not PackedConvolution.fits(nn.Conv2d(4, 4, 3).half())
