"""What the status line says of the planes."""

from __future__ import annotations

from collections import deque
from statistics import median

from explorer.engine.latent.messages import CodesDecoded
from explorer.state.session import LatentState
from explorer.views.latent.entries import decodes_only, is_unsaid
from explorer.views.latent.plane.pane import PlanePane
from explorer.views.workspace import Status
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped, milliseconds

REMEMBERED = 15


class DecodeSpeed:
    """How long one code takes the decoder alone: the median of the last few.

    Attributes
    ----------
    words : str
        Empty before the first.
    """

    def __init__(self) -> None:
        self._last: CodesDecoded | None = None
        self._times: deque[float] = deque(maxlen=REMEMBERED)
        self.words = ""

    def take(self, decoded: CodesDecoded | None) -> bool:
        """Count a decoding in, once; whether there is something else to say."""
        if decoded is None or decoded is self._last:
            return False
        self._last = decoded
        self._times.append(decoded.milliseconds)
        before, self.words = self.words, tr("decode {median}", median=milliseconds(median(self._times)))
        return self.words != before


def status_of(state: LatentState, pane: PlanePane, written: str, speed: str) -> Status:
    """Of the first plane; `written` is the name of the file that was exported last."""
    if pane.entry is None:
        return Status(tr("no latent plane to show"))
    said, codes = [], pane.codes
    if codes is None:
        said.append(tr("encoding the test images"))
    elif decodes_only(pane.entry):
        said.append(tr("a decoder alone: no image can be encoded"))
    elif len(codes.codes) == 0:
        said.append(tr("no test images of this model's data here"))
    else:
        shown, total = pane.plane.count_drawn, len(codes.codes)
        of = tr(" of {name}", name=codes.name) if codes.name and is_unsaid(pane.entry) else ""
        said.append(
            tr("{total} codes{of}", total=grouped(total), of=of)
            if shown == total
            else tr("{shown} of {total} codes{of} shown", shown=grouped(shown), total=grouped(total), of=of)
        )
    if state.manifold and pane.grid is not None:
        said.append(tr("manifold {columns} × {rows}", columns=pane.grid.columns, rows=pane.grid.rows))
    if written:
        said.append(tr("wrote {written}", written=written))
    return Status(" · ".join(said), right=_counted(len(state.recipe.points), len(state.recipe.strokes)), speed=speed)


def _counted(points: int, strokes: int) -> str:
    """How many there are of what there is."""
    return " · ".join(
        words
        for count, words in (
            (points, tr("{points} point", points=points) if points == 1 else tr("{points} points", points=points)),
            (strokes, tr("{strokes} stroke", strokes=strokes) if strokes == 1 else tr("{strokes} strokes", strokes=strokes)),
        )
        if count
    )
