"""`explorer.encode` and `explorer.decode`: images to codes of an autoencoder, and codes to images, as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import BadInput
from explorer.python.chain import check_scale
from explorer.python.checked import checked
from explorer.python.images import Image, array_given, values_given
from explorer.python.opening import opened
from explorer.recipe import MAX_CELLS, MAX_PRIOR_SAMPLES, MAX_SEED, PlaneRecipe, PriorSamples, Recipe

NEEDS = "give a vae or an ae"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Encoding:
    """Where an autoencoder puts N images, and how well it explains each.

    Attributes
    ----------
    mean : ndarray, shape (N, D), float32
        Codes: means of q(z|x), or of an AE the points.
    sigma : ndarray, shape (N, D), float32, or None
        Standard deviations of q(z|x); None of an AE.
    reconstruction : ndarray, shape (N, C, H, W), float32
        Decodings of the means, near [-1, 1].
    reconstruction_error : ndarray, shape (N,), float64
        (1/P) ||x - x_hat||^2, pixels in [0, 1].
    kl : ndarray, shape (N,), float64, or None
        KL(q(z|x) || N(0, I)) in nats; None of an AE.
    log_likelihood, elbo : ndarray, shape (N,), float64, or None
        elbo = log_likelihood - kl, nats: the mean over 100 draws of z. None of an AE, where nothing is said of p(x|z), and with
        bounds=False.
    label : str
        Name of the checkpoint, for people.
    """

    mean: np.ndarray
    sigma: np.ndarray | None
    reconstruction: np.ndarray
    reconstruction_error: np.ndarray
    kl: np.ndarray | None
    log_likelihood: np.ndarray | None
    elbo: np.ndarray | None
    label: str

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Encoding by {self.label}: {len(self.mean)} images as codes of {self.mean.shape[1]} numbers>"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Decoding:
    """What an autoencoder makes of M codes.

    Attributes
    ----------
    z : ndarray, shape (M, D), float32
        The codes.
    x : ndarray, shape (M, C, H, W), float32
        Mean images, near [-1, 1].
    recipe : Recipe
        How it came to be: checkpoint by hash, codes; what `save` puts into files.
    label : str
        Name of the checkpoint, for people.
    """

    z: np.ndarray
    x: np.ndarray
    recipe: Recipe
    label: str

    @property
    def images(self) -> np.ndarray:
        """The decodings as pixels, shape (M, H, W, C), uint8; (M, H, W) of one channel."""
        from explorer.exports.pixels import as_uint8

        pixels = as_uint8(self.x).transpose(0, 2, 3, 1)
        return pixels[..., 0] if pixels.shape[-1] == 1 else pixels

    @checked
    def save(self, path: str | Path, *, scale: int | None = None, columns: int | None = None) -> None:
        """Write it, with its recipe inside: what `generative-explorer decode --out` writes.

        Parameters
        ----------
        path : str or Path
            A picture (.png), or arrays (.npz).
        scale : int, optional
            Of a picture: pixels for each pixel of an image, in 1..64.
        columns : int, optional
            Of a picture: how many stand in a row; at most 16 unless said.

        Raises
        ------
        BadInput
            If the name says no such kind, a setting is out of its range, or the file cannot be written.
        """
        from explorer.exports.atomic import check_out
        from explorer.exports.kinds import single
        from explorer.sampling.codes import SHEET_COLUMNS, write_decodings

        out, kinds = Path(path).expanduser(), single()
        check_out(out, tuple(kinds))
        check_scale(scale)
        if columns is not None and not 1 <= columns <= len(self.z):
            raise BadInput(f"columns must be in 1..{len(self.z)}, as many as there are codes, not {columns}")
        of_prior = self.recipe.plane is not None and self.recipe.plane.prior is not None
        usual = min(SHEET_COLUMNS, math.ceil(math.sqrt(len(self.z))) if of_prior else len(self.z))
        write_decodings(out, kinds[out.suffix.lower()], self.z, self.x, self.recipe, columns or usual, scale)

    def __repr__(self) -> str:
        """What it is, in a line."""
        channels, height, width = self.x.shape[1:]
        return f"<Decoding by {self.label}: {len(self.z)} codes of {self.z.shape[1]} numbers as images of {channels} x {height} x {width}>"


@checked
def encode(
    source: str | Path,
    images: Image | Sequence[Image],
    *,
    told: Mapping[str, Any] | None = None,
    bounds: bool = True,
    seed: int = 0,
    device: str = "auto",
) -> Encoding:
    """Encode images with a VAE or an AE: the same numbers as `generative-explorer encode` gives.

    Parameters
    ----------
    source : str or Path
        A checkpoint in a file or a folder of any kind that opens, or the name of one that comes with the app.
    images : ndarray, str, Path, or several of them
        An array of one image (C, H, W), (H, W, C) or, of one channel, (H, W), or of N with N before these axes: uint8, or floats in
        [-1, 1]. Or files of pictures, which are made to fit the model's images, and test images as "mnist:7".
    told : mapping of str to object, optional
        What the checkpoint's file does not say, as of `sample`.
    bounds : bool
        With the log likelihood and the ELBO of each image, each of which takes 100 decodings.
    seed : int
        Of the draws of z, in [0, 2**63).
    device : str
        As the command line's --device.

    Raises
    ------
    BadInput
        If the checkpoint cannot be opened, has no encoder, or the images are of another shape.
    """
    _check_seed(seed)
    with opened(source, told) as checkpoint:
        import torch

        from explorer.sampling.codes import autoencoder, encoded
        from explorer.sampling.place import place_of_decoders

        model = autoencoder(checkpoint, place_of_decoders(device).device, NEEDS)
        rows = torch.from_numpy(values_given(images, model.config.image_shape, str(source), checkpoint.card.data.name))
        on = next(model.parameters()).device
        found = [encoded(model, row[None].to(on), seed, bounds) for row in rows]
    return Encoding(
        mean=np.stack([each.mean for each in found]),
        sigma=None if found[0].sigma is None else np.stack([each.sigma for each in found if each.sigma is not None]),
        reconstruction=np.stack([each.reconstruction for each in found]),
        reconstruction_error=np.array([each.reconstruction_error for each in found]),
        kl=_column([each.kl for each in found]),
        log_likelihood=_column([each.log_likelihood for each in found]),
        elbo=_column([each.elbo for each in found]),
        label=Path(source).stem,
    )


@checked
def decode(
    source: str | Path,
    codes: np.ndarray | Sequence[float] | Sequence[Sequence[float]] | None = None,
    *,
    prior: int | None = None,
    seed: int = 0,
    told: Mapping[str, Any] | None = None,
    device: str = "auto",
) -> Decoding:
    """Decode codes of a VAE or an AE: the same numbers as `generative-explorer decode --out FILE.npz` gives.

    Parameters
    ----------
    source : str or Path
        A checkpoint in a file or a folder of any kind that opens, or the name of one that comes with the app.
    codes : array, shape (M, D) or (D,)
        Finite, M at most 16,384.
    prior : int, optional
        In their place so many samples of N(0, I), in 1..4096; sample i of a seed is the same among any number and through any model.
    seed : int
        Of these, in [0, 2**63).
    told : mapping of str to object, optional
        What the checkpoint's file does not say, as of `sample`.
    device : str
        As the command line's --device.

    Raises
    ------
    BadInput
        If the checkpoint cannot be opened, is no autoencoder, or its codes have another number of dimensions.
    """
    if (codes is None) == (prior is None):
        raise BadInput("decode: give codes, or how many samples of the prior")
    _check_seed(seed)
    if prior is not None and not 1 <= prior <= MAX_PRIOR_SAMPLES:
        raise BadInput(f"prior must be in 1..{MAX_PRIOR_SAMPLES}, not {prior}")
    with opened(source, told) as checkpoint:
        from explorer.checkpoints.locate import source_of
        from explorer.sampling.codes import autoencoder, decoded, recipe_of_codes
        from explorer.sampling.place import place_of_decoders

        where = place_of_decoders(device)
        model = autoencoder(checkpoint, where.device, NEEDS)
        base = PlaneRecipe(checkpoint.sha256, source_of(checkpoint.path), told=checkpoint.card.told)
        if prior is not None:
            from explorer.latent.prior import prior_codes

            z = prior_codes(seed, range(prior), model.config.code).numpy()
            plane = PlaneRecipe(base.checkpoint, base.source, prior=PriorSamples(prior, seed), told=base.told)
        else:
            typed = _codes_given(codes, model.config.code, str(source))
            z, plane = typed.astype(np.float32), recipe_of_codes(typed, base)
        return Decoding(
            z=z, x=decoded(model, z), recipe=Recipe(plane=plane, arithmetic=where.arithmetic()), label=Path(base.source).stem
        )  # fmt: skip


def _codes_given(codes: object, dimensions: int, name: str) -> np.ndarray:
    """Codes (M, D), float64."""
    found = array_given(codes, name, f"its codes are an array of {dimensions} numbers each")
    if found.dtype.kind not in "fiu":
        raise BadInput(f"{name}: its codes are an array of {dimensions} real numbers each, not of {found.dtype}")
    rows = found[None] if found.ndim == 1 else found
    if rows.ndim != 2 or rows.shape[1] != dimensions or not len(rows):
        raise BadInput(f"{name}: has codes of {dimensions} numbers, as an array (M, {dimensions}), not {found.shape}")
    if len(rows) > MAX_CELLS:
        raise BadInput(f"{name}: at most {MAX_CELLS:,} codes are decoded at once, not {len(rows):,}")
    if not (abs(rows) <= np.finfo(np.float32).max).all():
        raise BadInput(f"{name}: there are codes that are not finite")
    return rows.astype(np.float64)


def _column(values: Sequence[float | None]) -> np.ndarray | None:
    return None if values[0] is None else np.array(values, np.float64)


def _check_seed(seed: int) -> None:
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"the seed must be in [0, 2**63), not {seed}")
