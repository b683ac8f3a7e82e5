"""Checkpoints known on this machine: the shipped ones, the recent ones, and their thumbnails."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from explorer.checkpoints.files import Checkpoint, file_sha256, read_card
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.lanes import read_only
from explorer.engine.messages import CheckpointOpened, LibraryEntry, LibraryScanned, Outcome, ThumbnailMade
from explorer.engine.models import Models
from explorer.engine.pictures import grey_tiles
from explorer.errors import BadInput
from explorer.models.autoencoder import Autoencoder
from explorer.models.classifier import Classifier
from explorer.models.registry import expected_tensors, parse_config
from explorer.paths import cache_folder
from explorer.recipe import Lane
from explorer.resources import resource

Steps = Iterator[Outcome | None]
THUMBNAIL_STEPS = 25
THUMBNAIL_SEED = 4


def name_of(path: Path) -> str:
    """File name without ending; of a run's checkpoint with the run's folder before it."""
    return f"{path.parent.name}/{path.stem}" if re.fullmatch(r"(epoch|snapshot)-\d+|final", path.stem) else path.stem


def entry(path: Path, shipped: bool) -> LibraryEntry:
    """What is known of a file; a problem instead of a card where it cannot be opened."""
    try:
        card = read_card(path)
        expected = expected_tensors(card.network.name, parse_config(card.network.name, card.network.config))
        count = sum(tensor.numel() for tensor in expected.values())
        return LibraryEntry(str(path), name_of(path), shipped, path.stat().st_size, file_sha256(path), card, parameters=count)
    except (BadInput, OSError) as error:
        size = path.stat().st_size if path.exists() else 0
        return LibraryEntry(str(path), name_of(path), shipped, size, "", None, str(error))


def scan(paths: tuple[str, ...]) -> Steps:
    """The shipped checkpoints by name, then those at `paths`."""
    entries = []
    shipped = sorted(resource("checkpoints").glob("*.safetensors"))
    for path in shipped:
        entries.append(entry(path, shipped=True))
        yield None
    for name in paths:
        if Path(name) not in shipped:
            entries.append(entry(Path(name), shipped=False))
            yield None
    yield LibraryScanned(tuple(entries))


def open_checkpoint(path: str, models: Models) -> Steps:
    """Load a file whole, so that what is wrong with it is known now."""
    checkpoint = models.checkpoint(path)
    file = Path(path)
    shipped = file.parent == resource("checkpoints")
    if checkpoint.card.kind == "ddpm":
        models.predictor(Lane(checkpoint.sha256, path))
    count = sum(p.numel() for p in checkpoint.network.parameters())
    size = file.stat().st_size
    opened = LibraryEntry(path, name_of(file), shipped, size, checkpoint.sha256, checkpoint.card, parameters=count)
    yield CheckpointOpened(opened, count)


def thumbnail(path: str, models: Models) -> Steps:
    """Four pictures of what a checkpoint makes, cached by its hash."""
    digest = file_sha256(Path(path))
    cached = cache_folder() / "thumbnails" / f"{digest}.png"
    try:
        with Image.open(cached) as picture:
            yield ThumbnailMade(path, read_only(np.asarray(picture.convert("RGB"))))
            return
    except (OSError, ValueError):
        pass  # not cached, or spoilt: it is made anew
    tiles = None
    for tiles in _pictures(models.checkpoint(path), models):
        if tiles is None:
            yield None
    assert tiles is not None
    mosaic = _mosaic(tiles)
    _write(cached, mosaic)
    yield ThumbnailMade(path, read_only(mosaic))


def _pictures(checkpoint: Checkpoint, models: Models) -> Iterator[np.ndarray | None]:
    network = checkpoint.network
    if checkpoint.card.kind == "ddpm":
        predictor = models.predictor(Lane(checkpoint.sha256, str(checkpoint.path)))
        course = plan(predictor.schedule, min(THUMBNAIL_STEPS, predictor.schedule.T), eta=0.0)
        noise = noise_source(THUMBNAIL_SEED, range(4), checkpoint.card.data.shape, models.device)
        x = initial_state(noise)
        for step in reverse_steps(predictor, course, x, noise, clip=True):
            x = step.x_prev
            yield None
        yield grey_tiles(x.cpu().numpy())
    elif isinstance(network, Autoencoder) and checkpoint.card.data.shape == (1, 28, 28):
        images = torch.from_numpy(to_unit_range(mnist("test")[0][:4])).to(models.device)
        yield grey_tiles(network(images).cpu().numpy())
    elif isinstance(network, Autoencoder):
        codes = torch.eye(4, network.config.code, device=models.device)
        yield grey_tiles(network.decode(codes).cpu().numpy())
    elif isinstance(network, Classifier):
        kernels = next(network.body.parameters()).detach().cpu().numpy()[:4, :1]
        yield grey_tiles(kernels / np.abs(kernels).max())
    else:
        raise BadInput(f"{checkpoint.path}: there is no picture of a {checkpoint.card.kind}")


def _mosaic(tiles: np.ndarray) -> np.ndarray:
    """(4, H, W, 3) to (2H, 2W, 3)."""
    n, h, w, c = tiles.shape
    side = math.isqrt(n)
    return tiles.reshape(side, side, h, w, c).swapaxes(1, 2).reshape(side * h, side * w, c)


def _write(path: Path, picture: np.ndarray) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(partial, "PNG")
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)  # a cache that cannot be written is no loss
