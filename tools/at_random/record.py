"""What was done and what was seen, a line of JSON each, so that it can be done again."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from at_random.acts import Act


class Record:
    """Written line by line, so that a window that dies leaves all that led to it.

    Attributes
    ----------
    found : list of (str, str)
        What should not be, with its kind.
    number : int
        Of the act that was done last.
    """

    def __init__(self, path: Path, **about: Any) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._began = time.monotonic()
        self.found: list[tuple[str, str]] = []
        self.number = 0
        self._put({"about": about})

    def act(self, number: int, act: Act) -> None:
        """It is about to be done."""
        self.number = number
        self._put({"n": number, "act": msgspec.to_builtins(act)})

    def find(self, kind: str, what: str) -> None:
        """Something that should not be."""
        self.found.append((kind, what))
        self._put({"n": self.number, "found": kind, "what": what})

    def note(self, kind: str, **values: Any) -> None:
        """Something that is as it is."""
        self._put({"n": self.number, kind: values})

    def summary(self) -> str:
        """What was found, by kind."""
        kinds = Counter(kind for kind, _ in self.found)
        return ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common()) or "nothing found"

    def close(self) -> None:
        """No more."""
        self._file.close()

    def _put(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps({"at": round(time.monotonic() - self._began, 3), **line}) + "\n")
        self._file.flush()


def acts_of(path: Path) -> Iterator[tuple[int, Act]]:
    """The acts of a record, with their numbers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if "act" in said:
            yield said["n"], msgspec.convert(said["act"], Act)


def about(path: Path) -> dict[str, Any]:
    """What a record says of how it came to be."""
    with path.open(encoding="utf-8") as file:
        found: dict[str, Any] = json.loads(file.readline())["about"]
        return found
