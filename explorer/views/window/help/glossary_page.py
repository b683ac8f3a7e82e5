"""The glossary in the app: every symbol and word on one page that is searched as one types."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from explorer.recipe import glossary
from explorer.recipe.glossary import Term
from explorer.views.shared.rows import heading
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_markup import formula, words_to_html
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

SYMBOL_WIDTH = 112
SYMBOL_PIXELS, EQUATION_PIXELS = 19, 15
NONE = tr("No term has these words.")


class _Entry(QWidget):
    """One term: its symbol to the left; name, words, equation and place to the right."""

    def __init__(self, theme: Theme, term: Term) -> None:
        super().__init__()
        self.term = term
        self.searched = " ".join((term.key, term.name, tr(term.name), tr(term.words), *term.also, glossary.normal(term.symbol))).casefold()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4 * GRID)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(0, SYMBOL_WIDTH)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        if term.symbol:
            grid.addWidget(MathLabel(theme, formula(term.symbol), SYMBOL_PIXELS, "text"), 0, 0, top)
        name = QLabel(f"<b>{words_to_html(tr(term.name))}</b>")
        words = QLabel(words_to_html(tr(term.words)), wordWrap=True, textFormat=Qt.TextFormat.RichText)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(name, 0, 1, top)
        grid.addWidget(words, 1, 1)
        if term.equation:
            grid.addWidget(MathLabel(theme, formula(term.equation), EQUATION_PIXELS, "text"), 2, 1, top)
        seen = " · ".join(part for part in (tr("Seen in: {seen}", seen=tr(term.seen)) if term.seen else "", term.source) if part)
        if seen:
            place = QLabel(seen, wordWrap=True)
            mark(place, "faint")
            grid.addWidget(place, 3, 1)


class GlossaryDialog(QDialog):
    """All terms, under their headings; what is typed leaves those that have it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Glossary"))
        self.search = QLineEdit(placeholderText=tr("Search symbols and words"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search the glossary"))
        self.search.textChanged.connect(self._filter)
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 4 * GRID, 0)
        column.setSpacing(GRID)
        self._groups: list[tuple[QLabel, list[_Entry]]] = []
        for group in glossary.groups():
            title, entries = heading(tr(group.title)), [_Entry(theme, term) for term in group.terms]
            title.setContentsMargins(0, 2 * GRID, 0, 2 * GRID)
            for widget in (title, *entries):
                column.addWidget(widget)
            self._groups.append((title, entries))
        self._none = QLabel(NONE)
        mark(self._none, "muted")
        self._none.hide()
        column.addWidget(self._none)
        column.addStretch(1)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(6 * GRID, 5 * GRID, 3 * GRID, 4 * GRID)
        outer.setSpacing(3 * GRID)
        outer.addWidget(self.search)
        outer.addWidget(self._area, 1)
        self.resize(760, 640)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the terms that are left."""
        return tuple(entry.term.key for _, entries in self._groups for entry in entries if not entry.isHidden())

    def go_to(self, key: str) -> None:
        """Show that term at the top."""
        self.search.clear()
        entry = next((entry for _, entries in self._groups for entry in entries if entry.term.key == key), None)
        if entry is not None:
            self._area.widget().layout().activate()
            self._area.widget().adjustSize()
            self._area.verticalScrollBar().setValue(entry.y() - 2 * GRID)

    def _filter(self, text: str) -> None:
        words = [glossary.normal(word) for word in text.casefold().split()]
        for title, entries in self._groups:
            for entry in entries:
                named = glossary.named(text)
                entry.setVisible(all(word in entry.searched for word in words) or entry.term is named)
            title.setVisible(any(not entry.isHidden() for entry in entries))
        self._none.setVisible(not self.shown)
