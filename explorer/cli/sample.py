"""`sample`: chains of one or several checkpoints from the same noise, as a picture, a film or arrays."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import shared
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES, MAX_SAMPLES, ChainRecipe, Recipe

if TYPE_CHECKING:
    from explorer.cli.lanes import SampledLane

ENDINGS = (".png", ".gif", ".mp4", ".npz")


def sample(
    checkpoint: Annotated[list[str], typer.Option(help="A ddpm: a .safetensors file, or a shipped name. Several are lanes.")],
    out: Annotated[Path, typer.Option(help="Picture .png, film .gif or .mp4 of the chain, or arrays .npz of every step.")],
    samples: Annotated[int, typer.Option(min=1, max=MAX_SAMPLES, help="How many; sample i is the same among any number.")] = 16,
    seed: shared.SeedOption = 0,
    steps: shared.StepsOption = None,
    eta: shared.EtaOption = 1.0,
    clip: shared.ClipOption = False,
    device: shared.DeviceOption = "auto",
    precision: shared.PrecisionOption = shared.PrecisionName.fp32,
    scale: Annotated[int | None, typer.Option(min=1, max=64, help="Pictures: pixels for each pixel of an image.")] = None,
    frames: Annotated[int, typer.Option(min=2, max=2000, help="Films: at most so many states of the chain.")] = 100,
    fps: Annotated[float, typer.Option(min=1, max=50, help="Films: pictures a second.")] = 24,
    as_json: shared.JsonOption = False,
) -> None:
    """Sample one or several models from the same noise.

    In an .npz, for each lane i from x_T to x_0: lane{i}/x (K+1,N,C,H,W); x0_hat, eps_hat, mean and z (K,N,C,H,W);
    alpha_bar and timesteps (K+1); a0, at and sigma (K) with x_next = a0 x0_hat + at x + sigma z; and recipe (JSON).
    """
    from explorer.exports.whole import check_out

    check_out(out, ENDINGS)
    if len(checkpoint) > MAX_LANES:
        raise BadInput(f"there can be at most {MAX_LANES} lanes, not {len(checkpoint)}")
    import torch

    from explorer.cli import lanes as sampling

    where = shared.place(device, precision)
    lanes = [sampling.lane_of(shared.open_checkpoint(name), where, steps, eta, clip) for name in checkpoint]
    recipe = Recipe(chain=ChainRecipe(tuple(lane.lane for lane in lanes), seed, samples))
    started = time.perf_counter()
    with torch.inference_mode():
        if out.suffix.lower() == ".npz":
            sampling.write_arrays(out, lanes, recipe)
        else:
            sampling.write_picture(out, lanes, recipe, scale, frames, fps)
    seconds = time.perf_counter() - started
    if as_json:
        shared.print_json(_report(out, lanes, seed, samples, where, seconds))
    else:
        print(f"{out}: {samples} samples of {', '.join(lane.label for lane in lanes)}, seed {seed}")


def _report(out: Path, lanes: list[SampledLane], seed: int, samples: int, where: shared.Place, seconds: float) -> dict[str, Any]:
    return {
        "out": out, "bytes": out.stat().st_size, "samples": samples, "seed": seed, "device": str(where.device),
        "seconds": round(seconds, 3),
        "lanes": [
            {
                "source": lane.lane.source, "sha256": lane.lane.checkpoint, "option": lane.lane.option, "image_shape": lane.image_shape,
                "T": lane.course.timesteps[0], "steps": lane.course.K, "eta": lane.lane.sampler.eta, "clip": lane.lane.sampler.clip,
                "precision": lane.precision,
            }
            for lane in lanes
        ],
    }  # fmt: skip
