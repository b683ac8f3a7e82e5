"""`explorer.plane_page`: a latent plane as a page for any browser."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.python.checked import checked
from explorer.recipe import PlaneRecipe, Point


@checked
def plane_page(
    source: str | Path,
    path: str | Path,
    *,
    points: Sequence[tuple[float, float]] = (),
    told: Mapping[str, Any] | None = None,
    device: str = "auto",
) -> None:
    """Write the plane of a VAE's or an AE's codes as a page, in which its decoder runs: what `generative-explorer decode --out` writes.

    Parameters
    ----------
    source : str or Path
        A checkpoint in a file or a folder of any kind that opens, or the name of one that comes with the app.
    path : str or Path
        The .html to write; one that is there is replaced.
    points : sequence of (float, float)
        Places that can be dragged, called P1, P2 and so on; without two of them there are others.
    told : mapping of str to object, optional
        As of `explorer.sample`.
    device : str
        Where the test images are encoded: "auto", "cpu", "cuda", …

    Raises
    ------
    BadInput
        If it has no plane, its decoder cannot run in a page (which says why), or the file cannot be written.
    """
    from explorer.checkpoints.locate import source_of
    from explorer.exports.atomic import check_out
    from explorer.exports.kinds import pages
    from explorer.python.opening import opened
    from explorer.sampling.plane_page import write_plane_page

    out = Path(path).expanduser()
    check_out(out, tuple(pages()))
    placed = tuple(_point(f"P{i}", place) for i, place in enumerate(points, start=1))
    with opened(source, told) as found:
        write_plane_page(found, PlaneRecipe(found.sha256, source_of(found.path), placed, told=found.card.told), device, out)


def _point(name: str, place: Sequence[float]) -> Point:
    try:
        x, y = map(float, place)
    except (TypeError, ValueError):
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise BadInput(f"points: a place on a plane is two finite numbers, not {place!r}")
    return Point(name, x, y)
