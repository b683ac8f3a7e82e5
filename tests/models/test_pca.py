"""PCA as a network: linear both ways, with the same face as an autoencoder."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.latent.decoder import Decoder
from explorer.latent.elbo import log_likelihood
from explorer.latent.geometry import metric
from explorer.models.autoencoder import Autoencoder
from explorer.models.pca import Pca, PcaConfig
from explorer.models.registry import expected_tensors, parse_config


def network(code: int = 3) -> Pca:
    torch.manual_seed(0)
    return Pca(PcaConfig(channels=2, size=4, code=code, variance=0.2)).double().requires_grad_(False)


def test_it_encodes_and_decodes_linearly_and_keeps_nothing_in_range() -> None:
    model = network()
    assert isinstance(model, Autoencoder)
    x, z = torch.randn(5, 2, 4, 4, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    codes, variance = model.encode(x)
    assert codes.shape == (5, 3)
    assert variance is None
    assert model(x).shape == x.shape
    torch.testing.assert_close(model.decode(z) + model.decode(-z), 2 * model.decode(0 * z))
    assert model.decode(100 * z).abs().max() > 1
    with pytest.raises(TypeError, match="no logits"):
        model.decode_logits(z)


def test_its_metric_is_the_same_everywhere() -> None:
    model, z = network(), torch.randn(4, 3, dtype=torch.float64)
    weight = model.decoder.weight
    assert isinstance(weight, torch.Tensor)
    torch.testing.assert_close(metric(Decoder(model), z), (weight.T @ weight).expand(4, -1, -1))


def test_its_likelihood_is_gaussian() -> None:
    model, x, z = network(), torch.randn(5, 2, 4, 4, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    squared = ((x - model.decode(z)) / 2).square().flatten(1).sum(1)
    expected = -0.5 * (squared / 0.2 + 32 * math.log(2 * math.pi * 0.2))
    torch.testing.assert_close(log_likelihood(model, x, z), expected, rtol=1e-5, atol=1e-4)


def test_the_registry_knows_it() -> None:
    config = parse_config("pca", {"channels": 1, "size": 28, "code": 2, "variance": 0.05})
    assert config == PcaConfig(variance=0.05)
    assert {name: tuple(t.shape) for name, t in expected_tensors("pca", config).items()} == {
        "encoder.weight": (2, 784), "encoder.bias": (2,), "decoder.weight": (784, 2), "decoder.bias": (784,),
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"code": 785}, {"code": 0}, {"variance": 0.0}, {"variance": math.nan}, {"size": 0}, {"hidden": [3]}])
def test_what_cannot_be_built_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be|no setting"):
        parse_config("pca", wrong)
