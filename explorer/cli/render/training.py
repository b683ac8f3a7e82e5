"""What `render training` shows: runs, or one training step laid open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.state.training import TrainingPage

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES: frozenset[str] = frozenset({"--run", "--checkpoint", "--page", "--t"})
KINDS: tuple[str, ...] = ("ddpm",)
MOST, PLACES = 1, "networks whose step is laid open"


def check(options: Options) -> None:
    """As of `Room`."""
    from explorer.state.training import MAX_CHOSEN
    from explorer.training.runs import look

    if len(options.runs) > MAX_CHOSEN:
        raise BadInput(f"training shows at most {MAX_CHOSEN} runs together")
    for folder in options.runs:
        if look(Path(folder)) is None:
            raise BadInput(f"{folder}: holds no run: there is no run.json that can be read")
    if options.page is not None and options.page not in get_args(TrainingPage):
        raise BadInput(f"--page {options.page}: the pages of training are {', '.join(get_args(TrainingPage))}")
    if options.t is not None and options.t < 1:
        raise BadInput(f"--t {options.t}: a training step has t in 1..T")


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], _entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`; a checkpoint is whose training step is laid open."""
    import msgspec

    from explorer.state.edits import training_step as edits

    training = msgspec.structs.replace(session.training, folders=options.runs, chosen=options.runs)
    if chosen:
        card = chosen[0].card
        training = edits.of_network(training, chosen[0].sha256, chosen[0].path, card.told if card is not None else None)
    if options.t is not None:
        training = edits.with_step(training, t=options.t)
    training = msgspec.structs.replace(training, page=options.page or training.page)
    return msgspec.structs.replace(session, training=training)
