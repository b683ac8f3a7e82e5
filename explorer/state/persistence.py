"""The session on disk: one JSON file, written whole, and never a reason not to start."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec

from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.paths import state_folder
from explorer.recipe import MAX_SAMPLES, MAX_STEPS
from explorer.recipe.quantities import QUANTITIES, check_name, own
from explorer.regular_file import read_whole
from explorer.state.session import MEGABYTE, PLOTS_OF_SEVERAL, ChainState, Session

SESSION_VERSION = 1
MAX_SESSION_BYTES = 256 * 2**20
NAME_KEPT = 40
"""Characters of a file's name, each of at most 4 bytes, that are in its neighbour's: a name may have 255 bytes."""
MIN_FRAME_BUDGET = 16 * MEGABYTE
MAX_FRAME_BUDGET = 2**20 * MEGABYTE


class WindowState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the window was.

    Attributes
    ----------
    geometry : str
        Qt's saveGeometry in base64; empty for the default.
    splitter : tuple of int
        Widths in pixels of the workspace and the inspector; empty for the default.
    notes : int
        Height in pixels of the notes; 0 for the default.
    inspector : bool
        Whether the inspector is open.
    parts : dict of str to tuple of int
        Sizes in pixels that the person gave the parts of workspaces, by "workspace.split"; empty where all is as it comes.
    """

    geometry: str = ""
    splitter: tuple[int, ...] = ()
    inspector: bool = True
    notes: int = 0
    parts: dict[str, tuple[int, ...]] = {}


class Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept between runs.

    Attributes
    ----------
    version : int
    session : Session
        What is open, saved in a document or not.
    window : WindowState
    document_path : str
        Of the document that is open; empty for none.
    untitled : Session or None
        What was open before the document, and is again when that is closed.
    """

    version: int = SESSION_VERSION
    session: Session = Session()
    window: WindowState = WindowState()
    document_path: str = ""
    untitled: Session | None = None


class _Versioned(msgspec.Struct, frozen=True):
    version: int


class _Kept(msgspec.Struct, frozen=True):
    """Other files have a version, too: a session's own is always written."""

    session: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found.

    Attributes
    ----------
    saved : Saved
    fresh : bool
        There was nothing to go on with.
    message : str
        What the person should know of a file that could not be read; empty if all is well.
    """

    saved: Saved
    fresh: bool
    message: str = ""


def session_file() -> Path:
    """The autosaved session of this person."""
    return state_folder() / "session.json"


def encode_saved(saved: Saved) -> bytes:
    """JSON of a saved session, indented for a person to read."""
    return msgspec.json.format(msgspec.json.encode(saved), indent=1)


def decode_saved(text: bytes, origin: str) -> Saved:
    """Saved session in a JSON text; `origin` is the file that the message names.

    Raises
    ------
    BadInput
        If it is not JSON, a field is missing, of the wrong type or out of range, or its version is newer.
    """
    try:
        version = msgspec.json.decode(text, type=_Versioned).version
        if version != SESSION_VERSION:
            raise BadInput(f"{origin}: a session of version {version}; this app reads version {SESSION_VERSION}")
        msgspec.json.decode(text, type=_Kept)
        saved = msgspec.json.decode(text, type=Saved)
        check_session(saved.session)
        if saved.untitled is not None:
            check_session(saved.untitled)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"{origin}: not a session: {error}") from None
    return saved


def read_session(path: Path) -> Session:
    """Session in a file that the person chose.

    Raises
    ------
    BadInput
        If the file cannot be read or is not a session.
    """
    try:
        return decode_saved(read_whole(path, MAX_SESSION_BYTES), str(path)).session
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None


def write(path: Path, saved: Saved) -> None:
    """Write a session whole, in a folder that is made if it is not there.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """
    with contextlib.suppress(OSError):  # said below
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, encode_saved(saved))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole, or leave it as it was: to a neighbour first, synced, then renamed. A link stays one, and so do permissions.

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    target = Path(os.path.realpath(path))
    partial = neighbour(target)
    try:
        with open(partial, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a machine that goes down may leave a name with nothing behind it
        with contextlib.suppress(OSError):  # of a file that is new, or on a disk that has none
            os.chmod(partial, stat.S_IMODE(target.stat().st_mode))
        os.replace(partial, target)
        _sync_folder(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from None


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk, too, where a folder can be synced."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def load(path: Path | None = None) -> Loaded:
    """The autosaved session; a file that cannot be used is set aside and told of, never fatal."""
    path = path or session_file()
    try:
        text = read_whole(path, MAX_SESSION_BYTES)
    except FileNotFoundError:
        return Loaded(Saved(), fresh=True)
    except OSError as error:
        return Loaded(Saved(), True, f"{path}: cannot be read: {error.strerror}. The app starts afresh.")
    except BadInput as error:
        return Loaded(Saved(), True, f"{error}. {_set_aside(path)} The app starts afresh.")
    try:
        return Loaded(decode_saved(text, str(path)), fresh=False)
    except BadInput as error:
        return Loaded(Saved(), True, f"{error}. {_set_aside(path)} The app starts afresh.")


def _set_aside(path: Path) -> str:
    aside = next(p for n in count(1) if not (p := path.with_name(f"{path.stem}-set-aside-{n}{path.suffix}")).exists())
    try:
        path.rename(aside)
    except OSError:
        return "It could not be set aside."
    return f"It is kept as {aside.name}."


def check_session(session: Session) -> None:
    """Refuse what the types alone do not (ValueError)."""
    if not MIN_FRAME_BUDGET <= session.frame_budget <= MAX_FRAME_BUDGET:
        raise ValueError(f"frame_budget {session.frame_budget} is out of range")
    if not 0 <= session.kept_budget <= MAX_FRAME_BUDGET:
        raise ValueError(f"kept_budget {session.kept_budget} is out of range")
    if not 1 <= session.default_steps <= MAX_STEPS:
        raise ValueError(f"default_steps {session.default_steps} is out of range")
    for state in (session.reverse, session.compare):
        _check_chain(state)
    if session.reverse.plot in PLOTS_OF_SEVERAL:
        raise ValueError(f"the reverse chain has no plot {session.reverse.plot!r}: it has one lane")
    if session.latent.frame < 0:
        raise ValueError("the latent workspace's frame is negative")


def _check_chain(state: ChainState) -> None:
    lanes = max(1, len(state.recipe.lanes))
    if not 0 <= state.t <= MAX_STEPS:
        raise ValueError(f"t = {state.t} is out of range")
    for sample in (state.selected, *state.also):
        if not 0 <= sample < MAX_SAMPLES:
            raise ValueError(f"sample {sample} is out of range")
    if not (0 <= state.lane < lanes and 0 <= state.reference < lanes):
        raise ValueError("it names a lane that is not there")
    check_name(state.quantity, tuple(QUANTITIES))
    check_name(state.difference_of, own())
