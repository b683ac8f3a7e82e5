"""What several commands have in common: their options, opening checkpoints, progress, printing."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from explorer import backends, sources
from explorer.cli.streams import printable
from explorer.errors import BadInput
from explorer.recipe.chain import MAX_GUIDANCE, MIN_GUIDANCE
from explorer.recipe.labels import EXAMPLE

if TYPE_CHECKING:
    import torch

    from explorer.backends.base import Backend
    from explorer.checkpoints.files import Checkpoint
    from explorer.diffusion.predictor import NetworkPredictor
    from explorer.engine.models.choosing import Choosing
    from explorer.models.roles import LatentModel
    from explorer.recipe.arithmetic import Arithmetic, Precision, RunBy

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
LabelOption = Annotated[
    str | None,
    typer.Option(
        metavar="LABELS", help=f"Class-conditional: what sample 0, 1, … are told, in turn: {EXAMPLE}; left out, the classes in turn."
    ),
]
GuidanceOption = Annotated[
    float,
    typer.Option(min=MIN_GUIDANCE, max=MAX_GUIDANCE, help="Class-conditional: w in (1 + w) eps_c - w eps_null; 0 is unguided."),
]
DeviceOption = Annotated[str, typer.Option(help=f"{backends.place_words()}.")]
PrecisionOption = Annotated[
    str,
    typer.Option(
        metavar=f"[{'|'.join((AUTO, *backends.precisions()))}]",
        callback=_precision,
        help="auto takes what was measured to be the fastest here and is close enough, or bf16 where that helps.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable results on stdout.")]


@dataclass(frozen=True)
class Place:
    """Where and in which arithmetic a command computes.

    Attributes
    ----------
    choosing : Choosing or None
        Where the person leaves device and precision open: what was measured in the window runs a network here, too, and until then
        what is ready at once. Nothing is measured for it.
    """

    device: torch.device
    precision: Precision
    backend: Backend
    choosing: Choosing | None = None

    def arithmetic(self, networks: Iterable[RunBy] = ()) -> Arithmetic | None:
        """As an export's recipe keeps it: "auto" is what the window does, bf16 if asked for is so at every timestep.

        Parameters
        ----------
        networks : iterable of RunBy
            What ran those for which it was chosen.
        """
        import msgspec

        from explorer.engine.models import devices

        if self.precision == AUTO:
            found = devices.recorded(self.device, devices.default_precision(self.device, self.backend), backend=self.backend)
            runs = {run.checkpoint: run for run in networks}
            return None if found is None else msgspec.structs.replace(found, networks=tuple(runs[each] for each in sorted(runs)))
        throughout = self.precision != self.backend.precisions[0]
        return devices.recorded(self.device, self.precision, throughout, self.backend)

    def run_by(self, checkpoint: Checkpoint, samples: int | None = None, steps: int | None = None) -> RunBy | None:
        """What runs a network, where that is chosen (BadInput if the checkpoint is no DDPM).

        Parameters
        ----------
        samples : int or None
            That are asked for in all; None for batches of any size.
        steps : int or None
            Of the chain; None for all.
        """
        import torch

        from explorer.engine.models import predictors
        from explorer.evaluation.samples import block_size

        if self.choosing is None:
            return None
        T, block = predictors.schedule_of(checkpoint).T, block_size(checkpoint.card.data.shape)
        with torch.inference_mode():
            run = predictors.finished(self.choosing.settled(checkpoint, min(samples or block, block), steps or T))
            if (samples is None or samples > block) and not self.choosing.is_of_any_size(run):  # the last batch is a smaller one
                run = self.choosing.at_once(checkpoint)
        return run

    def predictor(self, checkpoint: Checkpoint, run: RunBy | None = None, samples: int = 0) -> tuple[NetworkPredictor, Precision]:
        """Predictor of a DDPM, and its arithmetic: the one asked for; of "auto" bf16, where the device has units for it and it is close.

        Parameters
        ----------
        run : RunBy or None
            What runs it instead, where that is chosen, in batches of so many samples.

        Raises
        ------
        BadInput
            If the checkpoint is no DDPM.
        """
        from explorer.engine.models import devices, predictors

        if run is not None and self.choosing is not None:
            return self.choosing.predictor(checkpoint, run, samples), run.precision
        if self.precision != AUTO:
            return predictors.from_checkpoint(checkpoint, self.device, self.precision, self.backend), self.precision
        return predictors.faithful(checkpoint, self.device, devices.default_precision(self.device, self.backend), self.backend)


def place(device: str, precision: str = EXACT) -> Place:
    """Device and arithmetic of a command (BadInput if the device cannot be used here, or does not compute so)."""
    from explorer.engine.models import devices
    from explorer.engine.models.choosing import Choosing

    backend, chosen = devices.located(device)
    if precision != AUTO:
        return Place(chosen, devices.checked_precision(precision, backend), backend)
    return Place(chosen, AUTO, backend, Choosing(chosen, measures=False) if device == AUTO else None)


def place_of_decoders(device: str) -> Place:
    """Where encoders and decoders compute: PyTorch runs them, whatever runs other networks (BadInput as `place`)."""
    from explorer.engine.models import devices

    return Place(devices.choose(device), EXACT, backends.TORCH)


def open_checkpoint(name: str) -> Checkpoint:
    """Checkpoint in a file or a folder, or shipped, validated whole (BadInput)."""
    path = sources.located(name)  # before torch is imported: a misspelt name is told at once
    opened = sources.open(path)
    if opened.card.told is not None:
        sources.remember(path, opened.card.told)
    return opened


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
