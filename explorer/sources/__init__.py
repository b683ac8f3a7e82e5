"""Where checkpoints come from: the kinds that open here, asked in turn what a file or a folder is.

A new kind is a file beside this one and a line in `SOURCES`: dialogs, messages and hints then name it. No torch until something is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from explorer.checkpoints.locate import locate
from explorer.errors import BadInput
from explorer.paths import expanded, is_dir
from explorer.recipe.told import NOTHING, Told
from explorer.regular_file import is_regular
from explorer.sources import asking, costs, opened_before, plugins, remembered
from explorer.sources.asking import MustBeTold, Question, answered, identity
from explorer.sources.asking import told_by_command as told_by_command
from explorer.sources.base import Source
from explorer.sources.conv_vae import ConvVae
from explorer.sources.dense_vae import DenseVae
from explorer.sources.diffusers import Diffusers
from explorer.sources.dome272 import Dome272
from explorer.sources.from_python import FROM_PYTHON
from explorer.sources.from_python import permission as python_files
from explorer.sources.graphs import Graphs
from explorer.sources.hashing import hashed
from explorer.sources.ldm_autoencoder import LdmAutoencoder
from explorer.sources.looks import looks_like
from explorer.sources.looks_inside import looks_inside
from explorer.sources.lucidrains import Lucidrains
from explorer.sources.mindiffusion import MinDiffusion
from explorer.sources.native import Native
from explorer.sources.openai import OpenAI
from explorer.sources.pytorch_ddpm import PytorchDDPM
from explorer.sources.taesd import Taesd
from explorer.sources.unet2d_dict import UNet2DDict

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

OWN = Native()
"""What this app writes."""

SOURCES: list[Source] = [
    OWN,
    Diffusers(),
    OpenAI(),
    PytorchDDPM(),
    MinDiffusion(),
    UNet2DDict(),
    Dome272(),
    LdmAutoencoder(),
    Taesd(),
    DenseVae(),
    ConvVae(),
    Lucidrains(),
    Graphs(),
]


def source_for(path: Path) -> Source | None:
    """The source that recognises a file or a folder; None if none does, or it is a pipe or a device, whose reader may wait for ever."""
    try:
        if not (path.is_dir() or is_regular(path)):
            return None
    except (OSError, ValueError):
        return None
    for source in _all():
        try:
            if source.recognises(path):
                return source
        except (OSError, ValueError, RecursionError):
            continue
    return None


def _all() -> Iterator[Source]:
    """Own sources first; installed packages are looked through only where none of these says yes."""
    yield from SOURCES
    yield from FROM_PYTHON
    yield from plugins.all_plugins()


def open(path: Path, told: Told | None = None) -> Checkpoint:  # noqa: A001
    """Checkpoint in a file or a folder, its network on the CPU in evaluation mode.

    Parameters
    ----------
    path : Path
    told : Told or None
        What a recipe or a person says of it where it does not; None is what the command says, or was told of it before.

    Raises
    ------
    MustBeTold
        If it asks what nobody has told.
    BadInput
        If no source recognises it, the one that does finds it damaged, or it would cost more than a person expects (`costs`).
    """
    source = _asked(path)
    answers = _answers(source, path, told)
    loaded = source.load(path, answers)
    costs.check(loaded)
    return replace(loaded, card=_with_told(loaded.card, answers), sha256=identity(loaded.sha256, answers))


def card(path: Path, told: Told | None = None) -> Card:
    """Model card of a checkpoint, its weights untouched (parameters and errors as `open`)."""
    source = _asked(path)
    answers = _answers(source, path, told)
    return _with_told(source.card(path, answers), answers)


class Sound(NamedTuple):
    """What is said of a checkpoint of which it is certain, without torch, that it opens.

    Attributes
    ----------
    card : Card
    sha256 : str
        As `sha256`.
    parameters : int
        Numbers that its network has learnt; 0 where that is not known.
    """

    card: Card
    sha256: str
    parameters: int


def sound(path: Path) -> Sound | None:
    """What a checkpoint is if `open` certainly opens it: its kind can tell, or it did before (`keep_opened`); None where it is not certain.

    Parameters and errors are those of `card`.
    """
    source = _asked(path)
    if source not in SOURCES:  # the code of others may answer otherwise today
        return None
    answers = _answers(source, path, None)
    try:
        digest = identity(source.sha256(path), answers)
    except OSError:  # a part of it is missing, or may not be read: `open` says which
        return None
    if source.is_sound(path, answers):
        parameters: int | None = source.parameters(path)
    else:
        parameters = opened_before.parameters_of(digest)
    return None if parameters is None else Sound(_with_told(source.card(path, answers), answers), digest, parameters)


def keep_opened(checkpoint: Checkpoint, parameters: int) -> None:
    """Keep that a checkpoint was opened whole, and that all that was asked of it after succeeded: `sound` then knows it."""
    if source_for(checkpoint.path) in SOURCES:
        opened_before.keep(checkpoint.sha256, parameters)


def asks(path: Path) -> tuple[Question, ...]:
    """What a checkpoint does not say, and a person must (BadInput as `open`)."""
    return _asked(path).asks(path)


def knows(path: Path) -> bool:
    """Whether all that a checkpoint asks was told of it before (BadInput as `open`)."""
    source = _asked(path)
    questions = source.asks(path)
    return not questions or all(question.answered_by(remembered.told_of(source.sha256(path))) for question in questions)


def told_before(path: Path) -> Told:
    """What was told of a checkpoint before, or is assumed; nothing where it asks nothing, or was not told enough (BadInput as `open`)."""
    try:
        return _answers(_asked(path), path, None)
    except MustBeTold:
        return NOTHING


def suggested(path: Path) -> Told:
    """What answers to what a checkpoint asks can begin with: what was told of it before, else what is usual (BadInput as `open`)."""
    source = _asked(path)
    questions = source.asks(path)
    return asking.suggested(questions, remembered.told_of(source.sha256(path)) if questions else NOTHING)


def usual(path: Path) -> Told:
    """What most files of its kind mean, of what a checkpoint asks (BadInput as `open`)."""
    return asking.suggested(_asked(path).asks(path), NOTHING)


def read_through(path: Path) -> Iterator[tuple[int, int]]:
    """Read a checkpoint's files once, which makes their hashes known: bytes that are read, and of how many, after each slice.

    Of files of which that cannot be said nothing comes (OSError as `size`).
    """
    yield from hashed([part for part in parts(path) if part.is_file()])


def title_of(path: Path) -> str:
    """What a checkpoint is, in few words: "a diffusers folder" (BadInput as `open`)."""
    source = _asked(path)
    return source.short or source.title


def is_own(path: Path) -> bool:
    """Whether this app wrote a checkpoint."""
    return source_for(path) is OWN


def is_checkpoint(name: str) -> bool:
    """Whether a person named a checkpoint: a path that a source recognises, or a shipped one's name."""
    try:
        return source_for(located(name)) is not None
    except BadInput:
        return False


