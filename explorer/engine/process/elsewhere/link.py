"""The window's link to an engine on another machine: where the connection breaks, it is made again and all goes on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from explorer.engine.process.child import Child
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.far_child import FarChild
from explorer.engine.process.link import PATIENCE, ProcessLink
from explorer.engine.thread.messages import EngineDown, EngineReady
from explorer.engine.thread.requests import Result

WAITS = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the first, second, … new connection of those that broke within a minute."""
UNREACHED_WAITS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""The same where the machine cannot be reached."""


class FarLink(ProcessLink):
    """As `ProcessLink`. A first connection that fails is told of and left to the person; one that broke is made again until it is there.

    Parameters
    ----------
    where : Address
    process : Popen, optional
        What was started for it already.
    """

    def __init__(
        self,
        where: Address,
        process: subprocess.Popen[bytes] | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(None if process is None else FarChild(where, process), lambda: FarChild(where), clock, parent)
        self._where = where
        self._was_there = False
        self._tries = self._breaks = 0
        self._broke_at = float("-inf")
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._connect)

    @property
    def place(self) -> str:
        """What the engine's machine is called."""
        return self._where.name

    @property
    def running(self) -> bool:
        """Whether there is a connection, or one is being made."""
        return super().running or self._again.isActive()

    def start(self) -> None:
        """Connect now, unless there is a connection."""
        self._again.stop()
        super().start()

    def take_results(self) -> list[Result]:
        """As of `ProcessLink`; a device is called with its machine."""
        return [self._with_place(result) for result in super().take_results()]

    def shutdown(self) -> bool:
        """As of `ProcessLink`."""
        self._again.stop()
        return super().shutdown()

    def _with_place(self, result: Result) -> Result:
        ready = result.outcome
        if not isinstance(ready, EngineReady):
            return result
        return replace(result, outcome=replace(ready, device=f"{self._where.name} · {ready.device}"))

    # --- a connection that breaks

    def _ended_unasked(self, child: Child) -> None:
        detail = child.last_words or child.why
        if not child.greeted and (child.refused or not self._was_there):
            self._was_there = False
            self._fall(EngineDown(f"{self._where.name}: {child.why}", detail, can_retry=True, advice=self._advice(child)))
            return
        back = f"Connected to {self._where.name} again."
        if not child.greeted:
            self._wait(UNREACHED_WAITS[min(self._tries, len(UNREACHED_WAITS) - 1)])
            self._tries += 1
            down = EngineDown(f"{self._where.name} cannot be reached ({child.why}); trying again.", detail, goes_on=True, back=back)
        else:
            self._was_there, self._tries = True, 0
            self._breaks = self._breaks + 1 if self._clock() - self._broke_at < PATIENCE else 0
            self._broke_at = self._clock()
            self._wait(WAITS[min(self._breaks, len(WAITS) - 1)])
            message = f"The connection to {self._where.name} broke ({child.why}); connecting again."
            down = EngineDown(message, detail, has_started=True, goes_on=True, back=back)
        before = dict(self._unanswered)
        self.lost.emit(down)
        # what is asked of the new one first: it has to take its device before it is asked again for the rest
        first = {i: request for i, request in self._unanswered.items() if i not in before}
        rest = {i: request for i, request in self._unanswered.items() if i in before}
        self._unanswered = first | rest

    def _wait(self, seconds: float) -> None:
        self._again.start(round(1000 * seconds))

    def _connect(self) -> None:
        if self._child is None and self._down is None and self._start():
            self._send(list(self._unanswered))

    def _advice(self, child: Child) -> str:
        if child.refused or not self._where.is_ssh:
            return "Set right what it says, then start it again; without --engine, the models run on this machine."
        return f"In a terminal, “ssh {self._where.name} generative-explorer --version” has to work; then start it again."
