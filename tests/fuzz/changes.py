"""What becomes of sound bytes on their way: cut, doubled, overwritten; and of what they mean, where they are JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

ODD = (
    b"\0",
    b"\xff" * 4,
    b"\xff" * 8,
    b"\x7f\xff\xff\xff",
    b"\x80",
    b"{",
    b"[" * 2000,
    b'"',
    b"}",
    b"-1",
    b"1e999",
    b"\xed\xa0\x80",
    b"\n",
)
"""Ends of ranges, and what opens something that nobody closes."""
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, 2**64, 10**40, 10**400, -0.5, 1e308, float("nan"), float("inf"), "", "\0", "é\ud800", "a" * 5000,
    "../../etc", [], {}, [[]], [1] * 1000, [1e-4] * 1000, ["a"], {"a": 1}, [None], 4096, 1_000_000,
)  # fmt: skip


@st.composite
def bytes_like(draw: st.DrawFn, sound: bytes) -> bytes:
    """The bytes with one to four changes."""
    changed = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        far = draw(st.one_of(st.integers(0, 16), st.integers(0, len(changed))))
        what = draw(st.sampled_from(("flip", "odd", "cut", "end", "double", "other")))
        if what == "flip" and changed:
            changed[at] ^= draw(st.integers(1, 255))
        elif what == "odd":
            odd = draw(st.sampled_from(ODD))
            changed[at : at + len(odd)] = odd
        elif what == "cut":
            del changed[at : at + far]
        elif what == "end":
            del changed[at:]
        elif what == "double":
            changed[at:at] = changed[at : at + far]
        else:
            changed[at : at + 1] = draw(st.binary(max_size=8))
    return bytes(changed)


@st.composite
def json_like(draw: st.DrawFn, sound: bytes) -> bytes:
    """The JSON with one to three values in it being others, gone, or called otherwise."""
    found = json.loads(sound)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(found)
        if not places:
            break
        holder, name = draw(st.sampled_from(places))
        what = draw(st.sampled_from(("other", "gone", "renamed", "deep", "more")))
        if what == "other":
            holder[name] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif what == "gone":
            del holder[name]
        elif what == "renamed" and isinstance(holder, dict):
            holder[f"{name}x"] = holder.pop(name)
        elif what == "deep":
            for _ in range(200):
                holder[name] = [holder[name]]
        elif isinstance(holder[name], list):
            holder[name] = holder[name] * draw(st.sampled_from((2, 40)))
    return json.dumps(found).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value below one, by what holds it and its name there."""
    if not isinstance(value, dict | list):
        return []
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [place for name in names for place in ((value, name), *_places(value[name]))]


def of(sound: bytes) -> st.SearchStrategy[bytes]:
    """Changes of what is sound."""
    try:
        json.loads(sound)
    except ValueError:
        return bytes_like(sound)
    return st.one_of(json_like(sound), bytes_like(sound))
