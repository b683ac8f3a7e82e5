"""A training run: what determines it, and the command that a person would type for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from explorer.diffusion.knots import Knot, check_knots
from explorer.recipe.chain import MAX_SEED

ModelName = Literal["A", "B", "C", "V", "A all", "vae", "ae", "hinton"]
DDPM: tuple[ModelName, ...] = ("A", "B", "C", "V", "A all")
MNIST_IMAGES = 60_000
USUAL_WARMUP = 500
MOST_EMA = 0.999999
SKIPS = {"linear": "--linear-skip", "none": "--no-outer-skip"}
DDPM_FIELDS = ("width", "timesteps", "schedule", "knots", "loss", "attention", "skip")
LATENT_FIELDS = ("architecture", "code", "hidden")
RUN_FIELDS = ("learning_rate", "ema", "precision", "devices", "threads", "stored")


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
    schedule : "linear", "cosine" or "bent"
        DDPM; a bent one runs through `knots`, control points (u, log SNR) as the Forward workspace has them.
    loss : "simple", "min-snr" or "bound"
        DDPM: plain squared error, that of x_0 weighted by min(SNR, 5), or weighted as in the bound.
    attention : bool
        DDPM: self-attention at the coarsest level.
    skip : "constant", "linear" or "none"
        DDPM: what is added to the network: x_t, the best linear prediction of the target from x_t, or nothing.
    architecture : "mlp" or "conv"
        VAE, AE.
    code : int
        VAE, AE: dimensions of the latent space.
    hidden : tuple of int
        VAE, AE: widths of the hidden layers from the image inwards; empty for the architecture's usual ones.
    ema : float
        Decay of the averaged weights, in [0, 0.999999].
    precision : "fp32" or "bf16"
    devices : int
        Processes, each with a device of its own, that share every batch.
    threads : int or None
        Threads of each on a CPU; None takes all that there are.
    stored : "fp32" or "fp16"
        In which the checkpoints keep the weights.
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
    schedule: Literal["linear", "cosine", "bent"] = "linear"
    knots: tuple[Knot, ...] = ()
    loss: Literal["simple", "min-snr", "bound"] = "simple"
    attention: bool = False
    skip: Literal["constant", "linear", "none"] = "constant"
    architecture: Literal["mlp", "conv"] = "mlp"
    code: int = 2
    hidden: tuple[int, ...] = ()
    ema: float = 0.999
    precision: Literal["fp32", "bf16"] = "fp32"
    devices: int = 1
    threads: int | None = None
    stored: Literal["fp32", "fp16"] = "fp32"

    def __post_init__(self) -> None:
        """Refuse what no run can have (ValueError)."""
        least = {"epochs": 1, "batch": 1, "seed": 0, "width": 8, "timesteps": 2, "code": 1, "devices": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ValueError(f"{name} must be at least {low}, not {getattr(self, name)}")
        if self.seed > MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        for name in ("images", "threads"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        if not 1e-8 <= self.learning_rate <= 1:
            raise ValueError(f"the learning rate must be in [1e-8, 1], not {self.learning_rate}")
        if not 0 <= self.ema <= MOST_EMA:
            raise ValueError(f"the decay of the averaged weights must be in [0, {MOST_EMA}], not {self.ema}")
        if not all(width >= 1 for width in self.hidden):
            raise ValueError("the widths of hidden layers are at least 1")
        if self.schedule == "bent":
            check_knots(self.knots)

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
    for name in ("dataset", "size", "fit", "images", *RUN_FIELDS, *(DDPM_FIELDS if recipe.is_ddpm else LATENT_FIELDS)):
        value = getattr(recipe, name)
        unheard = {"fit": recipe.size is None, "knots": recipe.schedule != "bent"}
        if value != getattr(usual, name) and not unheard.get(name, False):
            made += _said(name, value)
    warmup = _warmup(recipe)
    return made if warmup == USUAL_WARMUP else [*made, "--warmup", str(warmup)]


def _said(name: str, value: object) -> list[str]:
    """An option with its value; a switch has none."""
    if name == "skip":
        return [SKIPS[str(value)]]
    option = "--" + name.replace("_", "-")
    if value is True:
        return [option]
    if name == "knots":
        return [option, knot_words(value)]  # type: ignore[arg-type]
    if isinstance(value, tuple):
        return [option, ",".join(map(str, value))]
    return [option, f"{value:.12g}" if isinstance(value, float) else str(value)]


def knot_words(knots: Sequence[Knot]) -> str:
    """Control points as `train --knots` takes them: u:log SNR, with commas between."""
    return ",".join(f"{_short(u)}:{_short(level)}" for u, level in knots)


def _short(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else repr(value)


def knots_of(text: str) -> tuple[Knot, ...]:
    """Control points that `knot_words` wrote.

    Raises
    ------
    ValueError
        If they are none, or no schedule runs through them.
    """
    try:
        pairs = [tuple(map(float, part.split(":"))) for part in text.split(",")]
        knots = tuple((u, level) for u, level in pairs)
    except ValueError:
        raise ValueError("control points are u:log SNR with commas between them, such as 0:9.2,0.5:0,1:-10") from None
    check_knots(knots)
    return knots


def _warmup(recipe: TrainRecipe) -> int:
    if recipe.warmup is not None:
        return recipe.warmup
    return USUAL_WARMUP if recipe.steps is None else min(USUAL_WARMUP, recipe.steps // 10)


def together(recipe: TrainRecipe, options: Sequence[ModelName] = ("A", "B", "C")) -> tuple[TrainRecipe, ...]:
    """The same run for several options: the same data order and the same noise."""
    return tuple(msgspec.structs.replace(recipe, model=option) for option in options)
