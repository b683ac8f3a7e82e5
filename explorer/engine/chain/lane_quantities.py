"""How the quantities are made that a lane has by itself: one maker a name, registered by it.

Those that it has beside another lane or a data set are in `quantities.py`; all their words in `explorer/recipe/quantities.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.plan import Plan
from explorer.engine.chain.frames import Frame


class Walked(Protocol):
    """What a maker needs of a lane; None is a cancel point.

    Attributes
    ----------
    course : Plan
        Its steps; states are 0..K.
    """

    course: Plan

    def frame(self, k: int) -> Iterator[Frame | None]:
        """State k."""
        ...

    def predicted(self, k: int) -> Iterator[Prediction | None]:
        """The prediction at state k; at K that of the last step."""
        ...

    def z(self, k: int) -> Any:
        """Fresh noise of the step from state k."""
        ...


Own = Callable[[Walked, int], Iterator[Any]]
"""Lane and index k of the state in 0..K; values (N, C, H, W), tensors or arrays as the frames are, and None at each cancel point."""

OWN: dict[str, Own] = {}


def own(name: str) -> Callable[[Own], Own]:
    """Register the maker of a quantity that a lane has by itself.

    At t = 0, which no step starts from, a prediction is that of the last step.
    """

    def put(maker: Own) -> Own:
        OWN[name] = maker
        return maker

    return put


@own("x_t")
def _state(lane: Walked, k: int) -> Iterator[Any]:
    for frame in lane.frame(k):
        yield None if frame is None else frame.x


@own("x0_hat")
def _x0_hat(lane: Walked, k: int) -> Iterator[Any]:
    if k == lane.course.K:  # x_0 itself
        yield from _state(lane, k)
        return
    for said in lane.predicted(k):
        yield None if said is None else said.x0_hat


@own("eps_hat")
def _eps_hat(lane: Walked, k: int) -> Iterator[Any]:
    for said in lane.predicted(k):
        yield None if said is None else said.eps_hat


@own("mean")
def _mean(lane: Walked, k: int) -> Iterator[Any]:
    for said in lane.predicted(k):
        yield None if said is None else said.mean


@own("z")
def _fresh_noise(lane: Walked, k: int) -> Iterator[Any]:
    yield lane.z(min(k, lane.course.K - 1))
