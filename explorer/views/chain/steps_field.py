"""How many steps a chain takes: a number, and beside it those that are usual, all T of them too."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from explorer.widgets.controls.menus import emptied
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.look.language import tr

USUAL = (10, 25, 50, 100, 250)


class StepsField(QWidget):
    """A field with a menu.

    Attributes
    ----------
    field : IntField
        Its largest value is T.
    choices : QToolButton
    """

    def __init__(self, field: IntField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.choices = field, QToolButton()
        self.choices.setArrowType(Qt.ArrowType.DownArrow)
        self.choices.setFixedSize(28, 26)
        self.choices.setAccessibleName(tr("Usual numbers: {accessiblename}", accessiblename=field.accessibleName()))
        self.choices.setToolTip(tr("Usual numbers of steps: fewer are quicker, all T are what the network was trained for"))
        self.choices.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choices.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.choices)
        menu.aboutToShow.connect(partial(self._fill, menu))
        self.choices.setMenu(menu)
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide as the inspector has it, never wider
        field.setMinimumWidth(90)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(field, 1)
        row.addWidget(self.choices)

    def _fill(self, menu: QMenu) -> None:
        emptied(menu)
        T = self.field.maximum()
        group = QActionGroup(menu)
        for steps in (*(each for each in USUAL if each < T), T):
            action = menu.addAction(tr("all {steps}", steps=steps) if steps == T else str(steps))
            action.setCheckable(True)
            action.setChecked(self.field.value() == steps)
            action.triggered.connect(partial(self._choose, steps))
            group.addAction(action)

    def _choose(self, steps: int, _checked: bool = True) -> None:
        self.field.setValue(steps)
        self.field.take()
        self.field.released.emit()
