"""What several commands have in common: their options, opening checkpoints, progress, printing."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from explorer import backends, sources
from explorer.cli.streams import printable
from explorer.cli.window import allow_python
from explorer.recipe.chain import MAX_GUIDANCE, MIN_GUIDANCE
from explorer.recipe.labels import EXAMPLE
from explorer.sampling.place import AUTO
from explorer.sampling.place import EXACT as EXACT
from explorer.sampling.place import Place as Place
from explorer.sampling.place import place as place
from explorer.sampling.place import place_of_decoders as place_of_decoders

if TYPE_CHECKING:
    import torch

    from explorer.checkpoints.files import Checkpoint
    from explorer.models.roles import LatentModel

BAR_SECONDS = 0.2


def _precision(name: str) -> str:
    """One of the names, refused as typer refuses a choice."""
    names = (AUTO, *backends.precisions())
    if name not in names:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, names))}.")
    return name


CheckpointOption = Annotated[str, typer.Option(help=f"{sources.a_file().capitalize()}, or the name of one that comes with the app.")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Determines all noise.")]
StepsOption = Annotated[int | None, typer.Option(min=1, help="K of the T timesteps, evenly spaced; all if left out.")]
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
RunPythonOption = Annotated[
    bool, typer.Option("--run-python", help="Checkpoints may be Python files of yours: they are run, and load() in them gives the network.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there already under that name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable results on stdout.")]


def open_checkpoint(name: str, run_python: bool = False) -> Checkpoint:
    """Checkpoint in a file or a folder, or shipped, validated whole (BadInput); a Python file's where it shall be run."""
    if run_python:
        allow_python([name])
    path = sources.located(name)  # before torch is imported: a misspelt name is told at once
    opened = sources.open(path)
    if opened.card.told is not None:
        sources.remember(path, opened.card.told)
    return opened


def autoencoder(checkpoint: Checkpoint, device: torch.device) -> LatentModel:
    """Network of a VAE or an AE, on the device (BadInput for another kind)."""
    from explorer.sampling.codes import autoencoder

    return autoencoder(checkpoint, device)


@contextlib.contextmanager
def progress(total: int, what: str, unit: str = "img") -> Iterator[Any]:
    """A progress bar on stderr; call it with how many more are done."""
    from tqdm import tqdm

    with tqdm(total=total, desc=printable(what), unit=unit, unit_scale=True, file=sys.stderr, mininterval=BAR_SECONDS, leave=False) as bar:
        yield bar.update


def say(text: str, to: TextIO | None = None) -> None:
    """One line for people, on stdout unless elsewhere."""
    print(printable(text), file=to)


def say_taken(source: str, count: int, taken: str) -> None:
    """How the images of a data set were taken, where there was a choice: it can be told otherwise."""
    if taken:
        say(f"{source}: {count:,} images, {taken}", sys.stderr)


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
