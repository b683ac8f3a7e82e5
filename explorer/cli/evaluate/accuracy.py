"""`evaluate --metric accuracy`: the share of images that a classifier reads as what they are, on its own data or as told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.checkpoints.card import Metric
from explorer.cli import shared
from explorer.cli.evaluate.measuring import Measured, MetricName, Options, SplitName, command, read_options
from explorer.cli.evaluate.objective import name_of
from explorer.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from explorer.datasets.images import ImageSet
    from explorer.evaluation.judge import Judge


def accuracy(options: Options) -> Measured:
    """Of the held-out images of the data that it was trained on, unless told otherwise.

    Raises
    ------
    BadInput
        If it is no classifier, its data are not here, or the images have another shape, no labels, or classes that it does not know.
    """
    from explorer.evaluation import judge as evaluation

    judge, split = evaluation.Judge.of(options.checkpoint, options.where.device), options.split or SplitName.test
    known = _images(options, split)
    labels = _labels(options, known, judge)[: options.images]
    images = known.images[: options.images]
    with shared.progress(len(images), f"judging {split.value} images") as report:
        value = evaluation.accuracy(judge.read(images, report), labels)
    further: dict[str, object] = {"split": options.split and options.split.value, "dataset": options.dataset, **read_options(options)}
    typed = command(options, MetricName.accuracy, options.images, further, seeded=False)
    details = {"images": len(images)} | ({"dataset": known.name} if options.dataset else {})
    name = name_of("accuracy", options, known, split)
    return {"accuracy": value, **details, "command": typed}, (Metric(name, value, typed, details=details),)


def _images(options: Options, split: SplitName) -> ImageSet:
    from explorer.evaluation.vlb import check_own_data, images_for

    data = options.checkpoint.card.data
    if options.dataset is None:
        check_own_data(options.checkpoint, "give --dataset")
    return images_for(options.dataset or data.name, split.value, data.shape, options.read)


def _labels(options: Options, known: ImageSet, judge: Judge) -> np.ndarray:
    """Those of the images, each one that the classifier can say."""
    source = options.dataset or known.name
    if known.labels is None:
        raise BadInput(f"{source}: has no labels, which accuracy is about: name IDX files or an .npz with labels, mnist or emoji")
    classes = judge.read(known.images[:1]).probabilities.shape[1]
    if (most := int(known.labels.max())) >= classes:
        raise BadInput(f"{source}: has labels up to {most}, and {options.checkpoint.path} knows {classes} classes, 0 to {classes - 1}")
    return known.labels
