"""`encode`: where an autoencoder puts pictures, and how well it explains them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import shared
from explorer.cli.reading_options import BackgroundOption, RangeOption, reading
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from explorer.sampling.codes import EncodedImage

MOST_SAID = 64


@takes_told("checkpoint")
def encode(
    checkpoint: shared.CheckpointOption,
    images: Annotated[list[Path], typer.Argument(help="Pictures; made to fit the model's images where they do not.")],
    values: RangeOption = "auto",
    background: BackgroundOption = "white",
    seed: shared.SeedOption = 0,
    device: shared.DeviceOption = "auto",
    as_json: shared.JsonOption = False,
) -> None:
    """Encode pictures with a VAE or an AE: mean, sigma and the terms of the ELBO (nats per image).

    The log-likelihood is the mean over 100 draws of z. With --json a line for each picture.
    """
    from explorer.datasets.images import read_picture
    from explorer.datasets.shipped import is_dark

    told = reading(images, "a picture", values, "", background)
    pictures = [read_picture(path, told) for path in images]
    opened = shared.open_checkpoint(checkpoint)
    import torch

    from explorer.datasets.images import to_unit_range
    from explorer.sampling.codes import encoded

    place = shared.place_of_decoders(device).device
    model = shared.autoencoder(opened, place)
    light_on_dark = is_dark(opened.card.data.name)
    for path, picture in zip(images, pictures, strict=True):
        pixels, changes = _fitted(path, picture, model.config.image_shape, light_on_dark)
        if changes:
            shared.say(f"{path}: {', '.join(changes)}", sys.stderr)
        x = torch.from_numpy(to_unit_range(pixels))[None].to(place)
        found = _said(encoded(model, x, seed))
        if as_json:
            shared.print_json({"image": path, **found, "changes": changes})
        else:
            shared.say(f"{path}: {_line(found)}")


def _fitted(path: Path, picture: np.ndarray, shape: tuple[int, int, int], light_on_dark: bool) -> tuple[np.ndarray, list[str]]:
    """The picture as the model takes it, and what was done to it."""
    import numpy as np

    from explorer.latent.picture import fit_picture

    try:
        plain = fit_picture(picture, shape, dark_ground=False)
        fitted = fit_picture(picture, shape, dark_ground=light_on_dark)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    changes = []
    if picture.shape[0] != shape[0]:
        changes.append("made grey" if shape[0] == 1 else "made colour")
    if picture.shape[1:] != shape[1:]:
        changes.append(f"resized from {picture.shape[2]}x{picture.shape[1]} to {shape[2]}x{shape[1]}")
    if not np.array_equal(plain, fitted):
        changes.append("inverted: the model knows light strokes on black")
    return fitted, changes


def _said(found: EncodedImage) -> dict[str, Any]:
    """For programs; what there is not is left out."""
    from explorer.sampling.codes import DRAWS

    told: dict[str, Any] = {"mean": found.mean.tolist(), "reconstruction_error": found.reconstruction_error}
    if found.sigma is None:
        return told
    told["sigma"] = found.sigma.tolist()
    if found.elbo is None:
        return told | {"kl": found.kl}
    return told | {"elbo": found.elbo, "log_likelihood": found.log_likelihood, "kl": found.kl, "draws": DRAWS}


def _line(found: dict[str, Any]) -> str:
    numbers = _numbers(found["mean"])
    error = f"reconstruction error {found['reconstruction_error']:.5f}"
    if "sigma" not in found:
        return f"code ({numbers}), {error}"
    sigma, terms = _numbers(found["sigma"]), f"KL {found['kl']:.2f} nats"
    if "elbo" in found:
        terms = f"ELBO {found['elbo']:.2f} = log-likelihood {found['log_likelihood']:.2f} - {terms}"
    return f"mean ({numbers}), sigma ({sigma}), {terms}, {error}"


def _numbers(values: list[float]) -> str:
    """All of them; of thousands how many, and how they are spread."""
    if len(values) <= MOST_SAID:
        return ", ".join(f"{value:.4f}" for value in values)
    return f"{len(values):,} numbers, {min(values):.4f} to {max(values):.4f}; --json has them"
