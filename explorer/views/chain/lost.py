"""Checkpoints of lanes that are not where they were: said once, looked for by a button, and noticed when they are back."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from explorer.checkpoints.snapshots import name_of
from explorer.engine.models.hashes import hash_at
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.state.found_again import Unopened, lost, relinked
from explorer.views.chain.controller import ChainController
from explorer.views.shared.file_opener import checkpoint_filter
from explorer.widgets.look.language import tr

LOOK_MS = 1500
"""How often it is looked whether a file is back, while one is missing."""
SHOWN_HASH = 12


class LostCheckpoints(QObject):
    """Shows the button while a lane's checkpoint is missing, and finds the file where the person says.

    Parameters
    ----------
    chain : ChainController
    button : QPushButton
    say : callable
        Takes a message and a hint.
    window : QWidget
        Over which files are chosen.

    Attributes
    ----------
    models : tuple of Unopened
        Those that are missing now.
    """

    def __init__(self, chain: ChainController, button: QPushButton, say: Callable[[str, str], object], window: QWidget) -> None:
        super().__init__(window)
        self._chain, self._button, self._say, self._window = chain, button, say, window
        self._library, self._store = chain.context.library, chain.context.store
        self._told: set[str] = set()
        self._absent: set[str] = set()
        self.models: tuple[Unopened, ...] = ()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        button.clicked.connect(self._ask)
        chain.planned.connect(self._look)
        chain.progressed.connect(self._look)
        chain.state_changed.connect(lambda _before, _after: self._look())
        self._library.changed.connect(self._look)
        self._look()

    def _look(self) -> None:
        run = self._chain.run
        lanes = [key.lane for key in self._chain.keys if key in run.failed or run.lost(key)]
        models = lost(lanes, self._library.known) if lanes else ()
        if models != self.models:
            self.models = models
            self._absent = {model.source for model in models if not os.path.exists(model.source)}
            self._button.setVisible(bool(models))
            self._button.setToolTip(tr("Show where it is now; it is known again by what is in it\n{list}", list=_places(models)))
            (self._timer.start if self._absent else self._timer.stop)()
        self._say_kept()

    def _say_kept(self) -> None:
        """Once of each, where its chain is shown all the same; where it is not, the engine says why."""
        run = self._chain.run
        for key in self._chain.keys:
            source, why = key.lane.source, run.lost(key)
            if not why or key.lane.checkpoint in self._told:
                continue
            self._told.add(key.lane.checkpoint)
            if os.path.exists(source):  # such as a Python file that was not run: what is told of any failure helps here, too
                self._chain.context.client.failed.emit(Failed(why, path=source))
            else:
                said = tr("{name}: its checkpoint is not where it was. What is kept of its chain is shown.", name=name_of(key.lane.source))
                self._say(said, tr("Locate checkpoint… shows where it is now; without it nothing new can be sampled."))

    def _look_again(self) -> None:
        """A disk may be there again."""
        back = {source for source in self._absent if os.path.exists(source)}
        self._absent -= back
        if back and self._window.isVisible():
            self._chain.sample_chain()

    def _ask(self) -> None:
        if not self.models:
            return
        model, name = self.models[0], os.path.basename(self.models[0].source)
        title = tr("Where is {name}?", name=name)
        if os.path.splitext(name)[1]:
            path, _ = QFileDialog.getOpenFileName(self._window, title, "", checkpoint_filter())
        else:
            path = QFileDialog.getExistingDirectory(self._window, title)
        if path:
            self.locate(model, path)

    def locate(self, model: Unopened, path: str) -> None:
        """Take the file at a path for it, if it is the one; others that lie beside it are found, too."""
        self._open(model, path)
        for other in self.models:
            place = os.path.join(os.path.dirname(path), os.path.basename(other.source))
            if other is not model and hash_at(place, other.told) == other.checkpoint:
                self._open(other, place)

    def _open(self, model: Unopened, path: str) -> None:
        failed = self._chain.context.client.failed.emit
        self._library.open(path, then=partial(self._take, model), told=model.told, on_failure=failed)

    def _take(self, model: Unopened, entry: LibraryEntry) -> None:
        if entry.sha256 != model.checkpoint:
            hashes = tr(
                "its hash begins with {sha256}, not with {checkpoint}",
                sha256=entry.sha256[:SHOWN_HASH],
                checkpoint=model.checkpoint[:SHOWN_HASH],
            )
            said = tr("{name} is another checkpoint: {hashes}.", name=Path(entry.path).name, hashes=hashes)
            self._chain.context.client.failed.emit(Failed(said, path=entry.path))
            return
        self._told.discard(model.checkpoint)
        here = [each for each in self._library.known if os.path.exists(each.path)]
        found, _ = relinked(self._store.session, here)
        if found == self._store.session:  # it is back where it was
            self._chain.sample_chain()
        else:
            self._store.replace(found, tr("locate {name}", name=entry.name))


def _places(models: tuple[Unopened, ...]) -> str:
    return "\n".join(model.source for model in models)
