"""The model card of one checkpoint: everything that it says of itself, its commands to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer import sources
from explorer.engine.models.messages import LibraryEntry
from explorer.views.shared.rows import heading
from explorer.views.window.card_words import KIND_SENTENCES, Row, Section, sections
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

NAME_WIDTH = 112


class ModelCard(QScrollArea):
    """Shows one entry at a time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entry: LibraryEntry | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Model card"))
        theme.changed.connect(self._redraw)

    def show_entry(self, entry: LibraryEntry | None) -> None:
        """Show an entry, or nothing."""
        if entry == self._entry and self.widget() is not None:
            return
        self._entry = entry
        self._redraw()

    def words(self) -> str:
        """All that the card says, for tests and readers."""
        page = self.widget()
        labels = page.findChildren(QLabel) if page is not None else []
        return "\n".join(label.text() for label in labels)

    def _redraw(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 3 * GRID, 0)
        column.setSpacing(4 * GRID)
        if self._entry is not None:
            self._fill(column, self._entry)
        column.addStretch()
        self.setWidget(page)

    def _fill(self, column: QVBoxLayout, entry: LibraryEntry) -> None:
        head = QVBoxLayout()
        head.setSpacing(GRID)
        title = QLabel(entry.name, wordWrap=True)
        mark(title, "title")
        head.addWidget(title)
        said = QLabel(KIND_SENTENCES[entry.card.kind] if entry.card is not None else entry.problem, wordWrap=True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        mark(said, "error" if entry.problem else "muted")
        head.addWidget(said)
        if entry.problem:
            hint = QLabel(tr("What opens here is {what_opens}.", what_opens=sources.what_opens()), wordWrap=True)
            mark(hint, "muted")
            head.addWidget(hint)
        column.addLayout(head)
        for section in sections(entry):
            column.addLayout(self._section(section))

    def _section(self, section: Section) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(GRID)
        above = heading(section.title)
        box.addWidget(above)
        form = QFormLayout()
        form.setHorizontalSpacing(3 * GRID)
        form.setVerticalSpacing(GRID)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for row in section.rows:
            form.addRow(*self._row(row))
        box.addLayout(form)
        return box

    def _row(self, row: Row) -> tuple[QLabel, QWidget]:
        name = QLabel(row.name, wordWrap=True)
        name.setFixedWidth(NAME_WIDTH)
        name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        mark(name, "muted")
        value = _Breakable(row.value)
        if row.command and row.command == row.value:
            mark(value, "mono")
        if not row.command:
            return name, value
        field = QWidget()
        line = QHBoxLayout(field)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(value, 1)
        line.addWidget(self._copy_button(row), 0, Qt.AlignmentFlag.AlignTop)
        return name, field

    def _copy_button(self, row: Row) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tr("Copy\n{command}", command=row.command))
        button.setIcon(icon("ph.copy", self._theme.tokens))
        button.setAccessibleName(tr("Copy {name}", name=row.name))
        button.setProperty("command", row.command)
        button.setProperty("compact", True)
        button.clicked.connect(self._copy)
        mark(button, "quiet")
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.sender().property("command"))


class _Breakable(QLabel):
    """Text that may break anywhere: paths and commands have no spaces where a line ends."""

    def __init__(self, text: str) -> None:
        super().__init__(_with_breaks(text), wordWrap=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setMinimumWidth(40)


def _with_breaks(text: str) -> str:
    for mark_ in "/\\_":
        text = text.replace(mark_, f"{mark_}\u200b")
    return text
