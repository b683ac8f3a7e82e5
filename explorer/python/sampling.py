"""`explorer.sample`: a chain of a checkpoint, of a network in memory, or of the exact process of a data set, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from explorer.errors import BadInput
from explorer.python.chain import Chain, check_memory
from explorer.python.checked import checked
from explorer.python.given import labels_given, model_given, reading_given, schedule_given, told_given
from explorer.python.images import Image, number_in
from explorer.python.opening import opened
from explorer.python.starts import Start, ends_given, ends_of
from explorer.recipe import MAX_SAMPLES, MAX_SEED, NO_CLASS, ChainRecipe, Recipe, ScheduleChoice
from explorer.recipe.sampler import MethodName, Sampler, SpacingName, VarianceName, chosen
from explorer.recipe.told import NOTHING
from explorer.sources.from_python.model import Model, OptionLetter

if TYPE_CHECKING:
    from explorer.sampling.lanes import SampledLane
    from explorer.sampling.place import Place

SAMPLES = 16


@checked
def sample(
    source: str | Path | Model | None = None,
    *,
    network: Callable[..., Any] | None = None,
    option: OptionLetter | None = None,
    betas: Sequence[float] | str | None = None,
    shape: Sequence[int] | None = None,
    first_timestep: int | None = None,
    name: str | None = None,
    told: Mapping[str, Any] | None = None,
    exact: str | Path | None = None,
    follow: Literal["draw", "mean"] | None = None,
    through: OptionLetter | None = None,
    images: int | None = None,
    read: Mapping[str, str] | None = None,
    samples: int | None = None,
    seed: int = 0,
    start: Start | None = None,
    between: tuple[Image, Image] | None = None,
    invert_steps: int | None = None,
    invert_rounds: int = 1,
    schedule: str | Sequence[float] | None = None,
    steps: int | None = None,
    sampler: MethodName | None = None,
    eta: float | None = None,
    variance: VarianceName | None = None,
    spacing: SpacingName | None = None,
    offset: int | None = None,
    alpha_to_one: bool | None = None,
    clip: bool | None = None,
    clip_range: float | None = None,
    threshold: float | None = None,
    label: str | int | Sequence[int] | None = None,
    guidance: float = 0.0,
    device: str = "auto",
    precision: str = "fp32",
) -> Chain:
    """Sample a chain: the same numbers as `generative-explorer sample --out FILE.npz` gives.

    The noise is a pure function of seed, sample and timestep, so two calls with one seed start at the same x_T and get the same z_t: what
    differs between their chains is the network.

    Parameters
    ----------
    source : str, Path or Model, optional
        A checkpoint in a file or a folder of any kind that opens, the name of one that comes with the app, or a model in memory.
    network, option, betas, shape, first_timestep, name
        In its place a network in memory: the fields of `explorer.Model`.
    told : mapping of str to object, optional
        What the checkpoint's file does not say, by the names of the command line's options with _ for -: {"predicts": "c", "heads": 4}.
        It is remembered for the file.
    exact : str or Path, optional
        In their place a data set, whose exact reverse process is walked: "mnist", "emoji", an IDX or array file, or a folder.
    follow : "draw" or "mean", optional
        Exact: draw an image at each step (the ancestral sampler, unless said), or follow the mean E[x_0 | x_t].
    through : "A", "B", "C" or "V", optional
        Exact: take the prediction through this option's output, as a network's would be.
    images : int, optional
        Exact: only the first so many images of the data set.
    read : mapping of str to str, optional
        Exact: how the images of a file are taken, by the names of the command line's options: {"range": "0,1", "member": "x_train"}.
    samples : int, optional
        N, in 1..4096; sample i is the same among any number. Left out, 16, or as many as `start` has.
    seed : int
        In [0, 2**63).
    start : str, Path, ndarray, or several of them, optional
        What sample 0, 1, … start from, in turn: x_T itself, an array (C, H, W) of floats in the values of the states; or the noise that an
        image comes from (DDIM inversion), an array (C, H, W), (H, W, C) or (H, W) of uint8, the file of a picture, or a test image as
        "mnist:7"; or the noise of another sample, as "SEED:SAMPLE". An array with N before these axes is N of them, at most 64 in all.
        Sampled without noise unless said.
    between : pair of the same, optional
        Start on the great circle between two, a station for each sample.
    invert_steps, invert_rounds : int, optional
        Steps of the way up from an image (50), and how often each is taken again with what it led to; 0 is plain DDIM inversion.
    schedule : str or sequence of float, optional
        Forward process whose noise levels are walked, "linear:T", "cosine:T" or beta_1 .. beta_T, where that is not the network's own. The
        exact process's is linear with T = 1000 unless said.
    steps : int, optional
        K of the T timesteps, evenly spaced; all if left out.
    sampler : str, optional
        "ancestral" (DDPM, unless said), "ddim" as diffusers steps it, or of the probability-flow ODE "euler", "heun", "dpm++2m".
    eta : float, optional
        In [0, 1], the noise of ancestral and ddim steps: 1 is the posterior's (ancestral, unless said), 0 none (ddim, unless said).
    variance : str, optional
        Of ancestral noise: "small" (the posterior's), "large" (beta_t), "learned" (by a network that puts it out).
    spacing : str, optional
        Which timesteps: "trailing", "leading" or "linspace".
    offset : int, optional
        Added to leading timesteps.
    alpha_to_one : bool, optional
        The last step ends at alpha_bar = 1; else at that of t = 1, as with diffusers' set_alpha_to_one false.
    clip : bool, optional
        Keep x0_hat in [-1, 1].
    clip_range, threshold : float, optional
        Keep it within this range instead, or within dynamic thresholding at this quantile.
        What is left out of the sampler is as the checkpoint or the model says.
    label : str, int or sequence of int, optional
        Class-conditional: what sample 0, 1, … are told, in turn; -1 for no class, text as the command line's --label. Left out, the
        classes in turn. Exact: one class, all if left out.
    guidance : float
        Class-conditional: w in (1 + w) eps_c - w eps_null; 0 is unguided.
    device : str
        As the command line's --device. A torch module in memory stays where it is, whatever is said here.
    precision : str
        As the command line's --precision.

    Raises
    ------
    BadInput
        If the checkpoint or the data set cannot be opened, the network raises or gives something else than a finite tensor of x_t's
        shape, or a setting is out of its range. One line, which names the file or the network.
    """
    wanted = {
        "steps": steps, "method": sampler, "eta": eta, "variance": variance, "spacing": spacing, "offset": offset,
        "to_one": alpha_to_one, "clip": clip, "clip_range": clip_range, "threshold": threshold,
    }  # fmt: skip
    fields = {"option": option, "betas": betas, "shape": shape, "first_timestep": first_timestep, "name": name}
    of_exact = {"follow": follow, "through": through, "images": images, "read": read or None}
    if start is not None and between is not None:
        raise BadInput("start and between both say what the chain starts from: give one of them")
    begun = _Begun(start, between, invert_steps, invert_rounds, noisy=eta is not None or sampler is not None)
    count, labels, levels = _count(samples, begun, seed), labels_given(label), schedule_given(schedule)
    if exact is not None:
        named = [key for key, value in {"source": source, "network": network, "told": told, **fields}.items() if value is not None]
        if named or guidance:
            raise BadInput(f"{exact}: an exact process has no network: leave out {', '.join([*named, *['guidance'] * bool(guidance)])}")
        return _of_data(str(exact), of_exact, chosen({}, wanted), count, seed, labels, levels, begun, device, precision)
    odd = [key for key, value in of_exact.items() if value is not None]
    if odd:
        raise BadInput(f'{", ".join(odd)}: of an exact process: name its data set, exact="mnist"')
    model = model_given(source, network, fields)
    if model is not None and told_given(told) != NOTHING:
        raise BadInput(f"{model.name}: told is for a checkpoint's file; say it of a network in memory by its own fields")
    what = model if model is not None else source
    assert what is not None
    with opened(what, told) as checkpoint:
        from explorer.sampling.lanes import lane_of
        from explorer.sampling.place import place

        where = place(device, precision)
        lane = lane_of(checkpoint, where, chosen(checkpoint.card.sampler.said, wanted), count, labels, guidance, levels)
        return _walked(begun.lane(lane, count), where, seed, count)


def _of_data(
    data: str, of_exact: Mapping[str, Any], sampler: Sampler, count: int, seed: int, labels: tuple[int, ...],
    levels: ScheduleChoice | None, begun: _Begun, device: str, precision: str,
) -> Chain:  # fmt: skip
    """The chain of an exact process."""
    if len(labels) > 1 or NO_CLASS in labels:
        raise BadInput(f"{data}: an exact process is of one class or of all: give one label, or none")
    read = reading_given(of_exact["read"])
    import torch

    from explorer.engine.models.data_sets import DataSets
    from explorer.sampling.exact_lanes import exact_lane_of
    from explorer.sampling.place import place

    with torch.inference_mode():
        where = place(device, precision)
        try:
            lane = exact_lane_of(
                data, where, sampler, DataSets(where.device), count, images=of_exact["images"], follow=of_exact["follow"],
                option=of_exact["through"], label=next(iter(labels), None), read=read, schedule=levels,
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(f"{data}: {error}") from None
        return _walked(begun.lane(lane, count), where, seed, count)


@dataclass(frozen=True)
class _Begun:
    """What the chain starts from, as it was given."""

    start: Start | None
    between: tuple[Image, Image] | None
    steps: int | None
    rounds: int
    noisy: bool

    @property
    def count(self) -> int | None:
        """Samples that it is of; None where it leaves that open."""
        if self.start is None:
            return None
        return sum(number_in(end) for end in ends_given(self.start))

    def lane(self, lane: SampledLane, samples: int) -> SampledLane:
        """The lane, started there (BadInput if it does not fit)."""
        from explorer.sampling.starts import start_of, started_at

        if self.between is not None:
            ends = ends_of(self.between, lane, self.steps, self.rounds)
            if len(ends) != 2 or samples < 2:
                raise BadInput(f"between: is of two ends and at least 2 samples, not {len(ends)} and {samples}")
            return started_at(lane, start_of(ends, samples), self.noisy)
        if self.start is None:
            if self.steps is not None:
                raise BadInput("invert_steps: of no meaning without start or between")
            return lane
        return started_at(lane, start_of(ends_of(ends_given(self.start), lane, self.steps, self.rounds)), self.noisy)


def _count(samples: int | None, begun: _Begun, seed: int) -> int:
    count = samples if samples is not None else begun.count or SAMPLES
    if not 1 <= count <= MAX_SAMPLES:
        raise BadInput(f"samples must be in 1..{MAX_SAMPLES}, not {count}")
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"the seed must be in [0, 2**63), not {seed}")
    return count


def _walked(lane: SampledLane, where: Place, seed: int, samples: int) -> Chain:
    from explorer.exports.walk import DECODED, OF_STEPS, STATE
    from explorer.sampling.writing import pieces, plan_arrays

    K = lane.course.K
    check_memory(samples, K, lane.image_shape, lane.lane.source)
    rows = (samples, *lane.image_shape)
    arrays = {STATE: np.empty((K + 1, *rows), np.float32)} | {name: np.empty((K, *rows), np.float32) for name in OF_STEPS}
    images: np.ndarray | None = None
    for piece in pieces(lane, seed, samples):
        for name, values in piece.values.items():
            if name == DECODED:
                images = np.empty((samples, *values.shape[1:]), np.float32) if images is None else images
                images[piece.rows] = values
            else:
                arrays[name][piece.k, piece.rows] = values
    ran = where.arithmetic([] if lane.run is None else [lane.run])
    recipe = Recipe(chain=ChainRecipe((lane.lane,), seed, samples), arithmetic=ran)
    return Chain(**arrays, **plan_arrays(lane, samples), recipe=recipe, label=lane.label, decoded=images)
