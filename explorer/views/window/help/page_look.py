"""How pages of the documentation look: air between lines, headings, code and tables as the window's own."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextTable,
)

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import GRID, MONO_FAMILY, Tokens

LINE_HEIGHT = 135
"""Percent."""


def dress(text: QTextDocument, tokens: Tokens, width: int) -> None:
    """Dress a document in a theme's colours; its pictures are `width` pixels wide."""
    _set_blocks(text)
    _set_fragments(text, tokens, width)
    _set_tables(text, tokens)


def _set_blocks(text: QTextDocument) -> None:
    """Air between lines; headings, code and pictures as the window's own."""
    block = text.begin()
    while block.isValid():
        cursor, form = QTextCursor(block), block.blockFormat()
        level = form.headingLevel()
        form.setLineHeight(LINE_HEIGHT, 1)
        form.setBottomMargin(0 if _is_code(block) and _is_code(block.next()) else 3 * GRID)
        form.setTopMargin({0: 0, 1: 0, 2: 6 * GRID}.get(level, 4 * GRID))
        cursor.setBlockFormat(form)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            head = QTextCharFormat()
            head.setFont(text_font({1: 26, 2: 20}.get(level, 16), QFont.Weight.DemiBold))
            cursor.mergeCharFormat(head)
        block = block.next()


def _is_code(block: QTextBlock) -> bool:
    """Whether it is a line of a block of code."""
    return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage)


def _set_fragments(text: QTextDocument, tokens: Tokens, width: int) -> None:
    places = []
    block = text.begin()
    while block.isValid():
        for fragment in _fragments(block):
            places.append((fragment.position(), fragment.length(), fragment.charFormat()))
        block = block.next()
    for at, length, form in places:
        change = QTextCharFormat()
        if form.isImageFormat():
            picture = form.toImageFormat()
            picture.setWidth(width)
            change = picture
        elif form.isAnchor():
            change.setForeground(_colour(tokens.accent))
        elif form.fontFixedPitch():
            change.setFontFamilies([MONO_FAMILY])
            change.setProperty(QTextCharFormat.Property.FontPixelSize, 13)
        elif form.fontWeight() <= QFont.Weight.DemiBold:
            continue
        if form.fontWeight() > QFont.Weight.DemiBold:
            change.setFontWeight(QFont.Weight.DemiBold)  # no bolder one is shipped: it would be smeared
        cursor = QTextCursor(text)
        cursor.setPosition(at)
        cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(change)


def _fragments(block: QTextBlock) -> list[QTextFragment]:
    found, iterator = [], block.begin()
    while not iterator.atEnd():
        found.append(iterator.fragment())
        iterator += 1
    return found


def _set_tables(text: QTextDocument, tokens: Tokens) -> None:
    """Hairlines instead of boxes, as wide as the text."""
    for frame in text.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            form = frame.format()
            form.setBorder(1)
            form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            form.setBorderBrush(_colour(tokens.border))
            form.setBorderCollapse(True)
            form.setCellPadding(6)
            form.setCellSpacing(0)
            form.setBottomMargin(4 * GRID)
            frame.setFormat(form)


def _colour(name: str) -> QBrush:
    return QBrush(QColor(name))
