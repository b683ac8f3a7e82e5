"""The Training workspace: the list of runs, their curves, and what their snapshots make."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.state.edits import training as edits
from explorer.state.training import MAX_CHOSEN, CurveShown, TrainingPage, TrainingState
from explorer.training.reading import RunCurves
from explorer.training.runs import Run, Snapshot, listed, look
from explorer.views.training.actions import GROUPS
from explorer.views.training.asking import ask_before_leaving, ask_to_delete
from explorer.views.training.code_scatter import CodeScatter
from explorer.views.training.controller import TrainingController, can_go_on, can_pause
from explorer.views.training.facts import FACTS
from explorer.views.training.figures import colours, curve_figure, timestep_figure
from explorer.views.training.inspector import TrainingInspector
from explorer.views.training.made import Made, codes_of, rows_of
from explorer.views.training.new_run import NewRun
from explorer.views.training.run_list import RunList
from explorer.views.training.run_plot import RunPlot
from explorer.views.training.snapshot_slider import SnapshotSlider
from explorer.views.training.status import status_of
from explorer.views.training.step.part import StepPart
from explorer.views.training.tile_rows import TileRows
from explorer.views.training.toolbar import TrainingToolbar
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.plots.bar_chart import BarChart

MARGIN, GAP = 14, 10
PAGES: dict[TrainingPage, str] = {"runs": tr("Runs"), "step": tr("Step")}
"""What is written on the segment of each page."""
NO_RUNS = tr("Here a run's loss is drawn while it learns.\nNew run (N) chooses a model, a data set and settings.")
NOT_YET = tr("The first values come after ten updates.")
NO_VALUES = tr("It ended before its first values.")
NOT_KEPT = tr("The curve of this run was not kept; what its snapshots make is below.")
NOTHING_MADE = tr("What a snapshot makes is shown here.")
NO_SCALE = tr("The scale of this run's loss is not known. E shows the loss as it is.")
NO_TIMESTEPS = tr("Loss by timestep: a diffusion model that draws one t for each image has it.")
BY_TIMESTEP_NOT_KEPT = tr("The loss by timestep of a recorded run was not kept.")


class TrainingWorkspace(Workspace):
    """Runs of `train`."""

    facts = FACTS

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.setObjectName("page")
        self.actions_ = Actions(theme, self, GROUPS)
        self.toolbar = TrainingToolbar(self.actions_)
        self.list = RunList(theme)
        self.plot = RunPlot(theme)
        self.bars = BarChart(theme)
        self.bars.setToolTip(tr("Mean loss in each twentieth of the timesteps; click or drag reads a bar"))
        self.bars.setAccessibleName(tr("Loss by timestep"))
        self.scatter = CodeScatter(theme)
        self.rows = TileRows(theme, tr("What the snapshot makes"))
        self._inspector = TrainingInspector(theme, self.actions_)
        self.controller = TrainingController(context, self, self)
        self.step = StepPart(context, self.actions_, self._inspector.step, self)
        self._asking = False
        self._build()
        self._connect()
        self.show_state(self._state)
        self.show_runs((), ())
        self.show_curves((), {})
        self.show_snapshots((), ())

    def _build(self) -> None:
        self.training_time = SnapshotSlider()
        plot, self.bars_card, self.codes_card, pictures = (Card(self.context.theme) for _ in range(4))
        for card, widget in ((plot, self.plot), (self.bars_card, self.bars), (self.codes_card, self.scatter), (pictures, self.rows)):
            inside = QVBoxLayout(card)
            inside.setContentsMargins(4, 2, 2, 2)
            inside.setSpacing(0)
            if card is pictures:
                inside.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinAndMaxSize)  # no more room than the pictures fill
                inside.addWidget(self.training_time)
            inside.addWidget(widget, 1)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(plot, 3)
        top.addWidget(self.codes_card, 2)
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addLayout(top, 5)
        column.addWidget(self.bars_card, 3)
        column.addWidget(pictures, 4)
        self.runs = QWidget()
        below = QHBoxLayout(self.runs)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(GAP)
        below.addWidget(self.list)
        below.addLayout(column, 1)
        self._stack = PageStack()
        for part in (self.runs, self.step.page):
            self._stack.addWidget(part)
        self.segments = SegmentBar([segment(name, self.actions_[name], label) for name, label in PAGES.items()], tr("What is shown"))
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.segments)
        top.addWidget(self.toolbar, 1)
        top.addWidget(self.step.page.bar, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(MARGIN, MARGIN - 2, MARGIN, MARGIN - 2)
        page.setSpacing(GAP)
        page.addLayout(top)
        page.addWidget(self._stack, 1)

    def _connect(self) -> None:
        a, toolbar = self.actions_, self.toolbar
        for curve in get_args(CurveShown):
            a.on(curve, partial(self._draw, curve))
        for way in get_args(edits.Look):
            a.on(way, partial(self._flip, way))
        toolbar.curves.chosen.connect(self._draw)
        toolbar.scales.chosen.connect(self._flip)
        for name in PAGES:
            a.on(name, partial(self._show_page, name))
        self.segments.chosen.connect(self._show_page)
        a.on("lay_open", lambda: self._open_in("step"))
        self.step.status_changed.connect(self.status_changed)
        a.add_to(self._inspector)
        a.on("new", lambda: self._put(edits.ask_for_run(self._state)))
        a.on("open", self._ask_for_folder)
        a.on("hold", self.controller.hold)
        a.on("stop", self.cancel)
        a.on("folder", self._show_folder)
        a.on("delete", self._delete)
        a.on("earlier", lambda: self._put(edits.move(self._state, self._steps, -1)))
        a.on("later", lambda: self._put(edits.move(self._state, self._steps, 1)))
        a.on("newest", lambda: self._put(edits.follow(self._state)))
        self.list.chosen.connect(self._choose)
        self.plot.scrubbed.connect(lambda step: self._put(edits.look_near(self._state, self._steps, step)))
        self.bars.scrubbed.connect(self.bars.set_cursor)
        self.training_time.moved.connect(lambda place: self._put(edits.look_at(self._state, self._steps, place)))
        self._inspector.open_wanted.connect(self._open_in)
        self.controller.settled.connect(self._say)

    # --- the contract of a workspace

    @property
    def inspector(self) -> TrainingInspector:
        """The run in front."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that is known of the runs is shown."""
        return self.controller.idle and (self._state.page == "runs" or self.step.controller.idle)

    def menu_actions(self) -> Sequence[QAction]:
        """The Training menu."""
        return self.actions_.menu()

    def present(self, on: bool) -> None:
        """The run in front alone: its curves and what it makes."""
        self.list.setVisible(not on)
        self.toolbar.present(on)

    def activate(self) -> None:
        """Look at the folders twice a second."""
        self.controller.activate()

    def deactivate(self) -> None:
        """The runs go on by themselves."""
        self.controller.deactivate()
        self.status_changed.emit(Status())

    def cancel(self) -> None:
        """Stop the runs that are shown; their state is kept. On the Step page, stop computing it."""
        if self._state.page == "step":
            self.step.controller.cancel()
        else:
            self.controller.each("stop")

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """While the Step page is in front, a diffusion model becomes the one whose step is laid open."""
        if not self._on_step or entry.card is None or entry.card.kind != "ddpm" or entry.problem:
            return False
        self.step.take_entry(entry)
        return True

    def accept_picture(self, path: str) -> bool:
        """While the Step page is in front, a picture is trained on."""
        if not self._on_step:
            return False
        self.step.read_picture(path)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On the Step page, Left and Right go line by line."""
        if not self.step.goes_by_line(event):
            super().keyPressEvent(event)

    def may_close(self) -> bool:
        """Ask what becomes of runs that are at work here; False if the window shall stay."""

        def at_work() -> list[Run]:
            return [run for run in listed(self._state.folders) if run.live and not run.elsewhere]

        answer = ask_before_leaving(at_work, self.window())
        if answer == "stop":
            self.controller.stop_all(at_work())
        return answer != "stay"

    # --- gestures

    @property
    def _state(self) -> TrainingState:
        return self.context.store.session.training

    @property
    def _on_step(self) -> bool:
        return self._state.page == "step" and self.context.store.session.workspace == "training"

    def _show_page(self, page: TrainingPage) -> None:
        self.context.store.update_training(page=page)

    def _say(self) -> None:
        if self._state.page == "runs":
            self.status_changed.emit(status_of(self._first))
        else:
            self.step.say()

    def _put(self, state: TrainingState) -> None:
        self.context.store.update(training=state)  # it is not undone: nothing of it determines pictures

    def _draw(self, curve: CurveShown) -> None:
        self._put(edits.draw(self._state, curve))

    def _flip(self, look: edits.Look) -> None:
        self._put(edits.flip(self._state, look))

    def _ask_for_run(self) -> None:
        """Show the form of a new run."""
        state = self._state
        self.form = NewRun(state.form, self.controller.runs, self.controller.start, self.window(), state.length)
        self.form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form.finished.connect(lambda _result: self._put(edits.put_form_away(self._state, self.form.length)))
        self.form.measure_wanted.connect(lambda recipe: self.controller.measure(recipe, self.form.show_measured))
        self.form.finished.connect(self.controller.stop_measuring)
        self.form.open()

    def _delete(self) -> None:
        """Ask, and then delete the chosen runs that have ended."""
        ended = [run for run in self.controller.chosen if not run.live and not run.recorded]
        if ended and (how := ask_to_delete(ended, self.window())):
            self.controller.delete(ended, how)

    def _ask_for_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Folder of a run"))
        if path:
            self.open_folder(path)

    def open_folder(self, path: str) -> None:
        """Watch the run in a folder."""
        folder = os.path.abspath(path)
        if look(Path(folder)) is None:
            self.tell(tr("{path}: holds no run: there is no run.json that can be read", path=path))
            return
        self._put(edits.watch(self._state, folder, {str(run.folder) for run in self.controller.runs}))

    def _show_folder(self) -> None:
        if self._first is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._first.folder)))

    def _choose(self, folder: str, add: bool) -> None:
        shown = [str(run.folder) for run in self.controller.chosen]
        if not add:
            self._put(edits.choose(self._state, folder))
        elif edits.has_room(shown, folder):
            self._put(edits.put_beside(self._state, folder, shown))
        else:
            self.tell(tr("at most {max_chosen} runs are shown together: Ctrl+click takes one away", max_chosen=MAX_CHOSEN))

    @property
    def _first(self) -> Run | None:
        """The run in front."""
        return next(iter(self.controller.chosen), None)

    @property
    def _steps(self) -> tuple[int, ...]:
        """Updates of the snapshots of the run in front: what the slider goes over."""
        return tuple(snapshot.step for snapshot in self.controller.snapshots_of(self._first))

    def _open_in(self, place: str) -> None:
        made = self.controller.made
        if place == "step":
            first = made[0].snapshot if made and made[0].run.kind == "ddpm" else None
            if first is not None:
                self.context.library.open(first.path, self.step.take_entry)
            return
        for one in made if place == "compare" else made[:1]:
            if one.snapshot is not None:
                self.context.library.open(one.snapshot.path, lambda entry: self.open_wanted.emit(entry, place))

    # --- what the controller hands over

    def show_state(self, state: TrainingState) -> None:
        """What the person chose."""
        a = self.actions_
        self.toolbar.show_state(state)
        a[state.page].setChecked(True)
        self.segments.set_current(state.page)
        front = self.runs if state.page == "runs" else self.step.page
        if self._stack.currentWidget() is not front:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._stack.setCurrentWidget(front)
        self.toolbar.setVisible(state.page == "runs")
        self.step.page.bar.setVisible(state.page == "step")
        self._inspector.show_page(state.page)
        self.step.show_state(state)
        a[state.curve].setChecked(True)
        a["log"].setChecked(state.log)
        a["raw"].setChecked(state.raw)
        a["relative"].setChecked(state.relative)
        if state.asking and not self._asking:
            self._asking = True
            self._ask_for_run()
        self._asking = state.asking

    def show_runs(self, runs: Sequence[Run], chosen: Sequence[Run]) -> None:
        """The list, and the facts of the run in front."""
        self.list.show_runs(runs, dict(zip((run.folder for run in chosen), colours(chosen), strict=True)))
        first = chosen[0] if chosen else None
        self._inspector.show_run(first, self.controller.memory.get(first.folder, 0) if first is not None else 0)
        self._enable(chosen)

    def _enable(self, chosen: Sequence[Run]) -> None:
        a = self.actions_
        pausable, resumable = any(map(can_pause, chosen)), any(map(can_go_on, chosen))
        a["hold"].setText(tr("&Resume") if resumable and not pausable else tr("&Pause"))
        a["hold"].setEnabled(pausable or resumable)
        a["stop"].setEnabled(any(run.live and run.wish != "stop" for run in chosen))
        a["folder"].setEnabled(bool(chosen))
        a["delete"].setEnabled(any(not run.live and not run.recorded for run in chosen))

    def show_curves(self, chosen: Sequence[Run], curves: Mapping[Path, RunCurves]) -> None:
        """The curves of the chosen runs."""
        state = self._state
        ended = bool(chosen) and not any(run.live for run in chosen)
        kept = not any(run.recorded for run in chosen)
        self.plot.set_message((NO_VALUES if kept else NOT_KEPT) if ended else NOT_YET if chosen else NO_RUNS)
        self.plot.set_figure(curve_figure(chosen, curves, state))
        figure = timestep_figure(chosen, curves, state)
        lost = state.relative and any(run.kind == "ddpm" for run in chosen)
        self.bars.set_message("" if figure.bars else NO_SCALE if lost else NO_TIMESTEPS if kept else BY_TIMESTEP_NOT_KEPT)
        self.bars.set_figure(figure)

    def show_snapshots(self, made: Sequence[Made], known: Sequence[Snapshot]) -> None:
        """What the snapshots make; `known` are those of the run in front."""
        self.rows.show_rows(rows_of(made, self.context.theme.tokens.border), "" if made else NOTHING_MADE)
        latent = bool(made) and made[0].run.kind in ("vae", "ae")
        self.codes_card.setVisible(latent)
        self.bars_card.setVisible(not latent)
        codes = codes_of(made)
        if codes is not None:
            self.scatter.show_codes(codes.codes, codes.labels)
        followed = self._state.snapshot is None
        place = edits.place_of([snapshot.step for snapshot in known], self._state.snapshot)
        self.training_time.show_snapshots(known, place, latent)
        self.plot.set_cursor(known[place].step if known and not followed else -1)
        self._inspector.show_snapshot(made[0].run if made else None, known[place] if known else None)
        a = self.actions_
        on_runs = self._state.page == "runs"
        a["earlier"].setEnabled(on_runs and place > 0)
        a["later"].setEnabled(on_runs and place < len(known) - 1)
        a["newest"].setEnabled(on_runs and not followed)
        a["lay_open"].setEnabled(bool(made) and made[0].run.kind == "ddpm" and bool(known))

    def tell(self, message: str) -> None:
        """Something could not be done: say so in the window."""
        self.context.client.failed.emit(Failed(message))
