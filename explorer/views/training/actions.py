"""The Training workspace's actions: its menu and its keys."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import make_action, make_choice, separated

CURVES = {
    "loss": ("&Loss", "1", "Loss against the updates: as reported every ten updates, and smoothed"),
    "gradient_norm": ("&Gradient norm", "2", "L2 norm of the gradient before it is clipped"),
    "learning_rate": ("Learning &rate", "3", "Warm-up, then half a cosine to 0"),
}
RELATIVE = (
    "Each run's loss divided by its own scale s², the mean square of what the network has to add to its skip: "
    "1 before anything is learnt, whatever the option. An autoencoder's is divided by its pixels"
)


class TrainingActions:
    """Every action, without what it does.

    Attributes
    ----------
    curves : dict of QAction
        By the names of the session.
    new, open, hold, stop, delete, log, raw, relative, earlier, later, newest, folder : QAction
        `hold` pauses, resumes or goes on, whichever there is to do.
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.new = self._make("&New run…", "N", "Choose a model, a data set and settings, and train")
        self.open = self._make("&Open run…", "O", "Watch a run whose folder is elsewhere")
        self.hold = self._make("&Pause", "Space", "Pause at the next update; the state is kept")
        self.stop = self._make("&Stop", "Shift+S", "Stop at the next update; the state is kept, and Resume goes on")
        self.delete = self._make("&Delete run…", "Del", "Move the folder of a run that has ended to the trash; asks first")
        self.curves = make_choice(parent, CURVES)
        parent.addActions(list(self.curves.values()))
        self.log = self._make("Lo&garithmic values", "G", "Values on a logarithmic scale", True)
        self.raw = self._make("As repor&ted", "R", "Draw the values as they were reported behind the smoothed ones", True)
        self.relative = self._make("Re&lative to its scale", "E", RELATIVE, True)
        self.earlier = self._make("&Earlier snapshot", "Left", "What the model made earlier in training")
        self.later = self._make("La&ter snapshot", "Right", "What the model made later in training")
        self.newest = self._make("Ne&west snapshot", "End", "Follow the training")
        self.folder = self._make("Show &folder", "F", "Show the run's folder in the system's file manager")

    def _make(self, text: str, key: str, tip: str, checkable: bool = False) -> QAction:
        action = make_action(self._parent, text, key, tip, checkable)
        self._parent.addAction(action)
        return action

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (
            (self.new, self.open), (self.hold, self.stop, self.folder, self.delete), tuple(self.curves.values()),
            (self.log, self.raw, self.relative),
            (self.earlier, self.later, self.newest),
        )  # fmt: skip
        return separated(self._parent, groups)
