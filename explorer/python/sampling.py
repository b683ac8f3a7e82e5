"""`explorer.sample`: a chain of a checkpoint, or of a network in memory, as arrays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.errors import BadInput
from explorer.python.chain import Chain, check_memory
from explorer.python.given import labels_given, model_given, told_given
from explorer.recipe import MAX_SAMPLES, MAX_SEED, ChainRecipe, Recipe
from explorer.recipe.sampler import chosen
from explorer.recipe.told import NOTHING, Told
from explorer.sources.from_python.model import Model, OptionLetter, card_of

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint
    from explorer.sampling.lanes import SampledLane
    from explorer.sampling.place import Place


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
    samples: int = 16,
    seed: int = 0,
    steps: int | None = None,
    sampler: str | None = None,
    eta: float | None = None,
    variance: str | None = None,
    spacing: str | None = None,
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
    samples : int
        N, in 1..4096; sample i is the same among any number.
    seed : int
        In [0, 2**63).
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
        classes in turn.
    guidance : float
        Class-conditional: w in (1 + w) eps_c - w eps_null; 0 is unguided.
    device : str
        As the command line's --device. A torch module in memory stays where it is, whatever is said here.
    precision : str
        As the command line's --precision.

    Raises
    ------
    BadInput
        If the checkpoint cannot be opened, the network raises or gives something else than a finite tensor of x_t's shape, or a
        setting is out of its range. One line, which names the file or the network.
    """
    _check(samples, seed)
    wanted = {
        "steps": steps, "method": sampler, "eta": eta, "variance": variance, "spacing": spacing, "offset": offset,
        "to_one": alpha_to_one, "clip": clip, "clip_range": clip_range, "threshold": threshold,
    }  # fmt: skip
    fields = {"option": option, "betas": betas, "shape": shape, "first_timestep": first_timestep, "name": name}
    model, answers = model_given(source, network, fields), told_given(told)
    if model is not None and answers != NOTHING:
        raise BadInput(f"{model.name}: told is for a checkpoint's file; say it of a network in memory by its own fields")
    import torch

    from explorer.sampling.lanes import lane_of
    from explorer.sampling.place import place

    with _asked_as_it_shall_be(model), torch.inference_mode():
        checkpoint = opened_checkpoint(source, answers) if model is None else _in_memory(model)
        where = place(device, precision)
        lane = lane_of(checkpoint, where, chosen(checkpoint.card.sampler.said, wanted), samples, labels_given(label), guidance)
        return _walked(lane, where, seed, samples)


def _check(samples: int, seed: int) -> None:
    if not 1 <= samples <= MAX_SAMPLES:
        raise BadInput(f"samples must be in 1..{MAX_SAMPLES}, not {samples}")
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"the seed must be in [0, 2**63), not {seed}")


def opened_checkpoint(source: object, told: Told) -> Checkpoint:
    """A checkpoint as it is told; what is told is remembered for its file (BadInput)."""
    from explorer import sources

    with sources.told_by_command(told):
        path = sources.located(str(source))
        opened = sources.open(path)
        if opened.card.told is not None:
            sources.remember(path, opened.card.told)
    return opened


def _in_memory(model: Model) -> Checkpoint:
    from explorer.checkpoints.files import Checkpoint
    from explorer.sources.from_python.network import PythonNetwork, identity

    card = card_of(model, "a network in a Python program")
    return Checkpoint(Path(model.name), card, PythonNetwork(model, owned=False).eval(), identity(model))


@contextlib.contextmanager
def _asked_as_it_shall_be(model: Model | None) -> Iterator[None]:
    if model is None:
        yield
        return
    from explorer.sources.from_python.network import in_evaluation_mode

    with in_evaluation_mode(model.network):
        yield


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
