"""A training run: what determines it, and the command that a person would type for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from explorer.recipe.chain import MAX_SEED

ModelName = Literal["A", "B", "C", "V", "A all", "vae", "ae", "hinton"]
DDPM: tuple[ModelName, ...] = ("A", "B", "C", "V", "A all")
MNIST_IMAGES = 60_000
USUAL_WARMUP = 500


class TrainRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Settings of one run.

    Attributes
    ----------
    model : ModelName
        A DDPM of that option ("A all": every timestep of an image in one update, the lecture's first algorithm), a VAE, an AE,
        or an AE of logistic units as Hinton and Salakhutdinov's.
    dataset : str
        "mnist", or the path of an IDX file, an array or a folder of pictures.
    size : int or None
        Side to which a folder's pictures are brought.
    fit : "resize" or "crop"
    epochs, batch : int
    images : int or None
        Only the first so many.
    seed : int
    learning_rate : float
    warmup : int or None
        Updates until the learning rate's peak; None takes 500, or a tenth of a shorter run.
    width : int
        DDPM: channels of the first level.
    timesteps : int
        DDPM: T.
    schedule : "linear" or "cosine"
    code : int
        VAE, AE: dimensions of the latent space.
    """

    model: ModelName = "C"
    dataset: str = "mnist"
    size: int | None = None
    fit: Literal["resize", "crop"] = "resize"
    epochs: int = 12
    batch: int = 128
    images: int | None = None
    seed: int = 0
    learning_rate: float = 1e-3
    warmup: int | None = None
    width: int = 32
    timesteps: int = 1000
    schedule: Literal["linear", "cosine"] = "linear"
    code: int = 2

    def __post_init__(self) -> None:
        """Refuse what no run can have (ValueError)."""
        least = {"epochs": 1, "batch": 1, "seed": 0, "width": 8, "timesteps": 2, "code": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ValueError(f"{name} must be at least {low}, not {getattr(self, name)}")
        if self.seed > MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if self.images is not None and self.images < 1:
            raise ValueError(f"images must be at least 1, not {self.images}")
        if not 1e-8 <= self.learning_rate <= 1:
            raise ValueError(f"the learning rate must be in [1e-8, 1], not {self.learning_rate}")

    @property
    def is_ddpm(self) -> bool:
        """Whether it is a diffusion model."""
        return self.model in DDPM

    @property
    def count(self) -> int | None:
        """Images of an epoch; None where that is known only when they are read."""
        if self.dataset == "mnist":
            return min(self.images or MNIST_IMAGES, MNIST_IMAGES)
        return None

    @property
    def steps(self) -> int | None:
        """Updates of the whole run; None as `count`, 0 where an epoch is shorter than a batch."""
        return None if self.count is None else self.count // self.batch * self.epochs


def arguments(recipe: TrainRecipe, out: str) -> list[str]:
    """Arguments of `generative-explorer` that start this run in the folder `out`."""
    kind = "ddpm" if recipe.is_ddpm else "vae" if recipe.model == "vae" else "ae"
    made = ["train", kind, "--out", out]
    if recipe.is_ddpm:
        made += ["--option", recipe.model[0]]
    if recipe.model == "A all":
        made.append("--all-timesteps")
    if recipe.model == "hinton":
        made += ["--activation", "sigmoid"]
    made += ["--epochs", str(recipe.epochs), "--batch", str(recipe.batch), "--seed", str(recipe.seed)]
    usual = TrainRecipe()
    fields = ["dataset", "size", "fit", "images", "learning_rate"]
    fields += ["width", "timesteps", "schedule"] if recipe.is_ddpm else ["code"]
    for name in fields:
        value = getattr(recipe, name)
        if value != getattr(usual, name) and not (name == "fit" and recipe.size is None):
            made += ["--" + name.replace("_", "-"), f"{value:g}" if isinstance(value, float) else str(value)]
    warmup = _warmup(recipe)
    return made if warmup == USUAL_WARMUP else [*made, "--warmup", str(warmup)]


def _warmup(recipe: TrainRecipe) -> int:
    if recipe.warmup is not None:
        return recipe.warmup
    return USUAL_WARMUP if recipe.steps is None else min(USUAL_WARMUP, recipe.steps // 10)


def together(recipe: TrainRecipe, options: Sequence[ModelName] = ("A", "B", "C")) -> tuple[TrainRecipe, ...]:
    """The same run for several options: the same data order and the same noise."""
    return tuple(msgspec.structs.replace(recipe, model=option) for option in options)
