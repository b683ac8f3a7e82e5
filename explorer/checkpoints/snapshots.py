"""Snapshots of a run: the checkpoints that say what its network was at earlier moments of its training. No torch.

Two places have them: a run's own folder (`snapshot-0000029.safetensors`, `epoch-001.safetensors`, `final.safetensors`,
as the training loop names them), and, for a checkpoint `NAME.safetensors` that is handed on, the folder `NAME` beside it,
whose files are called the same.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.checkpoints.card import METADATA_KEY, Card, decode_card
from explorer.checkpoints.header import read_header
from explorer.errors import BadInput
from explorer.regular_file import open_regular

SUFFIX = ".safetensors"

FINAL_NAME = "final.safetensors"
_NAMED = re.compile(r"(epoch|snapshot)-(\d{1,9})\.safetensors")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One checkpoint of a run.

    Attributes
    ----------
    path : str
    images : int
        Images seen until then.
    updates : int
        Changes of the weights until then.
    """

    path: str
    images: int
    updates: int


def of_run(name: str) -> tuple[str, int] | None:
    """What a run's own name of a file says: ("epoch", 12), ("snapshot", update) or ("final", 0); None for any other name."""
    if name == FINAL_NAME:
        return "final", 0
    named = _NAMED.fullmatch(name)
    return (named[1], int(named[2])) if named is not None else None


def name_of(source: Path | str) -> str:
    """File name without its ending; of a run's own file with the run's folder before it: "mnist-vae-2d/epoch-003"."""
    parts = str(source).replace("\\", "/").removesuffix(SUFFIX).rsplit("/", 2)
    return "/".join(parts[-2:]) if of_run(parts[-1] + SUFFIX) is not None else parts[-1]


def words(source: str) -> tuple[str, str]:
    """Name of the run and of the moment in it: ("mnist-vae-2d", "epoch 3"), ("run", "update 29"), ("run", "final").

    The moment is empty for a file that no run names, and the name then the file's without its ending.
    """
    run, _, last = name_of(source).rpartition("/")
    said = of_run(last + SUFFIX)
    if said is None or not run:
        return last, ""
    moment = {"epoch": f"epoch {said[1]}", "snapshot": f"update {said[1]}", "final": "final"}[said[0]]
    return run, moment


def run_folder(path: Path) -> Path | None:
    """Folder where the snapshots of a checkpoint's run would be; None where there can be none."""
    if of_run(path.name) is not None:
        return path.parent
    folder = path.with_suffix("")
    return folder if path.suffix == SUFFIX and os.path.isdir(folder) else None


def end_of_run(path: Path) -> Path:
    """The checkpoint under which a run's snapshots are known: the one handed on beside the folder, else the run's last.

    `path` itself if it is of no run.
    """
    folder = run_folder(path)
    if folder is None:
        return path
    known = snapshots(path)
    return Path(known[-1].path) if known else path


def stamp(path: Path) -> int:
    """A number that changes when a run writes another snapshot: cheap enough to ask every second. 0 where there is no run."""
    folder = run_folder(path)
    try:
        return 0 if folder is None else folder.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def snapshots(path: Path) -> tuple[Snapshot, ...]:
    """Snapshots of the run that a checkpoint is of, in the order of training, that checkpoint among them.

    Files of another kind of model, option, schedule or shape of images, and files that cannot be read, are left out.
    Of two that have seen as many images (a run's last epoch and `final.safetensors`) the later named is kept.
    Empty if `path` is of no run, or if there is but one.
    """
    folder = run_folder(path)
    if folder is None:
        return ()
    card = card_of(path)
    if card is None:
        return ()
    found: dict[int, Snapshot] = {}
    for candidate in _candidates(folder):
        other = card_of(candidate)
        if other is not None and other.training is not None and _alike(card, other):
            images = other.training.images_seen
            found[images] = Snapshot(str(candidate), images, images // max(1, other.training.batch))
    return tuple(found[images] for images in sorted(found)) if len(found) > 1 else ()


def place_of(known: tuple[Snapshot, ...], path: str) -> int | None:
    """Number of a checkpoint among the snapshots of its run: by its path, else by the images that it has seen."""
    for place, snapshot in enumerate(known):
        if snapshot.path == path:
            return place
    card = card_of(Path(path))
    images = card.training.images_seen if card is not None and card.training is not None else -1
    return next((place for place, snapshot in enumerate(known) if snapshot.images == images), None)


def files_of_run(folder: Path) -> tuple[Path, ...]:
    """Files in a folder that a run names, in no order of training."""
    with contextlib.suppress(OSError, ValueError):
        return tuple(sorted(path for path in folder.iterdir() if of_run(path.name) is not None))
    return ()


def _candidates(folder: Path) -> tuple[Path, ...]:
    """Those, a run's last at the end, then the checkpoint beside the folder."""
    files = sorted(files_of_run(folder), key=lambda path: path.name == FINAL_NAME)
    beside = folder.with_name(folder.name + SUFFIX)
    return (*files, beside) if os.path.isfile(beside) else tuple(files)


def _alike(card: Card, other: Card) -> bool:
    """Whether one can be an earlier moment of the other: what is in a recipe stays valid. Layers may have been added on the way."""
    return (card.kind, card.option, card.network.name, card.data.shape, card.schedule) == (
        other.kind, other.option, other.network.name, other.data.shape, other.schedule,
    )  # fmt: skip


def card_of(path: Path) -> Card | None:
    """Card of a checkpoint as far as it can be read without its weights or torch; None where it cannot."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return _card(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _card(path: str, _modified: int, size: int) -> Card | None:
    try:
        with open_regular(Path(path)) as file:
            header = read_header(file, size)
        return decode_card(header["__metadata__"][METADATA_KEY])
    except (BadInput, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
