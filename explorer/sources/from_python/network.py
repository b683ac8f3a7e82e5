"""A person's network in the part of a denoiser, and what tells it from another."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import itertools
import json
import secrets
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.memory import was_short
from explorer.models.roles import ImageShape
from explorer.sources.from_python.model import Model
from explorer.sources.from_python.their_fault import words_of

_TOKEN = secrets.token_hex(16)
"""Of this process: what cannot be told apart by its weights is another network in the next one."""


class PythonNetwork(nn.Module):
    """Asks a person's network at its own timesteps, and looks at what comes back.

    Parameters
    ----------
    model : Model
    owned : bool
        The module is the app's to move and to keep in evaluation mode, as one that a file made. Else it stays the caller's: on its
        device, and x_t comes to it.
    """

    def __init__(self, model: Model, owned: bool) -> None:
        super().__init__()
        self._name, self._shape, self._shift = model.name, tuple(model.shape), model.first_timestep - 1
        self._asked = (model.network,)  # in a tuple: a module in it is not a part of this one
        if owned and isinstance(model.network, nn.Module):
            self.inner = model.network.requires_grad_(False).eval()

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) are of its shape."""
        return tuple(shape) == self._shape

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Output of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T (BadInput if it raises, or gives something else)."""
        network = self._asked[0]
        device = x_t.device if not isinstance(network, nn.Module) else device_of(network, x_t.device)
        try:
            said = network(x_t.to(device), (t + self._shift).to(device))
        except BadInput:
            raise
        except Exception as error:
            if was_short(error):
                raise
            raise BadInput(f"{self._name}: {words_of(error)}") from error
        return self._checked(said, x_t)

    def _checked(self, said: Any, x_t: Tensor) -> Tensor:
        said = getattr(said, "sample", said) if not isinstance(said, Tensor) else said
        if not isinstance(said, Tensor):
            raise BadInput(f"{self._name}: its network gives a {type(said).__name__}, and not a tensor of the shape of x_t")
        if said.shape != x_t.shape:
            half = said.shape[:1] == x_t.shape[:1] and said.shape[1:2] == (2 * x_t.shape[1],)
            hint = ": give its first half, the other is a learned variance" if half else ""
            raise BadInput(f"{self._name}: its network gives {tuple(said.shape)} of x_t {tuple(x_t.shape)}{hint}")
        if not said.is_floating_point():
            raise BadInput(f"{self._name}: its network gives {str(said.dtype).removeprefix('torch.')} numbers, and not floats")
        return said.to(x_t.device, x_t.dtype)


def device_of(network: nn.Module, otherwise: torch.device) -> torch.device:
    """Where a module's weights are; `otherwise` if it has none."""
    first = next(itertools.chain(network.parameters(), network.buffers()), None)
    return otherwise if first is None else first.device


@contextlib.contextmanager
def in_evaluation_mode(network: Any) -> Iterator[None]:
    """A module as it shall be asked; each of its parts goes back to the mode that it was in."""
    parts = list(network.modules()) if isinstance(network, nn.Module) else []
    were = [part.training for part in parts]
    if parts:
        network.eval()
    try:
        yield
    finally:
        for part, was in zip(parts, were, strict=True):
            part.training = was


def parameters_of(network: Any) -> int:
    """Numbers in a module's weights; 0 of another callable."""
    return sum(weights.numel() for weights in network.parameters()) if isinstance(network, nn.Module) else 0


def identity(model: Model, text: bytes = b"") -> str:
    """Hash by which recipes know it: of what is told of it, its weights and the source of its classes, and of the file that made it.

    A callable that is no module has nothing to be known by: its hash is another in every process.
    """
    betas = model.betas if isinstance(model.betas, str) else [float(beta) for beta in model.betas]
    told = [model.option, betas, [int(side) for side in model.shape], int(model.first_timestep)]
    digest = hashlib.sha256(json.dumps(told).encode() + b"\0" + text)
    if not isinstance(model.network, nn.Module):
        digest.update(f"{_TOKEN} {id(model.network)}".encode())
        return digest.hexdigest()
    for kind in sorted({type(part) for part in model.network.modules()}, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"):
        digest.update(f"{kind.__module__}.{kind.__qualname__}\0".encode() + _source(kind))
    for name, weights in model.network.state_dict().items():
        if isinstance(weights, Tensor):
            plain = weights.detach().cpu().contiguous()
            digest.update(f"{name} {plain.dtype} {tuple(plain.shape)}\0".encode())
            digest.update(plain.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _source(kind: type) -> bytes:
    if kind.__module__.startswith("torch."):
        return b""
    try:
        return inspect.getsource(kind).encode()
    except (OSError, TypeError):
        return b""
