"""`evaluate --metric ode-likelihood`: log p(x) of a ddpm by the probability-flow ODE."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from explorer.cli import shared
from explorer.cli.evaluate.measuring import Measured, MetricName, Options, SplitName, command, read_options
from explorer.cli.evaluate.objective import images_of, name_of, told_own
from explorer.diffusion.flow_settings import LARGEST_TRACE, MAX_STEPS, MIN_STEPS, SOLVERS, STEPS
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.diffusion.ode_likelihood import Flow

PROBES = 2
TAKEN = ("--steps", "--sampler")


def ode_likelihood(options: Options) -> Measured:
    """-log p(x) of images, the held-out ones unless told otherwise, with the errors of probes and steps apart."""
    import torch

    from explorer.checkpoints.card import Metric
    from explorer.diffusion.divergence import means_of
    from explorer.diffusion.objective import bits_per_dim
    from explorer.diffusion.strata import shuffled
    from explorer.evaluation import ode_likelihood as evaluation
    from explorer.evaluation.vlb import figure, source

    checkpoint, split = options.checkpoint, options.split or SplitName.test
    if checkpoint.card.kind != "ddpm":
        raise BadInput(f"{checkpoint.path}: is of kind {checkpoint.card.kind}; ode-likelihood is for a ddpm")
    plain, precision = options.where.predictor(checkpoint, options.where.run_by(checkpoint))
    known = images_of(options, split)
    predictor, values = told_own(options, plain, known.labels), math.prod(known.image_shape)
    flow = _flow(options, values)
    count = min(options.images or evaluation.IMAGES, len(known.images))
    tally = evaluation.FlowTally(flow, shuffled(len(known.images), count, options.seed))
    images = source(known, options.where.device)
    first = tally.order[: evaluation.block_size(values)]
    with torch.inference_mode():
        seconds = evaluation.seconds_for(predictor, images(first), flow, first, count)
        shared.say(f"about {_clock(seconds)} for {count} images of {known.name}", sys.stderr)
        with shared.progress(count, f"log p(x) of {checkpoint.path.stem}") as report:
            for done in evaluation.walk(predictor, images, tally, count):
                report(done)
    means = means_of(predictor)
    typed = command(options, MetricName.ode_likelihood, count, _typed(options, precision))
    details: dict[str, Any] = {
        "dataset": known.name, "split": split.value, "images": tally.images, "steps": flow.steps, "solver": flow.solver,
        "trace": evaluation.trace_words(flow, means), "dequantise": flow.dequantise, "offset": evaluation.OFFSETS[flow.dequantise],
        "seed": options.seed, "precision": precision,
    }  # fmt: skip
    error, change = tally.probe_error, tally.discretisation
    figures = {"bits_per_dim": bits_per_dim(tally.total.value, values), "nats": tally.total.value, "standard_error": tally.total.error}
    errors = {
        "probe_error": 0.0 if means == "closed form" else error,
        "discretisation": change.value, "discretisation_standard_error": change.error,
    }  # fmt: skip
    said = {**figures, **errors, "L_ode": figure(tally.total, values), **details, "command": typed}
    kept = {**details, **{name: value if math.isfinite(value) else None for name, value in (figures | errors).items()}}
    metric = Metric(name_of("ODE likelihood", options, known, split), figures["bits_per_dim"], typed, details=kept)
    return said, (metric,)


def _flow(options: Options, values: int) -> Flow:
    """How the ODE is followed (BadInput where it cannot be so)."""
    from explorer.diffusion.ode_likelihood import Flow

    metric = MetricName.ode_likelihood.value
    odd = [name for name in options.typed.given if name not in TAKEN]
    if odd:
        raise BadInput(f"{', '.join(odd)}: of no meaning for {metric}, which takes --steps and --sampler heun or euler")
    solver = "heun" if options.typed.sampler is None else str(options.typed.sampler)
    if solver not in SOLVERS:
        raise BadInput(f"--sampler {solver}: {metric} follows the probability-flow ODE by {' or '.join(SOLVERS)}")
    steps = options.typed.steps or STEPS
    if not MIN_STEPS <= steps <= MAX_STEPS:
        raise BadInput(f"--steps {steps}: {metric} takes {MIN_STEPS} to {MAX_STEPS}")
    probes = PROBES if options.probes is None else options.probes
    if probes == 0 and values > LARGEST_TRACE:
        raise BadInput(f"--probes 0: the exact trace is of at most {LARGEST_TRACE:,} numbers an image, and these have {values:,}")
    return Flow(steps, solver, probes, options.probe or "rademacher", options.dequantise or "gaussian", options.seed)


def _typed(options: Options, precision: str) -> dict[str, object]:
    return {
        "steps": options.typed.steps, "sampler": options.typed.sampler, "probes": options.probes, "probe": options.probe,
        "dequantise": options.dequantise, "split": options.split.value if options.split else None, "dataset": options.dataset,
        **read_options(options), "precision": None if precision == "fp32" else precision,
    }  # fmt: skip


def _clock(seconds: float) -> str:
    """A time in words."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{seconds / 60:.0f} min"
