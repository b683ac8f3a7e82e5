"""What snapshots make: samples from fixed noise, or codes and reconstructions of fixed test images."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.messages import ChainFinished, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.latent.messages import CodesShown, EncodeImages, EncodePicture, ImagesAt, PictureEncoded
from explorer.engine.models.messages import CheckpointOpened, LibraryEntry, OpenCheckpoint
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ChainRecipe, Lane, Sampler

SAMPLES, STEPS, CODES = 8, 25, 1000
SEED = 4
NO_IMAGES = "its images are not where they were: nothing to encode"
CHANNELS = ("training.open", "training.chain", "training.step", "training.codes", "training.picture")
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

    Signals
    -------
    changed()
        There is more to show, or nothing more to come.
    """

    changed = Signal()

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._wanted: dict[Key, Wanted] = {}
        self._entries: dict[Key, LibraryEntry] = {}
        self._known: dict[Key, Shown] = {}
        self._parts: list[PictureEncoded] = []
        self._codes: CodesShown | None = None
        self._images: ImagesAt | None = None
        self._under_way: tuple[Key, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether all that is wanted is known."""
        return not self._under_way

    def want(self, snapshots: Sequence[tuple[str, Wanted]]) -> None:
        """What these snapshots make, by path; what is no longer wanted is not gone on with."""
        wanted = {key: what for path, what in snapshots if (key := _key(path)) is not None}
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if any(key not in wanted for key in self._under_way):
            self.drop()
        self._advance()

    def drop(self) -> None:
        """Stop what is under way."""
        if self._under_way:
            for channel in CHANNELS:
                self._client.cancel(channel)
        self._under_way = ()

    def forget(self) -> None:
        """Want nothing any more; what is known stays known."""
        self.drop()
        self._wanted = {}

    def of(self, path: str) -> Shown | None:
        """What a snapshot makes; None while that is not known."""
        key = _key(path)
        return self._known.get(key) if key is not None else None

    def _advance(self) -> None:
        if self._under_way:
            return
        missing = {key: what for key, what in self._wanted.items() if key not in self._known}
        models = [key for key, (kind, _) in missing.items() if kind == "ddpm"]
        unread = [key for key in models if key not in self._entries]
        if unread:
            self._send((unread[0],), OpenCheckpoint(unread[0][0]), "training.open", self._opened)
        elif models:
            recipe = ChainRecipe(tuple(dict.fromkeys(self._lane(key) for key in models)), SEED, SAMPLES)
            self._send(tuple(models), SampleChain(recipe), "training.chain", self._sampled)
        elif missing:
            key, (_, self._images) = next(iter(missing.items()))
            self._parts, self._codes = [], None
            self._send((key,), EncodeImages(key[0], CODES, images=self._images), "training.codes", self._encoded)
        else:
            self.changed.emit()

    def _send(self, keys: tuple[Key, ...], payload: OpenCheckpoint | SampleChain | EncodeImages, channel: str, receiver) -> None:  # type: ignore[no-untyped-def]
        self._under_way = keys
        self._client.send(payload, channel, receiver, on_failure=self._failed)

    def _lane(self, key: Key) -> Lane:
        entry = self._entries[key]
        card = entry.card
        assert card is not None
        T = card.schedule.T if card.schedule is not None else STEPS
        return Lane(entry.sha256, entry.path, card.option, Sampler(min(STEPS, T), eta=0.0, clip=True))

    def _opened(self, outcome: Outcome) -> None:
        if isinstance(outcome, CheckpointOpened) and self._under_way:
            self._entries[self._under_way[0]] = outcome.entry
            self._done()

    def _sampled(self, outcome: Outcome) -> None:
        if isinstance(outcome, ChainFinished):
            recipe = ChainRecipe(tuple(dict.fromkeys(self._lane(key) for key in self._under_way)), SEED, SAMPLES)
            self._client.send(ShowStep(lane_keys(recipe), 0, "x_t"), "training.step", self._stepped, on_failure=self._failed)

    def _stepped(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown):
            frames = {frame.key.lane: frame for frame in outcome.frames}
            for key in self._under_way:
                frame = frames.get(self._lane(key))
                self._known[key] = Shown(None, "no samples: try another snapshot") if frame is None else Shown(frame.tiles)
            self._done()

    def _encoded(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesShown) and self._under_way:
            self._codes = outcome
            if not len(outcome.codes):
                self._known[self._under_way[0]] = Shown(None, NO_IMAGES)
                self._done()
            for index in range(min(SAMPLES, len(outcome.codes))):
                picture = EncodePicture(outcome.path, index=index, images=self._images)
                self._client.send(picture, "training.picture", self._rebuilt, queued=True, on_failure=self._failed)

    def _rebuilt(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureEncoded) and self._codes is not None and self._under_way:
            self._parts.append(outcome)
            if len(self._parts) == min(SAMPLES, len(self._codes.codes)):
                tiles, originals = (np.stack([getattr(part, name) for part in self._parts]) for name in ("reconstruction", "tile"))
                self._known[self._under_way[0]] = Shown(tiles, "", originals, self._codes)
                self._done()

    def _failed(self, outcome: Outcome) -> None:
        if isinstance(outcome, Failed) and self._under_way:
            for key in self._under_way:
                self._known[key] = Shown(None, outcome.message)
            self._done()

    def _done(self) -> None:
        self._under_way = ()
        self.changed.emit()
        self._advance()


def _key(path: str) -> Key | None:
    try:
        return path, os.stat(path).st_mtime_ns
    except OSError:
        return None
