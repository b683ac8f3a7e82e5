"""The kit of inspectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.recipe import glossary
from explorer.views.shared.rows import NOTHING, Rows, Section, capitals
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import var
from explorer.widgets.look.theme import Theme


@pytest.fixture
def rows(qtbot: QtBot) -> Iterator[Rows]:
    page = QWidget()
    qtbot.addWidget(page)
    made = Rows(Theme("dark"), 90)
    QVBoxLayout(page).addLayout(made)
    page.show()
    yield made
    page.hide()


def test_a_row_has_a_name_and_a_value_and_goes_as_one(rows: Rows, qtbot: QtBot) -> None:
    value = QLabel("7")
    row = rows.row("steps", value, "How many")
    assert row.value is value
    assert value.toolTip() == "How many"
    assert "How many" in row.name.toolTip()
    assert glossary.terms()["steps"].words in row.name.toolTip()
    assert rows.row("decoded in", tip="Time of one decoding").name.toolTip() == "Time of one decoding"
    qtbot.waitUntil(row.name.isVisible)
    row.setVisible(False)
    assert row.name.isHidden()
    assert value.isHidden()
    row.setVisible(True)
    assert not value.isHidden()
    assert rows.add("other").text() == NOTHING  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: value.geometry().left() >= 90)
    assert row.name.geometry().left() < 20


def test_a_fact_without_words_is_not_shown(rows: Rows) -> None:
    value = rows.fact("decoded in", "Time of one decoding")
    rows.say("decoded in", "3.1 ms")
    assert rows.said("decoded in") == value.text() == "3.1 ms"
    assert not value.isHidden()
    assert value.accessibleName() == "decoded in"
    rows.say("decoded in", "")
    assert value.isHidden()
    assert rows.said("decoded in") == ""


def test_a_fact_may_be_known_by_a_formula(rows: Rows) -> None:
    rows.fact("beta", "Of the step", (var("β", "t"),))
    rows.say("beta", "0.02")
    assert rows.said("beta") == "0.02"
    name = rows.itemAtPosition(rows.rowCount() - 1, 0).widget()
    assert isinstance(name, MathLabel)
    assert name.formula == (var("β", "t"),)
    assert "Of the step" in name.toolTip()
    assert name.property("term") == "beta_t"


def test_a_section_has_its_heading_in_capitals(qtbot: QtBot) -> None:
    section = Section("Encode")
    qtbot.addWidget(section)
    section.set_title("Encoded")
    assert section.heading.text() == "ENCODED"
    assert section.column.itemAt(0).widget() is section.heading


def test_symbols_stay_as_they_are_among_capitals() -> None:
    assert capitals("Note on Reverse chain, t = 0, sample 2") == "NOTE ON REVERSE CHAIN, t = 0, SAMPLE 2"
    assert capitals("q, where a fit begins: η, x̂₀ and xₜ") == "q, WHERE A FIT BEGINS: η, x̂₀ AND xₜ"
    assert capitals("Schätzung") == "SCHÄTZUNG"
