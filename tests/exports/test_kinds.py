"""The table of export kinds."""

from __future__ import annotations

from explorer.exports.kinds import KINDS, Stored, drawn, single


def test_rows_are_known_by_their_endings() -> None:
    assert all(ending == kind.ending == ending.lower() for ending, kind in KINDS.items())
    assert list(drawn()) == [".png", ".gif", ".mp4"]
    assert list(single()) == [".png", ".npz"]
    assert [ending for ending, kind in KINDS.items() if isinstance(kind, Stored) and kind.page] == [".html"]
