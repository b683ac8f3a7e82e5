"""One training step laid open: Algorithm 1 on one image, on a copy of a network, and what an update does to it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import load_images, to_unit_range
from explorer.datasets.reading import AS_FOUND
from explorer.datasets.shipped import is_dark, shipped
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Option
from explorer.diffusion.training import Network, Parts, TrainingTables, parts
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import check_range, own_condition, schedule_of
from explorer.engine.pictures.tiles import Palette, diverging_tiles, stated_scale, tiles_of
from explorer.engine.thread.requests import Outcome, Steps
from explorer.engine.training.messages import BlockGradient, ShowTrainingStep, TrainingStepShown, TrainingStepWalked
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.models.anatomy import INPUT, OUTPUT
from explorer.models.roles import Denoiser, SeenThroughDecoder, anatomy_of, label_count, outside_of, told_of_before
from explorer.recipe.step import StepRecipe

USUAL = "mnist-ddpm-c"
"""The network where none is chosen."""
SHARE = 0.02
"""Of the loss, that an update takes away to first order where no learning rate is given."""
MOST_SHORTENED = 8
"""How often such an update is made shorter at most: each time to a half or less."""
AT_ONCE = 20
"""Timesteps in one evaluation, where all are in one update."""
MOST_BARS = 40
QUANTITY = {Option.A: "mean", Option.B: "x0_hat", Option.C: "eps_hat", Option.V: "eps_hat"}
"""As what targets and outputs are pictured; a velocity is as large as noise."""


def show_step(request: ShowTrainingStep, desk: Desk) -> Steps:
    """Answer a ShowTrainingStep; each evaluation is a cancel point.

    Raises
    ------
    BadInput
        If the network cannot be trained here, or there is no such image for it.
    """
    recipe, models = request.recipe, desk.of(Models)
    checkpoint = yield from models.opened_aside(recipe.source or USUAL, recipe.told if recipe.source else None)
    course = yield from aside(partial(desk.of(Courses).of, recipe, checkpoint, models.device))  # it may read a data set
    total = (recipe.updates + 2) * course.evaluations
    while len(course.states) <= recipe.updates:
        yield from course.walked(request, total)
    yield course.shown(request, total, partial=True)
    while len(course.states) <= recipe.updates + 1:
        yield from course.walked(request, total)
    yield course.shown(request, total)


class Courses:
    """The updates that were made last: going on is one update more, and going back is none."""

    def __init__(self) -> None:
        self._course: Course | None = None

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Nothing made yet."""
        return cls()

    def of(self, recipe: StepRecipe, checkpoint: Checkpoint, device: torch.device) -> Course:
        """The course of a recipe, from its first update on."""
        start = msgspec.structs.replace(recipe, updates=0)
        known = self._course
        if known is None or known.between or (known.start, known.sha256, known.device) != (start, checkpoint.sha256, device):
            self._course = known = Course(start, checkpoint, device)
        return known


@dataclass(frozen=True)
class State:
    """What the network says after so many updates, and its gradient there.

    Attributes
    ----------
    output : Tensor, shape (C, H, W)
        At t.
    loss, loss_t : float
        What the update goes down, and the loss of t alone.
    by_timestep : ndarray, shape (T,) or (0,)
    blocks : tuple of BlockGradient
    """

    output: Tensor
    loss: float
    loss_t: float
    by_timestep: np.ndarray
    blocks: tuple[BlockGradient, ...]

    @property
    def gradient(self) -> float:
        """L2 norm of the whole gradient."""
        return math.sqrt(sum(block.gradient**2 for block in self.blocks))


