"""What a person tells of a checkpoint whose file does not say it: part of the recipe, so that an export is made again from the same."""

from __future__ import annotations

from typing import Literal

import msgspec

MAX_SIDE = 4096
MAX_HEADS = 4096
MAX_TIMESTEPS = 1_000_000
MAX_LABEL, NO_NULL = 100_000, -1

Predicts = Literal["A", "B", "C", "V"]
ScheduleName = Literal["linear", "cosine"]
TimeInput = Literal["index", "fraction"]
PixelRange = Literal["-1,1", "0,1", "-0.5,0.5"]
AttentionOrder = Literal["legacy", "new"]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """Answers to the questions that a source asks; None where it was not asked, or nothing was said.

    Attributes
    ----------
    predicts : "A", "B", "C", "V" or None
        What the network predicts: the posterior mean, x_0, the noise, or v.
    schedule : "linear", "cosine" or None
        The linear one goes from 1e-4 to 0.02 at T = 1000; at another T as is usual where the file is from, which its card says.
    betas : tuple of float or None
        beta_1 .. beta_T of a schedule without a name, in (0, 1); they go before `schedule` and `timesteps`.
    timesteps : int or None
        T.
    first_timestep : 0, 1 or None
        What the network is told at t = 1.
    time_input : "index", "fraction" or None
        Whether it is told a timestep, or its share of T.
    pixel_range : "-1,1", "0,1", "-0.5,0.5" or None
        Values of the images that it was trained on.
    image_size : (height, width) or None
        In pixels, 1..4096.
    heads, head_channels : int or None
        Of its attention: how many, or of how many channels each.
    attention_order : "legacy", "new" or None
        Whether heads are split before queries, keys and values, or after.
    null_label : int or None
        Of a class-conditional network: the label that stands for no class; `NO_NULL` (-1) if none does.
    """

    predicts: Predicts | None = None
    schedule: ScheduleName | None = None
    betas: tuple[float, ...] | None = None
    timesteps: int | None = None
    first_timestep: Literal[0, 1] | None = None
    time_input: TimeInput | None = None
    pixel_range: PixelRange | None = None
    image_size: tuple[int, int] | None = None
    heads: int | None = None
    head_channels: int | None = None
    attention_order: AttentionOrder | None = None
    null_label: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if self.timesteps is not None and not 1 <= self.timesteps <= MAX_TIMESTEPS:
            raise ValueError(f"timesteps must be in 1..{MAX_TIMESTEPS}, not {self.timesteps}")
        if self.betas is not None and not (self.betas and len(self.betas) <= MAX_TIMESTEPS and all(0 < beta < 1 for beta in self.betas)):
            raise ValueError("a schedule's betas are one for each timestep, each in (0, 1)")
        if self.image_size is not None and not all(1 <= side <= MAX_SIDE for side in self.image_size):
            raise ValueError(f"image sides must be in 1..{MAX_SIDE}, not {self.image_size}")
        if self.null_label is not None and not NO_NULL <= self.null_label <= MAX_LABEL:
            raise ValueError(f"the null label must be in 0..{MAX_LABEL}, or {NO_NULL} for none, not {self.null_label}")
        for name in ("heads", "head_channels"):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= MAX_HEADS:
                raise ValueError(f"{name} must be in 1..{MAX_HEADS}, not {value}")

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the fields that say something."""
        return tuple(name for name in self.__struct_fields__ if getattr(self, name) is not None)


NOTHING = Told()


def pixel_range(said: PixelRange) -> tuple[float, float]:
    """Its ends as numbers."""
    low, _, high = said.partition(",")
    return float(low), float(high)


def option_name(field: str) -> str:
    """The command line's name of a field: "--first-timestep"; betas are those of --schedule."""
    return "--schedule" if field == "betas" else "--" + field.replace("_", "-")
