"""`decode`: what an autoencoder makes of codes, paths, samples of the prior, or a grid over a plane; without the window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli import shared
from explorer.cli.plane_options import ALONG, PathKind, PlaneOptions, SliceName, choose, numbers, whole_numbers
from explorer.cli.reading_options import BackgroundOption
from explorer.cli.told_options import takes_told
from explorer.recipe import Recipe
from explorer.recipe.shown import MAX_SCALE


@takes_told("checkpoint")
def decode(
    checkpoint: shared.CheckpointOption,
    out: Annotated[
        Path,
        typer.Option(
            help="Picture .png, arrays .npz: z (M,D), x (M,C,H,W) float32, recipe; or a page .html that decodes any place of the plane."
        ),
    ],
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
    scale: Annotated[int | None, typer.Option(min=1, max=MAX_SCALE, help="Pixels for each pixel of an image.")] = None,
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
) -> None:
    """Decode codes of a VAE or an AE; or write its plane as a page (.html) that opens in any browser, and decodes there.

    On a page each --z is a point and --path a stroke; without --slice it is the plane of the codes' first two components.

    --seed determines --prior and a random plane. A geodesic is the way along which decodings change least.
    """
    from explorer.exports.atomic import check_free, check_out
    from explorer.exports.kinds import pages, single

    kinds = {**single(), **pages()}
    check_out(out, tuple(kinds))
    check_free(out, force=force)
    kind = kinds[out.suffix.lower()]
    options = PlaneOptions(
        z=tuple(numbers("--z", text) for text in z or []), grid=grid, extent=extent, path=path, frames=frames, prior=prior, seed=seed,
        plane=plane, along=whole_numbers("--along", along), through=whole_numbers("--through", through),
        pictures=tuple(str(path.resolve()) for path in picture or ()), background=background,
        offsets=numbers("--offsets", offsets) if offsets else (),
    )  # fmt: skip
    if out.suffix.lower() in pages():
        _write_page(checkpoint, options, device, out, as_json)
        return
    options.check()
    opened = shared.open_checkpoint(checkpoint)

    from explorer.sampling.codes import decoded, sheet_of, write_decodings

    where = shared.place_of_decoders(device)
    model = shared.autoencoder(opened, where.device)
    chosen = choose(options, opened, model)
    recipe = Recipe(plane=chosen.recipe, arithmetic=where.arithmetic())
    sheet_of(out, kind, model.config.image_shape, len(chosen.codes), recipe, chosen.columns, scale)  # refused before they are made
    write_decodings(out, kind, chosen.codes, decoded(model, chosen.codes), recipe, chosen.columns, scale)
    count = len(chosen.codes)
    if as_json:
        shared.print_json({"out": out, "codes": count, "z": chosen.codes.tolist(), "source": checkpoint, "sha256": opened.sha256})
    else:
        shared.say(f"{out}: {count} decoding{'s' * (count > 1)} of {checkpoint}")


def _write_page(checkpoint: str, options: PlaneOptions, device: str, out: Path, as_json: bool) -> None:
    from explorer.cli import plane_page
    from explorer.sampling.plane_page import write_plane_page

    plane_page.check(options)
    options.check_plane()
    opened = shared.open_checkpoint(checkpoint)
    made = write_plane_page(opened, plane_page.recipe_of(options, opened), device, out)
    if as_json:
        told = {"out": out, "bytes": made.nbytes, "codes": made.codes, "source": checkpoint, "sha256": opened.sha256}
        shared.print_json(told)
    else:
        shared.say(f"{out}: the plane of {checkpoint} with {made.codes:,} codes, {made.nbytes / 1e6:.1f} MB")
