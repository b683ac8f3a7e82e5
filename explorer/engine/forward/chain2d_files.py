"""Files of the two-dimensional chain: points that are opened, points and paths that are written."""

from __future__ import annotations

import csv
import io
import os
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from explorer.datasets.point_files import read_points
from explorer.datasets.point_shapes import fitted
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.forward.chain2d import mixture_of, walk_chain
from explorer.engine.forward.chain2d_messages import (
    Chain2DExported,
    Chain2DWalked,
    ExportChain2D,
    Learn2D,
    PointsTaken,
    TakePoints,
    WalkChain2D,
)
from explorer.engine.thread.requests import Steps
from explorer.exports.atomic import check_out, whole
from explorer.recipe.chain2d import MOST_POINTS
from explorer.recipe.forward import ForwardRecipe

COLUMNS = ("what", "particle", "timestep", "x", "y")


def take_points(request: TakePoints, desk: Desk) -> Steps:
    """Answer a TakePoints (BadInput if there are none)."""
    found = yield from aside(partial(read_points, Path(request.path)))
    chosen = found[np.linspace(0, len(found) - 1, min(len(found), MOST_POINTS)).round().astype(int)]
    placed = tuple((round(x, 3), round(y, 3)) for x, y in fitted(chosen).tolist())
    yield PointsTaken(Path(request.path).name, placed, len(found))


def export_chain(request: ExportChain2D, desk: Desk) -> Steps:
    """Answer an ExportChain2D (BadInput if the disk refuses, or its name has another ending); a None for each step of a walk."""
    path, recipe = Path(request.path), request.recipe
    check_out(path, (".npz", ".csv"))
    plane = recipe.plane
    learning = Learn2D(plane.points, recipe.schedule, recipe.seed, plane.network)
    walked: dict[str, Chain2DWalked] = {}
    for who, by in (("exact", None), ("learnt", learning)):
        if who == "learnt" and not request.learnt:
            continue
        for said in walk_chain(WalkChain2D(plane.points, recipe.schedule, recipe.seed, plane.walk, by), desk):
            if isinstance(said, Chain2DWalked):
                walked[who] = said
            yield None
    points = mixture_of(plane.points).points.numpy()
    with whole(path) as place:
        if path.suffix.lower() == ".npz":
            _write_arrays(place, recipe, points, walked)
        else:
            place.write_text(_table(recipe, points, walked), encoding="utf-8")
    yield Chain2DExported(str(path), os.path.getsize(path))


def _write_arrays(path: Path, recipe: ForwardRecipe, points: np.ndarray, walked: dict[str, Chain2DWalked]) -> None:
    arrays = {f"{who}/{name}": paths for who, each in walked.items() for name, paths in each.paths.items()}
    with open(path, "wb") as file:
        fixed = {"points": points, "timesteps": walked["exact"].timesteps, "forward": np.array(_said(recipe))}
        np.savez_compressed(file, **fixed, **arrays)  # type: ignore[arg-type]  # no array is called as its option is


def _table(recipe: ForwardRecipe, points: np.ndarray, walked: dict[str, Chain2DWalked]) -> str:
    """The points as rows of "data", then every state of every particle: "exact ddpm", "learnt ode"."""
    text = io.StringIO()
    text.write(f"# {_said(recipe)}\n")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(("data", i, 0, f"{x:.6g}", f"{y:.6g}") for i, (x, y) in enumerate(points.tolist()))
    for who, each in walked.items():
        for name, paths in each.paths.items():
            for t, states in zip(each.timesteps.tolist(), paths.tolist(), strict=True):
                rows.writerows((f"{who} {name}", i, t, f"{x:.6g}", f"{y:.6g}") for i, (x, y) in enumerate(states))
    return text.getvalue()


def _said(recipe: ForwardRecipe) -> str:
    """The recipe as JSON."""
    return msgspec.json.encode(recipe).decode()
