"""What determines a chain's pictures: the name under which it is kept. No torch."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

import msgspec

from explorer import __version__
from explorer.engine.chain.messages import LaneKey
from explorer.recipe import Arithmetic, Change, Lane


class Circumstances(msgspec.Struct, frozen=True):
    """Beside a lane's own recipe, what its numbers depend on to the last bit.

    Attributes
    ----------
    arithmetic : Arithmetic
    app, torch, numpy : str
        Versions.
    machine : str
        Kind of processor.
    """

    arithmetic: Arithmetic
    app: str
    torch: str
    numpy: str
    machine: str


class Identity(msgspec.Struct, frozen=True):
    """Of one chain.

    Attributes
    ----------
    lane : Lane
        Checkpoints by their hashes alone: where they lie determines nothing.
    seed, samples : int
    here : Circumstances or None
        None for a chain that came with the app.
    after : str
        Of a branch that leaves a chain that came with the app: the digest of that. Empty else.
    """

    lane: Lane
    seed: int
    samples: int
    here: Circumstances | None = None
    after: str = ""

    @property
    def digest(self) -> str:
        """sha256 of all of it, in hex."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def identity(key: LaneKey, here: Circumstances | None = None, after: str = "") -> Identity:
    """Identity of a lane."""
    return Identity(_without_places(key.lane), key.seed, key.samples, here, after)


def _without_places(lane: Lane) -> Lane:
    replace = msgspec.structs.replace
    edits = tuple(replace(edit, source="") if isinstance(edit, Change) else edit for edit in lane.edits)
    exact = lane.exact
    if exact is not None and exact.sha256:
        exact = replace(exact, dataset="")
    return replace(lane, source="" if lane.checkpoint or exact is not lane.exact else lane.source, edits=edits, exact=exact, seed=None)


@lru_cache(maxsize=8)
def circumstances(arithmetic: Arithmetic) -> Circumstances:
    """Those of this machine now."""
    return Circumstances(arithmetic, __version__, _version("torch"), _version("numpy"), f"{platform.system()} {platform.machine()}")


def _version(package: str) -> str:
    """Version of a package that is installed; it is not imported for it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
