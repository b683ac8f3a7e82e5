"""`sample`: chains of one or several checkpoints from the same noise, as a picture, a film or arrays."""

from __future__ import annotations

import time
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from explorer import sources
from explorer.cli import sampler_options as options
from explorer.cli import shared
from explorer.cli.reading_options import BackgroundOption, LabelsOption, MemberOption, RangeOption, reading
from explorer.cli.sample.start_options import BETWEEN_HELP, INVERT_HELP, InvertRoundsOption, InvertStepsOption
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES, MAX_SAMPLES, NO_CLASS, ChainRecipe, OptionName, Recipe, Sampler, Shown
from explorer.recipe.labels import labels_of
from explorer.recipe.shown import FPS, FPS_RANGE, FRAMES, FRAMES_RANGE, MAX_SCALE

if TYPE_CHECKING:
    from explorer.sampling.lanes import SampledLane

EXACT_HELP = "The exact reverse process of a data set: mnist, emoji, an IDX or array file, or a folder. Several are lanes."
THROUGH_HELP = "Exact: take the prediction through this option's output, as a network's would be. Several are lanes."


FOLLOW_HELP = "Exact: draw an image of the data set at each step (the ancestral sampler, unless told), or follow the mean."
SWEEP_HELP = (
    "Each lane once for each value of a setting: steps=10,25,50, eta=0,1, clip=no,yes, seed=0,1,2, schedule=own,cosine:1000, "
    "method=ancestral,ddim,heun,dpm++2m, variance=small,large, spacing=trailing,leading, label=0..9, guidance=0,1,3."
)


class Follow(StrEnum):
    """What a step of the exact process does."""

    draw = "draw"
    mean = "mean"


class Through(StrEnum):
    """The option whose output the ideal prediction is taken through."""

    A = "A"
    B = "B"
    C = "C"
    V = "V"


CHECKPOINT_HELP = f"A ddpm: {sources.a_file()}, or a shipped name. Several are lanes."


