"""`evaluate`: figures of a checkpoint, and the same figures of real images; on request written in its card."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer import sources
from explorer.checkpoints.card import Card, Metric
from explorer.cli import sampler_options, shared
from explorer.cli.evaluate import accuracy, latent, objective, ode_likelihood, samples
from explorer.cli.evaluate.blocks import check_blocks, check_workers
from explorer.cli.evaluate.measuring import OF_SAMPLES, OF_THE_OBJECTIVE, OF_THE_ODE, Measured, MetricName, Options, SplitName, VarianceName
from explorer.cli.reading_options import BackgroundOption, LabelsOption, MemberOption, RangeOption, reading
from explorer.cli.told_options import takes_told
from explorer.diffusion.flow_settings import MAX_PROBES
from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.recipe.labels import labels_of

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint


class ProbeName(StrEnum):
    """What probes of the divergence are drawn from."""

    rademacher = "rademacher"
    gaussian = "gaussian"


class DequantiseName(StrEnum):
    """What stands for 8-bit values where a density is wanted."""

    gaussian = "gaussian"
    uniform = "uniform"
    none = "none"


VARIANCE_HELP = "vlb: of the reverse step, sigma_t^2 (posterior, small) or beta_t (beta, large). fid, kid of a ddpm: as of sample."
WORKERS_HELP = "fid, kid of a ddpm: blocks of samples made at once, on workers of Ray; left out or 1, one after the other without it."
THREADS_HELP = "1 with --workers, else all unless told; with the same number, figures are the same to the last bit."
FOR_MACHINES = ("each_t",)


@takes_told("checkpoint")
def evaluate(
    checkpoint: shared.CheckpointOption,
    metric: Annotated[
        MetricName,
        typer.Option(
            help="fid, kid: ddpm, vae. vlb, excess, ode-likelihood: ddpm. elbo, prior-share: vae, ae. iwae, log-px: vae. "
            "accuracy: classifier."
        ),
    ],
    images: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="fid, kid, prior-share: samples (2000). vlb, excess: images (128). ode-likelihood: images (32). "
            "log-px: test images (400). Others: test images (all).",
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(min=1, help="vlb, excess: timesteps drawn from each stratum for an image (1). iwae: K (100).")
    ] = None,
    strata: Annotated[
        int | None,
        typer.Option(min=2, help="vlb, excess: strata of the T timesteps, one drawn from each (64); T takes every one."),
    ] = None,
    split: Annotated[
        SplitName | None, typer.Option(help="vlb, ode-likelihood, accuracy: held-out images (test). excess, kid: training images (train).")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="vlb, excess, ode-likelihood, kid, accuracy: other images: an IDX file, an array or a folder.")
    ] = None,
    values: RangeOption = "auto",
    member: MemberOption = "",
    label_member: LabelsOption = "",
    background: BackgroundOption = "white",
    variance: Annotated[VarianceName | None, typer.Option(help=VARIANCE_HELP)] = None,
    probes: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_PROBES, help="ode-likelihood: probes of the divergence at each level (2); 0: exact, of small images."),
    ] = None,
    probe: Annotated[ProbeName | None, typer.Option(help="ode-likelihood: what the probes are drawn from (rademacher).")] = None,
    dequantise: Annotated[
        DequantiseName | None,
        typer.Option(help="ode-likelihood: what stands for 8-bit values (gaussian: as in the bound's L_0); none: the density itself."),
    ] = None,
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
    workers: Annotated[int | None, typer.Option(min=1, max=100_000, show_default=False, help=WORKERS_HELP)] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, show_default=False, help=THREADS_HELP)] = None,
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
    write: Annotated[bool, typer.Option("--write", help="Also put the figures in the checkpoint's card.")] = False,
) -> None:
    """Measure a checkpoint.

    fid is the Fréchet distance in the 128 features of the shipped digit classifier, between samples and the 60,000
    training images; beside it stands that of as many real training images against all the others; fid_infinity is what infinitely
    many samples would have, from 750 on. kid is the kernel distance in the same features, unbiased for few samples too, with a
    95 % interval; --dataset compares with other images of 28 x 28. vlb is the variational
    bound with all its terms; excess the error of x0_hat minus the ideal denoiser's. Both are estimates with standard errors.
    ode-likelihood is log p(x) by the probability-flow ODE, in --steps of --sampler heun or euler, with the error of its probes, and what
    half as many steps change; how long it takes is said before.
    elbo has the two terms, the KL of each dimension and IWAE-100; log-px is log p(x) itself, summed over a plane of codes;
    prior-share is the share of decodings of z ~ N(0, I)
    that the digit classifier reads with confidence over 0.9. With --workers, samples are made by workers of Ray
    (pip install "generative-explorer[cluster]"): of this machine, or of the cluster at RAY_ADDRESS.
    """
    check_workers(workers)
    opened = shared.open_checkpoint(checkpoint, run_python)
    typed = sampler_options.SamplerOptions(
        steps=steps, eta=eta, clip=clip, sampler=sampler, spacing=spacing, offset=offset, alpha_to_one=alpha_to_one,
        variance=variance if metric in OF_SAMPLES else None, clip_range=clip_range, threshold=threshold,
    )  # fmt: skip
    options = Options(
        checkpoint=opened, where=shared.place(device, precision), device=device, images=images, typed=typed,
        sampler=sampler_options.sampler_of(_named(typed), opened.card.sampler.said), seed=seed, draws=draws, strata=strata,
        split=split, dataset=dataset, variance=None if metric in OF_SAMPLES else variance,
        labels=labels_of(label) if label is not None else (), guidance=guidance,
        read=reading(dataset, "--dataset", values, member, background, label_member),
        workers=workers or 1, threads=threads or (1 if workers and workers > 1 else 0),
        probes=probes, probe=probe.value if probe else None, dequantise=dequantise.value if dequantise else None,
    )  # fmt: skip
    _check_options(metric, options)
    if write:
        _check_writable(opened.path)
    measure = METRICS[metric]
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
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
    of_ode = [f"--{name}" for name in OF_THE_ODE if getattr(options, name) is not None]
    if of_ode and metric is not MetricName.ode_likelihood:
        raise BadInput(f"{', '.join(of_ode)}: of no meaning for {metric.value}; ode-likelihood takes it")
    told = {"--label": bool(options.labels), "--guidance": options.guidance != 0}
    refused = [name for name, is_given in told.items() if is_given]
    of_lanes = metric in (MetricName.vlb, MetricName.excess, MetricName.ode_likelihood)
    if refused and of_lanes:
        raise BadInput(f"{', '.join(refused)}: of no meaning for {metric.value}, which tells each image's own label; fid and kid take it")
    odd += refused
    of_chains = of_lanes or (metric in OF_SAMPLES and options.checkpoint.card.kind == "ddpm")
    if odd and not of_chains:
        raise BadInput(
            f"{', '.join(odd)}: of no meaning for {metric.value} of a {options.checkpoint.card.kind}; fid and kid of a ddpm take it"
        )
    if options.workers > 1:
        check_blocks(metric, options)
    given = [f"--{name}" for name in OF_THE_OBJECTIVE if getattr(options, name) is not None]
    if metric is MetricName.iwae and given == ["--draws"]:
        return
    if metric in (MetricName.accuracy, MetricName.kid, MetricName.ode_likelihood) and set(given) <= {"--split", "--dataset"}:
        return
    if given and metric not in (MetricName.vlb, MetricName.excess):
        raise BadInput(f"{', '.join(given)}: of no meaning for {metric.value}; vlb and excess take it")


METRICS: dict[MetricName, Callable[[Options], Measured]] = {
    MetricName.fid: samples.fid, MetricName.kid: samples.kid, MetricName.vlb: objective.vlb, MetricName.excess: objective.excess,
    MetricName.ode_likelihood: ode_likelihood.ode_likelihood,
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
