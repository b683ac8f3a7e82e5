"""Where the files of a document are on this machine: by their hash, beside the document, or where they were."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.engine.models.hashes import hash_at
from explorer.engine.models.messages import LibraryEntry
from explorer.errors import BadInput
from explorer.paths import exists
from explorer.state.document import Document
from explorer.state.found_again import relinked
from explorer.state.named_files import NamedFile, files_of, with_places
from explorer.state.session import Session, recipes


@dataclass(frozen=True, slots=True)
class Placed:
    """A document's session with its files where they are here.

    Attributes
    ----------
    session : Session
    replaced : tuple of str
        Names of shipped checkpoints that are others than they were.
    missing : tuple of NamedFile
        What is nowhere to be found, as the session calls it.
    told : tuple of NamedFile
        Checkpoints of which something was told, where they are here.
    """

    session: Session
    replaced: tuple[str, ...]
    missing: tuple[NamedFile, ...]
    told: tuple[NamedFile, ...]


def placed(document: Document, folder: Path, entries: Sequence[LibraryEntry]) -> Placed:
    """Find the files of a document that lies in a folder."""
    told_of = {file.source: file.told for file in document.files}
    places = {file.source: place for file in document.files if (place := whereabouts(file, folder)[0])}
    session, replaced = relinked(with_places(document.session, lambda source: places.get(source, source)), entries)
    return Placed(
        session,
        replaced,
        missing(session, entries),
        tuple(NamedFile(place, told=told) for source, place in places.items() if (told := told_of[source]) is not None),
    )


def missing(session: Session, entries: Sequence[LibraryEntry]) -> tuple[NamedFile, ...]:
    """What the recipes of a session name and is not here: checkpoints by their hash, other files by their path."""
    known = {entry.sha256 for entry in entries if entry.card is not None}
    return tuple(file for file in files_of(recipes(session)) if file.checkpoint not in known and not _is_here(file))


def _is_here(file: NamedFile) -> bool:
    if not file.checkpoint:
        return not os.path.isabs(file.source) or _is_there(file.source)  # a data set that comes with the app has a name
    return _is_there(file.source) and hash_at(file.source, file.told) in ("", file.checkpoint)


def whereabouts(file: NamedFile, folder: Path) -> tuple[str, str]:
    """Where a file of a document in a folder is: beside it, else where it was; and what is wrong, if it is at neither."""
    wrong = "is not on this machine"
    for path in (os.path.normpath(folder / file.beside) if file.beside else "", file.source):
        if path and _is_there(path):
            if not file.checkpoint or hash_at(path, file.told) in ("", file.checkpoint):
                return path, ""
            wrong = "is another file now"
    return "", wrong


def _is_there(path: str) -> bool:
    try:
        return exists(Path(path))
    except (BadInput, ValueError):
        return False
