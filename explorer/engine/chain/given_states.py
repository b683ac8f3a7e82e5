"""States of other lanes that a step takes: fetched by the engine's own thread, and given to whichever thread takes the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TypeVar

from torch import Tensor

States = Mapping[tuple[int, int], Tensor]
"""(N, C, H, W) on the device, by how many edits the lane has that it is of, and the index of the state."""

T = TypeVar("T")
_given: ContextVar[States] = ContextVar("given states")


def given_state(edits: int, k: int) -> Tensor:
    """State k of the lane with the first so many edits, within `with_states`."""
    return _given.get()[edits, k]


def with_states(states: States, call: Callable[[], T]) -> T:
    """What a call makes that is given these."""
    token = _given.set(states)
    try:
        return call()
    finally:
        _given.reset(token)
