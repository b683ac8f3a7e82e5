"""A training run: what determines it, as the form, sessions and the notes of runs keep it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from explorer.datasets.shipped import shipped
from explorer.diffusion.knots import check_knots
from explorer.recipe.chain import MAX_SEED
from explorer.recipe.training.rows import rows
from explorer.recipe.training.setting import Kind
from explorer.recipe.training.settings import RunSettings, TrainSettings

ModelName = Literal["A", "B", "C", "V", "A all", "vae", "ae", "hinton"]
DDPM: tuple[ModelName, ...] = ("A", "B", "C", "V", "A all")
USUAL_WARMUP: int = next(row.default for row in rows(TrainSettings) if row.name == "warmup")


class _FormSettings(RunSettings, frozen=True, kw_only=True):
    """Where the form knows less than the command line: it reads no betas from a file, which then says how many they are."""

    timesteps: int = 1000
    schedule: Literal["linear", "cosine", "bent"] = "linear"


class TrainRecipe(_FormSettings, frozen=True):
    """Settings of one run of the form; its `warmup` of None takes 500 updates, or a tenth of a shorter run.

    Attributes
    ----------
    model : ModelName
        A DDPM of that option ("A all": every timestep of an image in one update, the lecture's first algorithm), a VAE, an AE,
        or an AE of logistic units as Hinton and Salakhutdinov's.
    schedule : "linear", "cosine" or "bent"
        A bent one runs through `knots`, control points (u, log SNR) as the Forward workspace has them.
    """

    model: ModelName = "C"

    def __post_init__(self) -> None:
        """Refuse what no run can have (ValueError)."""
        for row in rows(TrainRecipe):
            row.check(getattr(self, row.name))
        if self.seed > MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not all(width >= 1 for width in self.hidden):
            raise ValueError("the widths of hidden layers are at least 1")
        if self.schedule == "bent":
            check_knots(self.knots)

    @property
    def is_ddpm(self) -> bool:
        """Whether it is a diffusion model."""
        return self.model in DDPM

    @property
    def kind(self) -> Kind:
        """What `train` calls it."""
        return "ddpm" if self.is_ddpm else "vae" if self.model == "vae" else "ae"

    @property
    def count(self) -> int | None:
        """Images of an epoch; None where that is known only when they are read."""
        known = shipped(self.dataset)
        return None if known is None else min(self.images or known.train, known.train)

    @property
    def steps(self) -> int | None:
        """Updates of the whole run; None as `count`, 0 where an epoch is shorter than a batch."""
        return None if self.count is None else self.count // self.batch * self.epochs


def together(recipe: TrainRecipe, options: Sequence[ModelName] = ("A", "B", "C")) -> tuple[TrainRecipe, ...]:
    """The same run for several options: the same data order and the same noise."""
    return tuple(msgspec.structs.replace(recipe, model=option) for option in options)
