"""Report a problem: what the app is, what it runs on and what it wrote down last, to read, copy or save. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from explorer import log
from explorer.errors import BadInput
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.fonts import mono_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

PROMPT = tr("What did you do, what did you expect, and what happened instead?")
NOTHING = tr("(the log is empty)")


def report_text(versions: Mapping[str, str], told: str, logged: str) -> str:
    """The report: what the person told, versions, and the log."""
    head = [f"{name}: {value}" for name, value in versions.items()]
    return "\n".join([*([told.strip(), ""] if told.strip() else []), *head, "", tr("Log, newest last:"), logged or NOTHING]) + "\n"


class ReportDialog(QDialog):
    """What would be in a report, and two ways to take it along."""

    def __init__(self, versions: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Report a problem"))
        self._versions = versions
        self._logged = log.recent()
        words = QLabel(
            tr(
                "Nothing is sent. Copy this, or save it, and put it into an issue or a letter. "
                "It has versions, the device and the app's own log; folders are cut off paths."
            ),
            wordWrap=True,
        )
        mark(words, "muted")
        self.told = QPlainTextEdit()
        self.told.setPlaceholderText(PROMPT)
        self.told.setAccessibleName(tr("What happened"))
        self.told.setTabChangesFocus(True)
        self.told.setFixedHeight(84)
        self.shown = QPlainTextEdit(readOnly=True)
        self.shown.setAccessibleName(tr("The report"))
        self.shown.setTabChangesFocus(True)
        self.shown.setFont(mono_font(12))
        self.shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.problem = QLabel(wordWrap=True)
        mark(self.problem, "error")
        self.problem.hide()
        self.told.textChanged.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        for widget in (words, self.told):
            column.addWidget(widget)
        column.addWidget(self.shown, 1)
        column.addWidget(self.problem)
        column.addWidget(self._buttons())
        self.resize(720, 560)
        self._show()

    @property
    def text(self) -> str:
        """The report as it would be copied."""
        return report_text(self._versions, self.told.toPlainText(), self._logged)

    def save_to(self, path: str) -> None:
        """Write the report to a file; what stands in the way is said in the dialog."""
        from explorer.exports.atomic import whole  # not before the window is shown

        try:
            with whole(Path(path)) as partial:
                partial.write_text(self.text, encoding="utf-8")
        except BadInput as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.problem.hide()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button, self.save_button = QPushButton(tr("Copy")), QPushButton(tr("Save as…"))
        self.copy_button.setToolTip(tr("Copy the report"))
        self.save_button.setToolTip(tr("Write the report to a text file"))
        mark(self.copy_button, "primary")
        for button in (self.copy_button, self.save_button):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._ask)
        buttons.rejected.connect(self.reject)
        return buttons

    def _show(self) -> None:
        self.shown.setPlainText(self.text)
        self.shown.verticalScrollBar().setValue(self.shown.verticalScrollBar().maximum())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.copy_button.setText(tr("Copied"))

    def _ask(self) -> None:
        path, _ = ask_where(self, tr("Save the report as"), "generative-explorer-report.txt", tr("Text (*.txt)"), ".txt")
        if path:
            self.save_to(path)
