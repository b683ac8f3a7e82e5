"""The options of a chain's sampler, which several commands have under the same names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from explorer.recipe.sampler import METHODS, SPACINGS, VARIANCES, Sampler, changed, chosen, with_usual

MethodChoice = StrEnum("MethodChoice", {name.replace("+", "p"): name for name in METHODS})  # type: ignore[misc]
SpacingChoice = StrEnum("SpacingChoice", {name: name for name in SPACINGS})  # type: ignore[misc]
VarianceChoice = StrEnum("VarianceChoice", {name: name for name in VARIANCES})  # type: ignore[misc]

EtaOption = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, show_default=False, help="Noise of ancestral and ddim steps: 1 is the posterior's (ancestral), 0 none (ddim)."
    ),
]
SamplerOption = Annotated[
    MethodChoice | None,
    typer.Option(
        "--sampler", show_default=False,
        help="ancestral (DDPM), ddim as diffusers steps it, or of the probability-flow ODE: euler, heun, dpm++2m (DPM-Solver++).",
    ),
]  # fmt: skip
SpacingOption = Annotated[
    SpacingChoice | None,
    typer.Option(show_default=False, help="Which timesteps: trailing (from T on), leading (from 1 up), linspace (both ends)."),
]
OffsetOption = Annotated[int | None, typer.Option(min=0, show_default=False, help="Added to leading timesteps (steps_offset).")]
ToOneOption = Annotated[
    bool | None,
    typer.Option(
        "--alpha-to-one/--no-alpha-to-one", show_default=False, help="The last step ends at alpha_bar = 1, or at that of t = 1."
    ),
]  # fmt: skip
VarianceOption = Annotated[
    VarianceChoice | None,
    typer.Option(
        show_default=False, help="Of ancestral noise: small (the posterior's), large (beta_t), learned (by a network that puts it out)."
    ),
]  # fmt: skip
ClipRangeOption = Annotated[float | None, typer.Option(min=0, show_default=False, help="Clip x0_hat to this on either side of 0.")]
ThresholdOption = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, show_default=False,
        help="Clip x0_hat by dynamic thresholding at this quantile, 0.995 for example, up to --clip-range.",
    ),
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SamplerOptions:
    """What was typed; None where it was left out."""

    steps: int | None = None
    eta: float | None = None
    clip: bool | None = None
    sampler: str | None = None
    spacing: str | None = None
    offset: int | None = None
    alpha_to_one: bool | None = None
    variance: str | None = None
    clip_range: float | None = None
    threshold: float | None = None

    @property
    def given(self) -> list[str]:
        """The options that were typed, by their names."""
        return [f"--{name.replace('_', '-')}" for name in self.__dataclass_fields__ if getattr(self, name) is not None]


def sampler_of(options: SamplerOptions, said: dict[str, Any]) -> Sampler:
    """The sampler of a lane: what was typed, and else as its checkpoint's author samples.

    Parameters
    ----------
    said : dict
        What the author does otherwise than usual, as of `SamplerCard.said`.

    Raises
    ------
    BadInput
        If options contradict each other.
    """
    return chosen(said, {
        "steps": options.steps, "eta": options.eta, "clip": options.clip, "method": _value(options.sampler), "offset": options.offset,
        "spacing": _value(options.spacing), "to_one": options.alpha_to_one, "variance": _value(options.variance),
        "clip_range": options.clip_range, "threshold": options.threshold,
    })  # fmt: skip


def words_for(sampler: Sampler, said: dict[str, Any]) -> dict[str, object]:
    """The options to type for a sampler of a checkpoint whose author samples so; None or False where none is needed."""
    usual = changed(with_usual(Sampler(), said), method=sampler.method)
    kept = {name: getattr(sampler, name) for name in usual.__struct_fields__ if getattr(sampler, name) != getattr(usual, name)}
    limits = ("clip_range", "threshold") if sampler.clip else ()
    return {
        "steps": sampler.steps, "sampler": sampler.method if sampler.method != "ancestral" else None,
        **{name.replace("_", "-"): kept.get(name) for name in ("eta", "variance", "spacing", "offset", *limits)},
        "alpha-to-one": kept.get("to_one") is True, "no-alpha-to-one": kept.get("to_one") is False,
        "clip": kept.get("clip") is True and not limits_given(kept), "no-clip": kept.get("clip") is False,
    }  # fmt: skip


def limits_given(kept: dict[str, Any]) -> bool:
    """Whether a range or a quantile is typed, which clips by itself."""
    return "clip_range" in kept or "threshold" in kept


def _value(choice: str | None) -> str | None:
    return None if choice is None else str(choice)
