"""First weights of a network of logistic units, so that a deep one learns without pre-training."""

from __future__ import annotations

import torch
from torch import nn

SLOPE = 4.0
"""1 / sigma'(0): what a weight that follows the image or a code is short of."""


@torch.no_grad()
def begin_logistic(network: nn.Module) -> None:
    """Set the weights of a network of logistic units as those of the tanh network that it is.

    sigma(a) = 1/2 + 1/2 tanh(a/2). With weights W between logistic layers, biases -1/2 W 1 and W = 4 W', each
    a/2 = W' tanh(a_before/2): Glorot and Bengio's weights W' (2010) keep the variance from layer to layer, where
    the usual first weights lose a factor of four in each and all images begin, and stay, at one code. What
    follows a layer that is not logistic (the image, the code), or comes before one, takes 2 W'.

    Parameters
    ----------
    network : nn.Module
        With `encoder` and `decoder`, each a sequence of layers; changed in place.
    """
    for part in (network.get_submodule("encoder"), network.get_submodule("decoder")):
        layers = list(part.children())
        for i, layer in enumerate(layers):
            if not isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                continue
            after = i > 0 and _logistic_before(layers[:i])
            before = i + 1 < len(layers)
            nn.init.xavier_uniform_(layer.weight, SLOPE if after and before else SLOPE / 2)
            if layer.bias is None:
                continue
            layer.bias.zero_()
            if after and isinstance(layer, nn.Linear):
                layer.bias.copy_(-0.5 * layer.weight.sum(1))


def _logistic_before(layers: list[nn.Module]) -> bool:
    return any(isinstance(layer, nn.Sigmoid) for layer in layers)
