"""Scores of the noised codes over a plane: of a network and of the exact process."""

from __future__ import annotations

import numpy as np
import torch

from explorer.diffusion.parameterization import eps_from_x0
from explorer.diffusion.posterior import posterior
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.chain_messages import ScoresShown, ShowScores
from explorer.engine.latent.coded_ddpm import coded_ddpm, exact_process
from explorer.engine.latent.plane import open_plane
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.code_chains import score, score_along
from explorer.latent.plane import cell_centres

BLOCK = 256
"""Places at which the network is asked between two cancel points."""


def show_scores(payload: ShowScores, desk: Desk) -> Steps:
    """Answer a ShowScores.

    Raises
    ------
    BadInput
        If the network is none of this plane's codes, or the timestep or the grid cannot be.
    """
    models = desk.of(Models)
    plane = yield from open_plane(payload.path, payload.slice, models)
    of = yield from coded_ddpm(payload.ddpm, plane, models)
    levels, T = of.predictor.schedule.alpha_bar, of.predictor.schedule.T
    if not 1 <= payload.t <= T:
        raise BadInput(f"{payload.ddpm}: its timesteps are 1 to {T}, not {payload.t}")
    try:
        places = cell_centres(payload.extent, payload.columns, payload.rows)
    except ValueError as error:
        raise BadInput(str(error)) from None
    level = float(levels[payload.t])
    step = posterior(level, float(levels[payload.t - 1]))
    states = of.network.normalised(torch.from_numpy(plane.slice.lift(places).astype(np.float32)).to(plane.device))

    def along(eps: torch.Tensor) -> np.ndarray:
        of_x = score(eps, level).flatten(1).double().cpu().numpy()
        return score_along(of_x, of.std, plane.slice.axes)

    learned = []
    for block in states.split(BLOCK):
        learned.append(along(of.predictor.predict(block, payload.t, step, False).eps_hat))
        yield None
    exact: np.ndarray | None = None
    if payload.exact:
        try:
            process = yield from exact_process(of, plane)
        except BadInput:
            process = None  # the chains say why
        if process is not None:
            found = yield from process.data.posterior_work(states, level)
            exact = along(eps_from_x0(states, found.mean.to(states), step))
    cell = (payload.extent[1] - payload.extent[0]) / payload.columns
    yield ScoresShown(
        payload.path, payload.t, payload.extent, read_only(places.astype(np.float32)),
        read_only(np.concatenate(learned).astype(np.float32)), None if exact is None else read_only(exact.astype(np.float32)), cell,
    )  # fmt: skip
