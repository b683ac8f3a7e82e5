"""Joined buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.math_text import var, words

SEGMENTS = (Segment("a", "A", "first"), Segment("b", "B", "second"))


def test_one_is_down_and_programs_do_not_echo(qtbot: QtBot) -> None:
    bar = SegmentBar(SEGMENTS, "Letters")
    qtbot.addWidget(bar)
    with qtbot.assertNotEmitted(bar.chosen):
        bar.set_current("a")
    assert bar.current == "a"
    with qtbot.waitSignal(bar.chosen) as told:
        qtbot.mouseClick(bar.button("b"), Qt.MouseButton.LeftButton)
    assert told.args == ["b"]
    assert bar.current == "b"
    assert not bar.button("a").isChecked()


def test_another_label(qtbot: QtBot) -> None:
    bar = SegmentBar(SEGMENTS, "Letters")
    qtbot.addWidget(bar)
    bar.set_label("b", "difference to C", "minus C")
    button = bar.button("b")
    assert (button.text(), button.toolTip(), button.accessibleName()) == ("difference to C", "minus C", "difference to C")


def test_a_formula_is_drawn_until_there_are_other_words(qtbot: QtBot) -> None:
    bar = SegmentBar((Segment("x0_hat", "x̂₀", "tip", (var("x", "0", "hat"), words(" error"))), Segment("b", "two", "tip")), "Bar")
    plain = SegmentBar((Segment("x0_hat", "x̂₀", "tip"), Segment("b", "two", "tip")), "Bar")
    for widget in (bar, plain):
        qtbot.addWidget(widget)
    button = bar.button("x0_hat")
    assert (button.text(), button.accessibleName()) == ("x̂₀", "x̂₀")
    assert button.sizeHint().width() > plain.button("x0_hat").sizeHint().width(), "room for all of the formula"
    drawn = button.grab().toImage()
    for one in (bar, plain):
        one.set_label("x0_hat", "two")
    assert button.sizeHint() == plain.button("x0_hat").sizeHint()
    assert button.grab().toImage() != drawn


def test_a_segment_of_a_term_says_what_it_is(qtbot: QtBot) -> None:
    bar = SegmentBar((Segment("mean", "mean", "tip", term="mean"), Segment("own", "mean", "tip")), "Bar")
    qtbot.addWidget(bar)
    assert bar.button("mean").property("term") == "mean"
    assert "tip" in bar.button("mean").toolTip()
    assert bar.button("mean").toolTip() != bar.button("own").toolTip() == "tip"
