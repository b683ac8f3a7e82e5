"""What a handler has at hand, and which handler answers a request."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, Self, TypeVar, cast

from explorer.engine.thread.requests import Payload, Steps


class Kept(Protocol):
    """What an engine makes once, when it is first needed, and keeps from one request to the next."""

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """The one of this desk, made of what else lies there."""
        ...


K = TypeVar("K", bound=Kept)


class Desk:
    """What handlers work with: the models, the frames, and whatever else a wing keeps.

    Attributes
    ----------
    channel : str
        Of the request that is being answered: whose lanes are in use.
    """

    def __init__(self, channel: str = "") -> None:
        self.channel = channel
        self._kept: dict[type, Any] = {}

    def of(self, kind: type[K]) -> K:
        """The one of its kind; made now if there is none."""
        if kind not in self._kept:
            self._kept[kind] = kind.at(self)
        return cast(K, self._kept[kind])

    def begin(self, *things: Kept) -> None:
        """Clear the desk, and put these on it."""
        self._kept.clear()
        self._kept.update({type(thing): thing for thing in things})

    def for_channel(self, channel: str) -> Desk:
        """The same desk while a request of that channel is answered; what lies on one lies on both."""
        desk = Desk(channel)
        desk._kept = self._kept
        return desk


Handler = Callable[[Any, Desk], Steps]


def handler_of(kind: type[Payload]) -> Handler:
    """What answers requests of a type; its module is imported now."""
    return cast(Handler, _named(kind.answered_by))


def early_answer(payload: Payload, desk: Desk) -> Steps | None:
    """Outcomes of a payload from what is kept, without torch; None for what only its handler can answer."""
    if not payload.answered_early:
        return None
    answer = cast("Callable[[Payload, Desk], Steps | None]", _named(payload.answered_early))
    return answer(payload, desk)


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
