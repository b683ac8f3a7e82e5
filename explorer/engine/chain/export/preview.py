"""One look at what an export of a chain will be, from the states that there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.export.exports import caption_of, laid_out, tiles_at, times_of
from explorer.engine.chain.export.messages import ExportLook, PreviewExport
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.messages import lane_keys
from explorer.engine.desk import Desk
from explorer.engine.models.export_messages import ExportPreviewed
from explorer.engine.thread.requests import Steps
from explorer.exports.kinds import KINDS, Stored
from explorer.exports.page.kept import extent
from explorer.exports.walk import OF_STEPS

FLOAT32 = 4


def preview_export(request: PreviewExport, desk: Desk) -> Steps:
    """Answer a PreviewExport (BadInput where the lanes cannot be in one picture); nothing is sampled for it."""
    chains, look = desk.of(Chains), request.look
    keys = lane_keys(request.recipe)
    lanes = [lane for lane in map(chains.shown, keys) if isinstance(lane, ChainLane)]
    kind = KINDS[request.ending]
    if not keys or len(lanes) < len(keys):
        yield ExportPreviewed(None)
    elif isinstance(kind, Stored) and kind.page:
        yield _page(lanes, look)
    elif isinstance(kind, Stored):
        yield ExportPreviewed(None, nbytes=sum(map(_nbytes, lanes)))
    else:
        pictures = len(times_of(kind, lanes, look, chains))
        layout = laid_out(Path(f"export{request.ending}"), lanes, look, pictures)
        tiles = yield from tiles_at(keys, look, look.shown.t, layout.image_shape[0], chains)
        drawn = layout.draw(tiles, caption_of(look, look.shown.t))
        picture = drawn if drawn.ndim == 3 else np.repeat(drawn[:, :, None], 3, axis=2)
        yield ExportPreviewed(read_only(picture), layout.size, pictures)


def _page(lanes: Sequence[ChainLane], look: ExportLook) -> ExportPreviewed:
    """How much of them a page shows."""
    samples = len(look.shown.samples) or lanes[0].key.samples
    states = min(look.shown.frames or look.frames, max(lane.course.K for lane in lanes) + 1)
    sizes = [math.prod(lane.image_shape) for lane in lanes]
    fits = extent(samples, states, sizes)
    return ExportPreviewed(None, nbytes=fits.nbytes(sizes), samples=fits.samples, states=fits.states)


def _nbytes(lane: ChainLane) -> int:
    """What `write_arrays` stores of it."""
    values = lane.key.samples * math.prod(lane.image_shape)
    return FLOAT32 * values * (lane.course.K + 1 + len(OF_STEPS) * lane.course.K)
