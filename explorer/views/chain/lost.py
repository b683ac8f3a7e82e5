"""Checkpoints and data sets of lanes that are not where they were: said once, looked for by a button, and noticed when they are back."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from explorer.checkpoints.snapshots import name_of
from explorer.datasets.shipped import shipped
from explorer.endings import DATA_SET_FILES
from explorer.engine.chain.data_set.messages import DataSetOpened, OpenDataSet
from explorer.engine.models.hashes import hash_at
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ExactProcess
from explorer.state.found_again import Unopened, lost, relinked
from explorer.state.named_files import with_places
from explorer.state.session import Session
from explorer.views.chain.controller import ChainController
from explorer.views.shared.file_opener import checkpoint_filter
from explorer.views.shared.locating import where_is
from explorer.views.shared.questions import Questions, When
from explorer.widgets.look.language import tr

LOOK_MS = 1500
"""How often it is looked whether a file is back, while one is missing."""
SHOWN_HASH = 12


class LostFiles(QObject):
    """Shows the button while a lane's checkpoint or data set is missing, and finds the file where the person says.

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
        Checkpoints that are missing now.
    data_sets : tuple of ExactProcess
        Those whose images are.
    """

    def __init__(self, chain: ChainController, button: QPushButton, say: Callable[[str, str], object], window: QWidget) -> None:
        super().__init__(window)
        self._chain, self._button, self._say, self._window = chain, button, say, window
        self._library, self._store = chain.context.library, chain.context.store
        self._told: set[str] = set()
        self._absent: set[str] = set()
        self.models: tuple[Unopened, ...] = ()
        self.data_sets: tuple[ExactProcess, ...] = ()
        self._questions = Questions(chain.context.client, f"{chain.part.name}.lost", self)
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
        keys = [key for key in self._chain.keys if key in run.failed or run.lost(key)]
        models = lost([key.lane for key in keys], self._library.known) if keys else ()
        exact = ((key.lane.exact, run.lost(key)) for key in keys)
        data_sets = tuple(dict.fromkeys(each for each, why in exact if each is not None and (why or not _is_there(each.dataset))))
        if (models, data_sets) != (self.models, self.data_sets):
            self.models, self.data_sets = models, data_sets
            places = [*(model.source for model in models), *(each.dataset for each in data_sets)]
            self._absent = {place for place in places if not _is_there(place)}
            self._button.setText(tr("Locate checkpoint…") if models else tr("Locate data set…"))
            self._button.setVisible(bool(places))
            self._button.setToolTip(tr("Show where it is now; it is known again by what is in it\n{list}", list="\n".join(places)))
            (self._timer.start if self._absent else self._timer.stop)()
        self._say_kept()

    def _say_kept(self) -> None:
        """Once of each, where its chain is shown all the same; where it is not, the engine says why."""
        run = self._chain.run
        for key in self._chain.keys:
            lane, why = key.lane, run.lost(key)
            who = lane.checkpoint or lane.source
            if not why or who in self._told:
                continue
            self._told.add(who)
            if _is_there(lane.source):  # such as a Python file that was not run: what is told of any failure helps here, too
                self._chain.context.client.failed.emit(Failed(why, path=lane.source))
            elif lane.exact is not None:
                said = tr("{name}: its images are not where they were. What is kept of its chain is shown.", name=Path(lane.source).name)
                self._say(said, tr("Locate data set… shows where they are now; without them nothing new can be sampled."))
            else:
                said = tr("{name}: its checkpoint is not where it was. What is kept of its chain is shown.", name=name_of(lane.source))
                self._say(said, tr("Locate checkpoint… shows where it is now; without it nothing new can be sampled."))

    def _look_again(self) -> None:
        """A disk may be there again."""
        back = {source for source in self._absent if _is_there(source)}
        self._absent -= back
        if back and self._window.isVisible():
            self._chain.sample_chain()

    def _ask(self) -> None:
        if self.models:
            if path := where_is(self.models[0].source, self._window, checkpoint_filter()):
                self.locate(self.models[0], path)
        elif self.data_sets and (path := where_is(self.data_sets[0].dataset, self._window, DATA_SET_FILES)):
            self.locate_images(self.data_sets[0], path)

    def locate_images(self, exact: ExactProcess, path: str) -> None:
        """Take the data set at a path for one, if it has the same images."""

        def take(outcome: Outcome) -> None:
            if not isinstance(outcome, DataSetOpened):
                return
            if exact.sha256 and outcome.exact.sha256 != exact.sha256:
                said = tr("{name} holds other images: {hashes}.", name=Path(path).name, hashes=_hashes(outcome.exact.sha256, exact.sha256))
                self._chain.context.client.failed.emit(Failed(said, path=path))
                return
            self._told.discard(exact.dataset)
            moved = with_places(self._store.session, lambda source: path if source == exact.dataset else source)
            self._replace(moved, Path(path).name)

        self._questions.ask("data", OpenDataSet(path, exact.read), take, When.AT_ONCE)

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
            hashes = _hashes(entry.sha256, model.checkpoint)
            said = tr("{name} is another checkpoint: {hashes}.", name=Path(entry.path).name, hashes=hashes)
            self._chain.context.client.failed.emit(Failed(said, path=entry.path))
            return
        self._told.discard(model.checkpoint)
        here = [each for each in self._library.known if os.path.exists(each.path)]
        found, _ = relinked(self._store.session, here)
        self._replace(found, entry.name)

    def _replace(self, found: Session, name: str) -> None:
        if found == self._store.session:  # it is back where it was
            self._chain.sample_chain()
        else:
            self._store.replace(found, tr("locate {name}", name=name))


def _hashes(found: str, wanted: str) -> str:
    return tr("its hash begins with {sha256}, not with {checkpoint}", sha256=found[:SHOWN_HASH], checkpoint=wanted[:SHOWN_HASH])


def _is_there(source: str) -> bool:
    """Whether there is such a file; what comes with the app has a name."""
    return shipped(source) is not None or os.path.exists(source)
