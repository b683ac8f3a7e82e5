"""Chains of codes over a plane: of a network and of the exact process, from the same x_T with the same noise."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch

from explorer.diffusion.exact_predictor import of_samples
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import Plan, initial_state, noise_source, plan, reverse_steps
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.latent.batches import batch
from explorer.engine.latent.chain_messages import CodesWalked, WalkCodes
from explorer.engine.latent.coded_ddpm import CodedDdpm, coded_ddpm, exact_process
from explorer.engine.latent.decoding import BLOCK
from explorer.engine.latent.messages import CONFIDENT
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.latent.readings import readable, to_numpy
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.code_chains import shown_states
from explorer.recipe import CodeChains

Codes = np.ndarray
"""(K + 1, N, d), float64, in raw units."""


def walk_codes(payload: WalkCodes, desk: Desk) -> Steps:
    """Answer a WalkCodes.

    Raises
    ------
    BadInput
        If the network is none of this plane's codes, or has fewer timesteps than the chains have steps.
    """
    models, chains = desk.of(Models), payload.chains
    plane = yield from open_plane(payload.path, payload.slice, models, payload.told)
    of = yield from coded_ddpm(payload.ddpm, plane, models)
    schedule = of.predictor.schedule
    if chains.steps > schedule.T:
        raise BadInput(f"{payload.ddpm}: has {schedule.T} timesteps, not {chains.steps}")
    course = plan(schedule, chains.steps, 1.0)
    codes = yield from _walked(of, of.predictor, course, chains)
    found = CodesWalked(payload.path, chains, course.timesteps, schedule.T, _places(codes, plane), partial=True)
    yield found
    exact: Codes | None = None
    if chains.exact:
        try:
            predictor = yield from exact_process(of, plane)
            exact = yield from _walked(of, predictor, course, chains)
            found = replace(found, exact_places=_places(exact, plane))
        except BadInput as error:
            found = replace(found, without_exact=str(error))
        yield found
    shown = shown_states(course.K, chains.count, plane.model.config.image_shape)
    tiles, confident = yield from _seen(codes[list(shown)], plane, models)
    found = replace(found, shown=shown, tiles=tiles, confident=confident)
    if exact is not None:
        exact_tiles, exact_confident = yield from _seen(exact[list(shown)], plane, models)
        found = replace(found, exact_tiles=exact_tiles, exact_confident=exact_confident)
    yield replace(found, partial=False)


def _walked(of: CodedDdpm, predictor: Predictor, course: Plan, chains: CodeChains) -> Generator[None, None, Codes]:
    """All states, x_T first."""
    device, indices = of.network.code_mean.device, range(chains.count)
    noise = noise_source(chains.seed, indices, of.shape, device)
    x = initial_state(noise)
    states = [of.raw(x)]
    for step in reverse_steps(of_samples(predictor, chains.seed, indices), course, x, noise):
        states.append(of.raw(step.x_prev))
        yield
    return np.stack(states)


def _places(codes: Codes, plane: OpenPlane) -> np.ndarray:
    places = plane.slice.project(codes.reshape(-1, codes.shape[-1]))[0]
    return read_only(places.reshape(*codes.shape[:2], 2).astype(np.float32))


def _seen(codes: Codes, plane: OpenPlane, models: Models) -> Generator[None, None, tuple[np.ndarray, float]]:
    """Tiles (S, N, H, W, 3) of codes (S, N, d), and the share of the last row that the digit classifier reads with confidence."""
    flat = torch.from_numpy(codes.reshape(-1, codes.shape[-1]).astype(np.float32)).to(plane.device)
    tiles, judge = [], models.judge()
    for block in flat.split(batch(plane.model, BLOCK)):
        tiles.append(grey_tiles(to_numpy(plane.model.decode(block))))
        yield
    last = plane.model.decode(flat[-codes.shape[1] :])
    share = math.nan
    if judge is not None and readable(judge, last):
        share = float((judge(last).float().softmax(1).max(1).values > CONFIDENT).float().mean())
        yield
    joined = np.concatenate(tiles)
    return read_only(joined.reshape(*codes.shape[:2], *joined.shape[1:])), share
