"""Inside the U-Net: one forward pass of one sample with every block noted, and one more without some skips."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.parameterization import Option, Prediction
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.engine.arrays import read_only
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.network.messages import BlockShown, ChannelsShown, InspectUNet, OutputShown, UNetAbsent, UNetShown
from explorer.engine.desk import Desk
from explorer.engine.models.predictors import through_network
from explorer.engine.pictures.tiles import Palette, diverging_tiles, stated_scale, tiles_of
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.models.anatomy import INPUT, OUTPUT, Anatomy
from explorer.models.roles import anatomy_of, outside_of
from explorer.models.trace import traced
from explorer.models.vector_mlp import VectorMlp
from explorer.recipe.quantities import QUANTITIES

OUTPUT_NAMES = {Option.A: "mean", Option.B: "x0_hat", Option.C: "eps_hat", Option.V: "v"}
NO_NETWORK = "This lane has no U-Net: its steps come from the data set itself. Choose a lane that has a network."
NO_ANATOMY = "What this network is made of is not known here: another tool built it. Choose a lane whose U-Net is of this app."

OF_CODES = "This network is no U-Net: it walks codes, through layers without pictures in them. Choose a lane that walks images."


def inspect(request: InspectUNet, desk: Desk) -> Steps:
    """Answer an InspectUNet.

    Raises
    ------
    BadInput
        If the lane has not been sampled, or has no such sample.
    """
    lane = desk.of(Chains).computed(request.key)
    if not 0 <= request.sample < lane.key.samples:
        raise BadInput(f"there is no sample {request.sample}: this lane has {lane.key.samples}")
    k = min(lane.nearest(request.t, "mean"), lane.course.K - 1)
    own, asked = _own(lane.leg(k).predictor, lane.course.timesteps[k])
    if own is None or own.network is None:
        yield UNetAbsent(request.key, NO_NETWORK)
        return
    network, parts = own.network, anatomy_of(own.network, *lane.image_shape[1:])
    if parts is None:
        yield UNetAbsent(request.key, OF_CODES if isinstance(network, VectorMlp) else NO_ANATOMY)
        return
    for frame in lane.frame(k):
        if frame is None:
            yield None
            continue
        x, before = lane.placed(frame, request.sample)
    off = tuple(sorted({skip.level for skip in parts.skips} & set(request.off)))
    pace, look = lane.pace(), partial(_look, lane, network, parts, k, (x, before), request)
    whole = yield from pace.step(partial(look, ()))
    yield None
    switched = (yield from pace.step(partial(look, off))) if off else whole
    yield None
    shown = _shown(request, lane, own.option, k, asked, parts, off, whole, switched)
    skip, scale = outside_of(own.network, asked)
    yield replace(shown, skip=skip, scale=scale)


def _own(predictor: Predictor, t: int) -> tuple[NetworkPredictor | None, int]:
    """What asks the network, the lane's predictor or that within a matched one, and the timestep that it is told."""
    while isinstance(predictor, MatchedPredictor):
        t, predictor = int(predictor.asked[t]), predictor.inner
    return (predictor, t) if isinstance(predictor, NetworkPredictor) else (None, t)


class _Seen:
    """Arrays (C, H, W) float32 of every block, and of what the answer means."""

    def __init__(self, blocks: dict[str, Tensor], prediction: Prediction) -> None:
        self.blocks = {name: _array(h) for name, h in blocks.items()}
        self.prediction = {name: _array(getattr(prediction, name)) for name in ("mean", "x0_hat", "eps_hat")}


def _array(tensor: Tensor) -> np.ndarray:
    values: np.ndarray = tensor[0].float().cpu().numpy()
    return values


def _look(
    lane: ChainLane, network: nn.Module, parts: Anatomy, k: int, told: tuple[Tensor, Tensor | None], request: InspectUNet,
    off: tuple[int, ...],
) -> _Seen:  # fmt: skip
    """One forward pass through the predictor that makes this step, by PyTorch where its backend does not call the module."""
    leg = lane.leg_of(k, request.sample)
    predictor = through_network(leg.predictor, lane.device)
    with traced(network, parts, off, request.instead) as blocks, torch.inference_mode():
        x, before = told
        prediction = leg.ask(x, lane.course.timesteps[k], lane.course.steps[k], before, predictor)
    return _Seen(blocks, prediction)


