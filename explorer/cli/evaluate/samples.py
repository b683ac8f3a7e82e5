"""`evaluate --metric fid` and `--metric kid`: how far samples are from real images, in the features of the shipped digit classifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explorer.checkpoints.card import Metric
from explorer.cli import sampler_options, shared
from explorer.cli.evaluate.blocks import samples_on_workers
from explorer.cli.evaluate.measuring import Measured, MetricName, Options, SplitName, command, read_options
from explorer.errors import BadInput
from explorer.recipe import NO_CLASS
from explorer.recipe.labels import label_words

if TYPE_CHECKING:
    import numpy as np

    from explorer.checkpoints.files import Checkpoint
    from explorer.evaluation.frechet import Moments
    from explorer.evaluation.judge import Judge, Readings

SAMPLES = 2000
TRAINING_IMAGES = 60_000
LEAST = 3
"""Images of either side of a kid."""


def fid(options: Options) -> Measured:
    """The Fréchet distance of samples to MNIST's training images, beside that of real images, and the share read with confidence."""
    from explorer.evaluation.bootstrap import distance_interval, share_interval
    from explorer.evaluation.digits import check_digits, real_score, score
    from explorer.evaluation.frechet import moments
    from explorer.evaluation.judge import Judge

    count = _count(options, MetricName.fid)
    check_digits(options.checkpoint, "fid")
    _check_makes_images(options.checkpoint, MetricName.fid)
    judge = Judge.open(options.where.device)
    samples, sampler = _samples(options, count)
    made = read(judge, samples(), "judging samples")
    real = _training(judge)
    beside = real_score(real, count, options.seed)
    reference = moments(real.features)
    found = score(made, reference)
    interval = distance_interval(made.features, reference, found.frechet_distance, options.seed)
    share = share_interval(made.is_confident, options.seed)
    typed = command(options, MetricName.fid, count, _sampler_options(options, sampler))
    details = {
        "images": count, "seed": options.seed, **sampler,
        "fid_interval": [interval.low, interval.high], "fid_standard_error": interval.standard_error,
        "confident_share_interval": [share.low, share.high], "resamples": interval.resamples, "level": interval.level,
        "confident_share": found.confident_share, "real_confident_share": beside.confident_share,
        "digit_shares": list(found.digit_shares), "real_digit_shares": list(beside.digit_shares),
        "compared_with": f"samples with the {len(real):,} training images; "
        f"{count:,} of these, drawn by seed {options.seed}, with the other {len(real) - count:,}",
    } | _without_bias(made, reference) | read_as_told(made, sampler.get("labels"))  # fmt: skip
    details |= _of_codes(options, count, judge, reference)
    figures = {
        "fid": found.frechet_distance, "real_fid": beside.frechet_distance,
        "ratio": found.frechet_distance / beside.frechet_distance,
    }  # fmt: skip
    stored = Metric("fid", figures["fid"], typed, figures["real_fid"], details)
    return {**figures, **details, "command": typed}, (stored,)


