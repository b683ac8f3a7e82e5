"""The process in a state dict of minDiffusion: seven tables of T + 1 numbers, the first of them of no timestep.

Their beta_0 comes before the first timestep: training and sampling visit i = 1..T, and alpha_bar_i is a product of i + 1 factors. So
i is the lecture's t, alpha_bar_0 = 1 - beta_0 is a little less than 1, and a chain ends there: with an image that has that much noise
still. The network is told i / T.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorer.checkpoints.card import ScheduleCard
from explorer.errors import BadInput
from explorer.recipe.told import MAX_TIMESTEPS
from explorer.sources.tensor_file import Outline
from explorer.sources.tensor_reading import tensors

TABLES = ("alpha_t", "oneover_sqrta", "sqrt_beta_t", "alphabar_t", "sqrtab", "sqrtmab", "mab_over_sqrtmab")


def has_tables(found: Mapping[str, Outline]) -> bool:
    """Whether all seven are there, each as long as the others."""
    shapes = {found[name].shape if name in found else () for name in TABLES}
    return len(shapes) == 1 and len(next(iter(shapes))) == 1


def length(found: Mapping[str, Outline]) -> int:
    """T (ValueError if it is none)."""
    T = found[TABLES[0]].shape[0] - 1
    if not 1 <= T <= MAX_TIMESTEPS:
        raise ValueError(f"its tables have {T + 1} numbers: there are 1 to {MAX_TIMESTEPS} timesteps, and one number more")
    return T


def schedule_in(path: Path, where: str, wrapper: str) -> ScheduleCard:
    """Its betas, squared from their roots, which float32 holds more exactly than 1 - alpha (BadInput if they are none).

    Parameters
    ----------
    path : Path
    where : str
        The dictionary that the tables are in.
    wrapper : str
        What stands before all names.
    """
    table = tensors(path, where, f"{wrapper}sqrt_beta_t")[""].double().numpy()
    betas = table**2
    if not ((betas > 0) & (betas < 1)).all():
        index = int(np.flatnonzero(~((betas > 0) & (betas < 1)))[0])
        raise BadInput(f"{path}: beta_{index} in its table sqrt_beta_t is {betas[index]:g}, which is not in (0, 1)")
    return ScheduleCard("linear", len(betas) - 1, tuple(betas[1:].tolist()), float(1 - betas[0]))
