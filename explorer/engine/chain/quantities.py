"""How the quantities are made that a lane has beside another lane or a data set: one maker a name, registered by it.

Those that a lane has by itself are in `lane_quantities.py`; all their words in `explorer/recipe/quantities.py`. A maker yields None at
each cancel point and what it made last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from explorer.diffusion.levels import near
from explorer.engine.chain.curves import comparable
from explorer.engine.chain.messages import LaneBlank, LaneKey, ShowStep
from explorer.engine.chain.shown_lane import NeedsNetwork, ShownLane
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.engine.models.data_sets import DataSets


class Around(Protocol):
    """What there is around a lane."""

    @property
    def data_sets(self) -> DataSets:
        """Data sets by what names them."""
        ...

    def shown(self, key: LaneKey) -> ShownLane | None:
        """Lane of a key if it has any state; None if not."""
        ...

    def levels(self, timeline: LaneKey | None) -> np.ndarray | None:
        """Log SNR at 0..T of the schedule that a cursor is on; None where that is each lane's own."""
        ...

    def drawn_image(self, lane: Any, k: int, sample: int) -> np.ndarray | None:
        """The image, shape (1, C, H, W), that the step from state k draws for a sample; None where nothing is drawn."""
        ...


Beside = Callable[[Around, ShownLane, ShowStep], Iterator[tuple[int, Any] | LaneBlank | None]]
"""The state's index with the values, an array or a tensor, or why there are none."""

BESIDE: dict[str, Beside] = {}


def seen_beside(name: str) -> Callable[[Beside], Beside]:
    """Register the maker of a quantity that a lane has beside something."""

    def put(maker: Beside) -> Beside:
        BESIDE[name] = maker
        return maker

    return put


def made_for(chains: Around, lane: ShownLane, request: ShowStep) -> Iterator[tuple[int, Any] | LaneBlank | None]:
    """What a lane shows for a request: the index of the state with its values, or why there are none."""
    if request.quantity in BESIDE:
        yield from BESIDE[request.quantity](chains, lane, request)
        return
    k = lane.nearest(request.t, request.quantity, chains.levels(request.timeline))
    for tensor in lane.show(k, request.quantity):
        yield None if tensor is None else (k, tensor)


@seen_beside("difference")
def _difference(chains: Around, lane: ShownLane, request: ShowStep) -> Iterator[tuple[int, Any] | LaneBlank | None]:
    """Of states that can be compared, as in the curves: of one shape, their noise levels not far apart."""
    other = chains.shown(request.reference) if request.reference is not None else None
    k = lane.nearest(request.t, request.of, chains.levels(request.timeline))
    if other is None or not comparable(lane, other):
        yield LaneBlank(lane.key, int(lane.timesteps[k]), "reference" if other is None else "shape")
        return
    j = other.nearest(int(lane.timesteps[k]), request.of, lane.levels)
    if not other.finished and j == other.nearest(0, request.of) and not _near(lane, k, other, j):
        # the reference is not that far yet: the newest that both have
        k = lane.nearest(int(other.timesteps[j]), request.of, other.levels)
    if not _near(lane, k, other, j):
        yield LaneBlank(lane.key, int(lane.timesteps[k]), "level")
        return
    pair: list[Any] = []
    for one, index in ((lane, k), (other, j)):
        for tensor in one.show(index, request.of):
            if tensor is None:
                yield None
            else:
                pair.append(tensor)
    yield k, pair[0] - pair[1]


@seen_beside("to_ideal")
def _to_ideal(chains: Around, lane: ShownLane, request: ShowStep) -> Iterator[tuple[int, Any] | LaneBlank | None]:
    from explorer.engine.chain.data_set.ideal import beside, to_ideal  # and torch with it

    k = min(lane.nearest(request.t, "x0_hat", chains.levels(request.timeline)), lane.course.K - 1)
    try:
        found = beside(chains.data_sets, request.exact, lane) if request.exact is not None else None
    except BadInput as error:
        yield LaneBlank(lane.key, int(lane.timesteps[k]), "data", str(error))
        return
    if found is None:
        yield LaneBlank(lane.key, int(lane.timesteps[k]), "data")
        return
    for gap in to_ideal(lane, k, found):
        yield None if gap is None else (k, gap)


@seen_beside("eps_class")
@seen_beside("eps_null")
@seen_beside("guidance")
def _of_classes(chains: Around, lane: ShownLane, request: ShowStep) -> Iterator[tuple[int, Any] | LaneBlank | None]:
    """What a lane's network says for its labels, without a class, and the difference."""
    from explorer.engine.chain.lanes import ChainLane
    from explorer.engine.chain.two_predictions import two_eps  # and torch with it

    k = min(lane.nearest(request.t, request.quantity, chains.levels(request.timeline)), lane.course.K - 1)
    if not isinstance(lane, ChainLane):
        raise NeedsNetwork("its network is not here")
    found = None
    for found in two_eps(lane, k):
        if found is None:
            yield None
    if found is None:
        yield LaneBlank(lane.key, int(lane.timesteps[k]), "no class")
        return
    of_the_class, without = found
    yield k, {"eps_class": of_the_class, "eps_null": without, "guidance": of_the_class - without}[request.quantity]


def _near(one: ShownLane, k: int, other: ShownLane, j: int) -> bool:
    """Whether the noise levels of two lanes' states are near enough for these to be compared."""
    return bool(near(one.levels[one.timesteps[k]], other.levels[other.timesteps[j]]))
