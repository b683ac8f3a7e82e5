"""What a window asks of finished chains, answered without torch: from frames that are kept, by the code that shows all lanes.

Each function gives the outcomes that the engine would, or None for what it cannot: then the engine answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

from explorer.engine.chain import showing
from explorer.engine.chain.curve_messages import ShowCurves
from explorer.engine.chain.curves import CurveBook
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.kept.lane import KeptLane, NotKept
from explorer.engine.chain.kept.layout import Spoilt
from explorer.engine.chain.messages import ChainFinished, LaneKey, SampleChain, ShowFilm, ShowStep, ShowTerms, lane_keys
from explorer.engine.desk import Desk
from explorer.engine.models.hashes import hash_at
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Steps
from explorer.errors import BadInput
from explorer.recipe import Change, Lane
from explorer.recipe.quantities import QUANTITIES


class KeptAround:
    """Kept lanes, as `showing` wants them: the `Around` of a desk without models."""

    def __init__(self, kept: KeptChains, book: CurveBook) -> None:
        self.kept, self.book = kept, book
        self.frame_budget = StartEngine().frame_budget
        self._known: dict[LaneKey, KeptLane | None] = {}

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Around what is kept."""
        return cls(desk.of(KeptChains), desk.of(CurveBook))

    def found(self, key: LaneKey) -> KeptLane | None:
        """A kept lane whose checkpoints are where it says, as they were: the engine would find them so, too."""
        if key not in self._known:
            self._known[key] = self.kept.find(key) if key.lane.exact is None and _as_they_were(key) else None
        return self._known[key]

    def look_again(self) -> None:
        """Files may have come, or changed."""
        self._known.clear()

    # --- what `showing` asks ---

    @property
    def data_sets(self) -> Any:
        """None are here."""
        raise NotKept

    def shown(self, key: LaneKey) -> KeptLane:
        """As of `Around`; one that is not kept may be under way in the engine."""
        lane = self.found(key)
        if lane is None:
            raise NotKept
        return lane

    def levels(self, timeline: LaneKey | None) -> np.ndarray | None:
        """As of `Around`."""
        return self.shown(timeline).levels if timeline is not None else None

    def drawn_image(self, lane: Any, k: int, sample: int) -> np.ndarray | None:
        """Lanes that draw are not shown here."""
        return None


def start(request: StartEngine, desk: Desk) -> None:
    """Take note of what the engine will be: it answers itself."""
    desk.of(KeptChains).expect(request)
    desk.of(KeptAround).frame_budget = request.frame_budget


def sample_chain(request: SampleChain, desk: Desk) -> Steps | None:
    """Plans and the end of chains that are all kept."""
    around = desk.of(KeptAround)
    around.look_again()
    lanes = [around.found(key) for key in dict.fromkeys(lane_keys(request.recipe))]
    sound = [lane for lane in lanes if lane is not None]
    if not lanes or len(sound) < len(lanes):
        return None
    planned: list[Outcome] = [lane.planned() for lane in sound]
    return iter([*planned, ChainFinished(tuple(lane.progress for lane in sound), 0, around.frame_budget)])


def show_step(request: ShowStep, desk: Desk) -> Steps | None:
    """Pictures at the cursor."""
    if QUANTITIES[request.quantity].beside in ("data set", "no class"):
        return None
    return _tried(lambda: showing.show_step(desk.of(KeptAround), request))


def show_terms(request: ShowTerms, desk: Desk) -> Steps | None:
    """The terms of a step."""
    return _tried(lambda: showing.show_terms(desk.of(KeptAround), request))


def show_film(request: ShowFilm, desk: Desk) -> Steps | None:
    """One sample along its chain."""
    return _tried(lambda: showing.show_film(desk.of(KeptAround), request))


def show_curves(request: ShowCurves, desk: Desk) -> Steps | None:
    """Norms and distances."""
    around = desk.of(KeptAround)
    return _tried(lambda: showing.show_curves(around, around.book, request))


def _tried(steps: Callable[[], Steps]) -> Iterator[Outcome] | None:
    """The outcomes; None if something for them is not there."""
    try:
        return iter([outcome for outcome in steps() if outcome is not None])
    except (NotKept, BadInput, OSError, Spoilt):
        return None


def _as_they_were(key: LaneKey) -> bool:
    lane = key.lane
    named: list[Lane | Change] = [lane, *(edit for edit in lane.edits if isinstance(edit, Change) and edit.checkpoint)]
    return all(hash_at(each.source, each.told) == each.checkpoint for each in named)