def remember(path: Path, told: Told | None) -> None:
    """Keep what was told of a checkpoint for when it is opened again; None is what the command tells (BadInput as `open`)."""
    source = _asked(path)
    remembered.remember(source.sha256(path), _answers(source, path, told))


def parameters(path: Path) -> int:
    """Numbers in a checkpoint's network, its weights untouched; 0 where that is not known (BadInput as `open`)."""
    return _asked(path).parameters(path)


def home(path: Path) -> Path:
    """Where the checkpoint is that a path is, or is a part of; the path itself where no source recognises it (BadInput as `open`)."""
    source = source_for(path)
    return path if source is None else source.home(path)


def parts(path: Path) -> tuple[Path, ...]:
    """Files that a checkpoint consists of; the path alone where no source recognises it."""
    source = source_for(path)
    return (path,) if source is None else source.parts(path)


def size(path: Path) -> int:
    """Bytes of a checkpoint's files (OSError where one cannot be asked)."""
    return sum(part.stat().st_size for part in parts(path))


def sha256(path: Path, told: Told | None = None) -> str:
    """Hash by which recipes know a checkpoint and what was told of it; of a file that no source recognises, the file's (OSError as `size`).

    Of one that asks what nobody has told it is that of its files.
    """
    source = source_for(path)
    if source is None:
        return OWN.sha256(path)
    try:
        return identity(source.sha256(path), _answers(source, path, told))
    except MustBeTold:
        return source.sha256(path)