class Course:
    """Updates of a copy of a network, one after another, and what was seen before each; the network itself stays as it is.

    Attributes
    ----------
    start : StepRecipe
        Without its updates.
    states : list of State
        Before the first update, before the second, and so on.
    rate : float
        eta; NaN before it is known.
    between : bool
        Whether the copy's weights are on their way to a next state, or were given up there: then nothing goes on from them.
    """

    def __init__(self, start: StepRecipe, checkpoint: Checkpoint, device: torch.device) -> None:
        network, card = checkpoint.network, checkpoint.card
        self.schedule = schedule_of(checkpoint)
        self.start, self.sha256, self.device, self.path = start, checkpoint.sha256, device, checkpoint.path
        if not isinstance(network, Denoiser) or card.option is None:
            raise BadInput(f"{checkpoint.path}: its network {card.network.name} cannot predict a step")
        if isinstance(network, SeenThroughDecoder):
            raise BadInput(f"{checkpoint.path}: its chain walks codes, and no encoder that makes them of images is known here")
        if not any(True for _ in network.parameters()):
            raise BadInput(f"{checkpoint.path}: is a graph without weights of its own to change: a step of its training cannot be made")
        check_range(card.data.value_range, str(checkpoint.path))
        self.option, self.tables = Option(card.option), TrainingTables(self.schedule)
        self.t = min(start.t, self.schedule.T)
        pixels, self.label = _pixels(start, checkpoint)
        with torch.inference_mode(False):
            self.x0 = torch.from_numpy(to_unit_range(pixels)).to(device)
            self.eps = shared_noise(start.seed, [0], self.t, self.x0.shape)[0].clone().to(device)
        self.told = _label_told(checkpoint, self.label)
        self.outside = outside_of(network, self.t)
        self.twin: nn.Module | None = None
        self.network = network
        self.states: list[State] = []
        self.rate = start.learning_rate or math.nan
        self.between = False
        self.name = Path(checkpoint.path).stem

    @property
    def timesteps(self) -> list[list[int]]:
        """Those of one update, as they are evaluated together; that of the pictures is among them."""
        if not self.start.all_timesteps:
            return [[self.t]]
        every = list(range(1, self.schedule.T + 1))
        return [every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE)]

    @property
    def evaluations(self) -> int:
        """For one update."""
        return len(self.timesteps)

    # --- walking

    def walked(self, request: ShowTrainingStep, total: int) -> Steps:
        """One state more: the update that leads there, and what is seen then."""
        self.between = True
        if self.twin is None:
            self.twin = yield from aside(partial(_twin, self.network))
        twin, first = self.twin, len(self.states) == 1
        way = [(parameter, parameter.grad) for parameter in twin.parameters() if parameter.grad is not None]
        if self.states:
            self._move(way, self.rate)
        state = yield from self._seen(request, total)
        for _ in range(MOST_SHORTENED if first and not self.start.learning_rate else 0):
            if state.loss < self.states[0].loss:
                break
            shorter = self._shorter(state.loss)
            self._move(way, shorter - self.rate)
            self.rate = shorter
            state = yield from self._seen(request, total)
        self.states.append(state)
        if math.isnan(self.rate):
            self.rate = SHARE * state.loss / max(state.gradient**2, 1e-30)
        self.between = False

    def _seen(self, request: ShowTrainingStep, total: int) -> Generator[Outcome | None, None, State]:
        """What there is to see with the weights as they are."""
        twin, groups = self.twin, self.timesteps
        assert twin is not None
        for parameter in twin.parameters():
            parameter.grad = None
        losses: list[float] = []
        output = torch.zeros(0)
        for at, group in enumerate(groups):
            found, errors = yield from aside(partial(self._evaluated, twin, group))
            losses += errors
            if self.t in group:
                output = found.output[group.index(self.t)].detach()
            if len(groups) > 1:
                done = min(len(self.states) * len(groups) + at + 1, total)
                walked = TrainingStepWalked(request.recipe, done, total)
                yield self.shown(request, total, partial=True, done=done) if self.states else walked
            yield None
        loss_t = losses[self.t - 1] if len(groups) > 1 else losses[0]
        by_timestep = np.array(losses if len(groups) > 1 else (), np.float64)
        return State(output, float(np.mean(losses)), loss_t, read_only(by_timestep), _blocks(twin, self.x0.shape))

    def _move(self, way: list[tuple[nn.Parameter, Tensor]], rate: float) -> None:
        """theta <- theta - rate grad (Algorithm 1, last line)."""
        with torch.inference_mode(False), torch.no_grad():
            for parameter, gradient in way:
                parameter.sub_(rate * gradient)

    def _shorter(self, loss: float) -> float:
        """eta at the lowest point of the parabola through the first loss, its slope there and the loss that the update led to."""
        before, slope = self.states[0].loss, self.states[0].gradient ** 2
        rise = loss - before + slope * self.rate
        return slope * self.rate**2 / (2 * rise) if math.isfinite(rise) else self.rate / 4

    def _evaluated(self, twin: nn.Module, group: list[int]) -> tuple[Parts, list[float]]:
        """Losses at some timesteps; the gradient of their share of the mean is added to the weights'."""
        with torch.inference_mode(False), torch.enable_grad():
            t = torch.tensor(group, device=self.device)
            eps = torch.stack([self._noise(each) for each in group])
            found = parts(self._asked(twin), self.option, self.tables, self.x0.expand(len(group), *self.x0.shape), t, eps)
            errors = found.squared_error
            (errors.sum() / (self.schedule.T if self.start.all_timesteps else 1)).backward()
            return found, errors.detach().double().tolist()

    def _noise(self, t: int) -> Tensor:
        return self.eps if t == self.t else shared_noise(self.start.seed, [0], t, self.x0.shape)[0].to(self.device)

    def _asked(self, twin: nn.Module) -> Network:
        def network(x_t: Tensor, t: Tensor) -> Tensor:
            told = () if self.told is None else (torch.full_like(t, self.told),)
            output: Tensor = twin(x_t, t, *told, *told_of_before(twin, x_t))
            return output[:, : x_t.shape[1]]  # the rest, where there is some, is the variance that it has learned

        return network

    # --- what is shown

    def shown(self, request: ShowTrainingStep, total: int, *, partial: bool = False, done: int = 0) -> TrainingStepShown:
        """The state after the recipe's updates, or the last there is, and the one after it."""
        number = min(request.recipe.updates, len(self.states) - 1)
        known = self.states[: request.recipe.updates + 2]
        state, after = self.states[number], known[number + 1] if len(known) > number + 1 else None
        tiles, scale = self._tiles(state, after, request.palette)
        level, step = float(self.schedule.alpha_bar[self.t]), self.t
        nothing = np.zeros(0)
        return TrainingStepShown(
            msgspec.structs.replace(request.recipe, updates=number), self.name, self.option.value, self.schedule.T, self.t, self.label,
            self.x0.numel(), level, float(self.tables.a0[step]), float(self.tables.at[step]), *self.outside, tiles, scale,
            read_only(np.array([each.loss for each in known])), state.loss_t, math.nan if after is None else after.loss_t,
            state.by_timestep, read_only(nothing) if after is None else after.by_timestep, state.blocks, state.gradient, self.rate,
            done or len(known) * self.evaluations, total, partial,
        )  # fmt: skip

    def _tiles(self, state: State, after: State | None, palette: Palette) -> tuple[dict[str, np.ndarray], float]:
        with torch.no_grad():
            x0, eps = self.x0[None], self.eps[None]
            told = parts(lambda x_t, _t: x_t, self.option, self.tables, x0, torch.tensor([self.t], device=self.device), eps)
        quantity = QUANTITY[self.option]
        errors = {"error": told.target[0] - state.output} | ({} if after is None else {"error after": told.target[0] - after.output})
        values = {"x0": (x0[0], "x0_hat"), "eps": (eps[0], "eps_hat"), "x_t": (told.x_t[0], "x_t"), "target": (told.target[0], quantity)}
        values["output"] = state.output, quantity
        if after is not None:
            values["output after"] = after.output, quantity
        tiles = {name: tiles_of(_array(value), shown_as, palette)[0][0] for name, (value, shown_as) in values.items()}
        scale = stated_scale(_array(errors["error"]))
        tiles |= {name: diverging_tiles(_array(value), scale, palette)[0] for name, value in errors.items()}
        return {name: read_only(tile) for name, tile in tiles.items()}, scale


