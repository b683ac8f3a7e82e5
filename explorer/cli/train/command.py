"""`train`: what was typed becomes settings, and these a run."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from typing import Any

import typer

from explorer.cli import shared
from explorer.cli.train.board import check_board, shown_on_board
from explorer.cli.train.options import settings_of, with_options
from explorer.cli.train.pca import fit_pca, refuse_for_pca
from explorer.cli.train.report import report
from explorer.cli.train.stopping import stopped_by_signals
from explorer.errors import BadInput


@with_options
def train(context: typer.Context, **given: Any) -> None:
    """Train a model; writes a checkpoint each epoch, loss.csv and final.safetensors (pca is computed, not trained)."""
    import msgspec
    import torch

    from explorer.training.compiler_later import import_compiler_later

    import_compiler_later()  # before Fabric

    from explorer import sources
    from explorer.datasets.images import load_images
    from explorer.engine.models import devices as devices_here
    from explorer.training.control import read_status
    from explorer.training.loop import train as run
    from explorer.training.schedules import schedule_of
    from explorer.training.tasks import data_of, make_task, notes_of

    _refuse_unwritable_names(given["dataset"], str(given["out"]), given["schedule"], given["start_from"] or "")
    devices_here.named(given["device"], given["devices"])
    if given["threads"] is not None:
        torch.set_num_threads(given["threads"])
    if given["kind"] == "pca":
        refuse_for_pca(context, given["out"])
    if given["tensorboard"] is not None:
        check_board(given["tensorboard"])
    schedule = schedule_of(given["schedule"], given["timesteps"], given["knots"])
    asked = settings_of(given)
    data = load_images(asked.dataset, size=asked.size, fit=asked.fit, told=asked.reading)
    if not asked.as_json:  # whose lines are for programs; `info` says it too
        shared.say_taken(asked.dataset, len(data.images), data.taken)
    if asked.kind == "pca":
        fit_pca(msgspec.structs.replace(asked, command=_typed(sys.argv[1:])), data)
        return
    if asked.kind == "ddpm":
        data = data_of(asked, data)
    settings = msgspec.structs.replace(
        asked, notes=notes_of(asked), command=_typed(word for word in sys.argv[1:] if word != "--resume"),
        start_from=None if asked.start_from is None else str(sources.located(asked.start_from)),
    )  # fmt: skip
    out = settings.out
    with stopped_by_signals(out):
        lines = run(lambda: make_task(settings, data, schedule), data, settings)
        if settings.tensorboard is not None:
            lines = shown_on_board(lines, settings.tensorboard, settings)
        told = report(lines, settings.as_json)
    status = read_status(out)
    if status is not None and status.pid == os.getpid() and status.phase == "finished" and not told:
        print(f"{out}: the run there is finished; nothing is left to do", file=sys.stderr)


def _typed(words: Iterable[str]) -> str:
    """As the model card says it."""
    return "generative-explorer " + shlex.join(words)


def _refuse_unwritable_names(*names: str) -> None:
    """A run notes its command in UTF-8; a name of other bytes would end it with the first thing that it says."""
    for name in names:
        if not name.isprintable() and any("\ud800" <= character <= "\udfff" for character in name):
            raise BadInput(f"{name}: its name is not UTF-8, in which a run notes what it was asked for")
