"""Engines that make an export again: in the arithmetic that it says, or in those that it may have had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer import backends
from explorer.errors import BadInput
from explorer.recipe import Arithmetic

if TYPE_CHECKING:
    from explorer.backends.base import Backend
    from explorer.engine.engine import Engine
    from explorer.recipe.arithmetic import RunBy

MAY_DIFFER = "grey levels may differ"


def engines_for(said: Arithmetic | None, device: str) -> list[Engine]:
    """Engines to make an export again with, the likeliest first.

    Parameters
    ----------
    said : Arithmetic or None
        Of the export. Of None, as in files of earlier versions, it was fp32 (`sample`) or what the window takes on this machine.
    device : str
        Device; "auto" is that of the export where this machine has it.

    Raises
    ------
    BadInput
        If the device cannot be used here.
    """
    from explorer.engine.models import devices

    place = _place(said, device)
    backend, located = devices.located(place)
    if said is not None:
        precision = said.precision if said.precision in backend.precisions else backend.precisions[0]
        kept = tuple(run for run in said.networks if not _lacks(run, backend, located.type))
        return [_started(place, precision, said.throughout, kept)]
    precisions = (backend.precisions[0], devices.default_precision(located, backend))
    return [_started(place, precision) for precision in dict.fromkeys(precisions)]


def _place(said: Arithmetic | None, device: str) -> str:
    """The export's own place where the person leaves it open and this machine has it."""
    from explorer.engine.models import devices

    own = None if said is None else backends.backend_named(said.backend)
    if said is not None and own is not None and device == "auto":
        try:
            place = backends.place_name(own, said.device)
            devices.located(place)
            return place
        except BadInput:
            pass
    return device


def _lacks(run: RunBy, backend: Backend, device: str) -> str:
    """The backend of those that ran a network that cannot do so at this place; empty if both can."""
    for name in (run.backend, run.rest):
        own = backends.backend_named(name)
        if backend is not backends.TORCH or own is None or own.missing() or device not in own.devices:
            return name
    return ""


def _started(place: str, precision: str, throughout: bool = False, networks: tuple[RunBy, ...] = ()) -> Engine:
    from explorer.engine.engine import Engine
    from explorer.engine.thread.messages import StartEngine

    engine = Engine()
    for _ in engine.handle(StartEngine(place, precision, throughout=throughout, networks=networks)):
        pass
    return engine


def told(export: Path, said: Arithmetic | None, engine: Engine) -> str:
    """What of the export's arithmetic its replay has not, in a line; empty if nothing."""
    from explorer.engine.models import devices
    from explorer.engine.models.models import Models

    models = engine.of(Models)
    device, backend = models.device, models.backend
    if said is None:
        return ""
    if said.backend != backend.name:
        return f"{export}: was run by {said.backend} and is made again by {backend.name}: {MAY_DIFFER}"
    if said.device != device.type:
        return f"{export}: was made in {said.precision} on {said.device.upper()} and is made again on {device.type.upper()}: {MAY_DIFFER}"
    lacking = next(filter(None, (_lacks(run, backend, device.type) for run in said.networks)), "")
    if lacking:
        return f"{export}: was run by {lacking}, which cannot be had here: {MAY_DIFFER}"
    if said.precision == "bf16" and not said.throughout and devices.default_precision(device, backend) == "fp32":
        return f"{export}: was made in bf16, for which this machine has no units: {MAY_DIFFER}"
    return ""
