"""The packages that the app brings with it, as installed here: `python packaging/bundled.py` prints constraints.txt anew.

Run it where the tests were run, in an environment with the app and its extra `export`.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

APP = "generative-explorer"
EXTRAS = frozenset({"export"})
"""Of which the bundle has the packages, beside those that the app always has."""
CONSTRAINTS = Path(__file__).with_name("constraints.txt")


def bundled() -> dict[str, Distribution]:
    """Every distribution that the app asks for, and those that they ask for, by name in lower case with hyphens."""
    found: dict[str, Distribution] = {}
    _gather(APP, EXTRAS, found, set())
    del found[APP]
    return dict(sorted(found.items()))


def _gather(name: str, extras: frozenset[str], found: dict[str, Distribution], seen: set[tuple[str, frozenset[str]]]) -> None:
    key = canonical(name)
    if (key, extras) in seen:
        return
    seen.add((key, extras))
    try:
        found[key] = distribution(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name}: is not installed here; pip install '.[{','.join(EXTRAS)}]'") from None
    for each in found[key].requires or ():
        asked = Requirement(each)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            _gather(asked.name, frozenset(asked.extras), found, seen)


def canonical(name: str) -> str:
    """A distribution's name in the one way of writing it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> dict[str, str]:
    """Versions by name, as constraints.txt has them."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("==", 1) for line in lines)


def main() -> None:
    """Print the file, its words as they are."""
    words = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    print("\n".join([*words, *(f"{name}=={each.version.partition('+')[0]}" for name, each in bundled().items())]))


if __name__ == "__main__":
    main()