def told_stamp() -> tuple[int, int]:
    """What tells all that people told of their files from the next version of it."""
    return remembered.stamp()


def stamp(path: Path) -> tuple[int, int]:
    """What tells a checkpoint from its next version, cheap enough to ask at every use: times and sizes, of all its files.

    Times are added up: the latest of them may stay as it is where a file with an older one, as a copy keeps it, takes another's place.
    """
    stats = [part.stat() for part in _stamped(path)]
    return sum(stat.st_mtime_ns for stat in stats) % 2**63, sum(stat.st_size for stat in stats)


def _stamped(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        return parts(path)
    stat = path.stat()
    known = _parts_of_file(path, stat.st_mtime_ns, stat.st_size, path.parent.stat().st_mtime_ns)
    return known if all(part.is_file() for part in known) else (path,)


@lru_cache(maxsize=256)
def _parts_of_file(path: Path, _mtime: int, _size: int, _folder: int) -> tuple[Path, ...]:
    """A file with those beside it of the same: an encoder's decoder, a graph's weights; looked for again when another comes beside it."""
    return parts(path)


def located(name: str) -> Path:
    """Path of a checkpoint that a person named: `locate`'s, or that of a folder that a source recognises (BadInput as `locate`)."""
    try:
        return home(locate(name))
    except BadInput:
        path = expanded(name)
        if not is_dir(path):
            raise
        if source_for(path) is None:
            raise BadInput(f"{name}: is {helped(path) or f'a folder; name a {endings()} file in it, or {_folders()}'}") from None
        return home(path)


def patterns() -> tuple[str, ...]:
    """Patterns of the names that checkpoints usually have, for file dialogs: hints, no more."""
    return tuple(dict.fromkeys(hint for source in (*SOURCES, *plugins.all_plugins()) for hint in source.hints))


def endings() -> str:
    """Those of single files in words: ".safetensors", ".safetensors or .zip"."""
    return _joined(list(dict.fromkeys(hint.removeprefix("*") for source in SOURCES if not source.is_folder for hint in source.hints)))


def a_file() -> str:
    """What a person is to choose or drop: "a .safetensors file or a diffusers folder"."""
    return _joined([f"a {endings()} file", _folders()])


def what_opens() -> str:
    """Every kind, of files with their hints: "a checkpoint of Generative Explorer (.safetensors)"."""
    said: dict[str, list[str]] = {}
    for source in (*SOURCES, *plugins.all_plugins()):
        endings = said.setdefault(source.group or source.title, [])
        endings += [hint.removeprefix("*") for hint in source.hints if not source.is_folder]
    return _joined([f"{what} ({_joined([*dict.fromkeys(endings)])})" if endings else what for what, endings in said.items()])


def _folders() -> str:
    """What a folder may be: "a diffusers folder"."""
    return _joined([source.short for source in SOURCES if source.is_folder])


def _joined(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _answers(source: Source, path: Path, told: Told | None) -> Told:
    questions = source.asks(path)
    return answered(path, questions, told, source.sha256(path) if questions else "")


def _with_told(card: Card, told: Told) -> Card:
    """The card, which says what was told: whoever makes a lane of it takes that along."""
    if told == NOTHING:
        return card
    from explorer.checkpoints.card import OriginCard

    return msgspec.structs.replace(card, origin=msgspec.structs.replace(card.origin or OriginCard(""), told=told))


def _asked(path: Path) -> Source:
    """The source that recognises it, or the sentence that says what it is instead."""
    source = source_for(path)
    if source is None:
        what = looks_like(path)
        if python_files.looks_like_python(path):
            changed = "has changed since you agreed to run it, and " if python_files.was_allowed(path) else "is a Python file, which "
            refused = BadInput(f"{path}: {changed}{python_files.HOW}")
            refused.path = str(path)  # the window asks, and goes on
            raise refused
        trouble = "".join(f"; {problem}" for problem in plugins.problems())
        raise BadInput(f"{path}: is {helped(path) or f'{what}; what opens here is {what_opens()}'}{trouble}")
    return source


def helped(path: Path) -> str:
    """What a file or a folder is that no source recognises, with what would help; empty where another has to be chosen."""
    try:
        return looks_inside(path)
    except OSError:
        return ""