@takes_told("checkpoint")
def sample(
    out: Annotated[
        Path,
        typer.Option(help="Picture .png, film .gif or .mp4 of the chain, arrays .npz of every step, or a page .html with a slider over t."),
    ],
    checkpoint: Annotated[list[str] | None, typer.Option(help=CHECKPOINT_HELP)] = None,
    exact: Annotated[list[str] | None, typer.Option(help=EXACT_HELP)] = None,
    follow: Annotated[Follow | None, typer.Option(show_default=False, help=FOLLOW_HELP)] = None,
    through: Annotated[list[Through] | None, typer.Option(help=THROUGH_HELP)] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Exact: only the first so many images of the data set.")] = None,
    values: RangeOption = "auto",
    member: MemberOption = "",
    label_member: LabelsOption = "",
    background: BackgroundOption = "white",
    samples: Annotated[int, typer.Option(min=1, max=MAX_SAMPLES, help="How many; sample i is the same among any number.")] = 16,
    seed: shared.SeedOption = 0,
    steps: shared.StepsOption = None,
    sampler: options.SamplerOption = None,
    eta: options.EtaOption = None,
    variance: options.VarianceOption = None,
    spacing: options.SpacingOption = None,
    offset: options.OffsetOption = None,
    alpha_to_one: options.ToOneOption = None,
    clip: shared.ClipOption = None,
    clip_range: options.ClipRangeOption = None,
    threshold: options.ThresholdOption = None,
    label: shared.LabelOption = None,
    guidance: shared.GuidanceOption = 0.0,
    invert: Annotated[list[str] | None, typer.Option(help=INVERT_HELP)] = None,
    between: Annotated[tuple[str, str] | None, typer.Option(help=BETWEEN_HELP, metavar="END END")] = None,
    invert_steps: InvertStepsOption = None,
    invert_rounds: InvertRoundsOption = 1,
    sweep: Annotated[str | None, typer.Option(help=SWEEP_HELP)] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Pictures: lanes against samples, each labelled.")] = False,
    device: shared.DeviceOption = "auto",
    precision: shared.PrecisionOption = shared.EXACT,
    scale: Annotated[int | None, typer.Option(min=1, max=MAX_SCALE, help="Pictures: pixels for each pixel of an image.")] = None,
    frames: Annotated[
        int, typer.Option(min=FRAMES_RANGE[0], max=FRAMES_RANGE[1], help="Films and pages: at most so many states of the chain.")
    ] = FRAMES,
    fps: Annotated[float, typer.Option(min=FPS_RANGE[0], max=FPS_RANGE[1], help="Films: pictures a second.")] = FPS,
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
) -> None:
    """Sample one or several models from the same noise.

    In an .npz, for each lane i from x_T to x_0: lane{i}/x (K+1,N,C,H,W); x0_hat, eps_hat, mean and z (K,N,C,H,W);
    alpha_bar and timesteps (K+1); a0, at and sigma (K) with x_next = mean + sigma z, mean = a0 x0_hat + at x; and recipe (JSON).
    Of ddim with clipping, heun and dpm++2m, the mean is a0 D + at x, the image D being that which the step goes towards; of a learned
    variance, sigma is the posterior's, and x_next - mean over z what was taken. Of a class-conditional lane labels (N), -1 for no class.
    With --exact there is no network but a data set: x0_hat is E[x_0 | x_t], mean that of q(x_{t-1} | x_t), and, unless
    --follow mean, x_next is drawn from that mixture: the image drawn takes the place of x0_hat in it.
    """
    from explorer.exports.atomic import check_free, check_out
    from explorer.exports.kinds import KINDS

    check_out(out, tuple(KINDS))
    check_free(out, force=force)
    checkpoint, exact = checkpoint or [], exact or []
    outputs: list[OptionName | None] = [option.value for option in through or ()] or [None]
    count = len(checkpoint) + len(exact) * len(outputs)
    if not count:
        raise BadInput("sample: name at least one --checkpoint, or a data set as --exact mnist")
    if count > MAX_LANES:
        raise BadInput(f"there can be at most {MAX_LANES} lanes, not {count}")
    if not exact and (images is not None or through or follow is not None):
        raise BadInput("sample: --images, --follow and --through are of an exact lane: name its data set, as --exact mnist")
    labels = labels_of(label) if label is not None else ()
    if exact and (guidance or len(labels) > 1 or NO_CLASS in labels):
        raise BadInput("sample: an exact lane is of one class or of all, and is not guided: --label 7, or --sweep label=0..9")
    if invert and between:
        raise BadInput("sample: --invert and --between both say what the chains start from: give one of them")
    read = reading(exact or invert or between, "--exact", values, member, background, label_member)
    import torch

    from explorer.cli.sample.starts import started_at
    from explorer.engine.models.data_sets import DataSets
    from explorer.sampling import lanes as sampling
    from explorer.sampling.exact_lanes import exact_lane_of
    from explorer.sampling.writing import write

    where = shared.place(device, precision)
    typed = options.SamplerOptions(
        steps=steps, eta=eta, clip=clip, sampler=sampler, spacing=spacing, offset=offset, alpha_to_one=alpha_to_one, variance=variance,
        clip_range=clip_range, threshold=threshold,
    )  # fmt: skip
    opened = [shared.open_checkpoint(name, run_python) for name in checkpoint]
    lanes = [sampling.lane_of(one, where, options.sampler_of(typed, one.card.sampler.said), samples, labels, guidance) for one in opened]
    kept, exact_sampler = DataSets(where.device), options.sampler_of(typed, {})
    followed: Literal["draw", "mean"] | None = None if follow is None else "mean" if follow is Follow.mean else "draw"
    exact_of = partial(
        exact_lane_of, where=where, sampler=exact_sampler, kept=kept, samples=samples, images=images, follow=followed,
        label=next(iter(labels), None), read=read,
    )  # fmt: skip
    lanes += [exact_of(source, option=option) for source in exact for option in outputs]
    for process in dict.fromkeys(lane.lane.exact for lane in lanes if lane.lane.exact is not None):
        shared.say_taken(process.dataset, kept.get(process).data.n, kept.get(process).taken)
    if invert or between:
        begin = partial(started_at, invert=invert or [], between=between, steps=invert_steps, rounds=invert_rounds, samples=samples)
        noisy = typed.eta is not None or typed.sampler is not None
        lanes = [begin(lane, paper=read.background, noisy=noisy) for lane in lanes]
    elif invert_steps is not None:
        raise BadInput("--invert-steps: of no meaning without --invert or --between")
    if sweep is not None:
        lanes = [one for lane in lanes for one in sampling.sweep(lane, sweep, kept)]
        if len(lanes) > MAX_LANES:
            raise BadInput(f"{sweep}: there can be at most {MAX_LANES} lanes, not {len(lanes)}")
    chain = ChainRecipe(tuple(lane.lane for lane in lanes), seed, samples)
    ran = where.arithmetic(lane.run for lane in lanes if lane.run is not None)
    recipe = Recipe(chain=chain, shown=Shown(layout="grid") if grid else None, arithmetic=ran)
    started = time.perf_counter()
    with torch.inference_mode():
        write(out, lanes, recipe, scale, frames, fps, shared.progress)
    seconds = time.perf_counter() - started
    if as_json:
        shared.print_json(_report(out, lanes, seed, samples, where, seconds))
    else:
        shared.say(f"{out}: {samples} {'sample' if samples == 1 else 'samples'} of {', '.join(lane.label for lane in lanes)}, seed {seed}")


def _steps_told(sampler: Sampler) -> dict[str, Any]:
    """What of a sampler is not as usual, by the names of the recipe."""
    import msgspec

    said: dict[str, Any] = msgspec.to_builtins(sampler)
    return {"sampler": sampler.method} | {name: value for name, value in said.items() if name not in ("steps", "eta", "clip", "method")}


def _report(out: Path, lanes: list[SampledLane], seed: int, samples: int, where: shared.Place, seconds: float) -> dict[str, Any]:
    return {
        "out": out, "bytes": out.stat().st_size, "samples": samples, "seed": seed, "device": str(where.device),
        "seconds": round(seconds, 3),
        "lanes": [
            {
                "source": lane.lane.source, "sha256": lane.lane.exact.sha256 if lane.lane.exact else lane.lane.checkpoint,
                "option": lane.lane.option, "image_shape": lane.image_shape,
                "T": lane.course.timesteps[0], "steps": lane.course.K, "eta": lane.lane.sampler.eta, "clip": lane.lane.sampler.clip,
                **_steps_told(lane.lane.sampler),
                "precision": lane.precision,
            } | ({"exact": lane.lane.exact.follow} if lane.lane.exact else {}) | _told(lane, samples)
            | ({"computed_by": lane.run.words} if lane.run else {}) | ({"start": lane.lane.start.words} if lane.lane.start else {})
            for lane in lanes
        ],
    }  # fmt: skip


def _told(lane: SampledLane, samples: int) -> dict[str, Any]:
    """Of a class-conditional lane the label of each sample, -1 for no class, and the guidance; of an exact one its class."""
    from explorer.engine.models.predictors import labels_told

    if lane.lane.exact is not None:
        return {} if lane.lane.exact.label is None else {"label": lane.lane.exact.label}
    labels = labels_told(lane.predictor, samples)
    return {} if labels is None else {"labels": labels.tolist(), "guidance": lane.lane.guidance}
