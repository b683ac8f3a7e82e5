"""A slow way between two processes: runs a command, and carries its stdin and stdout late and at a rate, like a long cable.

    generative-explorer --engine "python tools/slow_way.py --rate 125000 --delay 0.05 generative-explorer engine --stdio"

is the window with its engine behind 1 Mbit/s and 50 ms. Nothing stops who writes: what is on the way piles up here, as in the buffers of
a network, and how much that ever was is noted where `--notes` says.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path


class Cable:
    """One direction.

    Parameters
    ----------
    source, sink : int
        Descriptors.
    rate : float
        Bytes a second.
    delay : float
        Seconds.
    note : Path or None
        The file that says how many bytes were on the way at the most.
    """

    def __init__(self, source: int, sink: int, rate: float, delay: float, note: Path | None) -> None:
        self._source, self._sink, self._rate, self._delay, self._note = source, sink, rate, delay, note
        self._changed = threading.Condition()
        self._on_the_way: deque[tuple[float, bytes]] = deque()
        self._held = 0
        self._ended = False
        self._most = 0
        self.thread = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        """Carry until the source ends."""
        threading.Thread(target=self._read, daemon=True).start()
        self.thread.start()

    def _read(self) -> None:
        free_at = 0.0
        while content := os.read(self._source, 4096):
            free_at = max(free_at, time.monotonic()) + len(content) / self._rate
            with self._changed:
                self._on_the_way.append((free_at + self._delay, content))
                self._held += len(content)
                if self._held > self._most:
                    self._most = self._held
                    if self._note is not None:
                        self._note.write_text(str(self._most))
                self._changed.notify()
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._on_the_way or self._ended)
                if not self._on_the_way:
                    break
                at, content = self._on_the_way[0]
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                os.write(self._sink, content)
            except OSError:
                break
            with self._changed:
                self._on_the_way.popleft()
                self._held -= len(content)
        os.close(self._sink)


def main() -> int:
    """Carry, and return the command's exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=125_000, help="bytes a second (125000, 1 Mbit/s)")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds one way (0.05)")
    parser.add_argument("--notes", type=Path, help="folder of the files that say how much was on the way, there and back")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what is run, with its words")
    options = parser.parse_args()
    if not options.command:
        parser.error("say which command is run")
    child = subprocess.Popen(options.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    notes = options.notes
    there = Cable(0, os.dup(child.stdin.fileno()), options.rate, options.delay, None if notes is None else notes / "there")
    child.stdin.close()
    back = Cable(child.stdout.fileno(), 1, options.rate, options.delay, None if notes is None else notes / "back")
    there.start()
    back.start()
    back.thread.join()
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
