"""Where models run and in which arithmetic: chosen at run time."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import get_args

import torch

from explorer.errors import BadInput
from explorer.recipe.arithmetic import Arithmetic, DeviceKind, Precision

NAMES = re.compile("auto|cpu|mps|cuda(:[0-9]{1,3})?")


def choose(name: str = "auto") -> torch.device:
    """Device called "auto" (CUDA, then MPS, then the CPU), "cpu", "cuda", "cuda:1" or "mps".

    Raises
    ------
    BadInput
        If there is none of that name, or this machine or this build of torch does not have it.
    """
    device = named(name)
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(f"device {name!r} cannot be used here: {cause}") from None
    return device


def named(name: str, count: int = 1) -> torch.device:
    """The same, not tried out: nothing is begun on it.

    Parameters
    ----------
    count : int
        Devices of that kind that are needed; of processes on the CPU there may be any number.

    Raises
    ------
    BadInput
        If there is none of that name, or this machine has not so many.
    """
    if NAMES.fullmatch(name) is None:
        raise BadInput(f"device {name!r} cannot be used here: there are auto, cpu, cuda, cuda:1 and so on, and mps")
    has_mps = torch.backends.mps.is_available()
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if has_mps else "cpu"
    device = torch.device(name)
    if device.type == "cpu":
        return device
    here = torch.cuda.device_count() if device.type == "cuda" else int(has_mps)
    if not here:
        raise BadInput(f"device {name!r} cannot be used here: PyTorch finds no {device.type.upper()} device on this machine")
    if (device.index or 0) >= here:
        raise BadInput(f"device {name!r} cannot be used here: the last of {here} is cuda:{here - 1}")
    if count > (1 if device.index is not None else here):
        raise BadInput(f"device {name!r} is {here if device.index is None else 1}, but {count} are asked for")
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
