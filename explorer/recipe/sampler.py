"""How a lane walks from x_T to x_0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from explorer.errors import BadInput

MAX_STEPS = 1_000_000

MethodName = Literal["ancestral", "ddim", "euler", "heun", "dpm++2m"]
SpacingName = Literal["trailing", "leading", "linspace"]
VarianceName = Literal["small", "large", "learned"]

METHODS: tuple[MethodName, ...] = get_args(MethodName)
SPACINGS: tuple[SpacingName, ...] = get_args(SpacingName)
VARIANCES: tuple[VarianceName, ...] = get_args(VarianceName)
NOISY: tuple[MethodName, ...] = ("ancestral", "ddim")
"""Samplers that add noise, as much as eta says; the others walk the probability-flow ODE."""
METHOD_TITLES: dict[MethodName, str] = {
    "ancestral": "Ancestral", "ddim": "DDIM", "euler": "ODE, Euler", "heun": "ODE, Heun", "dpm++2m": "DPM++ 2M",
}  # fmt: skip
METHOD_WORDS: dict[MethodName, str] = {
    "ancestral": "draws each step from the posterior (DDPM); η < 1 draws less noise, with x̂₀ and ε̂ that agree",
    "ddim": "as diffusers steps it: where x̂₀ is clipped, ε̂ is left as the network means it",
    "euler": "follows the slope ε̂ of the probability-flow ODE, the same as DDIM with η = 0",
    "heun": "second order: the mean of two slopes, the network asked twice a step",
    "dpm++2m": "DPM-Solver++ (2M), second order: carries x̂₀ on from the state before, the network asked once a step",
}
SPACING_WORDS: dict[SpacingName, str] = {
    "trailing": "from T on, evenly spaced", "leading": "from t = 1 upwards, so it begins below T, as older schedulers of diffusers do",
    "linspace": "from T to 1, evenly spaced, as OpenAI's respacing",
}  # fmt: skip
VARIANCE_WORDS: dict[VarianceName, str] = {
    "small": "the posterior's σ²", "large": "β", "learned": "as the network has learned it, between the posterior's σ² and β",
}  # fmt: skip


class Sampler(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a lane walks from x_T to x_0.

    Attributes
    ----------
    steps : int or None
        K of the T timesteps; None is all.
    eta : float
        In [0, 1]: how much of the posterior's noise a step adds. 1 is ancestral sampling, 0 deterministic; 0 of samplers of the ODE.
    clip : bool
        Keep x0_hat in [-1, 1], or as `clip_range` and `threshold` say.
    method : str
        "ancestral" (DDPM; with eta < 1 DDIM whose eps_hat follows from the clipped x0_hat), "ddim" (diffusers' DDIM, whose eps_hat is not
        clipped), or of the probability-flow ODE "euler", "heun" and "dpm++2m" (DPM-Solver++ of second order, multistep).
    spacing : str
        Which timesteps: "trailing", "leading" or "linspace" (see explorer.diffusion.samplers.spacing).
    offset : int
        Added to the timesteps of leading spacing, in 0..MAX_STEPS.
    to_one : bool
        The last step ends at alpha_bar = 1; else at alpha_bar_1, as with diffusers' set_alpha_to_one false.
    variance : str
        Of the noise of ancestral steps: "small" (the posterior's), "large" (beta_t) or "learned" (by the network, where it has).
    clip_range : float
        Where x0_hat is clipped, it is kept in [-clip_range, clip_range]; the largest threshold where it is thresholded.
    threshold : float or None
        Where x0_hat is clipped, at this quantile of each image's own absolute values instead (Imagen's dynamic thresholding), in (0, 1].
    """

    steps: int | None = None
    eta: float = 1.0
    clip: bool = False
    method: MethodName = "ancestral"
    spacing: SpacingName = "trailing"
    offset: int = 0
    to_one: bool = True
    variance: VarianceName = "small"
    clip_range: float = 1.0
    threshold: float | None = None

    def __post_init__(self) -> None:
        """Refuse a sampler that cannot be (ValueError)."""
        if self.steps is not None and not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps must be in 1..{MAX_STEPS}, not {self.steps}")
        if not 0 <= self.eta <= 1:
            raise ValueError(f"eta must be in [0, 1], not {self.eta}")
        if self.eta and self.method not in NOISY:
            raise ValueError(f"the sampler {self.method} adds no noise, so eta is 0, not {self.eta:g}")
        if self.variance != "small" and (self.method != "ancestral" or self.eta != 1):
            raise ValueError(f"a {self.variance} variance is of the ancestral sampler with eta 1 alone")
        if not 0 <= self.offset <= MAX_STEPS or (self.offset and self.spacing != "leading"):
            raise ValueError(f"an offset is of leading spacing alone, and at least 0, not {self.offset} of {self.spacing} spacing")
        if not 0 < self.clip_range <= 1000:
            raise ValueError(f"the clip range must be in (0, 1000], not {self.clip_range}")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ValueError(f"the quantile of thresholding must be in (0, 1], not {self.threshold}")

    @property
    def limits(self) -> str:
        """What is done to x0_hat, in words; empty if nothing."""
        if not self.clip:
            return ""
        if self.threshold is not None:
            return f"thresholded at {self.threshold:.4g}" + (f", at most {self.clip_range:g}" if self.clip_range > 1 else "")
        return "clipped" if self.clip_range == 1 else f"clipped to ±{self.clip_range:g}"


