"""Autoencoder and VAE: shapes, ranges, and the lecture's widths."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from explorer.models.autoencoder import MAX_LOG_VARIANCE, Autoencoder, AutoencoderConfig

CONFIGS = {
    "mlp vae": AutoencoderConfig(hidden=(32, 16)),
    "mlp ae": AutoencoderConfig(hidden=(32,), variational=False),
    "conv vae": AutoencoderConfig(architecture="conv", hidden=(4, 8, 16)),
    "conv ae": AutoencoderConfig(architecture="conv", hidden=(4, 8, 16, 12), variational=False),
    "colour conv, 5-D": AutoencoderConfig(architecture="conv", hidden=(4, 8, 16), channels=3, size=16, code=5),
    "colour mlp, 5-D": AutoencoderConfig(hidden=(32,), channels=3, size=10, code=5),
    "logistic": AutoencoderConfig(hidden=(32, 16), activation="sigmoid"),
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_images_to_codes_and_back(config: AutoencoderConfig) -> None:
    model = Autoencoder(config).eval().requires_grad_(False)
    x = torch.rand(3, *config.image_shape) * 2 - 1
    mean, log_variance = model.encode(x)
    assert mean.shape == (3, config.code)
    if config.variational:
        assert log_variance is not None
        assert log_variance.shape == (3, config.code)
    else:
        assert log_variance is None, "codes of an AE are point masses"
    logits, images = model.decode_logits(mean), model.decode(mean)
    assert logits.shape == images.shape == x.shape
    assert torch.allclose((images + 1) / 2, 1 / (1 + torch.exp(-logits)), atol=1e-6)
    assert torch.equal(model(x), images), "a reconstruction goes through the mean code"


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_code_and_image_depend_on_their_inputs(config: AutoencoderConfig) -> None:
    model = Autoencoder(config).eval().requires_grad_(False)
    x = torch.rand(2, *config.image_shape) * 2 - 1
    codes = model.encode(x)[0]
    assert (codes[0] - codes[1]).abs().max() > 1e-6
    images = model.decode(torch.tensor([[-3.0] * config.code, [3.0] * config.code]))
    assert (images[0] - images[1]).abs().max() > 1e-4


def test_decodings_stay_in_range_however_far_the_code_is() -> None:
    model = Autoencoder(AutoencoderConfig(hidden=(32, 16))).requires_grad_(False)
    images = model.decode(torch.tensor([[1e4, -1e4], [0.0, 0.0]]))
    assert torch.isfinite(images).all()
    assert images.abs().max() <= 1


def test_hinton_and_salakhutdinovs_network() -> None:
    model = Autoencoder(AutoencoderConfig(variational=False, hidden=(1000, 500, 250), activation="sigmoid"))
    linear = [m for m in model.modules() if isinstance(m, nn.Linear)]
    assert [(m.in_features, m.out_features) for m in linear] == [
        (784, 1000), (1000, 500), (500, 250), (250, 2), (2, 250), (250, 500), (500, 1000), (1000, 784),
    ]  # fmt: skip
    assert isinstance(list(model.encoder.modules())[-1], nn.Linear), "the code is linear"
    assert sum(isinstance(m, nn.Sigmoid) for m in model.modules()) == 6


def test_a_vae_has_twice_the_codes_outputs() -> None:
    vae, ae = (Autoencoder(AutoencoderConfig(variational=v, hidden=(32,))) for v in (True, False))
    count = [sum(p.numel() for p in m.parameters()) for m in (vae, ae)]
    assert count[0] - count[1] == 2 * (32 + 1)


def test_the_log_variance_is_kept_finite() -> None:
    model = Autoencoder(AutoencoderConfig(hidden=(8,))).requires_grad_(False)
    list(model.encoder.parameters())[-1].copy_(torch.tensor([0.0, 0.0, 1e6, -1e6]))
    _, log_variance = model.encode(torch.zeros(1, 1, 28, 28))
    assert log_variance is not None
    assert log_variance.tolist() == [[MAX_LOG_VARIANCE, -MAX_LOG_VARIANCE]]


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"code": 0}, "code"),
        ({"channels": 0}, "channels"),
        ({"size": 0}, "sides"),
        ({"size": 100_000}, "sides"),
        ({"sigma": 0.5, "variational": False}, "sigma"),
        ({"beta": -1.0}, "beta"),
        ({"hidden": ()}, "hidden"),
        ({"hidden": (0,)}, "hidden"),
        ({"hidden": (10**9,)}, "hidden"),
        ({"architecture": "conv", "size": 30}, "divisible by 4"),
        ({"architecture": "conv", "hidden": (4, 8)}, "at least 3"),
        ({"variance": 0.0}, "variance"),
        ({"variance": math.inf}, "variance"),
    ],
)
def test_a_configuration_that_cannot_be_built_names_the_field(wrong: dict[str, object], cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        AutoencoderConfig(**wrong)  # type: ignore[arg-type]
