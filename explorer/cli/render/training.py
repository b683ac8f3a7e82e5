"""What `render training` shows: runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.render.options import Options
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES: frozenset[str] = frozenset({"--run"})
KINDS: tuple[str, ...] = ()
MOST, PLACES = 0, "checkpoints"


def check(options: Options) -> None:
    """As of `Room`."""
    from explorer.state.training import MAX_CHOSEN
    from explorer.training.runs import look

    if len(options.runs) > MAX_CHOSEN:
        raise BadInput(f"training shows at most {MAX_CHOSEN} runs together")
    for folder in options.runs:
        if look(Path(folder)) is None:
            raise BadInput(f"{folder}: holds no run: there is no run.json that can be read")


def shown(session: Session, options: Options, _chosen: Sequence[LibraryEntry], _entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    training = msgspec.structs.replace(session.training, folders=options.runs, chosen=options.runs)
    return msgspec.structs.replace(session, training=training)
