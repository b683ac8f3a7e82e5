"""`decode`: what an autoencoder makes of codes, paths, samples of the prior, or a grid over a plane; without the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import shared
from explorer.cli.plane_options import ALONG, Chosen, PathKind, PlaneOptions, SliceName, choose, numbers, whole_numbers
from explorer.cli.reading_options import BackgroundOption
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np

    from explorer.exports.kinds import Drawn, Stored
    from explorer.exports.sheet import Sheet
    from explorer.models.roles import LatentModel

BLOCK = 256


@takes_told("checkpoint")
def decode(
    checkpoint: shared.CheckpointOption,
    out: Annotated[Path, typer.Option(help="Picture .png, or arrays .npz: z (M,D), x (M,C,H,W) float32, recipe.")],
    z: Annotated[list[str] | None, typer.Option(help='A code such as "0.5,-1"; several make a row. With --grid: its centre.')] = None,
    grid: Annotated[int | None, typer.Option(min=1, max=128, help="Decode N x N cells of the plane.")] = None,
    extent: Annotated[float, typer.Option(min=1e-6, max=1e6, help="The grid reaches so far from its centre.")] = 3.0,
    path: Annotated[PathKind | None, typer.Option(help="Decode the way between two --z.")] = None,
    frames: Annotated[int, typer.Option(min=2, max=1024, help="Decodings of a path, its ends among them.")] = 16,
    prior: Annotated[int | None, typer.Option(min=1, max=4096, help="Decode N samples of the prior N(0, I).")] = None,
    seed: shared.SeedOption = 0,
    plane: Annotated[
        SliceName | None, typer.Option("--slice", help="More than 2 dimensions: the plane that --grid and --z (then two numbers) are on.")
    ] = None,
    along: Annotated[str, typer.Option(help="components, axes: the two that the plane runs along, from 0.")] = ALONG,
    through: Annotated[str | None, typer.Option(help="images: three test images by number, such as 3,14,159.")] = None,
    picture: Annotated[list[Path] | None, typer.Option(help="pictures: a file; two, with the mean of all codes, or three.")] = None,
    background: BackgroundOption = "white",
    offsets: Annotated[str, typer.Option(help="The plane moved along its remaining directions, in order.")] = "",
    device: shared.DeviceOption = "auto",
    scale: Annotated[int | None, typer.Option(min=1, max=64, help="Pixels for each pixel of an image.")] = None,
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
) -> None:
    """Decode codes of a VAE or an AE.

    --seed determines --prior and a random plane. A geodesic is the way along which decodings change least.
    """
    from explorer.exports.atomic import check_free, check_out
    from explorer.exports.kinds import single

    kinds = single()
    check_out(out, tuple(kinds))
    check_free(out, force=force)
    kind = kinds[out.suffix.lower()]
    options = PlaneOptions(
        z=tuple(numbers("--z", text) for text in z or []), grid=grid, extent=extent, path=path, frames=frames, prior=prior, seed=seed,
        plane=plane, along=whole_numbers("--along", along), through=whole_numbers("--through", through),
        pictures=tuple(str(path.resolve()) for path in picture or ()), background=background,
        offsets=numbers("--offsets", offsets) if offsets else (),
    )  # fmt: skip
    options.check()
    opened = shared.open_checkpoint(checkpoint)
    where = shared.place_of_decoders(device)
    model = shared.autoencoder(opened, where.device)
    chosen = choose(options, opened, model)
    recipe = Recipe(plane=chosen.recipe, arithmetic=where.arithmetic())
    sheet = _sheet(out, kind, chosen, model.config.image_shape, scale)
    _write(out, kind, chosen, _decoded(model, chosen.codes), sheet, recipe)
    count = len(chosen.codes)
    if as_json:
        shared.print_json({"out": out, "codes": count, "z": chosen.codes.tolist(), "source": checkpoint, "sha256": opened.sha256})
    else:
        shared.say(f"{out}: {count} decoding{'s' * (count > 1)} of {checkpoint}")


def _decoded(model: LatentModel, codes: np.ndarray) -> np.ndarray:
    """Mean images (M, C, H, W), float32."""
    import torch

    from explorer.latent.decoder import Decoder

    device = next(model.parameters()).device
    with torch.inference_mode():
        decode = Decoder(model)  # a few at a time where they are large
        parts = [decode(block.to(device)).float().cpu() for block in torch.from_numpy(codes).split(BLOCK)]
    pictures = torch.cat(parts).numpy()
    if not (abs(pictures) < float("inf")).all():
        raise BadInput("a decoding is not finite: its code is too far out; choose one nearer the others")
    return pictures


def _sheet(out: Path, kind: Drawn | Stored, chosen: Chosen, image_shape: tuple[int, int, int], scale: int | None) -> Sheet:
    """Layout of the picture (BadInput if it is too large; arrays have none to draw)."""
    from explorer.exports.kinds import Drawn
    from explorer.exports.sheet import Sheet
    from explorer.sampling.writing import MAX_SHEET_PIXELS

    gap = 0 if chosen.recipe.grid is not None else 2
    sheet = Sheet(len(chosen.codes), image_shape, columns=chosen.columns, scale=scale, gap=gap)
    if isinstance(kind, Drawn) and sheet.size[0] * sheet.size[1] > MAX_SHEET_PIXELS:
        raise BadInput(f"{out}: too large a picture of {sheet.size[1]} x {sheet.size[0]}: ask for fewer decodings, or a lower --scale")
    return sheet


def _write(out: Path, kind: Drawn | Stored, chosen: Chosen, pictures: np.ndarray, sheet: Sheet, recipe: Recipe) -> None:
    import torch

    from explorer.evaluation.samples import as_pixels
    from explorer.exports.kinds import Stored

    if isinstance(kind, Stored):
        with kind.write(out, recipe) as archive:
            archive.put("z", chosen.codes)
            archive.put("x", pictures)
        return
    with kind.write(out, recipe, 0) as add:
        add(sheet.draw([as_pixels(torch.from_numpy(pictures))]))
