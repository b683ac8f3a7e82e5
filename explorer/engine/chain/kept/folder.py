"""The folder of kept chains: found by what they are, the least recently used removed beyond the budget. No torch."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from explorer import half_written
from explorer.engine.chain.kept.identity import Identity
from explorer.engine.chain.kept.layout import Spoilt, read_description
from explorer.errors import BadInput
from explorer.paths import cache_folder
from explorer.recipe import Arithmetic
from explorer.recipe.arithmetic import RunBy
from explorer.regular_file import read_whole
from explorer.resources import resource_root

SUFFIX = ".safetensors"
MOST_NOTED = 2**20
"""Bytes of what is remembered beside the chains."""


def chains_folder() -> Path:
    """Where this person's finished chains are kept; may not exist yet."""
    return cache_folder() / "chains"


def path_of(folder: Path, identity: Identity) -> Path:
    """Where a chain is, if it is kept."""
    return folder / f"{identity.digest}{SUFFIX}"


def used(path: Path) -> None:
    """It goes later than those that were used before it."""
    with contextlib.suppress(OSError):
        os.utime(path)


def drop(path: Path) -> None:
    """Remove a file that is of no use."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def fit(folder: Path, budget: int) -> None:
    """Remove the least recently used until all are within the budget in bytes; one that cannot be removed stays."""
    files: list[tuple[float, int, Path]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                stat = entry.stat()
                if entry.name.endswith(SUFFIX):
                    files.append((stat.st_mtime_ns, stat.st_size, Path(entry.path)))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= budget:
            return
        drop(path)
        total -= size


def shipped_chains() -> dict[str, Path]:
    """Chains that come with the app, by the digest of their identity."""
    found = {}
    with contextlib.suppress(OSError):
        for path in sorted((resource_root() / "first").glob(f"chain-*{SUFFIX}")):
            with contextlib.suppress(OSError, Spoilt):
                found[read_description(path).identity.digest] = path
    return found


# --- what the engine takes, before it is there to be asked ---------------------------------------------------------


class _Taken(msgspec.Struct, frozen=True):
    """What an engine was asked to start on, and the arithmetic that it then took."""

    asked: tuple[str, str, bool]
    took: Arithmetic


def arithmetic_for(folder: Path, asked: tuple[str, str, bool]) -> Arithmetic | None:
    """The arithmetic that the last engine took that was asked for (device, precision, throughout); None if none was."""
    try:
        taken = msgspec.json.decode(read_whole(folder / "engine.json", MOST_NOTED), type=_Taken)
    except (OSError, BadInput, ValueError, RecursionError):
        return None
    return taken.took if taken.asked == asked else None


def remember_arithmetic(folder: Path, asked: tuple[str, str, bool], took: Arithmetic) -> None:
    """So that the next start knows it."""
    if arithmetic_for(folder, asked) != took:
        half_written.keep(folder / "engine.json", msgspec.json.encode(_Taken(asked, took)))


class _Wished(msgspec.Struct, frozen=True):
    """What the person wants to run a network in batches of these sizes."""

    run: RunBy
    size: int


def wishes_in(folder: Path) -> dict[tuple[str, int], RunBy]:
    """What the person wanted at the last start to run networks, by checkpoint and class of sizes."""
    try:
        found = msgspec.json.decode(read_whole(folder / "wishes.json", MOST_NOTED), type=list[_Wished])
    except (OSError, BadInput, ValueError, RecursionError):
        return {}
    return {(each.run.checkpoint, each.size): each.run for each in found}


def remember_wishes(folder: Path, wishes: Mapping[tuple[str, int], RunBy]) -> None:
    """So that the next start knows them."""
    if wishes_in(folder) != wishes:
        half_written.keep(folder / "wishes.json", msgspec.json.encode([_Wished(run, size) for (_, size), run in wishes.items()]))
