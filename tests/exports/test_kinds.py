"""The table of export kinds: dialogs say of it what they said."""

from __future__ import annotations

from explorer.exports.kinds import KINDS, dialog_filter, drawn, single


def test_rows_are_known_by_their_endings() -> None:
    assert all(ending == kind.ending == ending.lower() for ending, kind in KINDS.items())
    assert list(drawn()) == [".png", ".gif", ".mp4"]
    assert list(single()) == [".png", ".npz"]


def test_the_dialogs_are_made_of_it() -> None:
    assert dialog_filter("chain") == (
        "Picture of what is shown (*.png);;Film from x_T to x₀ (*.gif);;Film (*.mp4);;Arrays of every step (*.npz)"
    )  # fmt: skip
    assert dialog_filter("strip") == "Film (*.gif);;Film (*.mp4);;Sheet (*.png)", "a strip is a film first of all"
