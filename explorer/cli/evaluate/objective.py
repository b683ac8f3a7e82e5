"""`evaluate --metric vlb` and `--metric excess`: the objective term by term, and how far x0_hat is from the best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from explorer.cli import shared
from explorer.cli.evaluate.measuring import Measured, MetricName, Options, SplitName, clip_option, command, read_options
from explorer.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from explorer.datasets.images import ImageSet
    from explorer.diffusion.bound import Tally
    from explorer.diffusion.objective import Variance
    from explorer.diffusion.predictor import Predictor
    from explorer.evaluation.vlb import Choice
    from explorer.recipe.arithmetic import Precision

MAX_VISITS = 1_000_000
"""Timesteps drawn in a round: they are drawn together."""


def vlb(options: Options) -> Measured:
    """L_T, every L_{t-1} and L_0 of a ddpm on images, the held-out ones unless told otherwise."""
    from explorer.evaluation import vlb as evaluation

    split = options.split or SplitName.test
    plain, precision = _predictor(options, MetricName.vlb)
    known, choice = images_of(options, split), _choice(options)
    variance = options.of_the_bound
    predictor = told_own(options, plain, known.labels)
    (tally,) = _walk(options, [predictor], known, choice, f"bound of {options.checkpoint.path.stem}", variance)
    values = math.prod(known.image_shape)
    said, details = evaluation.summary(tally, values), _details(options, known, split, precision, tally) | {"variance": variance}
    typed = _command(options, MetricName.vlb, tally, split, precision)
    _check_finite(options, said["L"]["nats"])
    figures = {"bits_per_dim": said["L"]["bits_per_dim"], "nats": said["L"]["nats"], "standard_error": said["L"]["standard_error"]}
    name = name_of("vlb", options, known, split)
    return {**figures, **details, **said, "command": typed}, (evaluation.metric(name, tally, values, typed, details),)


def excess(options: Options) -> Measured:
    """Error of x0_hat minus the ideal denoiser's, on training images unless told otherwise: there it cannot be below 0."""
    from explorer.evaluation import excess as evaluation
    from explorer.evaluation.vlb import images_for

    split = options.split or SplitName.train
    plain, precision = _predictor(options, MetricName.excess)
    if options.variance is not None:
        raise BadInput("--variance: of no meaning for excess, which is about x0_hat alone")
    known, choice = images_of(options, split), _choice(options)
    of_classes = options.checkpoint.card.classes is not None and known.labels is not None
    predictor = told_own(options, plain, known.labels)
    source = options.dataset or options.checkpoint.card.data.name
    training = known if split is SplitName.train else images_for(source, "train", known.image_shape, options.read)
    schedule, device = predictor.schedule, options.where.device
    ideal: Predictor
    if of_classes and known.labels is not None:
        ideal = evaluation.ideal_of_classes(training, schedule, device, known.labels)
    else:
        ideal = evaluation.ideal_denoiser(training, schedule, device)
    own, best = _walk(options, [predictor, ideal], known, choice, f"x0 error of {options.checkpoint.path.stem}", "posterior")
    said = evaluation.summary(own, best)
    details = _details(options, known, split, precision, own) | {
        "ideal_of": f"{len(training.images):,} images of {training.name}" + ", of each image's class" * of_classes
    }
    typed = _command(options, MetricName.excess, own, split, precision)
    _check_finite(options, said["mean_excess"])
    name = name_of("excess x0 error", options, known, split)
    return {**details, **said, "command": typed}, (evaluation.metric(name, own, best, typed, details),)


def _predictor(options: Options, metric: MetricName) -> tuple[Predictor, Precision]:
    checkpoint = options.checkpoint
    if checkpoint.card.kind != "ddpm":
        raise BadInput(f"{checkpoint.path}: is of kind {checkpoint.card.kind}; {metric.value} is for a ddpm")
    odd = [name for name in options.typed.given if name not in ("--clip", "--clip-range", "--threshold")]
    if odd:
        raise BadInput(f"{', '.join(odd)}: of no meaning for {metric.value}, which is about every step of the model's own schedule")
    return options.where.predictor(checkpoint, options.where.run_by(checkpoint))


def told_own(options: Options, predictor: Predictor, labels: np.ndarray | None) -> Predictor:
    """The predictor, told each image's own label where it takes any; without them that there is no class."""
    from explorer.engine.models.predictors import told_data

    return told_data(predictor, labels, str(options.checkpoint.path))


def images_of(options: Options, split: SplitName) -> ImageSet:
    """The images that a checkpoint is measured on, at least two (BadInput if they are not here, or do not fit it)."""
    from explorer.evaluation import vlb as evaluation

    data = options.checkpoint.card.data
    if options.dataset is None:
        evaluation.check_own_data(options.checkpoint, "give --dataset")
    known = evaluation.images_for(options.dataset or data.name, split.value, data.shape, options.read)
    if len(known.images) < 2:
        raise BadInput(f"{options.dataset or data.name}: has one image; an estimate with its standard error needs two or more")
    if options.images is not None and options.images > len(known.images):
        raise BadInput(f"--images {options.images}: there are {len(known.images):,} {split.value} images of {known.name}")
    return known


def name_of(figure: str, options: Options, known: ImageSet, split: SplitName) -> str:
    """What the card calls a figure: of the model's own data by the split, of other images by their name."""
    data = options.checkpoint.card.data
    if known.sha256 == data.sha256:
        return f"train {figure}"
    if options.dataset in (None, data.name):
        return f"{split.value} {figure}"
    return f"{f'{split.value} ' if options.split else ''}{figure} of {known.name}"


def _choice(options: Options) -> Choice:
    from explorer.evaluation.vlb import Choice

    given = {"images": options.images, "draws": options.draws, "timesteps": options.strata}
    return Choice(seed=options.seed, **{name: value for name, value in given.items() if value is not None})


def _walk(options: Options, predictors: list[Predictor], known: ImageSet, choice: Choice, what: str, variance: Variance) -> list[Tally]:
    from explorer.engine.models.predictors import limit_of
    from explorer.evaluation.vlb import measure, source

    design = choice.design(predictors[0].schedule.T, len(known.images))
    if design.visits > MAX_VISITS:
        most = MAX_VISITS // len(design.strata)
        raise BadInput(f"--draws {choice.draws}: at most {most:,} can be drawn from each of {len(design.strata):,} strata (--strata)")
    with shared.progress(len(design.order) * design.visits, what, "term") as report:
        return measure(predictors, source(known, options.where.device), design, limit_of(options.sampler), variance, report)


def _details(options: Options, known: ImageSet, split: SplitName, precision: str, tally: Tally) -> dict[str, Any]:
    return {
        "dataset": known.name, "split": split.value, "images": tally.images, "draws": tally.design.draws,
        "timesteps_each": len(tally.design.strata), "T": tally.design.strata.T, "seed": options.seed, "clip": options.clip,
        "precision": precision,
    }  # fmt: skip


def _command(options: Options, metric: MetricName, tally: Tally, split: SplitName, precision: str) -> str:
    variance = options.of_the_bound
    further: dict[str, object] = {
        "draws": options.draws, "strata": options.strata, "split": split.value if options.split else None, "dataset": options.dataset,
        **read_options(options),
        "variance": variance if options.variance else None, **clip_option(options),
        "precision": None if precision == "fp32" else precision,
    }  # fmt: skip
    return command(options, metric, tally.images, further)


def _check_finite(options: Options, value: float) -> None:
    if not math.isfinite(value):
        raise BadInput(f"{options.checkpoint.path}: its network puts out numbers that are not finite: there is no bound")
