"""`evaluate`: figures of a checkpoint, and the same figures of real images; on request written in its card."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer import sources
from explorer.checkpoints.card import Card, Metric
from explorer.cli import sampler_options, shared
from explorer.cli.evaluate import accuracy, latent, objective
from explorer.cli.evaluate.measuring import OF_THE_OBJECTIVE, Measured, MetricName, Options, SplitName, VarianceName, command
from explorer.cli.reading_options import BackgroundOption, MemberOption, RangeOption, reading
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.recipe import NO_CLASS
from explorer.recipe.labels import label_words, labels_of

if TYPE_CHECKING:
    import numpy as np

    from explorer.checkpoints.files import Checkpoint
    from explorer.evaluation.judge import Judge, Readings

FID_IMAGES = 2000
TRAINING_IMAGES = 60_000
VARIANCE_HELP = "vlb: of the reverse step, sigma_t^2 (posterior, small) or beta_t (beta, large). fid of a ddpm: as of sample."
FOR_MACHINES = ("each_t",)


@takes_told("checkpoint")
def evaluate(
    checkpoint: shared.CheckpointOption,
    metric: Annotated[
        MetricName,
        typer.Option(help="fid: ddpm, vae. vlb, excess: ddpm. elbo, prior-share: vae, ae. iwae, log-px: vae. accuracy: classifier."),
    ],
    images: Annotated[
        int | None,
        typer.Option(
            min=2, help="fid, prior-share: samples (2000). vlb, excess: images (128). log-px: test images (400). Others: test images (all)."
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(min=1, help="vlb, excess: timesteps drawn from each stratum for an image (1). iwae: K (100).")
    ] = None,
    strata: Annotated[
        int | None,
        typer.Option(min=2, help="vlb, excess: strata of the T timesteps, one drawn from each (64); T takes every one."),
    ] = None,
    split: Annotated[SplitName | None, typer.Option(help="vlb, accuracy: held-out images (test). excess: training images (train).")] = None,
    dataset: Annotated[str | None, typer.Option(help="vlb, excess, accuracy: other images: an IDX file, an array or a folder.")] = None,
    values: RangeOption = "auto",
    member: MemberOption = "",
    background: BackgroundOption = "white",
    variance: Annotated[VarianceName | None, typer.Option(help=VARIANCE_HELP)] = None,
    steps: shared.StepsOption = None,
    sampler: sampler_options.SamplerOption = None,
    eta: sampler_options.EtaOption = None,
    spacing: sampler_options.SpacingOption = None,
    offset: sampler_options.OffsetOption = None,
    alpha_to_one: sampler_options.ToOneOption = None,
    clip: shared.ClipOption = None,
    clip_range: sampler_options.ClipRangeOption = None,
    threshold: sampler_options.ThresholdOption = None,
    label: shared.LabelOption = None,
    guidance: shared.GuidanceOption = 0.0,
    seed: shared.SeedOption = 0,
    device: shared.DeviceOption = "auto",
    precision: shared.PrecisionOption = shared.EXACT,
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
    write: Annotated[bool, typer.Option("--write", help="Also put the figures in the checkpoint's card.")] = False,
) -> None:
    """Measure a checkpoint.

    fid is the Fréchet distance in the 128 features of the shipped digit classifier, between samples and the 60,000
    training images; beside it stands that of as many real training images against all the others. vlb is the variational
    bound with all its terms; excess the error of x0_hat minus the ideal denoiser's. Both are estimates with standard errors.
    elbo has the two terms, the KL of each dimension and IWAE-100; log-px is log p(x) itself, summed over a plane of codes;
    prior-share is the share of decodings of z ~ N(0, I)
    that the digit classifier reads with confidence over 0.9.
    """
    opened = shared.open_checkpoint(checkpoint, run_python)
    typed = sampler_options.SamplerOptions(
        steps=steps, eta=eta, clip=clip, sampler=sampler, spacing=spacing, offset=offset, alpha_to_one=alpha_to_one,
        variance=variance if metric is MetricName.fid else None, clip_range=clip_range, threshold=threshold,
    )  # fmt: skip
    options = Options(
        checkpoint=opened, where=shared.place(device, precision), images=images, typed=typed,
        sampler=sampler_options.sampler_of(_named(typed), opened.card.sampler.said), seed=seed, draws=draws, strata=strata,
        split=split, dataset=dataset, variance=None if metric is MetricName.fid else variance,
        labels=labels_of(label) if label is not None else (), guidance=guidance,
        read=reading(dataset, "--dataset", values, member, background),
    )  # fmt: skip
    _check_options(metric, options)
    if write:
        _check_writable(opened.path)
    measure = METRICS[metric]
    started = time.perf_counter()
    report, metrics = measure(options)
    report = {
        "metric": metric.value, "checkpoint": checkpoint, "sha256": opened.sha256, **report,
        "device": str(options.where.device), "seconds": round(time.perf_counter() - started, 1), "written": write,
    }  # fmt: skip
    refused: BadInput | None = None
    if write:
        try:
            write_metrics(opened, metrics)
        except BadInput as error:  # what was measured is printed all the same
            refused, report["written"] = error, False
    if as_json:
        shared.print_json(report)
    else:
        print("\n".join(_lines(report)))
    if refused is not None:
        raise refused


def _check_writable(path: Path) -> None:
    """Refuse a checkpoint whose card could not be written, before anything is measured (BadInput)."""
    source = sources.source_for(path)
    if source is None or source.name != sources.OWN.name:
        raise BadInput(f"{path}: has no card to write figures into, as {sources.OWN.title} has: leave out --write")
    beside = neighbour(path)
    try:
        with beside.open("xb"):
            beside.unlink()
        free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}: leave out --write") from None
    if size > free:
        needs = f"another {size / 1e6:.0f} MB are needed meanwhile, and its disk has {free / 1e6:.0f} MB free"
        raise BadInput(f"{path}: cannot be written: {needs}: leave out --write")


def write_metrics(checkpoint: Checkpoint, metrics: tuple[Metric, ...]) -> None:
    """Put metrics in a checkpoint's card, replacing those of the same name and command; the file is written whole.

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    import msgspec

    from explorer.checkpoints.files import save_card

    card: Card = checkpoint.card
    replaced = {(metric.name, metric.command) for metric in metrics}
    kept = tuple(metric for metric in card.metrics if (metric.name, metric.command) not in replaced)
    save_card(checkpoint.path, msgspec.structs.replace(card, metrics=kept + metrics))


