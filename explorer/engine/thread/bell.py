"""What wakes a loop that waits for a thread beside it: that thread, when it is done, or somebody who asks for something."""

from __future__ import annotations

import threading

_here = threading.local()


class Bell:
    """Thread-safe; rung by anybody, heard by the one thread that waits.

    Attributes
    ----------
    has_waited : bool
        Somebody has, since this was set to False.
    is_hurried : bool
        There is something else to do: nobody sleeps.
    """

    def __init__(self) -> None:
        self.has_waited = self.is_hurried = False
        self._rung = threading.Event()

    def ring(self) -> None:
        """End the wait that goes on, else the next."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Sleep until it is rung, so long at most, and whether it was; whoever wakes looks at all that may have rung."""
        self.has_waited = True
        was_rung = self._rung.wait(0 if self.is_hurried else seconds)
        self._rung.clear()
        return was_rung

    def hang_here(self) -> None:
        """Make it the one of this thread."""
        _here.bell = self


def bell_here() -> Bell:
    """The one of this thread; one of its own where none hangs."""
    bell = getattr(_here, "bell", None)
    if bell is None:
        Bell().hang_here()
    return _here.bell
