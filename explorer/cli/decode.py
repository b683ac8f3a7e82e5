"""`decode`: what an autoencoder makes of codes, or of a grid over its plane, without the window."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import shared
from explorer.errors import BadInput
from explorer.recipe import PlaneGrid, PlaneRecipe, Point, Recipe

if TYPE_CHECKING:
    import numpy as np

    from explorer.checkpoints.files import Checkpoint
    from explorer.models.autoencoder import Autoencoder

ENDINGS = (".png", ".npz")
BLOCK = 256


def decode(
    checkpoint: shared.CheckpointOption,
    out: Annotated[Path, typer.Option(help="Picture .png, or arrays .npz: z (M,D), x (M,C,H,W) float32, recipe.")],
    z: Annotated[list[str] | None, typer.Option(help='A code such as "0.5,-1"; several make a row. With --grid: its centre.')] = None,
    grid: Annotated[int | None, typer.Option(min=1, max=128, help="Decode N x N cells of the plane.")] = None,
    extent: Annotated[float, typer.Option(min=1e-6, max=1e6, help="The grid reaches so far from its centre.")] = 3.0,
    device: shared.DeviceOption = "auto",
    scale: Annotated[int | None, typer.Option(min=1, max=64, help="Pixels for each pixel of an image.")] = None,
    as_json: shared.JsonOption = False,
) -> None:
    """Decode codes of a VAE or an AE."""
    from explorer.exports.whole import check_out

    check_out(out, ENDINGS)
    if not z and grid is None:
        raise BadInput('nothing to decode: give --z "x,y", or --grid N')
    codes = [_numbers(text) for text in z or []]
    opened = shared.open_checkpoint(checkpoint)
    model = shared.autoencoder(opened, shared.place(device).device)
    for code in codes:
        if len(code) != model.config.code:
            raise BadInput(f"--z {_text(code)}: {opened.path.name} has codes of {model.config.code} numbers, not {len(code)}")
    plane = None if grid is None else _grid(model, codes, grid, extent)
    chosen = _centres(plane) if plane is not None else _array(codes)
    pictures = _decoded(model, chosen)
    _write(out, opened, chosen, pictures, plane, scale)
    if as_json:
        shared.print_json({"out": out, "codes": len(chosen), "z": chosen.tolist(), "source": checkpoint, "sha256": opened.sha256})
    else:
        print(f"{out}: {len(chosen)} decoding{'s' * (len(chosen) > 1)} of {checkpoint}")


def _numbers(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or not all(math.isfinite(number) for number in numbers):
        raise BadInput(f'--z {text}: a code is finite numbers with commas between them, such as "0.5,-1"')
    return numbers


def _text(code: tuple[float, ...]) -> str:
    return ",".join(f"{number:g}" for number in code)


def _grid(model: Autoencoder, codes: list[tuple[float, ...]], cells: int, extent: float) -> PlaneGrid:
    if model.config.code != 2:
        raise BadInput(f"--grid needs codes of 2 numbers; these have {model.config.code}")
    if len(codes) > 1:
        raise BadInput("--grid has one centre: give --z once")
    x, y = codes[0] if codes else (0.0, 0.0)
    return PlaneGrid((x - extent, x + extent, y - extent, y + extent), cells, cells)


def _centres(plane: PlaneGrid) -> np.ndarray:
    import numpy as np

    from explorer.latent.plane import cell_centres

    try:
        return cell_centres(plane.extent, plane.columns, plane.rows).astype(np.float32)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _array(codes: list[tuple[float, ...]]) -> np.ndarray:
    import numpy as np

    return np.array(codes, np.float32)


def _decoded(model: Autoencoder, codes: np.ndarray) -> np.ndarray:
    """Mean images (M, C, H, W), float32 in [-1, 1]."""
    import torch

    device = next(model.parameters()).device
    with torch.inference_mode():
        parts = [model.decode(block.to(device)).float().cpu() for block in torch.from_numpy(codes).split(BLOCK)]
    return torch.cat(parts).numpy()


def _write(out: Path, opened: Checkpoint, codes: np.ndarray, pictures: np.ndarray, plane: PlaneGrid | None, scale: int | None) -> None:
    import torch

    from explorer.checkpoints.locate import source_of
    from explorer.evaluation.samples import as_pixels
    from explorer.exports.arrays import ArrayArchive
    from explorer.exports.pictures import write_png
    from explorer.exports.sheet import Sheet

    named = codes if codes.shape[1] == 2 and plane is None else codes[:0]
    points = tuple(Point(str(i + 1), float(x), float(y)) for i, (x, y) in enumerate(named))
    recipe = Recipe(plane=PlaneRecipe(opened.sha256, source_of(opened.path), points, grid=plane))
    if out.suffix.lower() == ".npz":
        with ArrayArchive(out, recipe) as archive:
            archive.put("z", codes)
            archive.put("x", pictures)
        return
    columns, gap = (plane.columns, 0) if plane is not None else (min(len(codes), 16), 2)
    sheet = Sheet(len(codes), pictures.shape[1:], columns=columns, scale=scale, gap=gap)
    write_png(out, sheet.draw([as_pixels(torch.from_numpy(pictures))]), recipe)
