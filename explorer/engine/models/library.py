"""Checkpoints known on this machine: the shipped ones, the recent ones, and their thumbnails."""

from __future__ import annotations

import math
import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from explorer import half_written, sources
from explorer.checkpoints.card import UNSAID
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.snapshots import end_of_run, name_of
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.datasets.stand_in import stand_in
from explorer.diffusion.pixel_range import seen
from explorer.diffusion.reverse import Step, initial_state, noise_source, plan, reverse_steps
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.models.messages import LibraryEntry, LibraryScanned, ThumbnailMade
from explorer.engine.models.models import Models
from explorer.engine.models.scanning import files, remember
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.models.roles import ImageReader, LatentModel, SeenThroughDecoder, decodes_only
from explorer.paths import cache_folder
from explorer.recipe import Lane
from explorer.recipe.sample_count import usual_samples

THUMBNAIL_STEPS = 25
THUMBNAIL_SEED = 4
MANY = 16
"""Samples that a lane usually can have, below which one picture must do: each step of a large network takes seconds on a CPU."""


def entry(path: Path, shipped: bool) -> LibraryEntry:
    """What is known of a file; a problem instead of a card where it cannot be opened. A file is read once while it stays as it is."""
    try:
        stamp = sources.stamp(path)
    except (OSError, ValueError):
        return _entry(path, shipped)
    end = end_of_run(path)
    return replace(_known(path, shipped, stamp, sources.told_stamp()), of="" if end == path else str(end))


@lru_cache(maxsize=4096)
def _known(path: Path, shipped: bool, _stamp: tuple[int, int], _told: tuple[int, int]) -> LibraryEntry:
    return _entry(path, shipped)


def forget_what_was_read() -> None:
    """Read every file anew the next time."""
    _known.cache_clear()


def _entry(path: Path, shipped: bool) -> LibraryEntry:
    try:
        card, count = sources.card(path), sources.parameters(path)
        return LibraryEntry(str(path), name_of(path), shipped, sources.size(path), sources.sha256(path), card, parameters=count)
    except (BadInput, OSError, ValueError) as error:  # ValueError: a name that no file can have
        size = path.stat().st_size if os.path.exists(path) else 0
        return LibraryEntry(str(path), name_of(path), shipped, size, "", None, str(error))


THUMBNAILS = "thumbnails-2"
"""Folder of the pictures that are made; counted on when the pictures of a kind become others."""
READ, READ_AT_ONCE, DIGITS = 2000, 250, 10


def scan(paths: tuple[str, ...], runs: tuple[str, ...] = ()) -> Steps:
    """Entries of all files of `files`; the next start knows them without torch."""
    entries = []
    for file, shipped in files(paths, runs):
        entries.append(entry(file, shipped))
        yield None
    remember(tuple(entries))
    yield LibraryScanned(tuple(entries))


def thumbnail(path: str, models: Models) -> Steps:
    """Four pictures of what a checkpoint makes, or one where they are large; of a judge digits (rows) against what it reads (columns).

    Cached by the checkpoint's hash.
    """
    digest = sources.sha256(Path(path))
    cached = cache_folder() / THUMBNAILS / f"{digest}.png"
    try:
        with Image.open(cached) as picture:
            yield ThumbnailMade(path, read_only(np.asarray(picture.convert("RGB"))))
            return
    except Exception:  # not cached, or spoilt, of which Pillow makes many kinds: it is made anew
        pass
    tiles = None
    checkpoint = yield from models.opened_aside(path)
    for tiles in _pictures(checkpoint, models):
        if tiles is None:
            yield None
    assert tiles is not None
    mosaic = _mosaic(tiles)
    _write(cached, mosaic)
    yield ThumbnailMade(path, read_only(mosaic))


def _pictures(checkpoint: Checkpoint, models: Models) -> Iterator[np.ndarray | None]:
    network = checkpoint.network
    if checkpoint.card.kind == "ddpm":
        lane = Lane(checkpoint.sha256, str(checkpoint.path), told=checkpoint.card.told)
        yield from models.ready([lane])
        predictor = models.predictor(lane)
        course = plan(predictor.schedule, min(THUMBNAIL_STEPS, predictor.schedule.T), eta=0.0)
        shape = checkpoint.card.data.shape
        noise = noise_source(THUMBNAIL_SEED, range(4 if usual_samples(shape) >= MANY else 1), shape, models.device)
        x = initial_state(noise)
        steps = reverse_steps(predictor, course, x, noise, clip=True)
        while (step := (yield from _next(steps, models.device))) is not None:
            x = step.x_prev
            yield None
        images = network.seen(x) if isinstance(network, SeenThroughDecoder) else seen(x, checkpoint.card.data.value_range)
        yield grey_tiles(images.cpu().numpy())
    elif isinstance(network, LatentModel) and checkpoint.card.data.shape == (1, 28, 28) and not decodes_only(network):
        images = torch.from_numpy(to_unit_range(mnist("test")[0][:4])).to(models.device)
        yield grey_tiles(network(images).cpu().numpy())
    elif isinstance(network, LatentModel) and checkpoint.card.data.name == UNSAID and not decodes_only(network):
        yield from _reconstructed(network, to_unit_range(stand_in(checkpoint.card.data.shape, 4).images), models)
    elif isinstance(network, LatentModel):
        codes = torch.eye(4, network.config.code, device=models.device)
        yield grey_tiles(network.decode(codes).cpu().numpy())
    elif isinstance(network, ImageReader):
        digits, labels = (array[:READ] for array in mnist("test"))
        if digits.shape[1:] != network.image_shape:
            raise BadInput(f"{checkpoint.path}: it reads other images than MNIST's, so there is no picture of what it reads")
        counts = np.zeros((DIGITS, DIGITS))
        for start in range(0, READ, READ_AT_ONCE):
            block = torch.from_numpy(to_unit_range(digits[start : start + READ_AT_ONCE])).to(models.device)
            np.add.at(counts, (labels[start : start + READ_AT_ONCE], network(block).argmax(1).cpu().numpy()), 1)
            yield None
        share = np.log1p(counts) / np.log1p(counts.max())  # so that the few that are misread are seen
        yield grey_tiles((2 * share - 1)[None, None].astype(np.float32))
    else:
        raise BadInput(f"{checkpoint.path}: there is no picture of a {checkpoint.card.kind}")


def _next(steps: Iterator[Step], device: torch.device) -> Generator[None, None, Step | None]:
    """The next step, returned, None after the last; on the CPU taken aside, since that of a large network takes long."""
    following = partial(next, steps, None)
    return (yield from aside(following)) if device.type == "cpu" else following()


def _reconstructed(network: LatentModel, images: np.ndarray, models: Models) -> Iterator[np.ndarray | None]:
    """Tiles of reconstructions, last; None after each."""
    tiles = []
    for image in images:
        tiles.append(grey_tiles(network(torch.from_numpy(image[None]).to(models.device)).cpu().numpy()))
        yield None
    yield np.concatenate(tiles)


def _mosaic(tiles: np.ndarray) -> np.ndarray:
    """(n², H, W, 3) to (nH, nW, 3)."""
    n, h, w, c = tiles.shape
    side = math.isqrt(n)
    return tiles.reshape(side, side, h, w, c).swapaxes(1, 2).reshape(side * h, side * w, c)


def _write(path: Path, picture: np.ndarray) -> None:
    png = BytesIO()
    Image.fromarray(picture).save(png, "PNG")
    half_written.keep(path, png.getvalue())
