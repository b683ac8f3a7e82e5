"""What the window says of its engine: that it starts, is ready, could not start, or has stopped."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.thread.messages import EngineDown, EngineReady, Failed
from explorer.views.window.banner import Banner
from explorer.views.window.top_bar import TopBar
from explorer.views.window.veil import Veil
from explorer.widgets.look.language import tr

GOES_ON = tr("All that was open still is, and what was being computed is computed again.")
NO_START = tr("Install the app again, or choose another device in Preferences.")
REPORT = tr("If it happens again, copy the details into a report.")


class EngineNews:
    """Tells it in the top bar, the banner and, while nothing is shown yet, the veil.

    Parameters
    ----------
    start : callable
        Starts an engine that has stopped for good.

    Attributes
    ----------
    engine : EngineReady or None
        What is at work.
    """

    def __init__(self, top_bar: TopBar, banner: Banner, veil: Veil, start: Callable[[], object]) -> None:
        self._top_bar, self._banner, self._veil, self._start = top_bar, banner, veil, start
        self.engine: EngineReady | None = None
        self._back = ""

    @property
    def device_words(self) -> str:
        """What it computes on, as "CPU · bf16"; empty where none is at work."""
        return f"{self.engine.device} · {self.engine.precision}" if self.engine else ""

    def awaited(self) -> None:
        """There is nothing to show before the library is known."""
        self._veil.cover(tr("Starting the engine…"), tr("PyTorch is loaded and the checkpoints are read; the first start takes longest."))

    def ready(self, ready: EngineReady) -> None:
        """The engine is up."""
        self.engine = ready
        if self._back:
            self._banner.say(self._back, GOES_ON, severity="notice")
            self._back = ""
        self._top_bar.show_device(ready.device, ready.precision)
        if self._veil.title:
            self._veil.cover(tr("Reading the checkpoints…"), tr("The engine is ready; the first start takes longest."))

    def failed(self, failed: Failed) -> None:
        """The engine could not start, or has stopped."""
        stopped = isinstance(failed, EngineDown) and failed.has_started
        self._top_bar.show_failed()
        if self._veil.title:
            title = tr("The engine stopped") if stopped else tr("The engine could not start")
            self._veil.cover(title, tr("Nothing can be computed; the message above says why."))
        advice = failed.advice if isinstance(failed, EngineDown) else ""
        again = (tr("Start it again"), self._start) if isinstance(failed, EngineDown) and failed.can_retry else None
        self._banner.say(failed.message, advice or (REPORT if stopped else NO_START), failed.detail, offer=again)

    def lost(self, down: EngineDown) -> None:
        """The engine has stopped; another may be at work already."""
        self._back = down.back
        if down.goes_on:
            self.starts()
            self._banner.say(down.message, f"{GOES_ON} {down.advice}".rstrip(), down.detail, severity="warning")
        else:
            self.failed(down)

    def starts(self) -> None:
        """An engine is starting, in the place of one that has stopped."""
        self.engine = None
        self._top_bar.show_starting()
        self._banner.dismiss()
        if self._veil.title:
            self.awaited()
