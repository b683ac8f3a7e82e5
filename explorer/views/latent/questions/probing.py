"""What the inspector shows large: the decoding under the pointer, of the selected point, or of the stroke's frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from explorer.engine.latent.messages import CodesDecoded, DecodeCodes
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Point, Slice, Stroke
from explorer.state.edits.latent import item_named
from explorer.state.session import LatentState
from explorer.views.latent.plane_view import Probe, View
from explorer.views.latent.questions.paths import Paths
from explorer.views.shared.questions import Receiver
from explorer.widgets.look.language import tr

UNDER_POINTER = tr("under the pointer")

Ask = Callable[[str, Payload, Receiver], None]


class Probing:
    """Asks for the decoding, and for how it is read; shows each as soon as it has come.

    Attributes
    ----------
    hover : (float, float) or None
        Place under the pointer.
    """

    def __init__(self, ask: Ask, view: View, paths: Paths) -> None:
        self._ask, self._view, self._paths = ask, view, paths
        self.hover: tuple[float, float] | None = None
        self._probe: Probe | None = None
        self._read: CodesDecoded | None = None
        self._path = ""
        self._wanted: DecodeCodes | None = None

    def clear(self) -> None:
        """Another model: nothing is known of how it is read."""
        self._read = None

    def ask(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> None:
        """Ask for what is looked at."""
        self._path = entry.path
        target = self._target(state)
        before = self._probe.decoded if self._probe is not None else None
        if before is not None and before.path != entry.path:
            before = None
        self._probe = Probe(target.title, target.x, target.y, before)
        self._view.show_probe(self._probe)
        self._wanted = DecodeCodes(entry.path, ((target.x, target.y),), slice=slice_)
        self._ask("probe", self._wanted, self._take)

    def _target(self, state: LatentState) -> Probe:
        """Place under the pointer; else of the selected point, the stroke's frame; else the origin."""
        if self.hover is not None:
            return Probe(UNDER_POINTER, *self.hover)
        item = item_named(state.recipe, state.selected)
        if isinstance(item, Point):
            return Probe(item.name, item.x, item.y)
        if isinstance(item, Stroke):
            frame = min(state.frame, item.frames - 1)
            x, y = self._paths.places(item)[frame].tolist()
            return Probe(tr("{name} · frame {frame} of {frames}", name=item.name, frame=frame + 1, frames=item.frames), x, y)
        return Probe(tr("at the origin"), 0.0, 0.0)

    def _take(self, outcome: Outcome) -> None:
        if not (isinstance(outcome, CodesDecoded) and outcome.path == self._path and self._probe is not None):
            return
        probe, shown, wanted = self._probe, self._probe.decoded, self._wanted
        if not outcome.readings and wanted is not None and np.array_equal(outcome.codes, np.array(wanted.codes, np.float32)):
            # the classifier takes longer than the decoder: the decoding is shown without waiting for it, and painted before it begins
            self._ask("reading", replace(wanted, judge=True), self._take)
        if outcome.readings:
            self._read = outcome
            if shown is not None and not np.array_equal(outcome.codes, shown.codes):
                return  # the decoding that is shown is another; its own reading comes, or came before it
        elif self._read is not None and np.array_equal(outcome.codes, self._read.codes):
            outcome = self._read
        self._probe = Probe(probe.title, probe.x, probe.y, outcome)
        self._view.show_probe(self._probe)
