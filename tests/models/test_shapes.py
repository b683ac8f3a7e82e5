"""Shapes that are told without torch are those of the networks that are built."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.models.autoencoder_config import AutoencoderConfig
from explorer.models.classifier_config import ClassifierConfig
from explorer.models.configurations import CONFIGURATIONS
from explorer.models.latent_mlp_config import LatentMlpConfig
from explorer.models.pca_config import PcaConfig
from explorer.models.registry import NETWORKS, expected_tensors
from explorer.models.shapes import shapes
from explorer.models.unet_config import UNetConfig


def compare(config: Any) -> None:
    name = next(name for name, kind in CONFIGURATIONS.items() if isinstance(config, kind))
    assert shapes(config) == {key: tuple(tensor.shape) for key, tensor in expected_tensors(name, config).items()}


def test_every_network_has_a_configuration() -> None:
    assert CONFIGURATIONS.keys() == NETWORKS.keys()


@st.composite
def unets(draw: st.DrawFn) -> UNetConfig:
    multipliers = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    time: Literal["film", "channel"] = draw(st.sampled_from(["film", "channel"]))
    skips = draw(st.booleans())
    return UNetConfig(
        channels=draw(st.integers(1, 3)), width=8 * draw(st.integers(1, 2)), multipliers=tuple(multipliers),
        norm=draw(st.sampled_from(["group", "none"])), residual=draw(st.booleans()), time=time,
        attention=tuple(draw(st.sets(st.integers(0, len(multipliers) - 1)))), outer_skip=skips, skip_by_timestep=skips,
        timesteps=draw(st.integers(1, 9)), classes=draw(st.integers(0, 3)) if time == "film" else 0,
        downsample=draw(st.sampled_from(["conv", "max-pool"])),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(unets())
def test_of_a_unet(config: UNetConfig) -> None:
    compare(config)


@settings(max_examples=25, deadline=None)
@given(
    st.builds(
        AutoencoderConfig,
        variational=st.just(True),
        architecture=st.sampled_from(["mlp", "conv"]),
        channels=st.integers(1, 3),
        size=st.sampled_from([8, 12]),
        columns=st.sampled_from([0, 16]),
        code=st.integers(1, 3),
        hidden=st.lists(st.integers(1, 9), min_size=3, max_size=6).map(tuple),
        sigma=st.sampled_from([0.0, 0.5]),
    )
)
def test_of_an_autoencoder(config: AutoencoderConfig) -> None:
    compare(config)


@pytest.mark.parametrize(
    "config",
    [
        AutoencoderConfig(variational=False, hidden=(7,)),
        PcaConfig(channels=3, size=8, code=5, columns=6),
        LatentMlpConfig(
            dimensions=3, width=8, depth=2, coder=AutoencoderConfig(code=3, hidden=(7, 5)), outer_skip=True, skip_by_timestep=True
        ),
        LatentMlpConfig(dimensions=2, coder=AutoencoderConfig(architecture="conv", size=8, hidden=(4, 6, 5))),
        ClassifierConfig(channels=3, size=8, width=4, features=7, classes=3, columns=12),
    ],
    ids=["ae", "pca", "latent mlp", "latent mlp, conv", "classifier"],
)
def test_of_the_others(config: Any) -> None:
    compare(config)
