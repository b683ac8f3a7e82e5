"""Which forward process a lane walks: its network's own, or another, matched by noise level."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.recipe import ScheduleChoice
from explorer.views.shared.least_width import LeastWidth
from explorer.widgets.controls.name_box import NameBox
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.look.language import tr

NAMES = ("linear", "cosine")
BENT = "bent"
LONGEST = 100_000
SHORTEST = {"linear": 21, "cosine": 1}
"""Below it the linear schedule's last beta, rescaled by 1000 / T, would be 1 or more."""
TIP = tr("The forward process that the chain walks; another than the network's own is matched to it by noise level (log SNR)")


class ScheduleField(QWidget):
    """Own, linear or cosine, and T of these two; and a schedule that has no name, while the lane walks one.

    Signals
    -------
    committed(object)
        The person chose another: a ScheduleChoice, or None for the network's own.
    released()
        Enter or Esc: keys go back to the pictures.
    """

    committed = Signal(object)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bent: ScheduleChoice | None = None
        self.names = NameBox(TIP)
        self.names.setAccessibleName(tr("Schedule"))
        self.names.addItem(tr("own"), None)
        for name in NAMES:
            self.names.addItem(tr(name), name)
        self.names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.length = IntField(1, LONGEST, tr("T of the schedule"), tr("Number of timesteps T of this schedule"))
        self.length.setSingleStep(100)
        self.length.show_value(1000)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        LeastWidth(self.names, 101)
        LeastWidth(self.length, 62)
        row.addWidget(self.names, 4)
        row.addWidget(self.length, 3)
        self.names.activated.connect(self._name_chosen)
        self.length.committed.connect(self._commit)
        self.length.released.connect(self.released)

    def show_choice(self, choice: ScheduleChoice | None, own: str) -> None:
        """Show a lane's schedule; `own` says what the network's own is."""
        self.names.setItemText(0, tr("own: {own}", own=own.replace("_", " ")) if own else tr("own"))
        while self.names.count() > 1 + len(NAMES):
            self.names.removeItem(self.names.count() - 1)
        bent = choice is not None and choice.betas is not None
        if choice is not None and bent:
            self._bent = choice
            self.names.addItem(f"{choice.title}, T = {choice.T}", BENT)
            self.names.setItemData(self.names.count() - 1, tr("Bent in Forward: its betas have no name"), Qt.ItemDataRole.ToolTipRole)
        self.names.setCurrentIndex(self.names.findData(None if choice is None else BENT if bent else choice.name))
        self.length.setVisible(choice is not None and not bent)
        if choice is not None and not bent:
            self._limit(choice.name)
            self.length.show_value(choice.T)

    def _limit(self, name: str) -> None:
        blocked = self.length.blockSignals(True)
        self.length.setMinimum(SHORTEST.get(name, 1))
        self.length.blockSignals(blocked)

    def _name_chosen(self, _index: int) -> None:
        name = self.names.currentData()
        if name in NAMES:
            self._limit(name)
        self._commit()

    def _commit(self) -> None:
        name = self.names.currentData()
        if name == BENT:
            self.committed.emit(self._bent)
        else:
            self.committed.emit(None if name is None else ScheduleChoice(name, self.length.value()))
