"""What `render` knows of each workspace: a module of its name in this folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from explorer.cli.render.document import check_beside_document
from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.state.session import WORKSPACES

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session


class Room(Protocol):
    """What such a module has.

    Attributes
    ----------
    TAKES : frozenset of str
        Its options, of those that not every workspace takes.
    KINDS : tuple of str
        Kinds of checkpoints that it shows.
    MOST : int
    PLACES : str
        How many of them, and what each is shown in, for people.
    """

    TAKES: frozenset[str]
    KINDS: tuple[str, ...]
    MOST: int
    PLACES: str

    def check(self, options: Options) -> None:
        """Refuse what can be known to be wrong before anything is begun (BadInput)."""

    def shown(self, session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
        """The session that shows the chosen checkpoints as they are asked for (BadInput if it cannot be)."""
        ...


def room_of(name: str) -> Room:
    """The module of a workspace."""
    return cast(Room, import_module(f"explorer.cli.render.{name.replace('-', '_')}"))


def check(options: Options) -> None:
    """Refuse what cannot be, before anything is begun.

    Raises
    ------
    BadInput
        If an option is of no meaning for the workspace, or has no such values.
    """
    if options.session is not None:
        check_beside_document(options)
        return
    if options.bookmark is not None:
        raise BadInput("--bookmark: of no meaning without --session")
    room = room_of(options.workspace)
    odd = [option for option, given in options.given.items() if given and option not in room.TAKES]
    if odd:
        takers = [name for name in WORKSPACES if set(odd) <= room_of(name).TAKES]
        take = f"; {_listed(takers)} {'takes' if len(takers) == 1 else 'take'} {'it' if len(odd) == 1 else 'them'}" if takers else ""
        raise BadInput(f"{', '.join(odd)}: of no meaning for {options.workspace}{take}")
    if len(options.checkpoints) > room.MOST:
        most = "one checkpoint; compare shows several" if room.MOST == 1 else f"at most {room.MOST} {room.PLACES}"
        raise BadInput(f"{options.workspace} shows {most}")
    room.check(options)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def beginning(options: Options, session: Session, entries: Sequence[LibraryEntry]) -> Session:
    """The session that shows what was asked for.

    Raises
    ------
    BadInput
        If a checkpoint cannot be opened or is not of the workspace's kind.
    """
    from explorer.state.first_run import with_shipped_models

    room = room_of(options.workspace)
    session = with_shipped_models(session, entries)
    chosen = [_entry(path, options.workspace, room.KINDS, entries) for path in options.checkpoints]
    return room.shown(session, options, chosen, entries)


def _entry(path: str, workspace: str, kinds: Sequence[str], entries: Sequence[LibraryEntry]) -> LibraryEntry:
    entry = next(e for e in entries if os.path.realpath(e.path) == os.path.realpath(path))
    if entry.card is None:
        raise BadInput(entry.problem)
    if entry.card.kind not in kinds:
        raise BadInput(f"{path}: is a {entry.card.kind}; {workspace} shows a {' or '.join(kind.upper() for kind in kinds)}")
    return entry
