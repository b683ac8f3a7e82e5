"""The plane that a request is about: a checkpoint's latent space, or a slice through it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import to_unit_range
from explorer.datasets.reading import Background
from explorer.engine.latent.codes import ImageCodes, codes_of, held_out_image
from explorer.engine.latent.encoded_picture import Found, picture_for
from explorer.engine.latent.messages import EncodePicture
from explorer.engine.models.models import Models
from explorer.errors import BadInput, about
from explorer.latent.decoder import Decoder
from explorer.latent.slices import PlaneSlice, along_axes, principal, random_plane, through
from explorer.models.roles import LatentModel
from explorer.recipe import Slice
from explorer.recipe.told import Told

Encoded = Callable[[Sequence[np.ndarray]], np.ndarray]
"""Codes (n, d) of pictures (C, H, W)."""

Marks = tuple[tuple[str, tuple[float, float]], ...]


@dataclass(frozen=True, eq=False)
class OpenPlane:
    """A plane of a checkpoint's latent space; places are plane coordinates, codes are the model's.

    Attributes
    ----------
    checkpoint : Checkpoint
    model : LatentModel
    slice : PlaneSlice
    device : torch.device
    marks : tuple of (str, (float, float))
        Names and places of the images or pictures through whose codes it was laid.
    """

    checkpoint: Checkpoint
    model: LatentModel
    slice: PlaneSlice
    device: torch.device
    marks: Marks = ()

    @cached_property
    def decode(self) -> Decoder:
        """Images (N, C, H, W) in [-1, 1] of places (N, 2), with exact derivatives."""
        return Decoder(self.model, None if self.model.config.code == 2 else self.slice)

    def tensor(self, places: np.ndarray | tuple[tuple[float, float], ...]) -> Tensor:
        """Places (N, 2) on the device (BadInput if one is not finite)."""
        with np.errstate(over="ignore"):  # told below
            array = np.array(places, np.float32).reshape(-1, 2)
        if not np.isfinite(array).all():
            raise BadInput("a code must be two finite numbers")
        return torch.from_numpy(array).to(self.device)


_slices: WeakKeyDictionary[LatentModel, dict[Slice, tuple[PlaneSlice, Marks]]] = WeakKeyDictionary()


def plane_model(path: str, models: Models, told: Told | None = None) -> LatentModel:
    """Network of a VAE or an AE whose codes have at least 2 dimensions; `told` as of `Models.checkpoint`.

    Raises
    ------
    BadInput
        If it cannot be opened, or is another kind of checkpoint.
    """
    with about(path):
        checkpoint = models.checkpoint(path, told)
        network = checkpoint.network
        if not isinstance(network, LatentModel):
            raise BadInput(f"{path}: is a {checkpoint.card.kind}; a latent plane needs a vae or an ae")
        if network.config.code < 2:
            raise BadInput(f"{path}: its codes have 1 dimension; a latent plane needs at least 2")
        return network


def open_plane(path: str, wanted: Slice | None, models: Models, told: Told | None = None) -> Generator[None, None, OpenPlane]:
    """The plane, as the generator's value; it yields at cancel points while it needs the test images' codes.

    Raises
    ------
    BadInput
        If the checkpoint has no plane, or not this one.
    """
    with about(path):
        checkpoint = yield from models.opened_aside(path, told)
    model = plane_model(path, models, told)
    if model.config.code == 2:
        return OpenPlane(checkpoint, model, along_axes(2), models.device)
    wanted = wanted or Slice()
    known = _slices.setdefault(model, {})
    if wanted not in known:
        codes: ImageCodes | None = None
        if wanted.kind == "components" or len(wanted.pictures) == 2:
            for found in codes_of(checkpoint, models.device):
                yield
                codes = found
        with about(path):
            try:
                known[wanted] = _placed(wanted, checkpoint, codes, models.device)
            except ValueError as error:
                raise BadInput(f"{path}: {error}") from None
    return OpenPlane(checkpoint, model, known[wanted][0], models.device, known[wanted][1])


def _placed(wanted: Slice, checkpoint: Checkpoint, codes: ImageCodes | None, device: torch.device) -> tuple[PlaneSlice, Marks]:
    """The plane where it is wanted, and what lies on it by how it was laid."""
    network = checkpoint.network
    assert isinstance(network, LatentModel)
    model: LatentModel = network

    def encoded(pictures: Sequence[np.ndarray]) -> np.ndarray:
        parts = [model.encode(torch.from_numpy(to_unit_range(picture[None])).to(device))[0] for picture in pictures]
        found: np.ndarray = torch.cat(parts).double().cpu().numpy()
        return found

    found, through_codes = _made(wanted, checkpoint, model, codes, encoded)
    if wanted.image is not None:
        found = found.going_through(encoded([held_out_image(checkpoint, wanted.image).pixels])[0])
    elif wanted.picture:
        found = found.going_through(encoded([_picture(wanted.picture, wanted.picture_background, checkpoint)])[0])
    names = [Path(picture).stem for picture in wanted.pictures] or [f"#{index}" for index in wanted.images]
    placed = found.project(through_codes)[0].tolist() if through_codes is not None and not wanted.offsets else []
    return found.moved(wanted.offsets), tuple((name, (x, y)) for name, (x, y) in zip(names, placed, strict=False))


def _picture(path: str, background: Background, checkpoint: Checkpoint) -> np.ndarray:
    """Pixels (C, H, W) uint8 of a file, as large as the model's images (BadInput)."""
    found = picture_for(EncodePicture(str(checkpoint.path), path, paper=background), checkpoint)
    assert isinstance(found, Found)
    return found.pixels


def _made(
    wanted: Slice, checkpoint: Checkpoint, model: LatentModel, codes: ImageCodes | None, encoded: Encoded
) -> tuple[PlaneSlice, np.ndarray | None]:  # fmt: skip
    """The plane, and the codes (2 or 3, d) of the images that it was laid through."""
    code = model.config.code
    if wanted.kind == "components" and codes is not None and len(codes.means) > 1:
        return principal(codes.means, wanted.first, wanted.second), None
    if wanted.kind in ("components", "axes"):  # without images there are no components: the axes then
        return along_axes(code, wanted.first, wanted.second), None
    if wanted.kind == "random":
        return random_plane(code, wanted.seed), None
    if wanted.kind == "codes":
        if len(wanted.codes[0]) != code:
            raise ValueError(f"its codes have {code} dimensions, not {len(wanted.codes[0])}")
        return through(np.array(wanted.codes)), None
    if wanted.kind == "pictures":
        theirs = encoded([_picture(path, wanted.background, checkpoint) for path in wanted.pictures])
        middle = np.zeros((1, code)) if codes is None or not len(codes.means) else codes.means.mean(0, keepdims=True, dtype=np.float64)
        return through(np.concatenate([theirs, middle])[:3]), theirs
    theirs = encoded([held_out_image(checkpoint, index).pixels for index in wanted.images])
    return through(theirs), theirs
