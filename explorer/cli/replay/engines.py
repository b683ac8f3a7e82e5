"""Engines of `replay`: in the arithmetic that an export says, or in those that it may have had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe import Arithmetic

if TYPE_CHECKING:
    import torch

    from explorer.engine.engine import Engine

MAY_DIFFER = "grey levels may differ"


def engines_for(said: Arithmetic | None, wish: str) -> list[Engine]:
    """Engines to make an export again with, the likeliest first.

    Parameters
    ----------
    said : Arithmetic or None
        Of the export. Of None, as in files of earlier versions, it was fp32 (`sample`) or what the window takes on this machine.
    wish : str
        Device; "auto" is that of the export where this machine has it.

    Raises
    ------
    BadInput
        If the device cannot be used here.
    """
    from explorer.engine.models import devices

    device = _device(said, wish)
    if said is not None:
        return [_started(device, said.precision, said.throughout)]
    return [_started(device, precision) for precision in dict.fromkeys(("fp32", devices.default_precision(device)))]


def _device(said: Arithmetic | None, wish: str) -> torch.device:
    from explorer.engine.models import devices

    if said is not None and wish == "auto":
        try:
            return devices.choose(said.device)
        except BadInput:
            pass
    return devices.choose(wish)


def _started(device: torch.device, precision: str, throughout: bool = False) -> Engine:
    from explorer.engine.engine import Engine
    from explorer.engine.thread.messages import StartEngine

    engine = Engine()
    for _ in engine.handle(StartEngine(str(device), precision, throughout=throughout)):  # type: ignore[arg-type]
        pass
    return engine


def told(export: Path, said: Arithmetic | None, engine: Engine) -> str:
    """What of the export's arithmetic its replay has not, in a line; empty if nothing."""
    from explorer.engine.models import devices
    from explorer.engine.models.models import Models

    device = engine.of(Models).device
    if said is None:
        return ""
    if said.device != device.type:
        return f"{export}: was made in {said.precision} on {said.device.upper()} and is made again on {device.type.upper()}: {MAY_DIFFER}"
    if said.precision == "bf16" and not said.throughout and devices.default_precision(device) == "fp32":
        return f"{export}: was made in bf16, for which this machine has no units: {MAY_DIFFER}"
    return ""
