"""Formulas from text, and what is said where a term is hovered."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.recipe import glossary
from explorer.widgets.look.explained import explain, explanation
from explorer.widgets.look.math_markup import formula, to_html, words_to_html
from explorer.widgets.look.math_text import plain, var, words


def test_a_formula_is_read_with_its_marks_subscripts_and_upright_words() -> None:
    assert formula("\\hat{x}_0") == (var("x", "0", "hat"),)
    assert formula("x_{t−1} = log z") == (var("x", "t−1"), words(" = log "), var("z"))
    assert formula("\\text{μ̃}_t") == (words("μ̃").__class__("μ̃", "t"),)


def test_no_equation_of_the_glossary_has_markup_left() -> None:
    for term in glossary.terms().values():
        assert not set("\\{}") & set(plain(formula(term.equation)))


def test_symbols_within_words_are_set_as_mathematics() -> None:
    told = words_to_html("noise in x_t & x_{t−1}, mnist_ddpm")
    assert to_html((var("x", "t"),)) in told
    assert "<sub>t−1</sub>" in told
    assert "&amp;" in told
    assert "mnist_ddpm" in told


def test_a_label_of_a_term_says_what_it_is_with_its_equation(qtbot: QtBot) -> None:
    label = QLabel("log SNR")
    qtbot.addWidget(label)
    assert explain(label, label.text(), "At this step")
    term = glossary.terms()["log_snr"]
    assert label.property("term") == "log_snr"
    assert label.toolTip() == explanation(term, "At this step")
    assert to_html(formula(term.equation)) in label.toolTip()


def test_a_name_with_several_meanings_is_explained_only_where_code_says_which(qtbot: QtBot) -> None:
    label = QLabel("mean")
    qtbot.addWidget(label)
    assert not explain(label, "mean", "Of the values")
    assert label.toolTip() == "Of the values"
    assert explain(label, glossary.terms()["mean"])
