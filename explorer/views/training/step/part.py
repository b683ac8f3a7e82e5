"""The Step page with what belongs to it: its gestures become changes of the state, and what comes from the engine is shown."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog

from explorer.endings import PICTURE_FILES
from explorer.engine.forward.messages import PictureTaken, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.training.messages import TrainingStepShown
from explorer.errors import BadInput
from explorer.recipe import MAX_SEED, Recipe
from explorer.recipe.step import MOST_UPDATES
from explorer.state.edits import training_step as edits
from explorer.state.training import TrainingState
from explorer.views.training.step.algorithm import change, short
from explorer.views.training.step.controller import StepController
from explorer.views.training.step.inspector import StepInspector
from explorer.views.training.step.page import StepPage
from explorer.views.workspace import Context, Status
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import pixels_of

NAMES = ("first_line", "line_back", "line_on", "last_line", "update", "back_update", "restart")
"""Actions that are of the page alone."""
WORDS = {
    "t": tr("train at another t"), "seed": tr("train on other noise"), "updates": tr("make updates"),
    "learning_rate": tr("another learning rate"), "all_timesteps": tr("all timesteps at once"),
}  # fmt: skip


class StepPart(QObject):
    """Between the page, its inspector, the store and the engine.

    Signals
    -------
    status_changed(object)
        A Status.
    """

    status_changed = Signal(object)

    def __init__(self, context: Context, actions: Actions, inspector: StepInspector, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._actions, self._inspector = context, actions, inspector
        self.page = StepPage(context.theme, actions)
        self.controller = StepController(context, self, self)
        self._trouble = ""
        context.library.changed.connect(self._library_changed)
        context.theme.changed.connect(self._dress)
        inspector.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        a, inspector, store = self._actions, self._inspector, self._context.store
        a.on("first_line", lambda: self._go(1))
        a.on("line_back", lambda: self._go(self.page.line - 1))
        a.on("line_on", lambda: self._go(self.page.line + 1))
        a.on("last_line", lambda: self._go(self.page.lines))
        a.on("update", lambda: self._put(edits.update(self._state, 1), tr("make an update")))
        a.on("back_update", lambda: self._put(edits.update(self._state, -1), tr("take an update back")))
        a.on("restart", lambda: self._put(edits.update(self._state, -MOST_UPDATES), tr("take all updates back")))
        a.on_toggled("all", lambda on: self._put(edits.with_step(self._state, all_timesteps=on), WORDS["all_timesteps"]))
        a.on("before", partial(store.update_training, after=False))
        a.on("after", partial(store.update_training, after=True))
        a.on("image", lambda: self._choose(secrets.randbelow(max(1, self.controller.total))))
        a.on("open_image", self._ask_for_picture)
        a.on("paste", self._paste)
        a.on("export_step", self._ask_for_export)
        a.on("noise", lambda: self._put(edits.with_step(self._state, seed=secrets.randbelow(min(MAX_SEED, 10**6))), WORDS["seed"]))
        self.page.line_chosen.connect(self._go)
        inspector.network_chosen.connect(self._choose_network)
        inspector.index_chosen.connect(self._choose)
        inspector.changed.connect(self._change)
        inspector.released.connect(store.end_merge)

    # --- gestures

    @property
    def _state(self) -> TrainingState:
        return self._context.store.session.training

    def _put(self, state: TrainingState, label: str, merge: str = "") -> None:
        self._context.store.update(label, merge, training=state)

    def _go(self, line: int) -> None:
        self._context.store.update(training=edits.go_to_line(self._state, line, self.page.lines))

    def goes_by_line(self, event: QKeyEvent) -> bool:
        """Left and Right go line by line while the page is in front: whether it was one of them."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or self._state.page != "step" or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        self._go(self.page.line + by)
        return True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys that nothing in the inspector has taken, such as its list of networks once one is chosen, do as on the page."""
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.goes_by_line(event)

    def _change(self, field: str, value: object, follows: bool) -> None:
        self._put(edits.with_step(self._state, **{field: value}), WORDS[field], f"training.step.{field}" if follows else "")

    def _choose(self, index: int) -> None:
        self._put(edits.choose_image(self._state, index, self.controller.total), tr("train on test image {index}", index=index))

    def _choose_network(self, sha256: str) -> None:
        entry = next((entry for entry in self.controller.entries if entry.sha256 == sha256), None)
        if entry is not None:
            self.take_entry(entry)

    def take_entry(self, entry: LibraryEntry) -> None:
        """The step of that network."""
        told = entry.card.told if entry.card is not None else None
        self._put(edits.of_network(self._state, entry.sha256, entry.path, told), tr("training step of {name}", name=entry.name))

    def read_picture(self, path: str) -> None:
        """Train on a picture file."""
        self.controller.read_picture(path)

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.page, tr("Train on a picture"), "", PICTURE_FILES)
        if path:
            self.read_picture(path)

    def _paste(self) -> None:
        picture = copied()
        if isinstance(picture, str):
            self.controller.read_picture(picture)
        elif picture is not None:
            self.controller.read_picture(pixels=picture)
        else:
            self.status_changed.emit(Status(tr("there is no picture in the clipboard: copy one, then paste it here")))

    def _ask_for_export(self) -> None:
        stem = f"training-step-t{self._state.recipe.t}-{self._state.recipe.updates}"
        path, _ = ask_where(self.page, tr("Export the step"), f"{stem}.png", tr("Picture (*.png)"), ".png")
        if path:
            self.export(path)

    def export(self, path: str) -> None:
        """Write the page as a picture, with its recipe; says why where that cannot be."""
        from explorer.exports.pictures import write_png  # and Pillow with it

        entry, recipe = self.controller.entry, self._state.recipe
        if entry is not None and not recipe.checkpoint:  # by its name here: what is usual elsewhere may be another
            recipe = msgspec.structs.replace(recipe, checkpoint=entry.sha256, source=entry.path)
        try:
            write_png(Path(path), pixels_of(self.page.grab().toImage()), Recipe(step=recipe))
        except BadInput as error:
            self._context.client.failed.emit(Failed(str(error)))
        else:
            self.status_changed.emit(Status(tr("written: {path}", path=path)))

    # --- what is shown

    def show_state(self, state: TrainingState) -> None:
        """What the person chose; the engine is asked for it while the page is in front."""
        a, recipe, front = self._actions, state.recipe, state.page == "step"
        self.page.show_state(state)
        self._inspector.show_recipe(recipe)
        self._library_changed()
        line, last = self.page.line, self.page.lines
        for name, can in (
            ("first_line", line > 1), ("line_back", line > 1), ("line_on", line < last), ("last_line", line < last),
            ("update", recipe.updates < MOST_UPDATES), ("back_update", recipe.updates > 0), ("restart", recipe.updates > 0),
        ):  # fmt: skip
            a[name].setEnabled(front and can)
        for name in ("all", "before", "after", "image", "open_image", "paste", "noise", "export_step"):
            a[name].setEnabled(front)
        a["all"].setChecked(recipe.all_timesteps)
        a["after" if state.after else "before"].setChecked(True)
        if front:
            self.controller.refresh()
            self.say()

    def _library_changed(self) -> None:
        self._inspector.show_entries(self.controller.entries, self.controller.entry, self._state.recipe)

    def _dress(self, _tokens: object = None) -> None:
        if self._state.page == "step":
            self.controller.refresh()  # errors are pictured in the theme's colours

    def show_step(self, shown: TrainingStepShown | None, trouble: str) -> None:
        """As of the controller's View."""
        self._trouble = trouble
        self.page.show_step(shown)
        self._inspector.show_step(shown)
        self.show_lines()
        self.say()

    def show_lines(self) -> None:
        """Which lines there are depends on the option of what came."""
        state = self._state
        line, last, front = self.page.line, self.page.lines, state.page == "step"
        for name, can in (("line_on", line < last), ("last_line", line < last), ("first_line", line > 1), ("line_back", line > 1)):
            self._actions[name].setEnabled(front and can)

    def show_choices(self, choices: TestImagesShown) -> None:
        """As of the controller's View."""
        self._inspector.show_choices(choices)

    def take_picture(self, taken: PictureTaken) -> None:
        """As of the controller's View."""
        self._put(edits.take_picture(self._state, taken.fitted), tr("train on {name}", name=taken.name or tr("a picture")))

    def say(self) -> None:
        """The status of the page."""
        shown, walked, line = self.controller.shown, self.controller.walked, self.page.line
        if walked is not None:
            self.status_changed.emit(Status(tr("making the update"), walked.done, walked.total, cancellable=True))
        elif self._trouble or shown is None:
            self.status_changed.emit(Status(self._trouble or tr("making a training step")))
        elif line < self.page.lines:  # what comes of it is not known yet to who goes line by line
            self.status_changed.emit(Status(tr("line {line} of {lines}", line=line, lines=self.page.lines)))
        elif shown.partial:
            self.status_changed.emit(Status(tr("making the update"), shown.done, shown.total, cancellable=True))
        else:
            before, after = float(shown.losses[shown.recipe.updates]), float(shown.losses[-1])
            said = tr(
                "t = {t}: this update takes the loss from {before} to {after} ({change})",
                t=shown.t, before=short(before), after=short(after), change=change(before, after),
            )  # fmt: skip
            self.status_changed.emit(Status(said))
