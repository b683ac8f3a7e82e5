"""How networks are run: the backends that there are, and what their devices and arithmetics are called.

A new one is a file beside this one and a line in `BACKENDS`: Preferences, --device, --precision and recipes then have it. No torch here.
"""

from __future__ import annotations

from explorer.backends.base import Backend
from explorer.backends.cuda_graphs import CudaGraphs
from explorer.backends.fast_torch import FastTorch
from explorer.backends.native import Native
from explorer.backends.openvino import OpenVino
from explorer.backends.torch import Torch
from explorer.errors import BadInput

TORCH: Torch = Torch()
"""What every machine has, and whatever needs the module itself runs by."""

BACKENDS: list[Backend] = [
    TORCH,
    Native(),
    FastTorch(),
    OpenVino(),
    CudaGraphs(),
]
"""Where nobody says which, those that offer themselves are measured in this order."""


def backend_named(name: str) -> Backend | None:
    """Backend of that name; None if there is none."""
    return next((backend for backend in BACKENDS if backend.name == name), None)


def place_name(backend: Backend, device: str) -> str:
    """What sessions and --device call a device of a backend: "cuda", "openvino/cpu"."""
    return device if backend is BACKENDS[0] else f"{backend.name}/{device}"


def places() -> dict[str, str]:
    """Every place by name, with its title: all of the first backend, and those of the others that can be used here."""
    first, *others = BACKENDS
    found = dict(first.devices)
    for backend in others:
        if not backend.missing():
            found |= {place_name(backend, device): f"{backend.title}: {title}" for device, title in backend.devices.items()}
    return found


def place_words() -> str:
    """Their names: "auto, cpu, cuda or mps"."""
    *names, last = places()
    return f"{', '.join(names)} or {last}"


def precisions() -> tuple[str, ...]:
    """Arithmetics of all backends."""
    return tuple(dict.fromkeys(precision for backend in BACKENDS for precision in backend.precisions))


def at(place: str) -> tuple[Backend, str]:
    """Backend and device that a place's name means: "cuda:1", "openvino/cpu", or "openvino" for its first device.

    Raises
    ------
    BadInput
        If there is no such place, or its backend cannot be used here.
    """
    name, slash, device = place.rpartition("/")
    backend: Backend | None = backend_named(name) if slash else BACKENDS[0]
    if not slash and (alone := backend_named(place)) is not None:
        backend, device = alone, next(iter(alone.devices))
    if backend is None or not backend.knows(device):
        several = [f"{place_name(each, kind)}:1" for each in BACKENDS for kind in each.several]
        more = f"; of several {', '.join(several)} and so on" if several else ""
        raise BadInput(f"device {place!r} cannot be used here: there are {place_words()}{more}")
    if reason := backend.missing():
        raise BadInput(f"device {place!r} cannot be used here: {reason}")
    return backend, device
