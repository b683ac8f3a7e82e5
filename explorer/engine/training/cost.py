"""What a training run will cost: a few real updates on made-up pictures, timed, and what they keep in memory."""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import ImageSet
from explorer.datasets.shipped import shipped
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.engine.training.messages import MeasureTraining, TrainingMeasured
from explorer.errors import BadInput
from explorer.recipe.training import TrainRecipe
from explorer.training.codes import coder_named, unencoded
from explorer.training.task import Task
from explorer.training.tasks import autoencoder_task, ddpm_task

ROUNDS = 5
MOST_AT_ONCE = {"ddpm": 8, "latent": 128}
"""Images of one update of the trial on a CPU: each is a time for which the window's other wishes wait."""

PATIENCE = 0.3
"""Seconds that an update of the trial may about take."""

SHORTEST = 25
"""Timesteps of a linear schedule, at least."""

A_PROCESS = 400 * 2**20
"""Bytes of a process that has loaded PyTorch and a data set such as MNIST."""

COPIES = 5
"""Of each weight: itself, its gradient, AdamW's two means, and its average."""


def measure(payload: MeasureTraining, desk: Desk) -> Steps:
    """Time updates of a run; a cancel point after each.

    Raises
    ------
    BadInput
        If there is no such network for pictures of that size.
    """
    recipe, device = payload.recipe, desk.of(Models).device
    at_once = (
        recipe.batch
        if device.type != "cpu"
        else min(recipe.batch, MOST_AT_ONCE["ddpm" if recipe.is_ddpm and not recipe.codes_of else "latent"])
    )
    pictures = _pictures(recipe)
    yield None
    with torch.inference_mode(False), torch.random.fork_rng(devices=[]):
        task = _task(recipe, pictures)
    yield None
    with torch.inference_mode(False):
        task.network.to(device).train()
        trial = _Trial(recipe, task, pictures.inputs(np.arange(1)).shape[1:], device)
        per_image_kept = trial.kept(1)  # warms up, too
    yield None
    count, seconds = 1, 0.0
    while count < at_once and seconds < PATIENCE / 2:
        count = min(2 * count, at_once)
        twice = []  # a moment's load shall not end it
        for _ in range(2):
            with torch.inference_mode(False):
                twice.append(trial.update(count))
            yield None
        seconds = min(twice)
    times = []
    for _ in range(ROUNDS):
        with torch.inference_mode(False):
            times.append(trial.update(count) / count)
        yield None
    together = recipe.batch
    per_image = statistics.median(times)
    if recipe.model == "A all":
        per_image, together = per_image * recipe.timesteps, recipe.batch * recipe.timesteps
    weights = sum(p.numel() * p.element_size() for p in task.network.parameters())
    memory = A_PROCESS + COPIES * weights + per_image_kept * together // recipe.devices
    yield TrainingMeasured(recipe, per_image, memory)


class _Trial:
    """Updates of a network on pictures that are all alike."""

    def __init__(self, recipe: TrainRecipe, task: Task, shape: tuple[int, ...], device: torch.device) -> None:
        self.recipe, self.task, self.shape, self.device = recipe, task, shape, device
        self.parameters: list[Tensor] = list(task.network.parameters())
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]

    def kept(self, count: int) -> int:
        """Bytes that an update of so many pictures keeps for its gradient, beside the weights."""
        weights = {p.untyped_storage().data_ptr() for p in self.parameters}
        seen: dict[int, int] = {}

        def keep(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in weights:
                seen[storage.data_ptr()] = storage.nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            self.update(count)
        return sum(seen.values())

    def update(self, count: int) -> float:
        """Seconds of one update of so many pictures."""
        x = torch.zeros(count, *self.shape, device=self.device)
        draws = self.task.draw(count, torch.Generator().manual_seed(0))
        begin = time.perf_counter()
        with torch.enable_grad(), torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            loss = self.task.losses(self.task.network, x, None, draws).mean()
            loss.backward()
        self._step()
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter() - begin

    def _step(self) -> None:
        """What AdamW does, by hand: torch's optimizers load its compiler, for which a window would wait many seconds."""
        with torch.no_grad():
            gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
            torch._foreach_lerp_(self.means, gradients, 0.1)
            torch._foreach_lerp_(self.squares, torch._foreach_mul(gradients, gradients), 0.001)
            root = torch._foreach_add(torch._foreach_sqrt(self.squares), 1e-8)
            torch._foreach_addcdiv_(self.parameters, self.means, root, -1e-4)
        for parameter in self.parameters:
            parameter.grad = None


def _pictures(recipe: TrainRecipe) -> ImageSet:
    """Of the size that the run's images will have, as far as that is known."""
    known = shipped(recipe.dataset)
    if known is None and recipe.size is None:
        raise BadInput(f"{recipe.dataset}: the size of its pictures is not known before they are read")
    # a folder's may be grey: then an update costs a little less, in the first and last layer alone
    shape = known.shape if known is not None else (3, recipe.size or 0, recipe.size or 0)
    made = ImageSet("trial", np.full((2, *shape), 64, np.uint8), None, "")
    return unencoded(made, coder_named(recipe.codes_of), recipe.codes) if recipe.is_ddpm and recipe.codes_of else made


def _task(recipe: TrainRecipe, pictures: ImageSet) -> Task:
    if not recipe.is_ddpm:
        return autoencoder_task(recipe, pictures, recipe.model == "vae", "sigmoid" if recipe.model == "hinton" else "silu")
    # the schedule does not change the cost; T has a table of its own in the network
    return ddpm_task(recipe, pictures, Option(recipe.model[0]), linear(max(recipe.timesteps, SHORTEST)))
