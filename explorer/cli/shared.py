"""What several commands have in common: their options, opening checkpoints, progress, printing."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from explorer import backends, sources
from explorer.cli.streams import printable
from explorer.errors import BadInput

if TYPE_CHECKING:
    import torch

    from explorer.backends.base import Backend
    from explorer.checkpoints.files import Checkpoint
    from explorer.diffusion.predictor import NetworkPredictor
    from explorer.models.roles import LatentModel
    from explorer.recipe.arithmetic import Arithmetic, Precision

BAR_SECONDS = 0.2

AUTO, EXACT = "auto", "fp32"


def _precision(name: str) -> str:
    """One of the names, refused as typer refuses a choice."""
    names = (AUTO, *backends.precisions())
    if name not in names:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, names))}.")
    return name


CheckpointOption = Annotated[str, typer.Option(help=f"{sources.a_file().capitalize()}, or the name of one that comes with the app.")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Determines all noise.")]
StepsOption = Annotated[int | None, typer.Option(min=1, help="K of the T timesteps, evenly spaced; all if left out.")]
EtaOption = Annotated[float, typer.Option(min=0, max=1, help="1 is ancestral sampling, 0 deterministic DDIM.")]
ClipOption = Annotated[
    bool | None, typer.Option("--clip/--no-clip", show_default=False, help="Keep x0_hat in [-1, 1]; left out, as the checkpoint says.")
]
DeviceOption = Annotated[str, typer.Option(help=f"{backends.place_words()}.")]
PrecisionOption = Annotated[
    str,
    typer.Option(
        metavar=f"[{'|'.join((AUTO, *backends.precisions()))}]",
        callback=_precision,
        help="auto takes bf16 where it helps and is close enough.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable results on stdout.")]


@dataclass(frozen=True)
class Place:
    """Where and in which arithmetic a command computes."""

    device: torch.device
    precision: Precision
    backend: Backend

    @property
    def arithmetic(self) -> Arithmetic | None:
        """As an export's recipe keeps it: "auto" is what the window does, bf16 if asked for is so at every timestep."""
        from explorer.engine.models import devices

        if self.precision == AUTO:
            return devices.recorded(self.device, devices.default_precision(self.device, self.backend), backend=self.backend)
        throughout = self.precision != self.backend.precisions[0]
        return devices.recorded(self.device, self.precision, throughout, self.backend)

    def predictor(self, checkpoint: Checkpoint) -> tuple[NetworkPredictor, Precision]:
        """Predictor of a DDPM, and its arithmetic: the one asked for; of "auto" bf16, where the device has units for it and it is close.

        Raises
        ------
        BadInput
            If the checkpoint is no DDPM.
        """
        from explorer.engine.models import devices, predictors

        if self.precision != AUTO:
            return predictors.from_checkpoint(checkpoint, self.device, self.precision, self.backend), self.precision
        return predictors.faithful(checkpoint, self.device, devices.default_precision(self.device, self.backend), self.backend)


def place(device: str, precision: str = EXACT) -> Place:
    """Device and arithmetic of a command (BadInput if the device cannot be used here, or does not compute so)."""
    from explorer.engine.models import devices

    backend, chosen = devices.located(device)
    return Place(chosen, precision if precision == AUTO else devices.checked_precision(precision, backend), backend)


def place_of_decoders(device: str) -> Place:
    """Where encoders and decoders compute: PyTorch runs them, whatever runs other networks (BadInput as `place`)."""
    from explorer.engine.models import devices

    return Place(devices.choose(device), EXACT, backends.TORCH)


def open_checkpoint(name: str) -> Checkpoint:
    """Checkpoint in a file or a folder, or shipped, validated whole (BadInput)."""
    path = sources.located(name)  # before torch is imported: a misspelt name is told at once
    return sources.open(path)


def autoencoder(checkpoint: Checkpoint, device: torch.device) -> LatentModel:
    """Network of a VAE or an AE, on the device (BadInput for another kind)."""
    from explorer.models.roles import LatentModel

    if not isinstance(checkpoint.network, LatentModel):
        raise BadInput(f"{checkpoint.path}: is of kind {checkpoint.card.kind}; this command needs a vae or an ae")
    checkpoint.network.to(device)
    return checkpoint.network


@contextlib.contextmanager
def progress(total: int, what: str, unit: str = "img") -> Iterator[Any]:
    """A progress bar on stderr; call it with how many more are done."""
    from tqdm import tqdm

    with tqdm(total=total, desc=printable(what), unit=unit, unit_scale=True, file=sys.stderr, mininterval=BAR_SECONDS, leave=False) as bar:
        yield bar.update


def say(text: str, to: TextIO | None = None) -> None:
    """One line for people, on stdout unless elsewhere."""
    print(printable(text), file=to)


def print_json(value: object) -> None:
    """One line of JSON on stdout; figures that are not finite become null."""
    print(json.dumps(_finite(value), allow_nan=False), flush=True)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return str(value) if isinstance(value, Path) else value
