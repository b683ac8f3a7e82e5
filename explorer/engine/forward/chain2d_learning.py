"""The small network of two numbers, learnt while it is looked at: Algorithm 1, a few updates at a time."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Option
from explorer.diffusion.points import PointMixture
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.schedule import Schedule
from explorer.diffusion.training import TrainingTables, linear_fit, loss, target
from explorer.engine.desk import Desk
from explorer.engine.forward.chain2d_messages import Learn2D
from explorer.models.vector_mlp import VectorMlp, VectorMlpConfig
from explorer.training.compiler_later import import_compiler_later

WIDTH, DEPTH = 96, 2
BATCH = 256
RATE = 3e-3
EMA = 0.99
LOOKED, WEIGHED = 20, 4
"""Updates between two values of the loss, and between two of those that they are the means of."""
KEPT = 8
"""Networks, so that an option or a shape that is chosen again is there at once."""
ERROR_LEVELS, ERROR_DRAWS, ERROR_STREAM = 33, 256, 2**33


class Learning:
    """One network under way: a pure function of q(x_0), schedule, seed and settings, however its updates are divided.

    Its output is skip(t) x_t + scale(t) net(x_t, t), as of the models that come with the app (`linear_fit`), and the loss is Algorithm 1's.

    Parameters
    ----------
    data : PointMixture
        q(x_0); every update draws from it anew.
    schedule : Schedule
    option : Option
    seed : int
    total : int
        Updates.

    Attributes
    ----------
    updates : int
        Updates done.
    losses : list of (float, float, float)
        Update, mean loss of the network over some updates since the value before, and that of the exact process on the same draws.
    """

    def __init__(self, data: PointMixture, schedule: Schedule, option: Option, seed: int, total: int) -> None:
        self.data, self.schedule, self.option, self.total = data, schedule, option, total
        self.updates = 0
        self.losses: list[tuple[float, float, float]] = []
        import_compiler_later()  # every optimizer asks for it
        with torch.inference_mode(False), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed % 2**63)
            self._points = data.points.clone()
            self._tables = TrainingTables(schedule)
            config = VectorMlpConfig(2, WIDTH, DEPTH, outer_skip=True, skip_by_timestep=True, timesteps=schedule.T)
            self._live, self._mean = VectorMlp(config), VectorMlp(config)
            skip, scale = linear_fit(option, self._tables, max(data.mean_square, 1e-6))
            self._live.skip_table.copy_(skip)
            self._live.scale_table.copy_(scale)
            self._mean.load_state_dict(self._live.state_dict())
            self._pairs = list(zip(self._mean.parameters(), self._live.parameters(), strict=True))
            self._optimizer = torch.optim.Adam(self._live.parameters(), lr=RATE, betas=(0.9, 0.99), fused=True)
            self._chance = torch.Generator().manual_seed(seed % 2**63)
        self._looks: list[tuple[float, float]] = []
        self._probes: list[tuple[int, Tensor, Tensor]] = []
        self._native = [posterior(float(schedule.alpha_bar[t]), float(schedule.alpha_bar[t - 1])) for t in range(1, schedule.T + 1)]

    @property
    def done(self) -> bool:
        """Whether all updates are made."""
        return self.updates >= self.total

    @property
    def predictor(self) -> NetworkPredictor:
        """The mean of the weights over the last updates, behind the seam of chains."""
        return NetworkPredictor(self._mean, self.option, self.schedule, name="the small network")

    def advance(self, count: int = 5) -> None:
        """So many updates more."""
        with one_thread(), torch.inference_mode(False), torch.enable_grad():
            for _ in range(min(count, self.total - self.updates)):
                self._update()

    def _update(self) -> None:
        """Algorithm 1: x_0 ~ q(x_0), t ~ Uniform{1..T}, eps ~ N(0, I); a step against the gradient of the squared error."""
        chance, sd = self._chance, self.data.sd
        i = torch.randint(len(self._points), (BATCH,), generator=chance)
        x0 = (self._points[i] + sd * torch.randn(BATCH, 2, generator=chance, dtype=torch.float64)).float()
        t = torch.randint(1, self.schedule.T + 1, (BATCH,), generator=chance)
        eps = torch.randn(BATCH, 2, generator=chance)
        for group in self._optimizer.param_groups:
            group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * self.updates / self.total))
        self._optimizer.zero_grad()
        found = loss(self._live, self.option, self._tables, x0, t, eps).mean()
        found.backward()
        self._optimizer.step()
        self.updates += 1
        decay = min(EMA, self.updates / (self.updates + 10))
        with torch.no_grad():
            for slow, quick in self._pairs:
                slow.lerp_(quick, 1 - decay)
        if self.updates % WEIGHED == 0 or self.done:
            self._looks.append((float(found.detach()), self._least(x0, t, eps)))
        if self.updates % LOOKED == 0 or self.done:
            network, exact = np.mean(self._looks, axis=0).tolist()
            self.losses.append((float(self.updates), network, exact))
            self._looks.clear()

    def _least(self, x0: Tensor, t: Tensor, eps: Tensor) -> float:
        """Mean loss of the exact process on the same draws: what no network can stay below for long."""
        option, tables = self.option, self._tables
        levels = self.schedule.alpha_bar[t][:, None]
        x_t = levels.sqrt() * x0 + (1 - levels).sqrt() * eps
        x0_hat, eps_hat = self.data.denoise(x_t, levels), self.data.eps(x_t, levels)
        said, wanted = (target(option, tables, x, e, x_t, t) for x, e in ((x0_hat, eps_hat), (x0, eps)))
        return float((said - wanted).square().mean())

    def errors(self, seed: int) -> np.ndarray:
        """Root mean square error of eps_hat against E[eps | x_t] over q(x_t), at timesteps from 1 to T: (E, 2), t and error."""
        with one_thread():
            return self._errors(seed)

    def _errors(self, seed: int) -> np.ndarray:
        if not self._probes:
            self._probes = [self._probe(seed, t) for t in np.unique(np.rint(np.linspace(1, self.schedule.T, ERROR_LEVELS))).astype(int)]
        rows, predictor = [], self.predictor
        for t, x_t, exact in self._probes:
            said = predictor.predict(x_t, t, self._native[t - 1], False).eps_hat
            rows.append((t, float((said.double() - exact).square().sum(1).mean().sqrt())))
        return np.array(rows)

    def _probe(self, seed: int, t: int) -> tuple[int, Tensor, Tensor]:
        """t, draws of x_t, and E[eps | x_t]."""
        level = float(self.schedule.alpha_bar[t])
        chance = shared_noise(seed, range(ERROR_DRAWS), int(t), (5,), stream=ERROR_STREAM)
        x_t = (math.sqrt(level) * self.data.sample(chance[:, :3]) + math.sqrt(1 - level) * chance[:, 3:]).float()
        return int(t), x_t, self.data.eps(x_t, level)


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it PyTorch computes on one thread.

    Layers this small are done before a second thread has woken; where the machine is busy each would be waited for. Nor do sums then depend
    on how many threads there are.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Learnings:
    """Networks that were begun, the last few of them; who goes on with one need not know who began it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Learning] = OrderedDict()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """None yet."""
        return cls()

    def of(self, request: Learn2D, data: PointMixture, schedule: Schedule) -> Learning:
        """The one that a request asks for, begun if it is not there."""
        key = (request.points, request.schedule, request.seed, request.network)
        if key not in self._kept:
            self._kept[key] = Learning(data, schedule, Option(request.network.option), request.seed, request.network.updates)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]
