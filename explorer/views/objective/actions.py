"""The Objective workspace's actions: its menu and its keys."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.actions import make_action, make_choice, separated

CURVES = {
    "terms": ("&Terms", "1", "Every Lₜ₋₁ against t, nats of one timestep; t = 1 is L₀"),
    "running": ("&Running sum", "2", "The bound summed from T down to t: at t = 1 it is all there"),
    "error": ("x̂₀ &error", "3", "Mean squared error of x̂₀ per pixel"),
    "excess": ("E&xcess", "4", "That error minus the ideal denoiser's over the training images: what a better network could still gain"),
}
PANELS = {
    "together": ("To&gether", "T", "All lanes in one plot"),
    "stacked": ("&Stacked", "Shift+T", "A plot for each lane, one below the other"),
    "beside": ("Side &by side", "Ctrl+T", "A plot for each lane, side by side"),
}


class ObjectiveActions:
    """Every action, without what it does.

    Attributes
    ----------
    curves, panels : dict of QAction
        By the names of the session.
    log, log_t, every, one, data, training, more, resume, stop : QAction
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.curves = self._group(CURVES)
        self.panels = self._group(PANELS)
        self.log = self._make("&Logarithmic values", "G", "Small terms show beside large ones", True)
        self.log_t = self._make("Logarithmic t", "H", "Gives the last timesteps, where most of the bound is, most of the room", True)
        self.every = self._make("&Every timestep", "E", "A bar for each timestep instead of one for a stratum; measured anew", True)
        self.one = self._make("&One image", "O", "The terms of the selected image alone, drawn again and again", True)
        self.data = self._make("Measure on &data…", "D", "Which images it is measured on: MNIST, a file or a folder of your own")
        self.training = self._make("Training &images", "I", "Measure on training images instead of held-out ones", True)
        self.more = self._make("&More images", "M", "Twice as many images (draws, of one image): the standard errors shrink by √2")
        self.resume = self._make("R&esume", "R", "Go on measuring from what is known")
        self.stop = self._make("Sto&p", "Esc", "Stop measuring; what is known stays, and Resume goes on")

    def _group(self, words: dict[str, tuple[str, str, str]]) -> dict[str, QAction]:
        made = make_choice(self._parent, words)
        self._parent.addActions(list(made.values()))
        return made

    def _make(self, text: str, key: str, tip: str, checkable: bool = False) -> QAction:
        action = make_action(self._parent, text, key, tip, checkable)
        self._parent.addAction(action)
        return action

    def menu(self) -> list[QAction]:
        """Actions in the order of the menu."""
        groups = (
            tuple(self.curves.values()), tuple(self.panels.values()), (self.log, self.log_t, self.every),
            (self.one, self.data, self.training), (self.more, self.resume, self.stop),
        )  # fmt: skip
        return separated(self._parent, groups)
