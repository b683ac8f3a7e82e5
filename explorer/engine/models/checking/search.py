"""Trying what was told of a checkpoint, and then what else could be meant, as long as that is worth waiting for."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from explorer import sources
from explorer.checkpoints.files import Checkpoint
from explorer.engine.aside import aside
from explorer.engine.models.checking.alternatives import beside, best_of, is_alike, options_of
from explorer.engine.models.checking.messages import Found, NoiseChecked
from explorer.engine.models.checking.noise_error import found_work
from explorer.engine.models.checking.pictures import Pictures, pictures_of
from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Predicts, Told

SECONDS = 20.0
"""For all that is tried beside what was told."""
NO_PICTURES = "Nothing can be checked: of images of {} channels none are known here."
NO_CHAIN = "Nothing is to be checked: it is no diffusion model."

Work = Generator[NoiseChecked | None, None, None]


def checked(checkpoint: Checkpoint, device: torch.device, person: Sequence[str] = (), seconds: float = SECONDS) -> Work:
    """How much of the noise it finds as it was told, then what finds more; None for each cancel point, the last outcome last.

    Parameters
    ----------
    checkpoint : Checkpoint
    device : torch.device
    person : sequence of str
        As `pictures_of`.
    seconds : float
        What is tried beside what was told may take.

    Raises
    ------
    BadInput
        If it cannot predict a step as it was told.
    """
    card = checkpoint.card
    if card.kind != "ddpm" or card.option is None:
        yield NoiseChecked(problem=NO_CHAIN)
        return
    sets = pictures_of(card.data.shape, person)
    if not sets:
        yield NoiseChecked(problem=NO_PICTURES.format(card.data.shape[0]))
        return
    told = card.told or NOTHING
    options = yield from aside(partial(options_of, checkpoint.path, told, card.option))
    given, chosen, all_read = yield from _given(checkpoint, sets, options, device)
    so_far = NoiseChecked(given, best_of(all_read, given), pictures=chosen.name)
    if told == NOTHING:
        yield so_far
        return
    yield replace(so_far, partial=True)
    search = _Search(checkpoint.path, chosen.images, options, device, time.monotonic() + seconds)
    search.seen[_key(told)] = tuple(all_read)
    yield from search.from_(so_far)


def _given(
    checkpoint: Checkpoint, sets: Sequence[Pictures], options: Sequence[Predicts], device: torch.device
) -> Generator[None, None, tuple[Found, Pictures, tuple[Found, ...]]]:
    """How it does as it was told, on the pictures on which it does best: those that it was trained on may not be among them."""
    told = checkpoint.card.told or NOTHING
    best: tuple[Pictures, tuple[Found, ...]] = sets[0], (Found(told),)
    for pictures in sets:
        try:
            read = yield from found_work(checkpoint, pictures.images, options, device)
        except BadInput:
            raise
        except Exception:  # it cannot be asked so, whatever its network has against it
            continue
        if min(each.error for each in read) < min(each.error for each in best[1]):
            best = pictures, read
    return next(each for each in best[1] if each.told == told), *best


def _key(told: Told) -> tuple[object, ...]:
    """What makes another question to the network: all but what its output means."""
    return tuple(getattr(told, name) for name in told.__struct_fields__ if name != "predicts")


class _Search:
    """Goes to the best of all that differ in one answer, and on from there, until nothing is better.

    Attributes
    ----------
    seen : dict
        What was tried, by all answers but what is predicted.
    """

    def __init__(self, path: Path, images: Tensor, options: Sequence[Predicts], device: torch.device, until: float) -> None:
        self._path, self._images, self._options, self._device, self._until = path, images, options, device, until
        self.seen: dict[tuple[object, ...], tuple[Found, ...]] = {}

    def from_(self, so_far: NoiseChecked) -> Work:
        """What came of it so far, after each way that was tried; the last of them last."""
        goes_on = True
        while goes_on:
            before, ring = so_far.best, [each for each in beside(so_far.best.told) if _key(each) not in self.seen]
            for number, told in enumerate(ring):
                if time.monotonic() > self._until:
                    so_far = replace(so_far, left=len(ring) - number)
                    break
                read = yield from self._tried(told)
                so_far = replace(so_far, best=best_of(read, so_far.best), tried=so_far.tried + 1)
                yield replace(so_far, partial=True)
            goes_on = so_far.best != before and not so_far.left
        yield replace(so_far, alike=tuple(each.told for read in self.seen.values() for each in read if is_alike(each, so_far.best)))

    def _tried(self, told: Told) -> Generator[None, None, Collection[Found]]:
        """Nothing where its weights do not fit these answers, or its network fails under them."""
        read: tuple[Found, ...] = ()
        try:
            checkpoint = yield from aside(partial(sources.open, self._path, told))
            if checkpoint.card.data.shape == tuple(self._images.shape[1:]):
                read = yield from found_work(checkpoint, self._images, self._options, self._device)
        except Exception:  # whatever a network of another tool has against its input
            pass
        self.seen[_key(told)] = read
        return read
