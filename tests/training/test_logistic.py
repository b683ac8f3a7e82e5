"""First weights of logistic networks: images are still told apart at the code and behind it."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.training.logistic import begin_logistic

CONFIG = AutoencoderConfig(variational=False, activation="sigmoid", hidden=(200, 100, 50))


def spread(model: Autoencoder, x: Tensor) -> tuple[float, float]:
    """Standard deviation over images of a code and of a logit."""
    code = model.encode(x)[0]
    return float(code.std(0).mean()), float(model.decode_logits(code).std(0).mean())


@torch.no_grad()
def test_images_do_not_begin_at_one_code(digits: Tensor) -> None:
    torch.manual_seed(1)
    model = Autoencoder(CONFIG)
    usual = spread(model, digits)
    begin_logistic(model)
    code, logit = spread(model, digits)
    assert code > 0.3
    assert logit > 0.02
    assert code > 20 * usual[0]
    assert logit > 500 * usual[1]


@torch.no_grad()
def test_units_begin_in_the_middle_of_their_range(digits: Tensor) -> None:
    torch.manual_seed(1)
    model = Autoencoder(CONFIG)
    begin_logistic(model)
    hidden = digits
    for layer in model.encoder.children():
        hidden = layer(hidden)
        if isinstance(layer, torch.nn.Sigmoid):
            assert abs(float(hidden.mean()) - 0.5) < 0.1


def test_a_convolutional_network_can_begin_so_too(digits: Tensor) -> None:
    model = Autoencoder(AutoencoderConfig(architecture="conv", activation="sigmoid", hidden=(4, 8, 16)))
    begin_logistic(model)
    assert torch.isfinite(model(digits)).all()
