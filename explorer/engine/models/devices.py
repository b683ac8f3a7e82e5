"""Where models run and in which arithmetic: chosen at run time among the backends and their devices."""

from __future__ import annotations

import torch

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.errors import BadInput
from explorer.recipe.arithmetic import Arithmetic, Precision


def located(place: str = "auto") -> tuple[Backend, torch.device]:
    """Backend and device of a place: "auto" (CUDA, then MPS, then the CPU), "cpu", "cuda", "cuda:1", "mps", or another backend's.

    Raises
    ------
    BadInput
        If there is none of that name, or this machine does not have it.
    """
    backend, device = backends.at(place)
    return backend, backend.choose(device)


def choose(place: str = "auto") -> torch.device:
    """The device alone (BadInput as `located`)."""
    return located(place)[1]


def named(name: str, count: int = 1) -> torch.device:
    """Device to train on, which is PyTorch's, not tried out; `count` of that kind are needed (BadInput as `located`)."""
    backend, device = backends.at(name)
    if backend is not TORCH:
        raise BadInput(f"device {name!r} cannot be used here: networks are trained by {TORCH.title}, on {', '.join(TORCH.devices)}")
    return TORCH.named(device, count)


def describe(device: torch.device, backend: Backend = TORCH) -> str:
    """Name for people: "CPU", "MPS" or "CUDA · NVIDIA H100"; of another backend than the first with its title."""
    said = backend.describe(device)
    return said if backend is backends.BACKENDS[0] else f"{backend.title} · {said}"


def default_precision(device: torch.device, backend: Backend = TORCH) -> Precision:
    """The fastest that the device has units for."""
    return backend.default_precision(device)


def checked_precision(precision: str, backend: Backend) -> Precision:
    """The precision, if the backend has it.

    Raises
    ------
    BadInput
        If it has not.
    """
    if precision not in backend.precisions:
        raise BadInput(f"precision {precision!r} cannot be used here: {backend.title} computes in {' or '.join(backend.precisions)}")
    return precision


def recorded(device: torch.device, precision: Precision, throughout: bool = False, backend: Backend = TORCH) -> Arithmetic | None:
    """The arithmetic as an export keeps it; None on a device of a kind that no recipe knows."""
    return Arithmetic(precision, device.type, throughout, backend.name) if device.type in backend.devices else None
