"""Where the cursor is, as words that can be typed over: "t = 250"."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark

TIP = tr("Timestep t. Click, type a number and press Enter to go there.")


class StepField(QLineEdit):
    """Words until it is clicked, or Enter is pressed on it; then a number, which Enter takes and Esc gives up.

    Signals
    -------
    committed(int)
        The person typed that timestep, in 0..T.
    released()
        Enter or Esc: keys go back to the pictures.
    """

    committed = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._t, self._T = 0, 1000
        self._validator = QIntValidator(0, 10_000_000, self)  # more than T is taken as T
        self.setReadOnly(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAccessibleName(tr("Timestep shown"))
        self.setToolTip(TIP)
        mark(self, "words")
        self._show()

    @property
    def is_typed(self) -> bool:
        """Whether the person is typing a number."""
        return not self.isReadOnly()

    def set_range(self, T: int) -> None:
        """Largest timestep."""
        self._T = T

    def set_cursor(self, t: int) -> None:
        """Say where the cursor is; a number that is being typed stays."""
        self._t = t
        if not self.is_typed:
            self._show()

    def begin(self) -> None:
        """Have a number typed."""
        if not self.is_typed:
            self.setReadOnly(False)
            self.setValidator(self._validator)
            self.setText(str(self._t))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _end(self) -> None:
        self.setReadOnly(True)
        self.setValidator(None)  # type: ignore[arg-type]  # None is taken, whatever the stubs say
        self._show()

    def _show(self) -> None:
        self.setText(f"t = {self._t}")
        self.setCursorPosition(0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Have a number typed."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.is_typed:
            QTimer.singleShot(0, self, self.begin)  # the release of this click would end the selection

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter begins, then goes there; Esc stays."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not self.is_typed:
            if enter:
                self.begin()
            else:
                event.ignore()
            return
        if enter and self.text():
            t = min(int(self.text()), self._T)
            self._end()
            self.committed.emit(t)
            self.released.emit()
        elif enter or event.key() == Qt.Key.Key_Escape:
            self._end()
            self.released.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was not taken is given up."""
        super().focusOutEvent(event)
        if self.is_typed:
            self._end()
