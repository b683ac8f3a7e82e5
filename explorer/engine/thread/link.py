"""What stands between the window and an engine: the thread of this process, or whatever else carries requests and results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from explorer.engine.thread.messages import EngineDown
from explorer.engine.thread.requests import Request, Result


class Bell(Protocol):
    """A Qt signal without arguments."""

    def connect(self, slot: Callable[[], None], /) -> object:
        """Have `slot` called, on the thread of the QObject that it belongs to."""
        ...


class LossBell(Protocol):
    """A Qt signal with an EngineDown."""

    def connect(self, slot: Callable[[EngineDown], object], /) -> object:
        """Have `slot` called, on the thread of the QObject that it belongs to."""
        ...


class Link(Protocol):
    """A way to an engine and back, as the main thread sees it; none of it waits for the engine.

    Every request that is not cancelled is answered by results of which the last one says so, bad input and a lost engine by a
    Failed. `files_of` tells a link to another machine what to carry beside the request.
    """

    @property
    def woken(self) -> Bell:
        """Rings when there are results to take, once or more."""
        ...

    def post(self, request: Request) -> None:
        """Send a request; unless it is queued, it supersedes the earlier ones of its channel."""
        ...

    def cancel(self, channel: str, generation: int) -> None:
        """Stop the channel's requests older than `generation`."""
        ...

    def hide(self, owners: frozenset[str]) -> None:
        """Have the work of these owners yield: nobody looks at it. A channel's owner is its name up to the first dot."""
        ...

    def take_results(self) -> list[Result]:
        """Results that have come, oldest first."""
        ...


class OwnedLink(Link, Protocol):
    """A link to an engine that starts and ends with the window."""

    @property
    def lost(self) -> LossBell:
        """Rings when the engine has stopped, with an EngineDown that says why, and whether another is at work by now.

        If so, what was not answered is asked again of the new one once the slots have returned: after what they ask, and unless
        they ask something newer.
        """
        ...

    @property
    def running(self) -> bool:
        """Whether the engine is there."""
        ...

    def start(self) -> None:
        """Start the engine; also once more after it was lost."""
        ...

    def shutdown(self) -> bool:
        """Cancel all, end the engine and wait for it; False if it did not end in time."""
        ...