def _shown(
    request: InspectUNet, lane: ChainLane, option: Option, k: int, asked: int, parts: Anatomy, off: tuple[int, ...],
    whole: _Seen, switched: _Seen,
) -> UNetShown:  # fmt: skip
    name = OUTPUT_NAMES[option]
    blocks = {node.name: _block(node.name, name, whole, switched, request) for node in parts.nodes}
    block = request.block if request.block in blocks else "middle"
    outputs = [_output(name, whole.blocks[OUTPUT], switched.blocks[OUTPUT], request.palette, bool(off))]
    if name != "x0_hat" or lane.leg(k).clip:
        outputs.append(_output("x0_hat", whole.prediction["x0_hat"], switched.prediction["x0_hat"], request.palette, bool(off)))
    return UNetShown(
        request.key, k, int(lane.timesteps[k]), request.sample, parts, blocks,
        _channels(block, switched.blocks[block], request), tuple(outputs), off, asked,
    )  # fmt: skip


def _block(name: str, output: str, whole: _Seen, switched: _Seen, request: InspectUNet) -> BlockShown:
    values, before = switched.blocks[name], whole.blocks[name]
    norm, first = (float(np.linalg.norm(h.astype(np.float64))) for h in (values, before))
    change = float(np.linalg.norm((values - before).astype(np.float64))) / max(first, 1e-30)
    small = smaller(values, request.largest)
    if name in (INPUT, OUTPUT):
        tile, scale, diverging = picture("x_t" if name == INPUT else output, small, request.palette)
        return BlockShown(tile, scale, diverging, None, norm, change)
    channel = int(before.std(axis=(1, 2)).argmax()) if request.summary == "strongest" else None
    plane = small.mean(axis=0) if channel is None else small[channel]
    scale = stated_scale(plane)
    tile = diverging_tiles(plane[None, None], scale, request.palette)[0]
    return BlockShown(read_only(tile), scale, True, channel, norm, change)


def _channels(block: str, values: np.ndarray, request: InspectUNet) -> ChannelsShown:
    low, high = values.min(axis=(1, 2)).astype(np.float64), values.max(axis=(1, 2)).astype(np.float64)
    first = values[: request.channels]
    small = smaller(first, request.largest)
    scale = stated_scale(small)
    tiles = diverging_tiles(small[:, None], scale, request.palette)
    return ChannelsShown(block, read_only(tiles), len(values), scale, read_only(low[: len(first)]), read_only(high[: len(first)]))


def _output(name: str, whole: np.ndarray, switched: np.ndarray, palette: Palette, off: bool) -> OutputShown:
    if not off:
        return OutputShown(name, picture(name, whole, palette)[0])
    difference = switched - whole
    scale = stated_scale(difference)
    distance = float(np.linalg.norm(difference.astype(np.float64)))
    tile = read_only(diverging_tiles(difference[None], scale, palette)[0])
    return OutputShown(name, picture(name, whole, palette)[0], picture(name, switched, palette)[0], tile, scale, distance)


def picture(name: str, values: np.ndarray, palette: Palette) -> tuple[np.ndarray, float, bool]:
    """Tile of an image or a prediction (C, H, W), the half width of its map, and whether that is the diverging one."""
    name = "eps_hat" if name == "v" else name  # a velocity is as large as noise
    tiles, scale = tiles_of(values[None], name, palette)
    return read_only(tiles[0]), scale, QUANTITIES[name].diverging


def smaller(values: np.ndarray, largest: int) -> np.ndarray:
    """Planes (C, H, W) with sides of at most `largest`, by averaging whole squares of pixels; the last ones may be dropped."""
    factor = math.ceil(max(values.shape[1:]) / largest)
    if factor <= 1:
        return values
    channels, height, width = values.shape[0], values.shape[1] // factor, values.shape[2] // factor
    cut = values[:, : height * factor, : width * factor]
    mean: np.ndarray = cut.reshape(channels, height, factor, width, factor).mean(axis=(2, 4))
    return mean
