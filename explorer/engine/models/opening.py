"""Opening a checkpoint that a person chose: read, checked, asked for its first step; or the person is asked what its file does not say."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from pathlib import Path

import torch

from explorer import sources
from explorer.checkpoints.card import Card
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.snapshots import end_of_run, name_of
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import told_of
from explorer.engine.aside import aside
from explorer.engine.models import predictors
from explorer.engine.models.messages import Asked, CheckpointAsks, CheckpointOpened, LibraryEntry, OpenCheckpoint, Opening
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.memory import was_short
from explorer.recipe import Lane
from explorer.recipe.told import Told
from explorer.resources import resource


def open_checkpoint(request: OpenCheckpoint, models: Models) -> Steps:
    """Load a file whole, so that what is wrong with it is known now; or say what it asks.

    Raises
    ------
    BadInput
        If it cannot be opened, cannot be what was told of it, or cannot take its first step.
    """
    path = Path(request.path)
    yield from _read_through(path, request.path)
    asks = yield from aside(partial(_asks, request, path))
    if asks is not None:
        yield asks
        return
    yield Opening(request.path, "checking")
    checkpoint = yield from models.opened_aside(request.path, request.told)
    if checkpoint.card.kind == "ddpm":
        yield Opening(request.path, "asking")
        yield from _first_step(checkpoint, models)
    if request.told is not None:
        sources.remember(path, request.told)
    entry = _entry(request.path, checkpoint)
    yield CheckpointOpened(entry, entry.parameters)


def _read_through(path: Path, named: str) -> Steps:
    """Its bytes, once: what is read after comes from memory, and its hash is known."""
    try:
        for done, total in sources.read_through(path):
            yield Opening(named, "reading", done, total)
    except OSError:
        return  # opening says what is wrong with it


def _asks(request: OpenCheckpoint, path: Path) -> CheckpointAsks | None:
    """What must be told first; None where nothing has to be."""
    questions = sources.asks(path) if sources.source_for(path) is not None else ()
    if not questions or request.told is not None:
        return None
    known = sources.knows(path)
    if known and not request.again:
        return None
    answers = sources.suggested(path)
    card = _card(path, answers)
    format_ = card.origin.format if card is not None and card.origin is not None else sources.title_of(path)
    return CheckpointAsks(
        request.path, format_, tuple(Asked(question.field, question.why) for question in questions), answers, sources.usual(path), card,
        _parameters(path), sources.size(path), known,
    )  # fmt: skip


def _card(path: Path, answers: Told) -> Card | None:
    try:
        return sources.card(path, answers)
    except BadInput:
        return None


def _parameters(path: Path) -> int:
    try:
        return sources.parameters(path)
    except (BadInput, OSError, ValueError):
        return 0


def _first_step(checkpoint: Checkpoint, models: Models) -> Generator[None, None, None]:
    """See that its network answers (BadInput if it does not): answers of a person may fit its weights, and not each other."""
    lane = Lane(checkpoint.sha256, str(checkpoint.path), told=checkpoint.card.told)
    if sources.is_own(checkpoint.path):
        yield from models.ready([lane])
        models.predictor(lane)
        return  # its card was checked against its network

    def first() -> None:
        predictor = predictors.from_checkpoint(checkpoint, models.device)
        T = predictor.schedule.T
        x_t = torch.randn(1, *checkpoint.card.data.shape, generator=torch.Generator().manual_seed(0)).to(models.device)
        levels = predictor.schedule.alpha_bar
        told_of(predictor, (0,)).predict(x_t, T, posterior(float(levels[T]), float(levels[T - 1])), False)

    try:
        if models.device.type == "cpu":
            yield from aside(first)
        else:
            first()
        yield from models.ready([lane])
        models.predictor(lane)
    except BadInput:
        raise
    except Exception as error:  # whatever a network of another tool has against its input
        if was_short(error):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{checkpoint.path}: its network fails at its first step: {reason}") from None


def _entry(named: str, checkpoint: Checkpoint) -> LibraryEntry:
    path = Path(named)
    shipped, end = path.is_relative_to(resource("checkpoints")), end_of_run(path)
    numbers = sum(weights.numel() for weights in checkpoint.network.parameters()) or sources.parameters(checkpoint.path)
    return LibraryEntry(
        named, name_of(path), shipped, sources.size(path), checkpoint.sha256, checkpoint.card, parameters=numbers,
        of="" if end == path else str(end),
    )  # fmt: skip