def _array(values: Tensor) -> np.ndarray:
    found: np.ndarray = values.detach().float().cpu().numpy()[None]
    return found


def _twin(network: nn.Module) -> nn.Module:
    """A copy that can be trained."""
    with torch.inference_mode(False):
        twin = copy.deepcopy(network).eval()
        for parameter in twin.parameters():
            parameter.requires_grad_(True)
        return twin


def _pixels(recipe: StepRecipe, checkpoint: Checkpoint) -> tuple[np.ndarray, int]:
    """The image (C, H, W) uint8 as the network takes it, and its label; -1 for none."""
    card, image = checkpoint.card, recipe.image
    if image.picture is not None:
        try:
            picture = np.ascontiguousarray(image.picture.array(), np.uint8)
            return fit_picture(picture, card.data.shape, is_dark(card.data.name)), -1
        except ValueError as error:
            raise BadInput(f"{image.picture.name or 'the picture'}: {error}") from None
    known = card.data.name if shipped(card.data.name) is not None else recipe.image.dataset
    data = load_images(known, "test", told=recipe.image.read if known == recipe.image.dataset else AS_FOUND)
    index = image.index % len(data.images)  # of whichever data set the network before it was
    label = int(data.labels[index]) if data.labels is not None and known == card.data.name else -1
    try:
        return fit_picture(data.images[index], card.data.shape, is_dark(known)), label
    except ValueError as error:
        raise BadInput(f"{data.name}: {error}") from None


