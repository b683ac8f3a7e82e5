"""The forward process that a run is asked for: by name, by control points, or by a file of betas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from explorer import sources
from explorer.checkpoints.fit import make_schedule
from explorer.diffusion.schedule import Schedule, from_betas, named
from explorer.diffusion.schedule_shapes import bent
from explorer.errors import BadInput
from explorer.numpy_file import read_by_numpy
from explorer.recipe.told import MAX_TIMESTEPS
from explorer.recipe.training import knots_of
from explorer.regular_file import check_regular, read_whole

NAMES = ("linear", "cosine", "bent")
USUAL_T = 1000
MOST_BYTES = 64_000_000
READERS = (".json", ".npy")


def schedule_of(source: str, timesteps: int | None = None, knots: str | None = None) -> Schedule:
    """Schedule called `source`.

    Parameters
    ----------
    source : str
        "linear", "cosine", "bent", or a file: JSON (a list of beta_1 .. beta_T, or an object with such "betas"), .npy, or
        a checkpoint whose schedule it shall be.
    timesteps : int or None
        T; None is 1000, or as many as a file has.
    knots : str or None
        Control points of a bent one, as "0:9.2,0.5:0,1:-10".

    Raises
    ------
    BadInput
        If there is no such schedule, or no diffusion process has it; the message names the option or the file.
    """
    if timesteps is not None and timesteps > MAX_TIMESTEPS:
        raise BadInput(f"--timesteps {timesteps}: a schedule has 2 to {MAX_TIMESTEPS}")
    if knots is not None and source != "bent":
        raise BadInput(f"--knots are the control points of --schedule bent, not of {source}")
    try:
        if source == "bent":
            if knots is None:
                raise BadInput("--schedule bent needs its control points: --knots 0:9.2,0.5:0,1:-10")
            return from_betas(bent(knots_of(knots), timesteps or USUAL_T).betas.tolist())
        if source in NAMES:
            return named(source, timesteps or USUAL_T)
    except ValueError as error:
        raise BadInput(f"--schedule {source}{'' if knots is None else f' --knots {knots}'}: {error}") from None
    path = Path(source).expanduser()
    # one that is called like a checkpoint and is none is told what it is
    of_checkpoint = sources.source_for(path) is not None or any(path.match(pattern) for pattern in sources.patterns())
    if not of_checkpoint and path.suffix.lower() not in READERS:
        raise BadInput(
            f"--schedule {source}: there are {', '.join(NAMES)}, or a file that ends in {', '.join(READERS)}, {sources.endings()}"
        )
    schedule = _of_checkpoint(path) if of_checkpoint else _in_file(path)
    if timesteps not in (None, schedule.T):
        raise BadInput(f"{path}: has {schedule.T} betas, but --timesteps is {timesteps}; leave it out")
    return schedule


def _of_checkpoint(path: Path) -> Schedule:
    card = sources.card(path).schedule
    if card is None:
        raise BadInput(f"{path}: is no diffusion model, and has no schedule")
    return make_schedule(card)


def _in_file(path: Path) -> Schedule:
    check_regular(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path}: is too large for a list of betas")
        with read_by_numpy():
            found: Any = np.load(path, allow_pickle=False) if path.suffix.lower() == ".npy" else json.loads(read_whole(path, MOST_BYTES))
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except MemoryError:
        raise BadInput(f"{path}: says it holds more than fits into memory") from None
    except ValueError:
        raise BadInput(f"{path}: is no {path.suffix.lower()} file, or is cut short") from None
    try:
        betas = np.asarray(found.get("betas") if isinstance(found, dict) else found)
    except (ValueError, OverflowError):
        betas = np.empty(0, object)
    if betas.ndim != 1 or betas.dtype.kind not in "iuf":
        raise BadInput(f"{path}: holds no list of betas: it takes the numbers beta_1 .. beta_T, each in (0, 1)")
    if not 2 <= len(betas) <= MAX_TIMESTEPS:
        raise BadInput(f"{path}: holds {len(betas)} betas; a schedule has 2 to {MAX_TIMESTEPS}")
    try:
        return from_betas(betas.astype(np.float64).tolist())
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
