"""The networks that a checkpoint can name."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explorer.models.registry import NETWORKS, build, expected_tensors, parse_config
from explorer.models.unet import UNetConfig


@pytest.mark.parametrize("name", NETWORKS)
def test_expected_tensors_are_those_of_the_network_without_memory(name: str) -> None:
    config = parse_config(name, {})
    expected = expected_tensors(name, config)
    real = build(name, config).state_dict()
    assert list(expected) == list(real)
    for key, tensor in expected.items():
        assert tensor.device.type == "meta"
        assert (tensor.shape, tensor.dtype) == (real[key].shape, real[key].dtype)


def test_a_network_of_many_terabytes_is_described_in_no_memory() -> None:
    config = UNetConfig(width=4096, multipliers=(64, 64, 64, 64))
    assert sum(t.numel() for t in expected_tensors("unet", config).values()) > 10**13


def test_json_values_become_a_configuration() -> None:
    config = parse_config("unet", {"width": 16, "multipliers": [1, 2], "norm": "none", "output_scale": 1})
    assert config == UNetConfig(width=16, multipliers=(1, 2), norm="none", output_scale=1.0)


def test_the_seed_alone_determines_fresh_weights() -> None:
    config = parse_config("unet", {"width": 8})
    torch.manual_seed(5)
    first = build("unet", config).state_dict()
    torch.manual_seed(5)
    assert all(torch.equal(first[k], v) for k, v in build("unet", config).state_dict().items())


@pytest.mark.parametrize(
    ("name", "config", "cause"),
    [
        ("transformer", {}, "no network named 'transformer'; there are unet, latent_mlp, autoencoder, pca, classifier"),
        ("unet", {"depth": 3, "widht": 2}, "unet has no setting depth, widht"),
        ("unet", {"width": "wide"}, "width"),
        ("unet", {"width": 8.5}, "width"),
        ("unet", {"norm": "batch"}, "norm"),
        ("unet", {"multipliers": [1, "2"]}, "multipliers"),
        ("unet", {"width": 12}, "multiple of 8"),
        ("autoencoder", {"likelihood": "poisson"}, "likelihood"),
        ("classifier", {"size": None}, "size"),
    ],
)
def test_what_is_no_configuration_is_refused_with_the_cause(name: str, config: dict[str, Any], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        parse_config(name, config)
