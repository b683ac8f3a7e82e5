"""What snapshots make: samples from fixed noise, or codes and reconstructions of fixed test images."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import shipped
from explorer.engine.chain.messages import ChainFinished, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.latent.messages import CodesShown, EncodeImages, EncodePicture, ImagesAt, PictureEncoded
from explorer.engine.models.messages import CheckpointOpened, LibraryEntry, OpenCheckpoint
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.training.runs import Run
from explorer.views.shared.questions import Questions, Receiver
from explorer.widgets.look.language import tr

SAMPLES, STEPS, CODES = 8, 25, 1000
SEED = 4
NO_IMAGES = tr("its images are not where they were: nothing to encode")
Key = tuple[str, int]
Wanted = tuple[str, ImagesAt | None]
"""Kind of model, and where its images are if they are not the app's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one snapshot makes.

    Attributes
    ----------
    tiles : ndarray, shape (N, H, W, 3), uint8, or None
        Samples, or reconstructions.
    words : str
        Why there are none.
    originals : ndarray, shape (N, H, W, 3), uint8, or None
        Of the reconstructions.
    codes : CodesShown or None
    """

    tiles: np.ndarray | None
    words: str = ""
    originals: np.ndarray | None = None
    codes: CodesShown | None = None


class SnapshotPictures(QObject):
    """Asks the engine for one thing at a time, and keeps what came.

    A snapshot that failed is known as that, and asked for again only when its file is another.

    Signals
    -------
    changed()
        There is more to show.
    """

    changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._questions = Questions(client, "training.pictures", self)
        self._wanted: dict[Key, Wanted] = {}
        self._about: tuple[Key, ...] = ()
        self._entries: dict[Key, LibraryEntry] = {}
        self._known: dict[Key, Shown] = {}

    @property
    def idle(self) -> bool:
        """Whether all that is wanted is known."""
        return self._questions.idle

    def want(self, snapshots: Sequence[tuple[str, Wanted]]) -> None:
        """What these snapshots make, by path; what is no longer wanted is not gone on with."""
        wanted = {key: what for path, what in snapshots if (key := _key(path)) is not None}
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if any(key not in wanted for key in self._about):
            self._questions.drop()
        if self.idle:
            self._advance()

    def forget(self) -> None:
        """Want nothing any more; what is known stays known."""
        self._questions.drop()
        self._wanted = {}

    def of(self, path: str) -> Shown | None:
        """What a snapshot makes; None while that is not known."""
        key = _key(path)
        return self._known.get(key) if key is not None else None

    def _advance(self) -> None:
        """Ask for the next thing that is wanted and not known."""
        missing = {key: what for key, what in self._wanted.items() if key not in self._known}
        models = tuple(key for key, (kind, _) in missing.items() if kind == "ddpm")
        unread = next((key for key in models if key not in self._entries), None)
        if unread is not None:
            self._ask("open", (unread,), OpenCheckpoint(unread[0]), partial(self._opened, unread))
        elif models:
            recipe = ChainRecipe(tuple(dict.fromkeys(map(self._lane, models))), SEED, SAMPLES)
            self._ask("chain", models, SampleChain(recipe), partial(self._sampled, models, recipe))
        elif missing:
            key, (_, images) = next(iter(missing.items()))
            self._ask("codes", (key,), EncodeImages(key[0], CODES, images=images), partial(self._encoded, key, images))

    def _ask(self, name: str, keys: tuple[Key, ...], payload: Payload, receiver: Receiver) -> None:
        self._about = keys
        self._questions.ask(name, payload, receiver, on_failure=partial(self._failed, keys))

    def _lane(self, key: Key) -> Lane:
        entry = self._entries[key]
        card = entry.card
        assert card is not None
        T = card.schedule.T if card.schedule is not None else STEPS
        return Lane(entry.sha256, entry.path, card.option, Sampler(min(STEPS, T), eta=0.0, clip=True), told=card.told)

    # --- samples of a diffusion model

    def _opened(self, key: Key, outcome: Outcome) -> None:
        if isinstance(outcome, CheckpointOpened):
            self._entries[key] = outcome.entry
            self._advance()

    def _sampled(self, keys: tuple[Key, ...], recipe: ChainRecipe, outcome: Outcome) -> None:
        if isinstance(outcome, ChainFinished):
            self._ask("step", keys, ShowStep(lane_keys(recipe), 0, "x_t"), partial(self._stepped, keys))

    def _stepped(self, keys: tuple[Key, ...], outcome: Outcome) -> None:
        if isinstance(outcome, StepShown):
            frames = {frame.key.lane: frame for frame in outcome.frames}
            found = {key: frames.get(self._lane(key)) for key in keys}
            none = Shown(None, tr("no samples: try another snapshot"))
            self._keep({key: none if frame is None else Shown(frame.tiles) for key, frame in found.items()})

    # --- codes and reconstructions of a latent model

    def _encoded(self, key: Key, images: ImagesAt | None, outcome: Outcome) -> None:
        if isinstance(outcome, CodesShown):
            if len(outcome.codes):
                self._rebuild(key, images, outcome, [])
            else:
                self._keep({key: Shown(None, NO_IMAGES)})

    def _rebuild(self, key: Key, images: ImagesAt | None, codes: CodesShown, parts: list[PictureEncoded]) -> None:
        """Ask for the next reconstruction, or keep what came where these are all."""
        if len(parts) < min(SAMPLES, len(codes.codes)):
            picture = EncodePicture(codes.path, index=len(parts), images=images)
            self._ask("picture", (key,), picture, partial(self._rebuilt, key, images, codes, parts))
        else:
            tiles, originals = (np.stack([getattr(part, name) for part in parts]) for name in ("reconstruction", "tile"))
            self._keep({key: Shown(tiles, "", originals, codes)})

    def _rebuilt(self, key: Key, images: ImagesAt | None, codes: CodesShown, parts: list[PictureEncoded], outcome: Outcome) -> None:
        if isinstance(outcome, PictureEncoded):
            self._rebuild(key, images, codes, [*parts, outcome])

    # --- what came

    def _failed(self, keys: tuple[Key, ...], failed: Failed) -> None:
        self._keep(dict.fromkeys(keys, Shown(None, failed.message)))

    def _keep(self, came: dict[Key, Shown]) -> None:
        self._known |= came
        self._advance()
        self.changed.emit()


def _key(path: str) -> Key | None:
    try:
        return path, os.stat(path).st_mtime_ns
    except OSError:
        return None


def images_of(run: Run) -> ImagesAt | None:
    """Where a run's images are; None for the app's own."""
    dataset = run.dataset
    if run.status is None or not dataset or shipped(dataset) is not None:
        return None
    path = Path(run.status.started_in or run.folder, Path(dataset).expanduser())
    return ImagesAt(str(path), "crop" if "--fit crop" in run.command else "resize", reading_of(run.command))


def reading_of(command: str) -> Reading:
    """How the command of a run has its images taken; as they are found where it says nothing, or nothing that can be read."""
    words = shlex.split(command)
    said = {word.removeprefix("--"): value for word, value in pairwise(words) if word.startswith("--")}
    named = {name: said[name] for name in AS_FOUND.__struct_fields__ if name in said}
    try:
        return msgspec.convert(named, Reading)
    except (msgspec.ValidationError, ValueError):
        return AS_FOUND
