"""What the Latent workspace asks first, answered without torch: the test images' codes by its first model, which come with the app."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.messages import CodesShown, EncodeImages
from explorer.engine.models.hashes import hash_at
from explorer.engine.thread.requests import Steps
from explorer.exports.atomic import whole
from explorer.numpy_file import read_by_numpy
from explorer.resources import resource_root

COUNT = 10_000


def encode_images(request: EncodeImages, desk: Desk) -> Steps | None:
    """The codes of a checkpoint that came with the app; None of any other, of a slice, or of other images."""
    if request != EncodeImages(request.path):
        return None
    try:
        digest = hash_at(request.path)
        with read_by_numpy(), np.load(codes_file(digest), allow_pickle=False) as arrays:
            codes, sigmas, labels = (read_only(arrays[name]) for name in ("codes", "sigmas", "labels"))
    except (OSError, ValueError, KeyError):
        return None
    if not (digest and codes.shape == sigmas.shape == (COUNT, 2) and codes.dtype == sigmas.dtype == np.float32):
        return None
    if labels.shape != (COUNT,) or labels.dtype != np.uint8:
        return None
    return iter([CodesShown(request.path, codes, sigmas, labels)])


def codes_file(digest: str) -> Path:
    """Where the codes of a checkpoint are that came with the app."""
    return resource_root() / "first" / f"codes-{digest[:16]}.npz"


def write_codes(shown: CodesShown, digest: str) -> None:
    """Keep an engine's answer as one that comes with the app (BadInput if the disk refuses)."""
    assert shown.sigmas is not None
    assert shown.labels is not None
    with whole(codes_file(digest)) as partial, open(partial, "wb") as file:
        np.savez(file, codes=shown.codes, sigmas=shown.sigmas, labels=shown.labels)
