"""Pages of the documentation with their symbols set as mathematics: what is written `x0_hat` is shown as the window shows it."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument

from explorer.widgets.look.math_markup import formula
from explorer.widgets.look.math_text import Run
from explorer.widgets.look.theme import MATH_FAMILY

NAMES = {
    "x0_hat": "\\hat{x}_0", "x_0_hat": "\\hat{x}_0", "eps_hat": "\\hat{ε}", "a0_t": "a_0", "at_t": "a_t", "alpha_bar": "\\bar{α}",
    "alpha": "α", "beta": "β", "sigma": "σ", "eps": "ε", "lambda": "λ", "eta": "η",
}  # fmt: skip
"""What is written in words, and its markup; an index may follow."""
PLAIN = {"sqrt(": "√(", "^2": "²", "||": "‖", " ... ": " … "}
"""Signs that formulas are written with."""
COMMANDS = ("generative-explorer", "python", "pip ", "sudo ", "--", ".safetensors", ".json", "import ")
"""A block that has one of these is no formula."""

_INDEX = r"\{[^}]*\}|[A-Za-z0-9](?![A-Za-z0-9])"
_BEFORE, _AFTER = r"(?<![\w`/.<-])", r"(?![\w(-]|\.\w)"
_NAMED = rf"(?P<name>{'|'.join(sorted(NAMES, key=len, reverse=True))})(?:_(?P<below>{_INDEX}))?"
_LETTER = rf"(?P<letter>[xzLwma])_(?P<index>{_INDEX})"
_SYMBOL = re.compile(rf"{_BEFORE}(?:{_NAMED}|{_LETTER}){_AFTER}")
_SIGN = re.compile("|".join(re.escape(sign) for sign in PLAIN))


def typeset(document: QTextDocument) -> None:
    """Set the symbols of a document; commands and names of files stay as they are written."""
    block = document.begin()
    while block.isValid():
        if not any(sign in block.text() for sign in COMMANDS):
            _typeset_block(block)
        block = block.next()


def _typeset_block(block: QTextBlock) -> None:
    text = block.text()
    found = [(match.start(), match.end(), _written(match)) for match in _SYMBOL.finditer(text)]
    if found or "sqrt(" in text:
        found += [(match.start(), match.end(), PLAIN[match[0]]) for match in _SIGN.finditer(text)]
    for start, end, written in sorted(found, reverse=True):  # from the end, so that what is before stays where it is
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + start)
        cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
        before = cursor.charFormat()
        cursor.removeSelectedText()
        _insert(cursor, written, before)


def _written(match: re.Match[str]) -> str:
    """Markup of what was found; an index keeps its braces away."""
    name = match["name"]
    below = (match["below"] or match["index"] or "").removeprefix("{").removesuffix("}").replace("-", "−")
    markup = NAMES[name] if name else match["letter"]
    return f"{markup}_{{{below}}}" if below else markup


def _insert(cursor: QTextCursor, markup: str, before: QTextCharFormat) -> None:
    marks = {"": "", "hat": "\u0302", "bar": "\u0304"}
    for run in (Run(markup),) if markup in PLAIN.values() else formula(markup):
        main = QTextCharFormat(before)
        main.setFontFamilies([MATH_FAMILY])
        main.setFontItalic(run.italic)
        main.setFontFixedPitch(False)
        cursor.insertText(run.text + marks[run.mark], main)
        if run.sub:
            below = QTextCharFormat(main)
            below.setFontItalic(False)
            below.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSubScript)
            cursor.insertText(run.sub, below)
    cursor.setCharFormat(before)