def kid(options: Options) -> Measured:
    """The kernel distance of samples, beside that of real images; of MNIST's training images unless other ones are named."""
    import numpy as np

    from explorer.evaluation.judge import Judge
    from explorer.evaluation.kernel_distance import Cloud, kernel_distance

    count = _count(options, MetricName.kid)
    if count < LEAST:
        raise BadInput(f"--images {count}: kid needs {LEAST} or more, as its error is seen where one is left out")
    judge = Judge.open(options.where.device)
    real, name = _real(options, judge)
    draw, sampler = _samples(options, count)
    made = read(judge, draw(), "judging samples")
    cloud = Cloud.of(real.features)
    found = kernel_distance(Cloud.of(made.features), cloud)
    some = min(count, len(real) // 2)
    chosen = np.isin(np.arange(len(real)), np.random.default_rng(options.seed).choice(len(real), some, replace=False))
    beside = kernel_distance(*cloud.parted(chosen))
    further = {
        "dataset": options.dataset,
        "split": options.split.value if options.split else None,
        **read_options(options),
        **_sampler_options(options, sampler),
    }
    typed = command(options, MetricName.kid, count, further)
    details = {
        "images": count, "seed": options.seed, **sampler,
        "kid_interval": list(found.interval), "kid_standard_error": found.standard_error, "level": 0.95,
        "real_kid_interval": list(beside.interval),
        "kernel": f"(a.b / {real.features.shape[1]} + 1)^3, unbiased: below 0 by chance where nothing differs",
        "compared_with": f"samples with the {len(real):,} images of {name}; {some:,} of these, drawn by seed {options.seed}, "
        f"with the other {len(real) - some:,}",
    }  # fmt: skip
    figures = {"kid": found.value, "real_kid": beside.value}
    stored = Metric("kid" if options.dataset is None else f"kid to {name}", found.value, typed, beside.value, details)
    return {**figures, **details, "command": typed}, (stored,)


def _real(options: Options, judge: Judge) -> tuple[Readings, str]:
    """What the judge says of the images that samples are compared with, and what these are called."""
    from explorer.evaluation.vlb import images_for

    checkpoint = options.checkpoint
    _check_makes_images(checkpoint, MetricName.kid)
    if options.dataset is None:
        from explorer.evaluation.digits import check_digits

        check_digits(checkpoint, "kid", ": name images with --dataset to compare with them in its features all the same")
    latent = checkpoint.card.latent
    makes = checkpoint.card.data.shape if latent is None or checkpoint.card.kind != "ddpm" else latent.images
    if makes != judge.image_shape:
        own, wanted = ("x".join(map(str, shape)) for shape in (makes, judge.image_shape))
        raise BadInput(f"{checkpoint.path}: makes images of {own}; kid is judged by the digit classifier, which reads {wanted} alone")
    split = (options.split or SplitName.train).value
    if options.dataset is None and split == "train":
        return _training(judge), "mnist"
    known = images_for(options.dataset or "mnist", split, judge.image_shape, options.read)
    if len(known.images) < 2 * LEAST:
        needs = f"kid needs {2 * LEAST} or more, as half of them are compared with the others"
        raise BadInput(f"{options.dataset}: has {len(known.images)} images; {needs}")
    return read(judge, known.images, f"judging images of {known.name}"), f"{known.name}, {split}" if options.split else known.name


def read_as_told(made: Readings, labels: list[int] | None) -> dict[str, Any]:
    """Share of the samples of a class that the judge reads as that; nothing where no sample is of a class."""
    import numpy as np

    told = np.array(labels or [NO_CLASS])
    of_a_class = told != NO_CLASS
    if not of_a_class.any():
        return {}
    return {"read_as_told": float((made.digits == told)[of_a_class].mean()), "of_a_class": int(of_a_class.sum())}


def _sampler_options(options: Options, sampler: dict[str, Any]) -> dict[str, object]:
    """Of a chain; a VAE's samples have none."""
    if "steps" not in sampler:
        return {}
    precision = sampler["precision"]
    return {
        **sampler_options.words_for(options.sampler, options.checkpoint.card.sampler.said), "steps": sampler["steps"],
        "precision": precision if precision != "fp32" else None,
        "label": label_words(options.labels) if options.labels else None, "guidance": options.guidance or None,
    }  # fmt: skip


def _count(options: Options, metric: MetricName) -> int:
    """How many samples (BadInput where not as many real images can be compared with enough others)."""
    from explorer.evaluation.digits import MIN_REST

    count = SAMPLES if options.images is None else options.images
    most = TRAINING_IMAGES - MIN_REST
    if count > most:
        raise BadInput(f"--images must be in 2..{most} for {metric.value}: as many real images are compared with the others")
    return count


def _check_makes_images(checkpoint: Checkpoint, metric: MetricName) -> None:
    kind = checkpoint.card.kind
    if kind not in ("ddpm", "vae"):
        reason = "an ae has no distribution to sample codes from" if kind == "ae" else "it makes no images"
        raise BadInput(f"{checkpoint.path}: is of kind {kind}; {metric.value} is for a ddpm or a vae: {reason}")


def _training(judge: Judge) -> Readings:
    from explorer.evaluation.judge import training_readings

    with shared.progress(TRAINING_IMAGES, "judging the training images") as report:
        return training_readings(judge, report)


def _without_bias(made: Readings, reference: Moments) -> dict[str, Any]:
    """The distance that infinitely many samples would have, where there are enough for a line."""
    from explorer.evaluation.extrapolation import LEAST_OF_A_PART, PARTS, extrapolated

    if len(made) < PARTS * LEAST_OF_A_PART:
        return {}
    found = extrapolated(made.features, reference)
    return {"fid_infinity": found.value, "fid_infinity_interval": list(found.interval), "fid_infinity_standard_error": found.standard_error}


def _samples(options: Options, count: int) -> tuple[Callable[[], np.ndarray], dict[str, Any]]:
    """What draws the samples, as pixels (N, C, H, W) uint8, and what the report says of how."""
    return _of_chain(options, count) if options.checkpoint.card.kind == "ddpm" else _of_prior(options, count)


def _of_chain(options: Options, count: int) -> tuple[Callable[[], np.ndarray], dict[str, Any]]:
    import numpy as np
    import torch

    from explorer.engine.models.predictors import labels_told, limit_of
    from explorer.evaluation.samples import chain_samples
    from explorer.sampling.lanes import lane_of

    lane = lane_of(options.checkpoint, options.where, options.sampler, None, options.labels, options.guidance)
    labels = labels_told(lane.predictor, count)
    told: dict[str, Any] = {"sampler": options.sampler.method} if options.sampler.method != "ancestral" else {}
    if labels is not None:
        told |= {"labels": labels.tolist(), "guidance": options.guidance}
    sampler = {"steps": lane.course.K, "eta": options.sampler.eta, "clip": options.clip, "precision": lane.precision} | told

    def draw() -> np.ndarray:
        if options.workers > 1:
            return samples_on_workers(options, lane, count)
        found = []
        walk = chain_samples(
            lane.predictor, lane.course, options.seed, count, lane.image_shape, lane.device, limit_of(options.sampler),
            None if lane.network is None else lane.network.seen,
        )  # fmt: skip
        with torch.inference_mode(), shared.progress(count * lane.course.K, f"sampling {lane.label}", "step") as report:
            for done, images in walk:
                if images is not None:
                    found.append(images)
                report(done)
        return np.concatenate(found)

    return draw, sampler


def _of_prior(options: Options, count: int) -> tuple[Callable[[], np.ndarray], dict[str, Any]]:
    import numpy as np
    import torch

    from explorer.evaluation.samples import BLOCK, blocks, prior_samples

    model = shared.autoencoder(options.checkpoint, options.where.device)

    def draw() -> np.ndarray:
        with torch.inference_mode():
            return np.concatenate([prior_samples(model, options.seed, indices, options.where.device) for indices in blocks(count, BLOCK)])

    return draw, {"codes": "z ~ N(0, I)"}


def _of_codes(options: Options, count: int, judge: Judge, reference: Moments) -> dict[str, Any]:
    """The same figures of samples of the prior through the same decoder, where a ddpm walks codes: what its chain is worth."""
    import numpy as np
    import torch

    from explorer.evaluation.digits import score
    from explorer.evaluation.samples import BLOCK, blocks, prior_samples
    from explorer.models.latent_mlp import LatentMlp

    network, device = options.checkpoint.network, options.where.device
    if not isinstance(network, LatentMlp):
        return {}
    with torch.inference_mode():
        images = [prior_samples(network.to(device), options.seed, indices, device) for indices in blocks(count, BLOCK)]
    found = score(read(judge, np.concatenate(images), "judging samples of the prior"), reference)
    return {
        "prior_fid": found.frechet_distance, "prior_confident_share": found.confident_share,
        "prior_digit_shares": list(found.digit_shares), "prior_is": "z ~ N(0, I), decoded as the chain's codes are",
    }  # fmt: skip


def read(judge: Judge, images: np.ndarray, what: str) -> Readings:
    """What the judge says, with progress."""
    with shared.progress(len(images), what) as report:
        return judge.read(images, report)
