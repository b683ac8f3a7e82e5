"""What a scheduler's settings say: the forward process, what the network predicts, and how its author samples. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.checkpoints.card import SamplerCard, ScheduleCard
from explorer.recipe.told import MAX_TIMESTEPS, Told
from explorer.sources.plain_betas import plain_linear

MOST_RANGE = 1000
"""Of x0_hat."""
OPTIONS: dict[str, Literal["B", "C", "V"]] = {"epsilon": "C", "sample": "B", "v_prediction": "V"}

_CLIPPING = (
    "DDPMScheduler", "DDIMScheduler", "DDPMParallelScheduler", "DDIMParallelScheduler", "DDIMInverseScheduler", "RePaintScheduler",
    "GaussianDDPMScheduler",
)  # fmt: skip
_OTHERS = (
    "PNDMScheduler", "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "DPMSolverMultistepInverseScheduler",
    "DEISMultistepScheduler", "UniPCMultistepScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler",
    "LMSDiscreteScheduler", "SASolverScheduler",
)  # fmt: skip
_OF_LATENTS = ("HeunDiscreteScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler", "DPMSolverSDEScheduler")
_DISTILLED = ("LCMScheduler", "TCDScheduler")
KNOWN = (*_CLIPPING, *_OTHERS, *_OF_LATENTS, *_DISTILLED)
"""Schedulers that walk a process of betas, whose settings mean the same."""

_NO_SIGNAL = 1 - 2**-53
"""The beta after which alpha_bar is 0 as far as float32 can tell: its root is 1e-8 of what it was. At 0 itself log SNR is infinite."""


@dataclass(frozen=True, slots=True)
class Process:
    """What was found.

    Attributes
    ----------
    schedule : ScheduleCard
    option : "B", "C" or "V"
    sampler : SamplerCard
        How who made it samples with it.
    notes : tuple of str
        What was assumed, and what is different here.
    """

    schedule: ScheduleCard
    option: Literal["B", "C", "V"]
    sampler: SamplerCard
    notes: tuple[str, ...]


def told_process(told: Told) -> Process:
    """Where there is no noise schedule, as a person told it; the library's training script predicts the noise, its schedule is linear.

    Raises
    ------
    ValueError
        If the schedule is none.
    """
    predicts = told.predicts or "C"
    if predicts == "A":
        raise ValueError("no network of diffusers predicts the posterior mean")
    T = told.timesteps or 1000
    if told.betas is not None:
        schedule = ScheduleCard("betas", len(told.betas), told.betas)
    else:
        schedule = ScheduleCard("cosine", T) if told.schedule == "cosine" else plain_linear(T)
    note = "there is no scheduler_config.json: its process is what was told of it, x0_hat is clipped"
    return Process(schedule, predicts, SamplerCard(clip=True), (note,))


def process_of(settings: dict[str, Any]) -> Process:
    """Forward process of a scheduler_config.json.

    Raises
    ------
    ValueError
        If it is none of a DDPM's, or a setting is not valid.
    """
    name = settings.get("_class_name", "DDPMScheduler")
    if name not in KNOWN:
        raise ValueError(f"its scheduler is {name}, which is not of a DDPM's forward process, as DDPMScheduler and DDIMScheduler are")
    T = _whole(settings, "num_train_timesteps", _whole(settings, "timesteps", 1000))
    prediction = settings.get("prediction_type") or "epsilon"
    if prediction not in tuple(OPTIONS):  # by comparing: it may be a list
        raise ValueError(f"its prediction_type is {prediction!r}; there are {', '.join(OPTIONS)}")
    no_signal = bool(settings.get("rescale_betas_zero_snr"))
    if no_signal and prediction == "epsilon":
        raise ValueError("its schedule ends without signal (rescale_betas_zero_snr), where the noise says nothing of x_0")
    schedule = _schedule(settings, name, T, no_signal)
    sampler, notes = _sampler(settings, name)
    if no_signal:
        notes.append("its schedule ends without signal: alpha_bar_T = 0")
    return Process(schedule, OPTIONS[prediction], sampler, tuple(notes))


def _schedule(settings: dict[str, Any], name: str, T: int, no_signal: bool) -> ScheduleCard:
    given = settings.get("trained_betas")
    latent = name in _OF_LATENTS or name in _DISTILLED
    start = _number(settings, "beta_start", 0.00085 if latent else 1e-4)
    end = _number(settings, "beta_end", 0.012 if latent else 0.02)
    kind = settings.get("beta_schedule") or ("scaled_linear" if name in _DISTILLED else "linear")
    if given is not None:
        kind, betas = "betas", _given(given, T)
    elif not no_signal and (kind == "squaredcos_cap_v2" or (kind, start, end, T) == ("linear", 1e-4, 0.02, 1000)):
        return ScheduleCard("cosine" if kind != "linear" else kind, T)
    else:
        betas = _betas(str(kind), T, start, end)
    if no_signal:
        betas = without_signal(betas)
    wrong = ~((betas > 0) & (betas < 1))  # NaN, too
    if wrong.any():
        t = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"beta_{t + 1} of its schedule is {betas[t]:g}, which is not in (0, 1)")
    return ScheduleCard(str(kind), T, tuple(betas.tolist()))


def _given(given: Any, T: int) -> np.ndarray:
    if not isinstance(given, list) or len(given) != T or not all(type(beta) in (int, float) for beta in given):
        raise ValueError(f"its trained_betas are not {T} numbers, one for each timestep")
    return np.array(given, np.float64)


def _betas(kind: str, T: int, start: float, end: float) -> np.ndarray:
    """beta_1..beta_T in float64, by the formulas of the library."""
    if kind == "linear":
        return np.linspace(start, end, T)
    if kind == "scaled_linear":
        return np.linspace(math.sqrt(max(start, 0)), math.sqrt(max(end, 0)), T) ** 2
    if kind == "sigmoid":
        return start + (end - start) / (1 + np.exp(-np.linspace(-6, 6, T)))
    if kind == "squaredcos_cap_v2":
        f = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
        return np.minimum(1 - f[1:] / f[:-1], 0.999)
    raise ValueError(f"its beta_schedule {kind!r} is not known here; there are linear, scaled_linear, squaredcos_cap_v2 and sigmoid")


def without_signal(betas: np.ndarray) -> np.ndarray:
    """Betas rescaled so that alpha_bar_T = 0 and alpha_bar_1 stays (Lin et al. 2024, algorithm 1)."""
    roots = np.sqrt(np.cumprod(1 - betas))
    if len(betas) < 2 or not roots[-1] < roots[0]:
        raise ValueError("its schedule cannot be made to end without signal: it is too short")
    levels = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
    rescaled: np.ndarray = 1 - levels / np.concatenate([[1.0], levels[:-1]])
    rescaled[-1] = _NO_SIGNAL
    return rescaled


def _sampler(settings: dict[str, Any], name: str) -> tuple[SamplerCard, list[str]]:
    """How the library samples with these settings, as far as a lane begins with it, and what of it a lane does not."""
    limits, notes = _limits(settings, name)
    if name not in ("DDPMScheduler", "DDIMScheduler"):
        notes.append(f"its scheduler is {name}: the forward process is taken from it, the steps are this app's")
    kind = _variance(settings, name)
    if kind != "small":
        words = {"large": "beta_t (fixed_large)", "learned": "what its network has learned"}[kind]
        notes.append(f"the variance of a step is {words} unless a lane is told otherwise, as variance_type says")
    spacing, offset = _spacing(settings, name)
    if spacing != "trailing":
        moved = f", moved by {offset} (steps_offset)" if offset else ""
        notes.append(f"fewer steps than T are spaced as timestep_spacing says, {spacing}{moved}, unless a lane is told otherwise")
    to_one = name != "DDIMScheduler" or settings.get("set_alpha_to_one") is not False
    if not to_one:
        notes.append("the last step ends at alpha_bar_1 unless a lane is told otherwise, as set_alpha_to_one says")
    return SamplerCard(**limits, variance=kind, spacing=spacing, offset=offset, to_one=to_one), notes


def _limits(settings: dict[str, Any], name: str) -> tuple[dict[str, Any], list[str]]:
    """What is done to x0_hat: nothing where neither is said of a scheduler that clips only if told."""
    if settings.get("thresholding"):
        quantile, most = _number(settings, "dynamic_thresholding_ratio", 0.995), _number(settings, "sample_max_value", 1.0)
        if not 0 < quantile <= 1 or not 0 < most <= MOST_RANGE:
            raise ValueError(f"its dynamic thresholding at {quantile:g} up to {most:g} is none")
        note = f"x0_hat is thresholded at its quantile {quantile:g}, up to {most:g}, unless a lane is told otherwise, as thresholding says"
        return {"clip": True, "threshold": quantile, "clip_range": most}, [note]
    if name not in _CLIPPING or not settings.get("clip_sample", True):
        return {}, []
    reach = _number(settings, "clip_sample_range", 1.0)
    if not 0 < reach <= MOST_RANGE:
        raise ValueError(f"its clip_sample_range is {reach:g}, which is not in (0, {MOST_RANGE}]")
    return {"clip": True, "clip_range": reach}, [
        f"x0_hat is kept in [-{reach:g}, {reach:g}] unless a lane is told otherwise, as clip_sample says"
    ]


def _variance(settings: dict[str, Any], name: str) -> Literal["small", "large", "learned"]:
    """Of DDPMScheduler alone: DDIM's noise is that of its eta."""
    kind = settings.get("variance_type") or "fixed_small"
    if name not in _CLIPPING or kind in ("fixed_small", "fixed_small_log"):
        return "small"
    return "large" if kind in ("fixed_large", "fixed_large_log") else "learned"


def _spacing(settings: dict[str, Any], name: str) -> tuple[Literal["trailing", "leading", "linspace"], int]:
    """Which timesteps, where a scheduler whose spacing means the same says so: an old file leaves it open."""
    spacing = settings.get("timestep_spacing")
    if name not in _CLIPPING or spacing not in ("leading", "linspace"):
        return "trailing", 0
    offset = _number(settings, "steps_offset", 0)
    return spacing, int(offset) if spacing == "leading" and 0 <= offset <= MAX_TIMESTEPS else 0


def _whole(settings: dict[str, Any], name: str, default: int) -> int:
    value = settings.get(name, default)
    if type(value) is not int or not 1 <= value <= MAX_TIMESTEPS:
        raise ValueError(f"its {name} is {value!r}, which is not a number in 1..{MAX_TIMESTEPS}")
    return value


def _number(settings: dict[str, Any], name: str, default: float) -> float:
    value = settings.get(name)
    if value is None:
        return default
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"its {name} is {value!r}, which is not a number")
    return float(value)
