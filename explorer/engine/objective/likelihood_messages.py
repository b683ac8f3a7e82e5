"""log p(x) by the probability-flow ODE, beside the bound: what is asked and answered."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.objective.messages import Estimate
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Lane
from explorer.recipe.objective import BoundRecipe, FlowChoice


@dataclass(frozen=True, slots=True)
class MeasureLikelihood(Payload):
    """Follow the probability-flow ODE of every lane from a recipe's images; what was measured before is taken up where it stands.

    Answers: LikelihoodShown, the first with an estimate of the time and nothing measured, the last one complete.

    Attributes
    ----------
    recipe : BoundRecipe
        Its first images are taken, as many as `flow` says, or the one that it looks at.
    flow : FlowChoice
    """

    answered_by = "explorer.engine.objective.likelihoods:measure_likelihood"
    background = True

    recipe: BoundRecipe
    flow: FlowChoice


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LaneLikelihood:
    """What is known of one lane.

    Attributes
    ----------
    lane : Lane
    values : int
        Numbers in an image, for bits/dim.
    total : Estimate
        -log P(x_0), or the density's where nothing dequantises, mean over the images, nats.
    probe_error : float
        Standard error of that by the probes alone: NaN where there is one probe, 0 where the trace is exact.
    discretisation : Estimate
        How much the mean changed from half as many steps to these.
    trace : str
        How the divergence was had, for people.
    images : int
    """

    lane: Lane
    values: int
    total: Estimate
    probe_error: float
    discretisation: Estimate
    trace: str
    images: int


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodShown(Outcome):
    """How far it is.

    Attributes
    ----------
    recipe : BoundRecipe
    flow : FlowChoice
    lanes : tuple of LaneLikelihood
    done, total : int
        Images followed, over all lanes, and how many shall be.
    seconds : float
        About how long the whole takes, or what was left of it, as estimated before it began; 0 where nothing was left.
    partial : bool
        More will come.
    """

    recipe: BoundRecipe
    flow: FlowChoice
    lanes: tuple[LaneLikelihood, ...]
    done: int
    total: int
    seconds: float
    partial: bool
