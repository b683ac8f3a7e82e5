"""What is said where a symbol or a word of the glossary is hovered."""

from __future__ import annotations

import html
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.recipe import glossary
from explorer.widgets.look.language import english, tr
from explorer.widgets.look.math_markup import formula, to_html, words_to_html
from explorer.widgets.look.math_text import Formula, plain

WIDTH = 340
"""Of the text, in pixels, where it is longer."""


def term_of(name: str | Formula) -> glossary.Term | None:
    """The glossary's term that a label or a formula names; None if it is none of them, or its name has other meanings, too."""
    term = glossary.named(english(name) if isinstance(name, str) else plain([replace(run, text=english(run.text)) for run in name]))
    return None if term is None or term.shared else term


def explain(widget: QWidget, name: str | Formula | glossary.Term, tip: str = "") -> bool:
    """Have a widget say what the term is that it shows, after its own `tip`; whether it is one. Else its tip is `tip`, if there is any."""
    term = name if isinstance(name, glossary.Term) else term_of(name)
    if term is not None:
        widget.setProperty("term", term.key)
        widget.setToolTip(explanation(term, tip))
    elif tip:
        widget.setToolTip(tip)
    return term is not None


def explanation(term: glossary.Term, tip: str = "") -> str:
    """What a term is, with its equation, as rich text of a tooltip; what the widget itself says comes first."""
    title = f"<b>{html.escape(tr(term.name))}</b>"
    if term.symbol:
        title = f"{to_html(formula(term.symbol))} &nbsp;{title}"
    parts = [words_to_html(tip)] if tip else []
    parts += [title, words_to_html(tr(term.words))]
    if term.equation:
        parts.append(f"<span style='white-space:nowrap'>{to_html(formula(term.equation))}</span>")
    rows = "".join(f"<p style='margin:0 0 6px 0'>{part}</p>" for part in parts)
    return f"<table width='{WIDTH}'><tr><td>{rows}</td></tr></table>"