def _named(typed: sampler_options.SamplerOptions) -> sampler_options.SamplerOptions:
    """The variance by the name that samplers have for it."""
    names = {VarianceName.posterior: "small", VarianceName.beta: "large"}
    return typed if typed.variance is None else replace(typed, variance=names.get(VarianceName(typed.variance), typed.variance))


def _check_options(metric: MetricName, options: Options) -> None:
    """Refuse options that are of no meaning for the metric (BadInput)."""
    odd = options.typed.given
    if options.variance is VarianceName.learned:
        raise BadInput(f"--variance learned: of no meaning for {metric.value}, whose steps have the posterior's or beta_t")
    told = {"--label": bool(options.labels), "--guidance": options.guidance != 0}
    refused = [name for name, is_given in told.items() if is_given]
    if refused and metric in (MetricName.vlb, MetricName.excess):
        raise BadInput(f"{', '.join(refused)}: of no meaning for {metric.value}, which tells each image's own label; fid takes it")
    odd += refused
    of_chains = metric in (MetricName.vlb, MetricName.excess) or (metric is MetricName.fid and options.checkpoint.card.kind == "ddpm")
    if odd and not of_chains:
        raise BadInput(
            f"{', '.join(odd)}: of no meaning for {metric.value} of a {options.checkpoint.card.kind}; the fid of a ddpm takes it"
        )
    given = [f"--{name}" for name in OF_THE_OBJECTIVE if getattr(options, name) is not None]
    if metric is MetricName.iwae and given == ["--draws"]:
        return
    if metric is MetricName.accuracy and set(given) <= {"--split", "--dataset"}:
        return
    if given and metric not in (MetricName.vlb, MetricName.excess):
        raise BadInput(f"{', '.join(given)}: of no meaning for {metric.value}; vlb and excess take it")


def _fid(options: Options) -> Measured:
    from explorer.evaluation.bootstrap import distance_interval, share_interval
    from explorer.evaluation.digits import MIN_REST, check_digits, real_score, score
    from explorer.evaluation.frechet import moments
    from explorer.evaluation.judge import Judge, training_readings

    count = FID_IMAGES if options.images is None else options.images
    most = TRAINING_IMAGES - MIN_REST
    if count > most:
        raise BadInput(f"--images must be in 2..{most} for fid: as many real images are compared with the others")
    check_digits(options.checkpoint, "fid")
    if options.checkpoint.card.kind not in ("ddpm", "vae"):
        is_ae = options.checkpoint.card.kind == "ae"
        reason = "an ae has no distribution to sample codes from" if is_ae else "it makes no images"
        raise BadInput(f"{options.checkpoint.path}: is of kind {options.checkpoint.card.kind}; fid is for a ddpm or a vae: {reason}")
    judge = Judge.open(options.where.device)
    samples, sampler = _samples(options, count)
    made = _read(judge, samples(), "judging samples")
    with shared.progress(TRAINING_IMAGES, "judging the training images") as report:
        real = training_readings(judge, report)
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
    } | read_as_told(made, sampler.get("labels"))  # fmt: skip
    figures = {
        "fid": found.frechet_distance, "real_fid": beside.frechet_distance,
        "ratio": found.frechet_distance / beside.frechet_distance,
    }  # fmt: skip
    stored = Metric("fid", figures["fid"], typed, figures["real_fid"], details)
    return {**figures, **details, "command": typed}, (stored,)


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
        found = []
        walk = chain_samples(lane.predictor, lane.course, options.seed, count, lane.image_shape, lane.device, limit_of(options.sampler))
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


def _read(judge: Judge, images: np.ndarray, what: str) -> Readings:
    with shared.progress(len(images), what) as report:
        return judge.read(images, report)


METRICS: dict[MetricName, Callable[[Options], Measured]] = {
    MetricName.fid: _fid, MetricName.vlb: objective.vlb, MetricName.excess: objective.excess,
    MetricName.elbo: latent.elbo, MetricName.iwae: latent.iwae,
    MetricName.log_px: latent.log_px, MetricName.prior_share: latent.prior_share,
    MetricName.accuracy: accuracy.accuracy,
}  # fmt: skip


def _lines(report: dict[str, Any]) -> list[str]:
    """The report for people: a line a figure, a table of rows; what is there for machines alone is left out."""
    lines = []
    for name, value in report.items():
        if name in FOR_MACHINES:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append("  ".join(f"{column:>16}" for column in value[0]))
            lines += ["  ".join(f"{_text(cell):>16}" for cell in row.values()) for row in value]
        else:
            lines.append(f"{name}: {_text(value)}")
    return lines


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return (
            f"{value['nats']:.6g} ± {value['standard_error']:.2g} nats, "
            f"{value['bits_per_dim']:.4f} ± {value['bits_per_dim_standard_error']:.2g} bits/dim"
        )
    return str(value)
