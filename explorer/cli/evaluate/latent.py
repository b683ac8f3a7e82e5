"""`evaluate`'s metrics of a VAE or an AE: ELBO, importance-weighted bound, exact log p(x), samples of the prior."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from explorer.checkpoints.card import UNSAID, Metric
from explorer.cli import shared
from explorer.cli.evaluate.measuring import Measured, MetricName, Options, command
from explorer.errors import BadInput

if TYPE_CHECKING:
    import numpy as np

    from explorer.evaluation.elbo import TestElbo

IWAE_DRAWS = 100
EVIDENCE_IMAGES = 400
PRIOR_SAMPLES = 2000
FITTED_TO = 10_000
MAX_PRIOR_SAMPLES = 100_000
"""They are judged together."""
MAX_AT_ONCE = 500_000
"""Decodings of one block of images."""


def elbo(options: Options) -> Measured:
    """ELBO with its terms, KL of each dimension, IWAE-100 and reconstruction error; of an AE the last alone."""
    from explorer.evaluation.elbo import metrics

    measured = _measured(options, IWAE_DRAWS)
    typed = command(options, MetricName.elbo, options.images)
    per_dimension = list(measured.kl_per_dimension) or None
    return {**asdict(measured), "kl_per_dimension": per_dimension, "seed": options.seed, "command": typed}, metrics(measured, typed)


def iwae(options: Options) -> Measured:
    """The importance-weighted bound with K draws, beside the ELBO that it is above."""
    from explorer.evaluation.elbo import BLOCK

    if options.checkpoint.card.kind == "ae":
        raise BadInput(f"{options.checkpoint.path}: is an ae, whose codes are points; a bound on log p(x) needs a vae")
    draws = options.draws or IWAE_DRAWS
    most = MAX_AT_ONCE // min(BLOCK, options.images or BLOCK)
    if draws > most:
        raise BadInput(f"--draws {draws}: at most {most:,} of each image are decoded together")
    measured = _measured(options, draws)
    typed = command(options, MetricName.iwae, options.images, {"draws": draws})
    assert measured.iwae is not None
    assert measured.elbo is not None
    found = {"images": measured.images, "draws": draws, "standard_error": measured.iwae_error, "elbo": measured.elbo}
    report = {"iwae": measured.iwae, **found, "above_elbo": measured.iwae - measured.elbo, "seed": options.seed, "command": typed}
    return report, (Metric(f"test IWAE-{draws}", measured.iwae, typed, details=found),)


def log_px(options: Options) -> Measured:
    """log p(x) by quadrature over the plane, beside the ELBO: what is between them is KL(q(z|x) || p(z|x))."""
    from explorer.evaluation.log_px import measure_evidence

    model = shared.autoencoder(options.checkpoint, options.where.device)
    path, config = options.checkpoint.path, model.config
    if config.code != 2:
        raise BadInput(f"{path}: its codes have {config.code} dimensions; log p(x) is summed over planes of two (iwae bounds it for any)")
    if not config.variational:
        raise BadInput(f"{path}: is an ae, whose codes are points; log p(x) needs a vae")
    if not config.likelihood:
        raise BadInput(f"{path}: says nothing of p(x|z), so there is no p(x)")
    count = EVIDENCE_IMAGES if options.images is None else options.images
    images = _held_out(options, count)
    with shared.progress(len(images), "test images") as report:
        found = measure_evidence(model, images, report)
    typed = command(options, MetricName.log_px, count, seeded=False)
    details = asdict(found)
    value = details.pop("log_px")
    details["gap_quantiles"] = list(found.gap_quantiles)
    stored = Metric(
        "test log p(x)", value, typed, details={"images": found.images, "standard_error": found.log_px_error, "elbo": found.elbo}
    )
    return {"log_px": value, **details, "command": typed}, (stored,)


def prior_share(options: Options) -> Measured:
    """Share of prior samples that the digit classifier reads with confidence over 0.9, beside that of real images."""
    from explorer.datasets.mnist import mnist
    from explorer.evaluation import prior
    from explorer.evaluation.digits import check_digits
    from explorer.evaluation.judge import Judge

    count = PRIOR_SAMPLES if options.images is None else options.images
    if count > MAX_PRIOR_SAMPLES:
        raise BadInput(f"--images {count}: prior-share draws at most {MAX_PRIOR_SAMPLES:,}")
    model = shared.autoencoder(options.checkpoint, options.where.device)
    check_digits(options.checkpoint, "prior-share")
    judge = Judge.open(options.where.device)
    if judge.image_shape != model.config.image_shape:
        shape = "x".join(map(str, model.config.image_shape))
        raise BadInput(
            f"{options.checkpoint.path}: makes images of {shape}; prior-share is judged by the digit classifier, which reads MNIST's alone"
        )
    with shared.progress(2 * count, "decoding samples") as report:
        found = prior.prior_share(model, judge, mnist("train")[0][:FITTED_TO], count, options.seed, report)
    real = judge.read(mnist("test")[0][:count]).confident_share
    typed = command(options, MetricName.prior_share, count)
    details = {
        "images": count, "seed": options.seed, "codes": "z ~ N(0, I)", "effective_digits": found.digits,
        "digit_shares": found.digit_shares, "share_of_fitted_gaussian": found.fitted,
        "effective_digits_of_fitted_gaussian": found.fitted_digits, "fitted_to": f"codes of {FITTED_TO:,} training images",
    }  # fmt: skip
    stored = Metric("confident prior samples", found.prior, typed, real, details)
    return {"prior_share": found.prior, "real_share": real, **details, "command": typed}, (stored,)


def _measured(options: Options, draws: int) -> TestElbo:
    from explorer.evaluation.elbo import measure

    model = shared.autoencoder(options.checkpoint, options.where.device)
    images = _held_out(options, options.images)
    with shared.progress(len(images), "test images") as report:
        last = 0

        def show(done: int, _total: int) -> None:
            nonlocal last
            report(done - last)
            last = done

        return measure(model, images, draws, options.seed, show)


def _held_out(options: Options, count: int | None) -> np.ndarray:
    """The first so many test images of what it was trained on (BadInput where there are none)."""
    from explorer.datasets.images import load_images, training_sha256
    from explorer.datasets.shipped import shipped

    data = options.checkpoint.card.data
    if data.name == UNSAID:
        raise BadInput(f"{options.checkpoint.path}: does not say which images it was trained on, so that none can be held out for it")
    if shipped(data.name) is None or data.sha256 not in ("", training_sha256(data.name)):
        raise BadInput(f"{options.checkpoint.path}: was trained on {data.name}, of which no test images are known")
    return load_images(data.name, "test").images[:count]
