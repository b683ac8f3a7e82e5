"""One step back from x_t: with x_0 known, with the data set known, and as a network has learnt it."""

from __future__ import annotations

import math
import os
from functools import partial

import numpy as np
from torch import Tensor

from explorer.diffusion.noise import shared_noise, shared_uniforms
from explorer.diffusion.parameterization import Prediction, mean_from_x0
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import Labelled, Predictor
from explorer.engine.aside import Pace, Work, aside
from explorer.engine.desk import Desk
from explorer.engine.forward.messages import Belief, ShowStepBack, StepBackShown
from explorer.engine.forward.noised import Walks
from explorer.engine.forward.sources import read_aside, schedule_of, shape_words, values_of
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import can_be_apart, check_range, condition_in, range_of
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe import ExactProcess

LIKELY = 6
OFF_SCALE = 1.0


def show_step_back(request: ShowStepBack, desk: Desk) -> Steps:
    """Answer a ShowStepBack.

    Raises
    ------
    BadInput
        If there is no such timestep, schedule, image or checkpoint.
    """
    beside = yield from read_aside(request.image.dataset, request.image.read)
    schedule, x0, t = schedule_of(request.schedule), values_of(request.image), request.t
    if not 1 <= t <= schedule.T:
        raise BadInput(f"a step back starts from a timestep in 1..{schedule.T}, not {t}")
    x_t = (yield from desk.of(Walks).walked(request)).state(t)
    step = posterior(float(schedule.alpha_bar[t]), float(schedule.alpha_bar[t - 1]))
    now, known = x_t[None].float(), mean_from_x0(x_t, x0.double(), step)[None].float()
    z = shared_noise(request.seed, [0], t, tuple(x0.shape))
    teller = _Teller(x0[None], now, known, z, step, request)
    exact = network = None
    likely, weights, perplexity, note = np.zeros((0, 1, 1, 3), np.uint8), np.zeros(0), math.nan, ""
    count = 0
    yield None
    shape = beside.image_shape
    if tuple(x0.shape) != shape:
        note = f"This picture keeps its own shape: the training images and their networks are of {shape_words(shape)} pixels."
    else:
        yield None
        uniforms = shared_uniforms(request.seed, [0], t)
        process = ExactProcess(request.image.dataset, read=request.image.read)  # of exact lanes: the training images
        data = (yield from aside(partial(desk.of(Models).data_sets.get, process))).data
        count = data.n
        found = yield from data.posterior_work(now, step.alpha_bar, uniforms, LIKELY)
        assert found.drawn is not None
        component = mean_from_x0(now, data.images(found.drawn), step)
        exact = teller.tell(found.mean, mean_from_x0(now, found.mean, step), component)
        likely = grey_tiles(data.images(found.top[0]).cpu().numpy())
        weights, perplexity = found.top_weights[0].cpu().numpy(), math.exp(float(found.entropy[0]))
        yield None
        if request.lane is not None:
            yield from desk.of(Models).ready([request.lane])
        network, note = yield from _network(request, teller, desk.of(Models))
    for array in (likely, weights):
        array.setflags(write=False)
    yield StepBackShown(
        t, step.a0, step.at, step.sigma, teller.grey(now), teller.tell(x0[None], known, known), exact, network,
        likely, weights, perplexity, count, note,
    )  # fmt: skip


def _network(request: ShowStepBack, teller: _Teller, models: Models) -> Work[tuple[Belief | None, str]]:
    if request.lane is None:
        return None, f"No network of {shape_words(tuple(teller.x_t.shape[1:]))} images is known here: open a DDPM, or train one."
    source = request.lane.source
    if os.path.isabs(source) and not os.path.exists(source):
        return None, f"{source}: no such file. Open it where it is now, or choose another network."
    try:
        checkpoint = models.checkpoint(source, request.lane.told)
        if tuple(checkpoint.card.data.shape) != tuple(teller.x_t.shape[1:]):
            return None, f"{checkpoint.path.name} makes images of {shape_words(checkpoint.card.data.shape)} pixels: choose another network."
        predictor = models.predictor(request.lane)
        check_range(range_of(predictor), checkpoint.path.name)
        predictor = _without_class(predictor, checkpoint.path.name)
    except BadInput as error:
        return None, str(error)  # the other two need no network
    pace = Pace[Prediction](can_be_apart(models.device, predictor))
    said = yield from pace.step(partial(predictor.predict, teller.x_t.to(models.device), request.t, teller.step, clip=False))
    mean = said.mean.float().cpu()
    return teller.tell(said.x0_hat.float().cpu(), mean, mean), ""


def _without_class(predictor: Predictor, name: str) -> Predictor:
    """What knows no class of the image, as the other two: itself where it is told none (BadInput if it must be told one)."""
    if condition_in(predictor) is None:
        return predictor
    pair = predictor.apart() if isinstance(predictor, Labelled) else None
    if pair is None:
        raise BadInput(f"{name} must be told a class, and none of its labels is known to stand for none: choose another network.")
    return pair[1]


class _Teller:
    """Pictures and distances of one belief after another, of the same step."""

    def __init__(self, x0: Tensor, x_t: Tensor, mu: Tensor, z: Tensor, step: Posterior, request: ShowStepBack) -> None:
        self._x0, self.x_t, self._mu, self._z, self.step, self._request = x0, x_t, mu, z, step, request

    def tell(self, x0: Tensor, mean: Tensor, component: Tensor) -> Belief:
        """A belief from its clean image, its mean, and the mean that it draws around."""
        sigma = self.step.sigma
        tiles = {
            "x0": self.grey(x0), "mean": self.grey(mean), "draw": self.grey(component + sigma * self._z),
            "off": diverging_tiles((x0 - self._x0).numpy(), OFF_SCALE, self._request.palette)[0],
        }  # fmt: skip
        for tile in tiles.values():
            tile.setflags(write=False)
        apart = float((mean - self._mu).double().norm()) / sigma if sigma > 0 else math.nan
        return Belief(tiles, apart, apart**2 / 2)

    def grey(self, values: Tensor) -> np.ndarray:
        """Tile of one image (1, C, H, W)."""
        return grey_tiles(values.float().numpy())[0]
