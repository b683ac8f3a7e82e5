"""`invert`: the noise that a picture comes from, how well it comes back, and whether it looks like noise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from explorer.cli import shared
from explorer.cli.reading_options import BackgroundOption
from explorer.cli.sample.start_options import InvertRoundsOption
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.recipe.labels import labels_of
from explorer.recipe.sampler import MAX_STEPS

if TYPE_CHECKING:
    from explorer.evaluation.inversion import RoundTrip
    from explorer.sampling.lanes import SampledLane

SCALE = 4
LOOKS_LIKE_NOISE = 4.0
"""Standard errors beyond which a figure is not that of noise."""


@takes_told("checkpoint")
def invert(
    picture: Annotated[str, typer.Argument(help="A picture, or a test image as mnist:7.")],
    checkpoint: Annotated[str, typer.Option(help="A ddpm: a file, or the name of one that comes with the app.")] = "mnist-ddpm-c",
    steps: Annotated[str, typer.Option(metavar="K,K,…", help="How many steps, up and down again.")] = "10,25,50,100",
    rounds: InvertRoundsOption = 1,
    out: Annotated[
        Path | None, typer.Option(help="Also write the noise of the last count, with its recipe, as an .npz of a chain; or a picture .png.")
    ] = None,
    label: shared.LabelOption = None,
    guidance: shared.GuidanceOption = 0.0,
    background: BackgroundOption = "white",
    device: shared.DeviceOption = "auto",
    precision: shared.PrecisionOption = shared.EXACT,
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
) -> None:
    """Take a picture to the noise that it comes from (DDIM inversion), and back.

    For each number of steps: the root mean square error of the image that comes back (images are in [-1, 1]), the norm of the noise
    beside sqrt(d), and how many standard errors its norm, kurtosis and the correlation of neighbours are from those of N(0, I).
    --out writes the chain that starts from it, as `sample --invert` does.
    """
    counts = _counts(steps)
    if out is not None:
        from explorer.exports.atomic import check_free, check_out
        from explorer.exports.kinds import KINDS

        check_out(out, tuple(KINDS))
        check_free(out, force=force)
    import torch

    from explorer.evaluation.inversion import counts_within
    from explorer.recipe import Sampler
    from explorer.sampling.lanes import lane_of

    opened = shared.open_checkpoint(checkpoint, run_python)
    labels = labels_of(label) if label is not None else ()
    lane = lane_of(opened, shared.place(device, precision), Sampler(eta=0.0, method="euler"), 1, labels, guidance)
    with torch.inference_mode():
        found = _round_trips(lane, picture, background, counts_within(counts, lane.predictor.schedule.T), rounds)
        if out is not None:
            _write(out, lane, picture, background, found[-1].steps, rounds)
    rows = [row_of(trip) for trip in found]
    if as_json:
        shared.print_json({"picture": picture, "checkpoint": checkpoint, "sha256": opened.sha256, "rounds": rounds, "round_trips": rows,
                           "out": out, "device": str(lane.device)})  # fmt: skip
        return
    shared.say(f"{picture} through {Path(lane.lane.source).stem}, {rounds} round{'s' * (rounds != 1)} a step")
    for trip in found:
        shared.say(line_of(trip))


def _counts(text: str) -> tuple[int, ...]:
    try:
        counts = tuple(int(word) for word in text.split(","))
    except ValueError:
        counts = ()
    if not counts or not all(1 <= count <= MAX_STEPS for count in counts):
        raise BadInput(f"--steps {text}: write numbers of steps, such as 10,25,50")
    return counts


def _round_trips(lane: SampledLane, picture: str, background: Any, counts: tuple[int, ...], rounds: int) -> list[RoundTrip]:
    import torch

    from explorer.datasets.images import to_unit_range
    from explorer.diffusion.pixel_range import meant
    from explorer.diffusion.predictor import told_of
    from explorer.engine.chain.starts import check_start, upward
    from explorer.engine.models.predictors import finished, range_of
    from explorer.evaluation.inversion import round_trip
    from explorer.recipe.start import Inverted, Start
    from explorer.sampling.starts import picture_named

    fitted = picture_named(picture, lane.image_shape, lane.data, background)
    ends = [Inverted(fitted, count, "ddim", rounds) for count in counts]
    begun = msgspec.structs.replace(lane.lane, start=Start((ends[0],)))
    check_start(begun, lane.image_shape, lane.predictor.schedule, lane.latent is not None)
    x0 = meant(torch.from_numpy(to_unit_range(fitted.array()))[None].to(lane.device), range_of(lane.predictor))
    told, found = told_of(lane.predictor, [0]), []
    with shared.progress(sum(counts), f"up and down, {Path(lane.lane.source).stem}", "step") as report:
        for end in ends:
            found.append(finished(round_trip(told, x0, upward(lane.predictor.schedule, lane.lane, end), "ddim", rounds)))
            report(end.steps)
    return found


def _write(out: Path, lane: SampledLane, picture: str, background: Any, steps: int, rounds: int) -> None:
    """The chain that starts from the noise."""
    from explorer.cli.sample.starts import started_at
    from explorer.recipe import ChainRecipe, Recipe
    from explorer.sampling.writing import write

    sampler = msgspec.structs.replace(lane.lane.sampler, steps=steps)
    plain = replace(lane, lane=msgspec.structs.replace(lane.lane, sampler=sampler))
    made = started_at(plain, [picture], None, steps, rounds, 1, background)
    recipe = Recipe(chain=ChainRecipe((made.lane,), 0, 1))
    write(out, [made], recipe, None if out.suffix != ".png" else SCALE, 60, 10, shared.progress)


def row_of(trip: RoundTrip) -> dict[str, Any]:
    """A round trip for programs."""
    figures = trip.figures
    return {
        "steps": trip.steps, "error": trip.error, "psnr": trip.psnr, "norm": figures.norm, "expected_norm": figures.expected,
        "mean": figures.mean, "deviation": figures.deviation, "kurtosis": figures.kurtosis, "neighbours": figures.along,
        "scores": {
            "norm": figures.norm_score, "mean": figures.mean_score, "kurtosis": figures.kurtosis_score, "neighbours": figures.along_score,
        },
        "like_noise": figures.furthest < LOOKS_LIKE_NOISE, "asked": trip.asked,
    }  # fmt: skip


def line_of(trip: RoundTrip) -> str:
    """A round trip for people."""
    f, steps = trip.figures, f"{trip.steps:5} steps"
    verdict = "like N(0, I)" if f.furthest < LOOKS_LIKE_NOISE else "not like N(0, I)"
    return (
        f"{steps}: error {trip.error:.4f} ({trip.psnr:.1f} dB); noise: norm {f.norm:.2f} of {f.expected:.2f} ({f.norm_score:+.1f} s.e.), "
        f"kurtosis {f.kurtosis:.2f} ({f.kurtosis_score:+.1f}), neighbours {f.along:+.3f} ({f.along_score:+.1f}): {verdict}"
    )