def method_words(sampler: Sampler) -> str:
    """What is added to "10 steps" in a label: " · DDIM"; nothing for ancestral sampling."""
    return "" if sampler.method == "ancestral" else f" · {METHOD_TITLES[sampler.method]}"


def with_usual(sampler: Sampler, said: Mapping[str, object]) -> Sampler:
    """The sampler with what a checkpoint's author does otherwise, as far as it fits: the variance is of ancestral steps.

    Parameters
    ----------
    said : mapping
        `SamplerCard.said`.
    """
    fits = sampler.method == "ancestral" and sampler.eta == 1
    return msgspec.structs.replace(sampler, **{name: value for name, value in said.items() if fits or name != "variance"})


def without_usual(sampler: Sampler, said: Mapping[str, object]) -> Sampler:
    """The sampler without what a checkpoint's author does otherwise (see `with_usual`), where nobody has changed it since."""
    own = Sampler()
    return msgspec.structs.replace(sampler, **{name: getattr(own, name) for name, value in said.items() if getattr(sampler, name) == value})


def changed(sampler: Sampler, **fields: object) -> Sampler:
    """Other fields, with what goes along: a sampler that fits them all (ValueError if one is not valid by itself).

    Another method brings the eta that is usual for it, 1 for ancestral sampling and else 0; the variance can be chosen of ancestral steps
    with eta 1; an offset is of leading timesteps.
    """
    known: dict[str, Any] = msgspec.structs.asdict(sampler) | fields
    if known["method"] != sampler.method and "eta" not in fields:
        known["eta"] = 1.0 if known["method"] == "ancestral" else 0.0
    if "variance" in fields and known["variance"] != "small" and known["method"] == "ancestral" and "eta" not in fields:
        known["eta"] = 1.0
    if known["method"] != "ancestral" or known["eta"] != 1:
        known["variance"] = "small"
    if known["spacing"] != "leading":
        known["offset"] = 0
    return Sampler(**known)


def with_method(sampler: Sampler, method: MethodName) -> Sampler:
    """Another method, as of `changed`."""
    return changed(sampler, method=method)


def chosen(said: Mapping[str, object], fields: Mapping[str, Any]) -> Sampler:
    """The sampler of a new lane: what a person chose, and else as its checkpoint's author samples.

    A range or a quantile clips, unless clipping is refused.

    Parameters
    ----------
    said : mapping
        `SamplerCard.said`.
    fields : mapping
        Fields of a Sampler; None is not chosen.

    Raises
    ------
    BadInput
        If one is not valid, or two contradict each other.
    """
    wanted = {name: value for name, value in fields.items() if value is not None}
    if not wanted.keys().isdisjoint(("clip_range", "threshold")):
        wanted.setdefault("clip", True)
    try:
        found = changed(with_usual(Sampler(), said), **wanted)
    except ValueError as error:
        raise BadInput(str(error)) from None
    for name, value in wanted.items():
        if getattr(found, name) != value:
            other = f"{found.method} with eta {found.eta:g}, {found.spacing} spacing"
            raise BadInput(f"{name} {value}: {_WHY[name]}, and the sampler is {other}")
    return found


_WHY = {
    "eta": "the samplers of the ODE add no noise",
    "variance": "large and learned are of the ancestral sampler with eta 1",
    "offset": "it is of leading spacing",
}
