"""A session as a document: one JSON file that a person keeps, with the files that it needs (docs/session-format.md)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from explorer import __version__
from explorer.checkpoints.locate import source_of
from explorer.endings import DOCUMENT
from explorer.errors import BadInput
from explorer.recipe.told import Told
from explorer.regular_file import read_whole
from explorer.state.named_files import NamedFile, files_of, with_places
from explorer.state.persistence import MAX_SESSION_BYTES, check_session, decode_saved, write_whole
from explorer.state.session import SETTINGS, Session

DOCUMENT_VERSION = 1
ToldOf = Callable[[str], Told | None]
"""What was told of a checkpoint, by its hash."""


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in the file.

    Attributes
    ----------
    document : int
        Version of the format.
    app : str
        Version of the app that wrote it: for people.
    session : Session
        Without the settings of the person.
    files : tuple of NamedFile
        Those that do not come with the app.
    """

    document: int
    session: Session
    app: str = ""
    files: tuple[NamedFile, ...] = ()

    @property
    def is_old(self) -> bool:
        """A session as it was kept before there were documents: it is read, and written in another format."""
        return self.document == 0


class _Versioned(msgspec.Struct, frozen=True):
    document: int | None = None


def write_document(path: Path, session: Session, told_of: ToldOf | None = None) -> bytes:
    """Write a session whole, synced to the disk; returns what was written.

    Parameters
    ----------
    path : Path
    session : Session
    told_of : ToldOf, optional
        For what the session itself does not say.

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    text = encode_document(session, path.parent, told_of)
    write_whole(path, text)
    return text


def encode_document(session: Session, folder: Path, told_of: ToldOf | None = None) -> bytes:
    """JSON of a document that lies in a folder, indented for a person to read."""
    session = with_places(session, _shipped_name)
    files = tuple(_described(file, folder, told_of) for file in files_of(session) if os.path.isabs(file.source))
    plain = msgspec.to_builtins(Document(DOCUMENT_VERSION, session, __version__, files))
    for setting in SETTINGS:
        del plain["session"][setting]
    return msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n"


def _shipped_name(source: str) -> str:
    return source_of(Path(source)) if os.path.isabs(source) else source


def _described(file: NamedFile, folder: Path, told_of: ToldOf | None) -> NamedFile:
    try:
        beside = os.path.relpath(file.source, os.path.abspath(folder)).replace(os.sep, "/")
    except ValueError:  # another drive
        beside = ""
    told = file.told or (told_of(file.checkpoint) if file.checkpoint and told_of is not None else None)
    return msgspec.structs.replace(file, beside=beside, told=told)


def decode_document(text: bytes, origin: str) -> Document:
    """Document in a JSON text, or a session of an earlier version; `origin` is the file that messages name.

    Raises
    ------
    BadInput
        If it is not JSON, a field is missing, of the wrong type or out of range, or its version is newer.
    """
    try:
        version = msgspec.json.decode(text, type=_Versioned).document
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"{origin}: not a session: {error}") from None
    if version is None:
        return Document(0, decode_saved(text, origin).session)
    if version != DOCUMENT_VERSION:
        newer = "which a newer version of the app wrote" if version > DOCUMENT_VERSION else "which no version of the app wrote"
        raise BadInput(f"{origin}: a document of version {version}, {newer}; this one reads version {DOCUMENT_VERSION}")
    try:
        document = msgspec.json.decode(text, type=Document)
        check_session(document.session)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"{origin}: not a document: {error}") from None
    return document


def read_document(path: Path) -> Document:
    """Document, or session of an earlier version, in a file that the person chose (BadInput as `decode_document`)."""
    return decode_document(read_text(path), str(path))


def read_text(path: Path) -> bytes:
    """What is in a document's file (BadInput if it cannot be read)."""
    try:
        return read_whole(path, MAX_SESSION_BYTES)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None


def document_path(path: str) -> Path:
    """A path with a document's ending, whatever the person typed."""
    return Path(path) if path.lower().endswith(DOCUMENT) else Path(f"{path}{DOCUMENT}")
