"""What `evaluate`'s metrics have in common: the options, and the command that measures it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from explorer.cli import shared
from explorer.cli.sampler_options import SamplerOptions, words_for
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.diffusion.flow_settings import Dequantise, Probe

if TYPE_CHECKING:
    from explorer.checkpoints.card import Metric
    from explorer.checkpoints.files import Checkpoint
    from explorer.recipe import Sampler


class MetricName(StrEnum):
    """What can be measured."""

    fid = "fid"
    kid = "kid"
    vlb = "vlb"
    excess = "excess"
    ode_likelihood = "ode-likelihood"
    elbo = "elbo"
    iwae = "iwae"
    log_px = "log-px"
    prior_share = "prior-share"
    accuracy = "accuracy"


class SplitName(StrEnum):
    """Which images of a data set."""

    train = "train"
    test = "test"


class VarianceName(StrEnum):
    """Variance of the reverse step: of the bound by its formula, small and large being the same; of samples as of `sample`."""

    posterior = "posterior"
    beta = "beta"
    small = "small"
    large = "large"
    learned = "learned"


OF_SAMPLES = (MetricName.fid, MetricName.kid)
"""Measured of samples, whose chain has a sampler."""
OF_THE_ODE = ("probes", "probe", "dequantise")
OF_THE_OBJECTIVE = ("draws", "strata", "split", "dataset", "variance")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The command's arguments; None where the metric's own default holds."""

    checkpoint: Checkpoint
    where: shared.Place
    device: str
    images: int | None
    sampler: Sampler
    typed: SamplerOptions
    seed: int
    draws: int | None = None
    strata: int | None = None
    split: SplitName | None = None
    dataset: str | None = None
    variance: VarianceName | None = None
    labels: tuple[int, ...] = ()
    guidance: float = 0.0
    workers: int = 1
    threads: int = 0
    read: Reading = AS_FOUND
    probes: int | None = None
    probe: Probe | None = None
    dequantise: Dequantise | None = None

    @property
    def clip(self) -> bool:
        """Whether x0_hat is limited."""
        return self.sampler.clip

    @property
    def of_the_bound(self) -> Literal["posterior", "beta"]:
        """The variance of the bound's steps."""
        return "beta" if self.variance in (VarianceName.beta, VarianceName.large) else "posterior"


Measured = tuple[dict[str, Any], "tuple[Metric, ...]"]
"""What is printed, and what the card keeps."""


def read_options(options: Options) -> dict[str, object]:
    """How the images are taken, where it was told."""
    return {
        name: getattr(options.read, name) for name in AS_FOUND.__struct_fields__ if getattr(options.read, name) != getattr(AS_FOUND, name)
    }


def clip_option(options: Options) -> dict[str, object]:
    """What limits x0_hat as the options do, where the checkpoint would not."""
    words = words_for(options.sampler, options.checkpoint.card.sampler.said)
    return {name: words[name] for name in ("clip", "no-clip", "clip-range", "threshold") if name in words}


def command(options: Options, metric: MetricName, images: int | None, further: dict[str, object] | None = None, seeded: bool = True) -> str:
    """What to type to measure it again, without the folders of this machine.

    Parameters
    ----------
    further : dict
        Further options by name; those that are None or False are left out, True is a switch.
    """
    from explorer.checkpoints.locate import named, source_of

    source = source_of(options.checkpoint.path)
    words = ["generative-explorer", "evaluate", "--checkpoint", source if source in named() else options.checkpoint.path.name]
    words += ["--metric", metric.value]
    if images is not None:
        words += ["--images", str(images)]
    for name, value in (further or {}).items():
        if value is None or value is False:
            continue
        words += [f"--{name}"] if value is True else [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    if seeded:
        words += ["--seed", str(options.seed)]
    return shlex.join(words)
