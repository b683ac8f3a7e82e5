"""The Objective workspace: bars of every term, totals, and the images they are of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from explorer import sources
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import SHIPPED, class_words, shipped, title_of
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.objective.likelihood_messages import LikelihoodShown
from explorer.engine.objective.messages import BoundShown, DenoisedShown, HeldOutShown
from explorer.recipe import MAX_LANES, ExactProcess, Lane
from explorer.state.edits import objective as edits
from explorer.state.edits.lanes import lane_of
from explorer.state.objective import ObjectiveState
from explorer.views.objective.actions import GROUPS
from explorer.views.objective.controller import ObjectiveController
from explorer.views.objective.data_menu import fill_data_menu
from explorer.views.objective.facts import FACTS
from explorer.views.objective.figures import figure_of
from explorer.views.objective.image_strip import ImageStrip
from explorer.views.objective.inspector import ObjectiveInspector
from explorer.views.objective.table import BoundTable
from explorer.views.objective.toolbar import ObjectiveToolbar
from explorer.views.shared.file_opener import FileOpener
from explorer.views.shared.labels import checkpoint_name, lane_titles
from explorer.views.shared.lane_menu import add_checkpoints, verb
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.plots.bar_chart import BarChart

MARGIN, GAP = 14, 10
NO_LANES = tr("No diffusion model is chosen.\nAdd a lane above, or drop {a_file} on the window.", a_file=sources.a_file())
EXACT_TIP = tr("The ideal denoiser of its images (of a shipped data set, the training images): what no network can surpass on them")
WAITING = tr("Measuring: the first bars are there in a moment.")
EXCESS_OF_HELD_OUT = tr("excess over the training images' ideal denoiser: below 0 where the network generalizes (I: training images)")


class ObjectiveWorkspace(Workspace):
    """Every term of the bound, for each option."""

    facts = FACTS

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.setObjectName("page")
        self.actions_ = Actions(theme, self, GROUPS)
        self.toolbar = ObjectiveToolbar(self.actions_)
        self.chart = BarChart(theme)
        self.table = BoundTable(theme, self._fill_lane_menu)
        self.strip = ImageStrip(theme)
        self._inspector = ObjectiveInspector(theme, self.actions_["likelihood"])
        self.controller = ObjectiveController(context, self, self)
        self.opener = FileOpener(context.library, self._take_file, self)
        self._build()
        self._connect()
        self._inspector.show_state(self._state)
        self._inspector.show_denoised(None, "", self._state)

    def _build(self) -> None:
        plot, self._images = Card(self.context.theme), Card(self.context.theme)
        for card, widget, margins in ((plot, self.chart, (4, 2, 2, 2)), (self._images, self.strip, (2, 0, 2, 0))):
            inside = QVBoxLayout(card)
            inside.setContentsMargins(*margins)
            inside.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN - 2, MARGIN, MARGIN - 2)
        column.setSpacing(GAP)
        column.addWidget(self.toolbar)
        column.addWidget(plot, 1)
        column.addWidget(self.table)
        column.addWidget(self._images)

    def _connect(self) -> None:
        store, a, toolbar = self.context.store, self.actions_, self.toolbar
        for setting in ("curve", "panels"):
            for name in a.choice(setting):
                a.on(name, partial(self._set, setting, name))
        toolbar.curves.chosen.connect(lambda name: store.update_objective(curve=name))
        toolbar.panels.chosen.connect(lambda name: store.update_objective(panels=name))
        toolbar.scales.chosen.connect(self._toggle)
        a.on("log", partial(self._toggle, "log"))
        a.on("log_t", partial(self._toggle, "log_t"))
        toolbar.of.chosen.connect(lambda name: self._look_at_one(name == "one"))
        a.on_toggled("one", self._look_at_one)
        a.on_toggled("likelihood", self._measure_likelihood)
        self._inspector.likelihood.changed.connect(self._change_flow)
        self._inspector.likelihood.released.connect(self.chart.setFocus)
        a.on_toggled("every", lambda on: self._put(edits.every_timestep(self._state, on, self.controller.T), tr("change bars")))
        a.on_toggled("training", self._choose_split)
        a.on("data", self._inspector.data.showMenu)
        self._inspector.data.menu().aboutToShow.connect(self._fill_data_menu)
        a.on("more", lambda: self._put(edits.more(self._state), tr("more images")))
        a.on("resume", self.controller.resume)
        a.on("stop", self.cancel)
        self.chart.scrubbed.connect(self._scrub)
        self.strip.chosen.connect(self._choose_image)
        self.strip.slots_changed.connect(self.controller.slots_changed)
        self.toolbar.add.menu().aboutToShow.connect(self._fill_add_menu)
        self._inspector.images.committed.connect(lambda n: self._put(edits.with_recipe(self._state, images=n), tr("change images")))
        self._inspector.seed.committed.connect(
            lambda seed: self._put(edits.with_recipe(self._state, seed=seed, image=None), tr("change seed"))
        )
        self._inspector.bars.committed.connect(lambda n: self._put(edits.with_recipe(self._state, strata=n), tr("change bars")))
        for field in (self._inspector.images, self._inspector.bars, self._inspector.seed):
            field.released.connect(self.chart.setFocus)
        self.controller.settled.connect(self._say)

    # --- the contract of a workspace

    @property
    def inspector(self) -> ObjectiveInspector:
        """The image, the terms at the cursor, what is measured."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown."""
        return self.controller.idle

    def menu_actions(self) -> Sequence[QAction]:
        """The Objective menu."""
        return self.actions_.menu()

    def present(self, on: bool) -> None:
        """The plot and its sums alone."""
        self._images.setVisible(not on)
        self.toolbar.present(on)

    def activate(self) -> None:
        """Go on measuring."""
        self.controller.activate()
        self.chart.setFocus()

    def deactivate(self) -> None:
        """The engine is another workspace's; what is known is kept."""
        self.controller.deactivate()
        self._say()

    def cancel(self) -> None:
        """Stop measuring."""
        self.controller.cancel()

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes one more lane."""
        if entry.card is None or entry.card.kind != "ddpm" or len(self._state.recipe.lanes) >= MAX_LANES:
            return False
        lane = lane_of(entry)
        self._put(edits.add_lane(self._state, lane), tr("add {checkpoint_name}", checkpoint_name=checkpoint_name(lane)))
        return True

    # --- gestures

    @property
    def _state(self) -> ObjectiveState:
        return self.context.store.session.objective

    def _put(self, state: ObjectiveState, label: str) -> None:
        self.context.store.update(label, objective=state)

    def _set(self, field: str, value: str, _checked: bool = False) -> None:
        self.context.store.update_objective(**{field: value})

    def _toggle(self, field: str) -> None:
        self.context.store.update(objective=msgspec.structs.replace(self._state, **{field: not getattr(self._state, field)}))

    def _scrub(self, t: int) -> None:
        self.context.store.replace(edits.with_cursor(self.context.store.session, t))

    def _look_at_one(self, one: bool) -> None:
        image = self.controller.image if one else None
        self._put(edits.with_recipe(self._state, image=image), tr("look at one image") if one else tr("look at all images"))

    def _measure_likelihood(self, on: bool) -> None:
        if on != self._state.likelihood:
            self._put(msgspec.structs.replace(self._state, likelihood=on), tr("measure log p(x)") if on else tr("leave log p(x) out"))

    def _change_flow(self, field: str, value: object) -> None:
        self._put(edits.with_flow(self._state, **{field: value}), tr("follow the ODE otherwise"))

    def _choose_image(self, number: int) -> None:
        images = self.controller.images
        if images is not None and number < len(images.indices):
            self._put(edits.look_at(self._state, number, images.indices[number]), tr("look at one image"))

    def accept_data_set(self, path: str) -> bool:
        """Measure on its images."""
        self.controller.measure_on(path, "test")
        return True

    @property
    def _own_data(self) -> str:
        """What the first lane was trained on, as far as it is known."""
        lanes = self._state.recipe.lanes
        if not lanes:
            return ""
        if lanes[0].exact is not None:
            return lanes[0].exact.dataset
        entry = self.context.library.find(lanes[0].checkpoint)
        return entry.card.data.name if entry is not None and entry.card is not None else ""

    @property
    def _source(self) -> str:
        """The data set that is measured on."""
        return self._state.recipe.dataset or self._own_data

    @property
    def _read(self) -> Reading:
        """How its images are taken."""
        lanes, recipe = self._state.recipe.lanes, self._state.recipe
        return lanes[0].exact.read if not recipe.dataset and lanes and lanes[0].exact is not None else recipe.read

    def _fill_data_menu(self) -> None:
        fill_data_menu(self._inspector.data.menu(), self._state.recipe, self._own_data, self.controller.measure_on, self.window())

    def _choose_split(self, training: bool) -> None:
        split = "train" if training else "test"
        self._put(edits.with_recipe(self._state, split=split, image=None), tr("training images") if training else tr("held-out images"))

    def _take_file(self, entry: LibraryEntry, _lane: int | None) -> None:
        self.accept_entry(entry)

    def _fill_add_menu(self) -> None:
        menu = self.toolbar.add.menu()
        emptied(menu)
        add_checkpoints(menu, self.context.library.of_kind("ddpm"), self.accept_entry, self.opener, None)
        for source in dict.fromkeys(name for name in (*SHIPPED, self._source) if name):
            read = self._read if source == self._source else AS_FOUND
            exact = Lane("", source, exact=ExactProcess(source, follow="mean", read=read))
            add = partial(self._add_exact, exact)
            verb(menu, tr("Exact process of {title_of}", title_of=title_of(source)), add, exact not in self._state.recipe.lanes, EXACT_TIP)

    def _add_exact(self, lane: Lane) -> None:
        self._put(edits.add_lane(self._state, lane), tr("add the exact process"))

    def _fill_lane_menu(self, menu: QMenu, index: int) -> None:
        lanes = self._state.recipe.lanes
        if index >= len(lanes):
            return
        lane, last = lanes[index], index == len(lanes) - 1
        clip = verb(
            menu, tr("Clip x̂₀ to [−1, 1]"), lambda: self._put(edits.set_clip(self._state, index, not lane.sampler.clip), tr("clip x̂₀")),
            tip=tr("The mean is then derived from the clipped x̂₀"),
        )  # fmt: skip
        clip.setCheckable(True)
        clip.setChecked(lane.sampler.clip)
        title = lane_titles(lanes)[index]
        verb(
            menu,
            tr("Compare the others with {title}", title=title),
            lambda: self._put(edits.compare_with(self._state, index), "compare"),
            not last,
        )
        menu.addSeparator()
        verb(
            menu,
            tr("Take {title} away", title=title),
            lambda: self._put(edits.remove_lane(self._state, index), tr("take {title} away", title=title)),
        )

    # --- what the controller hands over

    @property
    def slots(self) -> int:
        """How many images the strip has room for."""
        return self.strip.slots

    def show_state(self, state: ObjectiveState) -> None:
        """What the person chose."""
        recipe, a = state.recipe, self.actions_
        self.toolbar.show_state(state)
        a[state.curve].setChecked(True)
        a[state.panels].setChecked(True)
        checked = {"log": state.log, "log_t": state.log_t, "one": recipe.image is not None, "training": recipe.split == "train"}
        checked["likelihood"] = state.likelihood
        for name, on in checked.items():
            a[name].setChecked(on)
        a["training"].setEnabled(shipped(self._source) is not None)
        self.table.set_lanes(recipe.lanes)
        self.chart.set_cursor(state.t)
        self.strip.set_selected(state.selected)
        self._inspector.show_state(state)
        self._inspector.likelihood.show_state(state, self.controller.flow_seconds)
        self._inspector.show_data(self.controller.images, recipe, self._own_data)
        self.table.setVisible(bool(recipe.lanes))

    def show_bound(self, shown: BoundShown | None, trouble: str) -> None:
        """How far the estimate is, or why there is none."""
        state = self._state
        if not state.recipe.lanes:
            self.chart.set_message(NO_LANES)
        elif shown is None or not shown.lanes:
            self.chart.set_message(trouble or ("" if self.controller.stopped else WAITING))
        else:
            self.chart.set_message("")
        self.chart.set_figure(figure_of(shown, state))
        self.table.show_bounds(shown.lanes if shown is not None else ())
        self._inspector.show_bound(shown, state)

    def show_likelihood(self, shown: LikelihoodShown | None) -> None:
        """How far log p(x) is."""
        state = self._state
        self.table.show_likelihoods(state.likelihood, shown.lanes if shown is not None else ())
        self._inspector.likelihood.show_likelihood(shown, state)

    def show_images(self, shown: HeldOutShown | None) -> None:
        """The strip's images."""
        if shown is not None:
            labels = shown.labels or (None,) * len(shown.indices)
            tips = (
                tr("image {i}", i=i) + (f", {class_words(self._source, label)}" if label is not None else "")
                for i, label in zip(shown.indices, labels, strict=True)
            )
            self.strip.set_images(shown.tiles, tuple(tips))
        self._inspector.show_data(shown, self._state.recipe, self._own_data)

    def show_denoised(self, shown: DenoisedShown | None) -> None:
        """The selected image at the cursor."""
        images = self.controller.images
        name = ""
        if shown is not None and images is not None and images.labels is not None and shown.image in images.indices:
            name = class_words(self._source, images.labels[images.indices.index(shown.image)])
        self._inspector.show_denoised(shown, name, self._state)

    # --- what is said

    def _say(self) -> None:
        """The status, whenever it may be another."""
        controller = self.controller
        lanes = bool(self._state.recipe.lanes)
        self.actions_["resume"].setEnabled(lanes and not controller.running and not controller.all_done)
        self.actions_["stop"].setEnabled(controller.running)
        self.actions_["every"].setChecked(self._state.recipe.strata >= controller.T)
        self.status_changed.emit(self._status())

    def _status(self) -> Status:
        state, bound, running = self._state, self.controller.bound, self.controller.running
        if not state.recipe.lanes:
            return Status(tr("no lanes to measure"))
        of_one = state.recipe.image is not None
        wanted = _counted(state.recipe.images, of_one)
        held_out = state.recipe.split == "test" and shipped(self._source) is not None
        right = EXCESS_OF_HELD_OUT if state.curve == "excess" and held_out else ""
        if running and (bound is None or not bound.total):
            return Status(tr("measuring {wanted}", wanted=wanted), 0, 1, right=right, cancellable=True)
        if bound is None:
            return Status(tr("nothing measured yet"), right=right)
        done = min((b.rounds if of_one else b.images) for b in bound.lanes) if bound.lanes else 0
        if self.controller.flowing:
            flow, seconds = self.controller.likelihood, self.controller.flow_left
            doing = tr("following the ODE")
            if flow is None or not flow.total:
                return Status(doing, 0, 1, right=right, cancellable=True)
            detail = tr("{done} of {total} images", done=flow.done, total=flow.total)
            detail += tr(" · {clock} left", clock=_clock(seconds)) if seconds else ""
            return Status(doing, flow.done, flow.total, detail, right, cancellable=True)
        if running:
            speed = self.controller.speed
            left = tr(" · {clock} left", clock=_clock((bound.total - bound.done) / speed)) if speed > 0 else ""
            detail = tr("{done} of {wanted}{left}", done=done, wanted=wanted, left=left)
            return Status(tr("measuring the bound"), bound.done, bound.total, detail, right, cancellable=True)
        if not self.controller.complete:
            return Status(tr("stopped after {done} of {wanted}: R goes on", done=done, wanted=wanted), right=right)
        return Status(tr("{counted} measured", counted=_counted(done, of_one)), right=right)


def _counted(number: int, draws: bool) -> str:
    """So many images, or draws of the one."""
    if draws:
        return tr("{number} draw", number=number) if number == 1 else tr("{number} draws", number=number)
    return tr("{number} image", number=number) if number == 1 else tr("{number} images", number=number)


def _clock(seconds: float) -> str:
    """Minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
