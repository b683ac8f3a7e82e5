"""A chain workspace: what Reverse chain and Compare share, put together."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from explorer.engine.chain.curve_messages import CurvesShown
from explorer.engine.chain.messages import FilmShown, StepShown, TermsShown
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_SAMPLES, Sampler, ScheduleChoice
from explorer.recipe.labels import label_words
from explorer.recipe.quantities import QUANTITIES
from explorer.state.edits import chain as edits
from explorer.state.edits import labels as label_edits
from explorer.state.edits import lanes as lane_edits
from explorer.state.edits.words import walk_words
from explorer.state.session import ChainState
from explorer.views.chain import wiring
from explorer.views.chain.actions import LOOKS, PlayLook, groups
from explorer.views.chain.chain_part import ChainPart, PartName
from explorer.views.chain.chain_widgets import ChainWidgets
from explorer.views.chain.controller import ChainController
from explorer.views.chain.cursor import Cursor
from explorer.views.chain.data_set.data_sets import DataSets
from explorer.views.chain.data_set.exact_lanes import ExactLanes
from explorer.views.chain.data_set.exact_panel import ExactPanel
from explorer.views.chain.data_set.ideal_distances import IdealDistances
from explorer.views.chain.display import Display
from explorer.views.chain.enlarging import ChainEnlarging
from explorer.views.chain.expected import Expected
from explorer.views.chain.export import ChainExport
from explorer.views.chain.few_samples import FewSamples
from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.chain.lost import LostFiles
from explorer.views.chain.network.unet_view import UNetView
from explorer.views.chain.noise_check import NoiseCheck
from explorer.views.chain.selecting import Selecting
from explorer.views.chain.split import Split
from explorer.views.chain.training_time import TrainingTime
from explorer.views.chain.ways import Ways
from explorer.views.shared.file_opener import FileOpener
from explorer.views.shared.space_keeper import SpaceKeeper
from explorer.views.shared.unopened import UnopenedModels
from explorer.views.workspace import Context, Workspace
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton
from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.language import tr
from explorer.widgets.pictures.equation_strip import Layout
from explorer.widgets.pictures.pointed import Pointed

if TYPE_CHECKING:
    from explorer.views.export_offer import ExportOffer

SEED_BITS = 31
"""New seeds are short enough to be read out."""


class ChainPage(Workspace):
    """Base of the two workspaces: gestures go to the store.

    Subclasses name the part of the session (`part_name`) and the plots, lay the parts out in
    `lay_out`, and have one LanePanel for each lane in `panels`.

    Attributes
    ----------
    controller : ChainController
    playback : Cursor
    chain_actions, looks : Actions
        Of the Chain menu; of the View menu.
    widgets : ChainWidgets
    expected : Expected
        Made in `lay_out`.
    """

    expected: Expected
    part_name: PartName
    plots: Sequence[Segment]
    equation_layout: Layout = "row"
    several_lanes = False

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.part = ChainPart(context.store, self.part_name)
        self.controller = ChainController(context, self.part, self, self)
        self.selecting = Selecting(self.controller)
        self.playback = Cursor(self.controller, self)
        self.chain_actions = Actions(context.theme, self, groups(self.several_lanes))
        self.looks = Actions(context.theme, self, LOOKS)
        self._play_look = PlayLook(context.theme, self.chain_actions)
        self.widgets = ChainWidgets(context.theme, self.chain_actions, self.plots, self.equation_layout, self.several_lanes)
        self.widgets.put_decoding(ActionButton(self.looks["decoded"], tr("Decoded")))
        self.unet = UNetView(self.controller, self.looks["unet"])
        self.exporting = ChainExport(self.controller, self)
        self.opener = FileOpener(context.library, self.take_file, self)
        self._unopened = UnopenedModels(context.library, lambda _said: None)  # sampling says it
        self.noise_check = NoiseCheck(self.controller, self.chain_actions["check_noise"], self.opener, self.noticed.emit, self)
        self._few = FewSamples(context.library, self.noticed.emit)
        self.display = Display(self.controller, self.widgets, self.chain_actions, self.looks, lambda: self.panels, self)
        self.enlarging = ChainEnlarging(self.controller, self.display, self.playback, self.pictures.enlarged)
        self.pictures.area = lambda: self.enlarging.area(self, self.widgets.film_card, self.widgets.transport)
        self.data_sets = DataSets(context.client, self.part_name, self)
        self.data_sets.noticed.connect(self.noticed)
        self.exact_lanes = ExactLanes(self.controller, self.data_sets)
        self.exact = ExactPanel(self.controller, self.looks["data_set"], self.data_sets)
        self.widgets.inspector.put_below_selected(self.exact)
        self.ideal = IdealDistances(self.controller, self.display.show_ideal, self)
        self._asking = (self.unet.controller, self.exact.controller, self.ideal)
        self.ways = Ways(self.controller, self.widgets.inspector.ways, self)
        self.training = TrainingTime(self.controller, self.widgets.inspector.training, self.chain_actions, self.set_snapshot, self)
        self.lost = LostFiles(self.controller, self.widgets.locate, self.noticed.emit, self)
        self.space_keeper = SpaceKeeper(self)
        self.lay_out()
        for actions in (self.chain_actions, self.looks):
            actions.add_to(self.widgets.inspector)
        for widget in (self, self.widgets.inspector):
            self.space_keeper.guard(widget)
        self._connect()
        self.show_lanes()
        self.display.show_state()

    # --- for subclasses ---

    @property
    def panels(self) -> Sequence[LanePanel]:
        """Panels in the order of the lanes."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Put the parts where they belong."""
        raise NotImplementedError

    def show_lanes(self) -> None:
        """Have a panel for each lane."""

    def take_file(self, entry: LibraryEntry, lane: int | None) -> None:
        """A file that the person chose for a lane, or for a new one, is open."""
        self.accept_entry(entry)

    @property
    def usual_sampler(self) -> Sampler:
        """Of a lane that is new where there is no other to go by."""
        return Sampler(steps=self.context.store.session.default_steps)

    # --- the contract ---

    def present(self, on: bool) -> None:
        """Pictures, equation, curves and timeline alone."""
        self.widgets.film_card.setVisible(not on)

    @property
    def asks_as(self) -> str:
        """As the part of the session is called."""
        return self.part_name

    @property
    def inspector(self) -> QWidget:
        """The panel to the right."""
        return self.widgets.inspector

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self.controller.idle and self.data_sets.idle and all(asking.idle for asking in self._asking)

    @property
    def has_picture(self) -> bool:
        """Whether a lane shows its samples."""
        return any(panel.grid.has_picture for panel in self.panels)

    def menu_actions(self) -> Sequence[QAction]:
        """Playing, stepping, quantities, seed, stop."""
        return self.chain_actions.menu()

    def view_actions(self) -> Sequence[QAction]:
        """Looking inside the network, and at the data set."""
        return self.looks.menu()

    def activate(self) -> None:
        """The workspace is shown."""
        self.controller.activate()
        self._unopened.open(self.part.recipe)
        for asking in self._asking:
            asking.set_active(True)
        self.focus_timeline()

    def stay(self) -> None:
        """The cursor stays where it is, also at x_T while the chain is sampled."""
        self.playback.pause()
        self.controller.following = False

    def deactivate(self) -> None:
        """Another is shown: stop playing."""
        self.playback.pause()
        self.controller.deactivate()
        for asking in self._asking:
            asking.set_active(False)

    @property
    def splits(self) -> Sequence[Split]:
        """Everything with handles."""
        return ()

    def arrange(self) -> None:
        """Share the room among the parts anew."""

    def layout_sizes(self) -> Mapping[str, tuple[int, ...]]:
        """What the person chose with handles."""
        return {split.objectName(): split.chosen for split in self.splits if split.chosen}

    def restore_layout(self, sizes: Mapping[str, tuple[int, ...]]) -> None:
        """Parts as the person had them."""
        for split in self.splits:
            split.restore(sizes.get(split.objectName(), ()))
        self.arrange()

    def cancel(self) -> None:
        """Stop an export that is under way, else sampling."""
        if self.exporting.active:
            self.exporting.cancel()
        else:
            self.controller.stop()

    def export_offer(self) -> ExportOffer | None:
        """Pictures, films and arrays of the lanes, if there are any."""
        return None if self.lost.models else self.exporting.offer()

    @property
    def nothing_to_export(self) -> str:
        """That there is nothing, or that a checkpoint is wanted for it."""
        if self.lost.models:
            return tr("{name} is wanted to export this, and is not where it was", name=os.path.basename(self.lost.models[0].source))
        return super().nothing_to_export

    # --- pictures ---

    def enlarge(self, widget: QWidget, pointed: Pointed) -> bool:
        """The sample in every lane; what the networks expect by itself."""
        return not self.expected.has(widget) and self.enlarging.open(widget, pointed)

    def pick(self, pointed: Pointed) -> None:
        """Select the sample that a picture is of, unless it is selected already."""
        self.selecting.pick(pointed)

    # --- wiring ---

    def _connect(self) -> None:
        controller, widgets = self.controller, self.widgets
        controller.state_changed.connect(self._state_changed)
        controller.progressed.connect(self._tell_status)
        self.exporting.changed.connect(self._tell_status)
        self.exact.toggled.connect(lambda _open: self.focus_timeline())
        self.expected.changed.connect(lambda: controller.set_curves_seen(not self.expected.shown))
        self.unet.panel.graph.term_chosen.connect(self._choose_term)
        self.playback.playing_changed.connect(self._play_look.show)
        wiring.connect_actions(self)
        wiring.connect_time(self)
        wiring.connect_inspector(self)
        widgets.quantities.chosen.connect(lambda name: self.part.update(quantity=name))
        self.looks.on_toggled("decoded", lambda on: self.part.update(decoded=on))
        widgets.resume.clicked.connect(self.resume_sampling)
        widgets.plot.plots.chosen.connect(lambda name: self.part.update(plot=name))
        widgets.plot.of.chosen.connect(lambda name: self.part.update(curves_of=name))
        widgets.plot.log.chosen.connect(lambda _name: self.part.put(edits.toggle_log(self.part.state)))
        widgets.equation.term_chosen.connect(self._choose_term)
        self.context.library.changed.connect(self.display.show_recipe)

    def accept_data_set(self, path: str) -> bool:
        """An exact lane of it: one more, or in the place of the only one."""
        self.data_sets.open(path, self.exact_lanes.add if self.several_lanes else partial(self.exact_lanes.put, 0))
        return True

    def connect_panel(self, panel: LanePanel) -> None:
        """Take a lane's gestures."""
        panel.grid.sample_chosen.connect(lambda index: self.selecting.only(self.panels.index(panel), index))
        panel.grid.sample_toggled.connect(lambda index: self.selecting.toggle(self.panels.index(panel), index))
        panel.grid.sample_reached.connect(lambda index: self.selecting.through(self.panels.index(panel), index))
        panel.grid.all_wanted.connect(self.selecting.all)
        self.pictures.offer(panel.grid)
        panel.chosen.connect(lambda: self.part.update(lane=self.panels.index(panel)))
        panel.grid.pixel_hovered.connect(lambda pixel: self._hover(panel, pixel))
        panel.grid.wheel_stepped.connect(self.playback.step)

    # --- gestures ---

    def new_seed(self) -> None:
        """Sample from new noise."""
        self.set_recipe(tr("new seed"), seed=secrets.randbits(SEED_BITS))

    def set_recipe(self, label: str, **fields: object) -> None:
        """Fields of the recipe."""
        self.part.put(edits.with_recipe(self.part.state, **fields), label)

    def resume_sampling(self) -> None:
        """Go on from what is computed."""
        self.controller.sample_chain()

    def set_sampler(self, label: str, index: int | None = None, **fields: object) -> None:
        """Fields of the sampler of a lane, the one looked at if none is named."""
        if self.part.recipe.lanes:
            target = self.controller.lane if index is None else index
            self.part.put(lane_edits.set_sampler(self.part.state, target, **fields), label)

    def set_schedule(self, schedule: ScheduleChoice | None, index: int | None = None) -> None:
        """The schedule of a lane, the one looked at if none is named; None is its network's own."""
        lanes = self.part.recipe.lanes
        if lanes:
            target = self.controller.lane if index is None else index
            own = self.controller.own_length_of(lanes[target])
            self.part.put(lane_edits.set_schedule(self.part.state, target, schedule, own), walk_words(schedule))

    def set_snapshot(self, index: int, entry: LibraryEntry, label: str, merge: str = "") -> None:
        """A lane at another moment of its run."""
        self.part.put(lane_edits.set_snapshot(self.part.state, index, entry), label, merge)

    def set_all_steps(self, steps: int | None) -> None:
        """As many steps in every lane; None is all of each one's own."""
        self.part.put(lane_edits.set_all_steps(self.part.state, steps, self.controller.lengths), tr("change steps of every lane"))

    def set_labels(self, labels: tuple[int, ...]) -> None:
        """What the lane that is looked at is told; empty for each class in turn."""
        self._put_told(
            label_edits.set_labels(self.part.state, self.controller.lane, labels),
            tr("label {label_words}", label_words=label_words(labels)),
        )

    def set_guidance(self, w: float) -> None:
        """How far the lane that is looked at is guided."""
        self._put_told(label_edits.set_guidance(self.part.state, self.controller.lane, round(w, 4)), tr("guidance {w:g}", w=w))

    def one_of_each(self) -> None:
        """As many samples as the lane that is looked at has classes, one of each."""
        classes = self.display.classes.of(self.part.recipe.lanes[self.controller.lane])
        if classes is not None:
            count = min(len(classes.of_classes), MAX_SAMPLES)
            self._put_told(label_edits.one_of_each(self.part.state, self.controller.lane, count), tr("one of each class"))

    def _put_told(self, state: ChainState, label: str) -> None:
        """The lane that is looked at is told otherwise."""
        self.part.put(state, label)

    def _choose_term(self, name: str) -> None:
        terms = self.display.terms
        if name == "x_prev" and terms is not None:
            plan = self.controller.run.plans.get(terms.key)
            if plan is not None and terms.k + 1 < len(plan.timesteps):
                self.playback.scrub(int(plan.timesteps[terms.k + 1]))
        elif name in QUANTITIES:
            self.part.update(quantity=name)

    def _hover(self, panel: LanePanel, pixel: Pixel | None) -> None:
        if panel in self.panels:
            self.display.hover(self.panels.index(panel), pixel)

    def focus_timeline(self) -> None:
        """The keys go to the time."""
        self.widgets.transport.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what the controller hands over ---

    def show_step(self, shown: StepShown) -> None:
        """The pictures of lanes at the cursor."""
        self.display.show_step(shown)
        self.enlarging.refresh()

    def show_terms(self, shown: TermsShown) -> None:
        """The terms of the step at the cursor."""
        self.display.show_terms(shown)
        self.unet.controller.show_terms(shown)

    def show_film(self, shown: FilmShown) -> None:
        """The film strip's pictures."""
        self.display.show_film(shown)

    def show_curves(self, shown: CurvesShown) -> None:
        """What is measured along the chains; distances to the ideal as far as these go."""
        self.display.show_curves(shown)
        self.ideal.ask()

    # --- changes ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        lanes = (before.recipe.lanes, before.reference, before.quantity, before.difference_of, before.recipe.seed)
        if lanes != (after.recipe.lanes, after.reference, after.quantity, after.difference_of, after.recipe.seed):
            self.show_lanes()
        self.display.show_change(before, after)
        self.looks["by_mean"].setChecked(after.by_mean)
        self.enlarging.refresh()
        if before.recipe.lanes != after.recipe.lanes:
            self._unopened.open(after.recipe)
        self._few.look(before, after)
        if before.recipe.samples != after.recipe.samples:
            self.show_lanes()  # so many pictures need another share of the window

    def _tell_status(self) -> None:
        run, export = self.controller.run.status, self.exporting
        if export.active:
            self.status_changed.emit(replace(export.status, right=run.right, speed=run.speed))
        elif export.told and not self.controller.run.sampling:
            self.status_changed.emit(replace(run, text=export.told))
        else:
            self.status_changed.emit(run)

    @staticmethod
    def is_ddpm(entry: LibraryEntry) -> bool:
        """Whether an entry can be a lane."""
        return entry.card is not None and entry.card.kind == "ddpm" and not entry.problem
