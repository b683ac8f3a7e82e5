"""Watches the runs' folders, asks the engine for what their snapshots make, and hands both to the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.thread.requests import Outcome
from explorer.engine.training.messages import MeasureTraining
from explorer.errors import BadInput
from explorer.recipe.training import TrainRecipe
from explorer.state.edits import training as edits
from explorer.state.session import Session
from explorer.state.training import TrainingState
from explorer.training.control import Wish
from explorer.training.reading import RunCurves
from explorer.training.runs import Run, Snapshot, at_step, listed, look, memory_of, recorded, snapshots
from explorer.views.shared.questions import Questions, When
from explorer.views.training import deleting, launcher
from explorer.views.training.deleting import How
from explorer.views.training.elsewhere import RunsElsewhere
from explorer.views.training.made import Made
from explorer.views.training.pictures import SnapshotPictures, images_of
from explorer.views.workspace import Context

POLL_MS = 500
COST = "cost"
"""Name of the question what a run will take."""
LIST_EVERY = 10
"""Polls after which all folders are read, not only those of live and shown runs."""


class View(Protocol):
    """What the controller hands things to."""

    def show_state(self, state: TrainingState) -> None:
        """What the person chose."""

    def show_runs(self, runs: Sequence[Run], chosen: Sequence[Run]) -> None:
        """All that are known, and those that are shown together."""

    def show_curves(self, chosen: Sequence[Run], curves: Mapping[Path, RunCurves]) -> None:
        """The curves of the chosen runs."""

    def show_snapshots(self, made: Sequence[Made], known: Sequence[Snapshot]) -> None:
        """What the snapshots of the chosen runs make, and all snapshots of the first of them."""

    def tell(self, message: str) -> None:
        """Something could not be done."""


class TrainingController(QObject):
    """Between the store, the folders, the engine and the view.

    Signals
    -------
    settled()
        What is under way is another.

    Attributes
    ----------
    runs : tuple of Run
        All that are known, the newest first.
    curves : dict
        By folder, of the chosen runs.
    memory, speeds : dict
        By folder: most bytes held and last images a second, as seen.
    """

    settled = Signal()

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self.runs: tuple[Run, ...] = ()
        self.curves: dict[Path, RunCurves] = {}
        self.memory: dict[Path, int] = {}
        self.speeds: dict[Path, float] = {}
        self._questions = Questions(context.client, "training", self)
        self.pictures = SnapshotPictures(context.client, self)
        self._elsewhere = RunsElsewhere(context.client, context.elsewhere, self)
        self._active = False
        self._polls = 0
        self._snapshots: dict[Path, tuple[Snapshot, ...]] = {}
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        context.store.changed.connect(self._changed)
        self.pictures.changed.connect(self._pictures_came)

    @property
    def state(self) -> TrainingState:
        """What the person chose."""
        return self._context.store.session.training

    @property
    def chosen(self) -> tuple[Run, ...]:
        """Runs that are shown together; the newest where the person chose none."""
        known = {str(run.folder): run for run in self.runs}
        found = tuple(known[name] for name in self.state.chosen if name in known)
        return found or self.runs[:1]

    @property
    def idle(self) -> bool:
        """Whether all that is known of the runs is shown."""
        return self._active and self.pictures.idle

    @property
    def made(self) -> tuple[Made, ...]:
        """Of each chosen run the snapshot that is looked at, and what it makes."""
        looked = [(run, self.shown_snapshot(run)) for run in self.chosen]
        return tuple(Made(run, at, self.pictures.of(at.path) if at is not None else None) for run, at in looked)

    def snapshots_of(self, run: Run | None) -> tuple[Snapshot, ...]:
        """Its checkpoints, as of the last look."""
        return self._snapshots.get(run.folder, ()) if run is not None else ()

    def shown_snapshot(self, run: Run) -> Snapshot | None:
        """The one that is looked at."""
        return at_step(self.snapshots_of(run), self.state.snapshot)

    # --- occasions

    def activate(self) -> None:
        """The workspace is shown."""
        self._active = True
        self._view.show_state(self.state)
        self._polls = 0
        self.poll()
        self._timer.start()

    def deactivate(self) -> None:
        """Another workspace is shown; the runs go on."""
        self._active = False
        self._timer.stop()
        self.pictures.forget()

    def poll(self) -> None:
        """Look at the folders."""
        before = self.runs
        if self._polls % LIST_EVERY == 0:
            self.runs = (*listed(self.state.folders), *recorded())
        else:
            watched = {run.folder for run in self.chosen}
            looked = (look(run.folder) if run.live or run.folder in watched else run for run in self.runs)
            self.runs = tuple(run for run in looked if run is not None)
        self._polls += 1
        self._elsewhere.follow(self.runs)
        self._measure(before)
        news = self._read()
        if self.runs != before:
            self._view.show_runs(self.runs, self.chosen)
        if news or self.runs != before:
            self._view.show_curves(self.chosen, self.curves)
        self._want()
        self.settled.emit()

    def look_again(self) -> None:
        """Read all folders at once."""
        self._polls = 0
        self.poll()

    def _measure(self, before: tuple[Run, ...]) -> None:
        """Memory of live runs; it and the speed are kept when a run ends."""
        was_live = {run.folder for run in before if run.live}
        for run in self.runs:
            if run.live:
                self.memory[run.folder] = max(memory_of(run), self.memory.get(run.folder, 0))
                if run.status is not None and run.status.images_per_second > 0:
                    self.speeds[run.folder] = run.status.images_per_second
            elif run.folder in was_live:
                launcher.note(run, self.speeds.get(run.folder, 0.0), self.memory.get(run.folder, 0))
                self._polls = 0  # what was noted is read at the next poll

    def _read(self) -> bool:
        news = False
        chosen = self.chosen
        for run in chosen:
            if run.folder not in self.curves:
                self.curves[run.folder] = RunCurves(run.folder)
                news = True
            news = self.curves[run.folder].read() or news
            found = snapshots(run)
            if found != self._snapshots.get(run.folder):
                self._snapshots[run.folder] = found
                news = True
        return news

    def _want(self) -> None:
        if not self._active:
            return
        wanted = [(snapshot.path, run) for run in self.chosen if (snapshot := self.shown_snapshot(run)) is not None]
        self.pictures.want([(path, (run.kind, images_of(run))) for path, run in wanted if run.kind != "classifier"])
        self._show_made()
        self._context.library.watch(self._library_paths())

    def _show_made(self) -> None:
        self._view.show_snapshots(self.made, self.snapshots_of(next(iter(self.chosen), None)))

    def _library_paths(self) -> tuple[str, ...]:
        """Every snapshot of the chosen runs, the newest of each other run."""
        chosen = {run.folder for run in self.chosen}
        paths: list[str] = []
        for run in self.runs:
            if run.recorded:  # the library knows what comes with the app
                continue
            if run.folder not in chosen and (run.live or run.folder not in self._snapshots):
                self._snapshots[run.folder] = snapshots(run)
            known = self.snapshots_of(run)
            paths += [snapshot.path for snapshot in (known if run.folder in chosen else known[-1:])]
        return tuple(paths)

    def _changed(self, old: Session, new: Session) -> None:
        if self._active and old.training != new.training:
            self._view.show_state(new.training)
            if old.training.folders != new.training.folders:
                self.runs = (*listed(new.training.folders), *recorded())
            self._read()
            self._view.show_runs(self.runs, self.chosen)
            self._view.show_curves(self.chosen, self.curves)
            self._want()
            self.settled.emit()

    def _pictures_came(self) -> None:
        if self._active:
            self._show_made()
            self.settled.emit()

    # --- what the person does

    def _put(self, state: TrainingState) -> None:
        self._context.store.update(training=state)

    def start(self, recipes: tuple[TrainRecipe, ...], form: TrainRecipe | None = None) -> bool:
        """Start runs, and show them together; the next form begins as `form`. False if one could not be started."""
        folders = []
        try:
            for recipe in recipes:
                folders.append(str(self._elsewhere.start(recipe) if self._elsewhere.engine else launcher.start(recipe)))
        except BadInput as error:
            self._view.tell(str(error))
        if folders:
            self._put(edits.show_started(self.state, folders, recipes, form or recipes[0]))
            self.look_again()
        return len(folders) == len(recipes)

    def measure(self, recipe: TrainRecipe, receiver: Callable[[Outcome], None]) -> None:
        """Try a few updates of a run; the receiver gets what they took, or why there can be none."""
        self._questions.ask(COST, MeasureTraining(recipe), receiver, When.AT_ONCE, on_failure=receiver)

    def stop_measuring(self) -> None:
        """Nobody wants to know any more."""
        self._questions.forget(COST)

    def hold(self) -> None:
        """Pause the chosen runs; where there is nothing to pause, let them go on."""
        self.each("pause" if any(map(can_pause, self.chosen)) else "go on")

    def each(self, verb: str) -> None:
        """Pause, stop or go on with every chosen run to which that can be done."""
        for run in self.chosen:
            try:
                if verb == "pause" and run.phase == "running":
                    self._ask(run, "pause")
                elif verb == "stop" and run.live:
                    self._ask(run, "stop")
                elif verb == "go on" and can_go_on(run):
                    self._ask(run, "")
            except BadInput as error:
                self._view.tell(str(error))
        self.look_again()

    def delete(self, runs: Sequence[Run], how: How) -> None:
        """Delete runs that have ended, or take them off the list; says which could not be."""
        gone = set()
        for run in runs:
            try:
                deleting.delete(run, how)
                gone.add(str(run.folder))
            except BadInput as error:
                self._view.tell(str(error))
        for folder in map(Path, gone):
            self.curves.pop(folder, None)
            self._snapshots.pop(folder, None)
        self._put(edits.without(self.state, gone))
        self.look_again()

    def stop_all(self, runs: Sequence[Run]) -> None:
        """Ask these runs to stop; each ends by itself at its next update."""
        for run in runs:
            try:
                self._ask(run, "stop")
            except BadInput as error:
                self._view.tell(str(error))

    def _ask(self, run: Run, wish: Wish) -> None:
        if self._elsewhere.has(run):
            self._elsewhere.ask(run, wish)
        else:
            {"pause": launcher.pause, "stop": launcher.stop, "": launcher.go_on}[wish](run)


def can_pause(run: Run) -> bool:
    """Whether it is at work, and nobody has asked it to pause or stop."""
    return run.phase == "running" and not run.wish


def can_go_on(run: Run) -> bool:
    """Whether there is something left to do, and nobody does it."""
    return run.phase in ("paused", "stopped", "failed")