def _label_told(checkpoint: Checkpoint, label: int) -> int | None:
    """What the network is told beside x_t and t: the image's class, or no class; None where it takes no labels."""
    known, condition = label_count(checkpoint.network), own_condition(checkpoint.card)
    if not known or condition is None:
        return None
    if 0 <= label < known:
        return label
    if condition.null_label is None:
        raise BadInput(f"{checkpoint.path}: is told a class for each image, and none is known of this picture: choose a test image")
    return condition.null_label


# --- the gradient, block by block


def _blocks(twin: nn.Module, shape: torch.Size) -> tuple[BlockGradient, ...]:
    """Norms of each block's gradient, in the order in which blocks are computed."""
    with torch.no_grad():
        found: dict[str, list[nn.Parameter]] = {}
        names = _named(twin, shape)
        for name, parameter in twin.named_parameters():
            found.setdefault(names(name), []).append(parameter)
        order = {name: at for at, name in enumerate(_titles(twin, shape))}
        titles = _titles(twin, shape)
        return tuple(
            BlockGradient(
                name, titles.get(name, name), sum(p.numel() for p in each),
                _norm([p.grad for p in each if p.grad is not None]), _norm([*each]),
            )
            for name, each in sorted(found.items(), key=lambda item: order.get(item[0], len(order)))
        )  # fmt: skip


def _norm(tensors: list[Tensor]) -> float:
    return math.sqrt(sum(float(tensor.double().square().sum()) for tensor in tensors))


def _titles(twin: nn.Module, shape: torch.Size) -> dict[str, str]:
    """Of the blocks of a network whose anatomy is known: first what makes features of t."""
    parts = anatomy_of(twin, *shape[1:])
    if parts is None:
        return {}
    return {"time": "t"} | {node.name: node.title for node in parts.nodes if node.name not in (INPUT, OUTPUT)}


def _named(twin: nn.Module, shape: torch.Size) -> Callable[[str], str]:
    """Which block a parameter is of."""
    known = _titles(twin, shape)
    if known:

        def within(name: str) -> str:
            if name.startswith(("time_mlp.", "class_embedding.")):
                return "time"
            return next((block for block in known if name.startswith(f"{block}.")), name.partition("_")[0])

        return within
    every = [name.split(".")[:-1] or [name] for name, _ in twin.named_parameters()]  # modules: the last part is "weight" or the like
    depth = 1
    while depth < 4 and len({tuple(path[: depth + 1]) for path in every}) <= MOST_BARS:
        depth += 1
    return lambda name: ".".join((name.split(".")[:-1] or [name])[:depth])
