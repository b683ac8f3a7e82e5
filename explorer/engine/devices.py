"""Where models run and in which arithmetic: chosen at run time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import get_args

import torch

from explorer.errors import BadInput
from explorer.recipe.arithmetic import Arithmetic, DeviceKind, Precision


def choose(name: str = "auto") -> torch.device:
    """Device called "auto" (CUDA, then MPS, then the CPU), "cpu", "cuda", "cuda:1" or "mps".

    Raises
    ------
    BadInput
        If this machine or this build of torch does not have it.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(f"device {name!r} cannot be used here: {cause}") from None
    return device


def describe(device: torch.device) -> str:
    """Name for people: "CPU", "MPS" or "CUDA · NVIDIA H100"."""
    if device.type == "cuda":
        return f"CUDA · {torch.cuda.get_device_name(device)}"
    return device.type.upper()


def default_precision(device: torch.device) -> Precision:
    """bf16 where the device has units for it, else fp32."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if device.type == "cpu":
        has_units = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        return "bf16" if has_units() else "fp32"
    return "fp32"


def recorded(device: torch.device, precision: Precision, throughout: bool = False) -> Arithmetic | None:
    """The arithmetic as an export keeps it; None on a device of a kind that no recipe knows."""
    kind = next((kind for kind in get_args(DeviceKind) if kind == device.type), None)
    return None if kind is None else Arithmetic(precision, kind, throughout)


def arithmetic(device: torch.device, precision: Precision) -> Callable[[], AbstractContextManager[object]]:
    """Maker of the context in which a network runs."""
    if precision == "fp32":
        return contextlib.nullcontext
    return partial(torch.autocast, device.type, dtype=torch.bfloat16)
