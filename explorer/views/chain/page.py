"""A chain workspace: what Reverse chain and Compare share, put together."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.engine.messages import CurvesShown, FilmShown, LaneFrame, LaneKey, LibraryEntry, StepShown, TermsShown
from explorer.recipe import MAX_SEED, Lane
from explorer.state.session import ChainState, PlotName
from explorer.views.chain import edits
from explorer.views.chain.actions import TRANSPORT, ChainActions
from explorer.views.chain.controller import ChainController
from explorer.views.chain.cursor import Cursor
from explorer.views.chain.equations import equation_of
from explorer.views.chain.figures import FigureMaker
from explorer.views.chain.inspector import ChainInspector
from explorer.views.chain.labels import DIVERGING, LABELS, QUANTITY_SEGMENTS, lane_colours, lane_subtitle, lane_tip, lane_titles
from explorer.views.chain.part import ChainPart, PartName
from explorer.views.chain.plot_card import PlotCard
from explorer.views.workspace import Context, Workspace
from explorer.widgets.card import Card
from explorer.widgets.colour_scale import ColourScale
from explorer.widgets.equation import Equation
from explorer.widgets.equation_strip import EquationStrip, Layout
from explorer.widgets.film_strip import FilmStrip
from explorer.widgets.grid_geometry import Pixel
from explorer.widgets.lane_panel import LanePanel
from explorer.widgets.segments import Segment, SegmentBar
from explorer.widgets.style import mark
from explorer.widgets.timeline import Coverage
from explorer.widgets.transport import Transport

SEED_BITS = 31
"""New seeds are short enough to be read out."""


class _KeepsSpace(QObject):
    """Space presses the button that has the focus, rather than play."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return False


class ChainPage(Workspace):
    """Base of the two workspaces.

    Subclasses name the part of the session (`part_name`), the plots and segments, lay the parts out in
    `lay_out`, and provide one LanePanel for each lane in `panels`.
    """

    part_name: PartName
    plots: Sequence[Segment]
    segments: Sequence[Segment] = QUANTITY_SEGMENTS
    equation_layout: Layout = "row"
    several_lanes = False

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme = context.theme
        self.part = ChainPart(context.store, self.part_name)
        self.controller = ChainController(context, self.part, self)
        self.cursor_ = Cursor(self.controller, self)
        self.actions_ = ChainActions(theme, self.several_lanes, self)
        self.actions_.add_to(self)
        self.quantities = SegmentBar(self.segments, "Quantity shown")
        self.scale = ColourScale(theme)
        self.resume = QPushButton("Resume")
        self.resume.setToolTip("Go on sampling from what is computed  (R)")
        mark(self.resume, "primary")
        self.resume.hide()
        self.equation = EquationStrip(theme, self.equation_layout)
        self.film = FilmStrip(theme)
        self.plot = PlotCard(theme, self.plots, narrow=not self.several_lanes)
        self.transport = Transport(theme, [self.actions_.by_name[name] for name in TRANSPORT])
        self._inspector = ChainInspector(theme, self.actions_.by_name["seed"], self.several_lanes)
        self.actions_.add_to(self._inspector)
        self._figures = FigureMaker()
        self._frames: dict[LaneKey, LaneFrame] = {}
        self._terms: TermsShown | None = None
        self._curves: CurvesShown | None = None
        self._pixel: tuple[int, Pixel] | None = None
        self.lay_out()
        self._keeper = _KeepsSpace(self)
        for button in [*self.findChildren(QAbstractButton), *self._inspector.findChildren(QAbstractButton)]:
            button.installEventFilter(self._keeper)
        self._connect()
        self._show_state()

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

    def toolbar(self, *right: QWidget) -> QHBoxLayout:
        """Quantities and scale to the left; the rest to the right."""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.quantities)
        row.addWidget(self.scale)
        row.addStretch(1)
        for widget in (self.resume, *right):
            row.addWidget(widget)
        return row

    def on_card(self, widget: QWidget) -> Card:
        """A widget on a card of its own."""
        card = Card(self.context.theme)
        row = QHBoxLayout(card)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(widget)
        return card

    # --- the contract ---

    @property
    def inspector(self) -> QWidget:
        """The panel to the right."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self.controller.idle

    def menu_actions(self) -> Sequence[QAction]:
        """Playing, stepping, quantities, seed, stop."""
        return self.actions_.menu()

    def keys(self) -> Sequence[tuple[str, str]]:
        """Gestures that are in no menu."""
        return (
            ("Wheel", "one step, over the samples, the film strip, the plot or the timeline"),
            ("Shift+Left, Shift+Right", "ten steps"),
            ("Arrow keys on the samples", "another sample"),
            ("Drag in the plot", "scrub"),
        )

    def activate(self) -> None:
        """The workspace is shown."""
        self.controller.activate()
        self.transport.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Another is shown: stop playing."""
        self.cursor_.pause()
        self.controller.deactivate()

    def cancel(self) -> None:
        """Stop sampling."""
        self.controller.stop()

    # --- wiring ---

    def _connect(self) -> None:
        controller, cursor, act = self.controller, self.cursor_, self.actions_
        controller.state_changed.connect(self._state_changed)
        controller.planned.connect(self._planned)
        controller.progressed.connect(self._progressed)
        controller.step_shown.connect(self._take_step)
        controller.terms_shown.connect(self._take_terms)
        controller.film_shown.connect(self._take_film)
        controller.curves_shown.connect(self._take_curves)
        controller.idle_changed.connect(self.idle_changed)
        cursor.playing_changed.connect(act.show_playing)
        for name, slot in {
            "play": cursor.toggle_play, "back": lambda: cursor.step(-1), "forward": lambda: cursor.step(1),
            "leap_back": lambda: cursor.leap(-1), "leap_forward": lambda: cursor.leap(1), "start": cursor.to_start,
            "end": cursor.to_end, "seed": self.new_seed, "resume": self.resume_sampling, "stop": self.cancel,
        }.items():  # fmt: skip
            act.connect(name, slot)
        act.by_name["loop"].toggled.connect(cursor.set_loop)
        for name in act.quantities:
            act.connect(name, lambda chosen=name: self.part.update(quantity=chosen))
        self.quantities.chosen.connect(lambda name: self.part.update(quantity=name))
        self.resume.clicked.connect(self.resume_sampling)
        for source in (self.transport.timeline, self.film, self.plot.plot):
            source.wheel_stepped.connect(cursor.step)
        self.transport.timeline.scrubbed.connect(cursor.scrub)
        self.plot.plot.scrubbed.connect(cursor.scrub)
        self.film.jumped.connect(cursor.scrub)
        self.film.slots_changed.connect(controller.set_film_slots)
        controller.set_film_slots(self.film.slots)
        self.plot.plots.chosen.connect(lambda name: self.part.update(plot=name))
        self.plot.of.chosen.connect(lambda name: self.part.update(curves_of=name))
        self.equation.term_chosen.connect(self._term_chosen)
        self._connect_inspector()
        self.context.theme.changed.connect(self._theme_changed)
        self.context.library.changed.connect(self._show_recipe)

    def _connect_inspector(self) -> None:
        panel = self._inspector
        panel.seed_committed.connect(lambda seed: self.part.update_recipe("change seed", seed=seed))
        panel.samples_committed.connect(lambda n: self.part.update_recipe("change samples", samples=n))
        panel.steps_committed.connect(lambda steps: self.set_sampler("change steps", steps=steps))
        panel.eta_committed.connect(lambda eta: self.set_sampler("change η", eta=round(eta, 4)))
        panel.clip_committed.connect(lambda clip: self.set_sampler("clip x̂₀" if clip else "do not clip x̂₀", clip=clip))
        panel.all_steps_committed.connect(
            lambda steps: self.part.put(edits.set_all_samplers(self.part.state, steps=steps), "change steps of every lane")
        )
        panel.released.connect(lambda: self.transport.timeline.setFocus(Qt.FocusReason.OtherFocusReason))

    def connect_panel(self, panel: LanePanel) -> None:
        """Take a lane's gestures."""
        panel.grid.sample_chosen.connect(lambda index: self.select(self.panels.index(panel), index))
        panel.chosen.connect(lambda: self.part.update(lane=self.panels.index(panel)))
        panel.grid.pixel_hovered.connect(lambda pixel: self._hover(self.panels.index(panel), pixel))
        panel.grid.wheel_stepped.connect(self.cursor_.step)

    # --- gestures ---

    def select(self, lane: int, sample: int) -> None:
        """Select a sample in a lane."""
        self.part.update(lane=lane, selected=sample)

    def new_seed(self) -> None:
        """Sample from new noise."""
        self.part.update_recipe("new seed", seed=min(secrets.randbits(SEED_BITS), MAX_SEED))

    def resume_sampling(self) -> None:
        """Go on from what is computed."""
        self.controller.sample_chain()

    def set_sampler(self, label: str, index: int | None = None, **fields: object) -> None:
        """Fields of the sampler of a lane, the one looked at if none is named."""
        if self.part.recipe.lanes:
            self.part.put(edits.set_sampler(self.part.state, self.controller.lane if index is None else index, **fields), label)

    def _term_chosen(self, name: str) -> None:
        if name == "x_prev" and self._terms is not None:
            plan = self.controller.run.plans.get(self._terms.key)
            if plan is not None and self._terms.k + 1 < len(plan.timesteps):
                self.cursor_.scrub(int(plan.timesteps[self._terms.k + 1]))
        elif name in LABELS:
            self.part.update(quantity=name)

    def _hover(self, lane: int, pixel: Pixel | None) -> None:
        self._pixel = None if pixel is None else (lane, pixel)
        self._show_pixel()

    # --- what is shown: the state ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        if before.recipe != after.recipe:
            self._show_recipe()
        if before.lane != after.lane:
            self._show_recipe()
            self._show_film_length()
        if (before.quantity, before.difference_of, before.reference) != (after.quantity, after.difference_of, after.reference):
            self._show_quantity()
            self._show_recipe()
        if (before.selected, before.lane) != (after.selected, after.lane):
            self._show_selection()
        if (before.plot, before.curves_of, before.lane) != (after.plot, after.curves_of, after.lane):
            self._show_plot()
        if before.t != after.t:
            self._show_cursor()
        if before.loop != after.loop:
            self._show_loop()

    def _show_state(self) -> None:
        self._show_recipe()
        self._show_quantity()
        self._show_selection()
        self._show_plot()
        self._show_cursor()
        self._show_loop()

    def _show_recipe(self) -> None:
        state, controller = self.part.state, self.controller
        recipe, lanes = state.recipe, state.recipe.lanes
        self.show_lanes()
        words = zip(lane_titles(lanes), lane_colours(lanes), lanes, self.panels, strict=False)
        for index, (title, colour, lane, panel) in enumerate(words):
            panel.set_lane(title, lane_subtitle(lane, lanes), colour, lane_tip(lane))
            panel.set_chosen(len(lanes) > 1 and index == controller.lane)
            panel.grid.set_shape(recipe.samples, self._image_size(controller.keys[index]))
        keys = set(controller.keys)
        self._frames = {key: frame for key, frame in self._frames.items() if key in keys}
        length, schedule = self._schedule_of(lanes[controller.lane]) if lanes else (1000, "")
        self._inspector.show_recipe(recipe, controller.lane, controller.sample, length, schedule)
        if self._terms is not None and self._terms.key not in keys and not lanes:
            self._terms = None
        self._show_terms()
        self._show_coverage()

    def _image_size(self, key: LaneKey) -> tuple[int, int]:
        plan, entry = self.controller.run.plans.get(key), self.context.library.find(key.lane.checkpoint)
        if plan is not None:
            return plan.image_shape[1], plan.image_shape[2]
        if entry is not None and entry.card is not None:
            return entry.card.data.shape[1], entry.card.data.shape[2]
        return 28, 28

    def _schedule_of(self, lane: Lane) -> tuple[int, str]:
        entry = self.context.library.find(lane.checkpoint)
        card = entry.card.schedule if entry is not None and entry.card is not None else None
        return (card.T, card.name) if card is not None else (self.controller.T, "")

    def _show_quantity(self) -> None:
        quantity = self.part.state.quantity
        if quantity in self.actions_.by_name:
            self.quantities.set_current(quantity)
            self.actions_.by_name[quantity].setChecked(True)
            for name in self.actions_.quantities:
                self.actions_.by_name[name].setChecked(name == quantity)
        self.equation.set_highlight(quantity)

    def _show_selection(self) -> None:
        for panel in self.panels:
            panel.grid.set_selected(self.controller.sample)
        self._show_histogram()

    def _show_plot(self) -> None:
        state = self.part.state
        by_sample = state.plot not in ("levels", "coefficients")
        plot: PlotName = state.plot if state.plot in {s.name for s in self.plots} else "norms"
        self.plot.show_choice(plot, state.curves_of, by_sample)
        controller = self.controller
        plan = controller.run.plans.get(controller.key) if controller.key is not None else None
        figure = self._figures.make(plot, controller.T, controller.keys, controller.lane, plan, self._curves, self.context.theme.tokens)
        self.plot.show_figure(figure, state.t)

    def _show_cursor(self) -> None:
        t = self.part.state.t
        self.film.set_cursor(t)
        self.plot.set_cursor(t)
        self._show_t()

    def _show_t(self) -> None:
        """The cursor, and what is shown instead where it is not computed."""
        t, run = self.part.state.t, self.controller.run
        newest = run.newest
        note, warning = "", False
        if newest is not None and t < newest:
            note, warning = f"showing t = {newest} so far", True
        elif self.controller.following and run.sampling:
            note = "live"
        self.transport.set_cursor(t, note, warning)

    def _show_loop(self) -> None:
        action = self.actions_.by_name["loop"]
        blocked = action.blockSignals(True)
        action.setChecked(self.part.state.loop)
        action.blockSignals(blocked)

    def _theme_changed(self, _tokens: object) -> None:
        self._show_recipe()
        self._show_plot()
        self._show_t()

    # --- what is shown: answers ---

    def _planned(self) -> None:
        self.transport.timeline.set_range(self.controller.T)
        self._show_recipe()
        self._show_plot()
        self._show_film_length()

    def _show_film_length(self) -> None:
        plan = self.controller.run.plans.get(self.controller.key) if self.controller.key is not None else None
        if plan is not None:
            self.film.set_states(len(plan.timesteps))

    def _progressed(self) -> None:
        run = self.controller.run
        self._show_coverage()
        self._show_t()
        self.resume.setVisible(run.stopped and bool(run.recipe.lanes))
        self.actions_.by_name["resume"].setEnabled(run.stopped)
        self.actions_.by_name["stop"].setEnabled(run.sampling)
        self.status_changed.emit(run.status)

    def _show_coverage(self) -> None:
        controller = self.controller
        self.transport.timeline.set_range(controller.T)
        lanes = self.part.recipe.lanes
        covered = []
        for key, colour in zip(controller.keys, lane_colours(lanes), strict=True):
            reached = controller.run.reached(key)
            covered.append(Coverage(controller.T if reached is None else reached, colour))
        self.transport.timeline.set_coverage(tuple(covered))

    def _take_step(self, shown: StepShown) -> None:
        difference = self.part.state.quantity == "difference"
        reference = self.controller.keys[self.controller.reference] if self.controller.keys else None
        for frame in shown.frames:
            if not difference or (shown.quantity == "difference") != (frame.key == reference):
                self._frames[frame.key] = frame
        for key, panel in zip(self.controller.keys, self.panels, strict=False):
            own = self._frames.get(key)
            if own is not None:
                panel.grid.set_tiles(own.tiles)
                self._note_on(panel, own, difference and key == reference)
        diverging = shown.quantity in DIVERGING
        if shown.frames and shown.quantity == self.part.state.quantity:
            self.scale.set_scale(shown.frames[0].scale, diverging)
        self._show_pixel()
        self._show_histogram()

    def _note_on(self, panel: LanePanel, frame: LaneFrame, is_reference: bool) -> None:
        if is_reference:
            panel.set_note("reference", "The other lanes show how far they are from this one")
            return
        plan = self.controller.run.plans.get(frame.key)
        t = self.part.state.t
        behind = plan is not None and not self.controller.following and frame.t > int(plan.timesteps[np.abs(plan.timesteps - t).argmin()])
        off = plan is not None and frame.t != t and not behind and not self.controller.following
        if behind and not self.controller.run.sampling and not self.controller.run.stopped:
            behind = False
        tip = "Not sampled further yet: the newest state is shown" if behind else "The state of this lane that is nearest to the cursor"
        panel.set_note(f"t = {frame.t}" if behind or off else "", tip, behind)

    def _take_terms(self, shown: TermsShown) -> None:
        self._terms = shown
        self._show_terms()

    def _show_terms(self) -> None:
        terms = self._terms
        plan = self.controller.run.plans.get(terms.key) if terms is not None else None
        if terms is None or plan is None:
            self.equation.set_equation(Equation(note=self.empty_note()))
            self.equation.set_pictures({})
        else:
            self.equation.set_equation(equation_of(plan, terms.k, self.context.theme.tokens))
            self.equation.set_pictures(terms.tiles)
        self._inspector.show_terms(terms if plan is not None else None, plan)

    def empty_note(self) -> str:
        """What the equation says before there is a step."""
        return "the equation of each step appears here once a chain is sampled"

    def _take_film(self, shown: FilmShown) -> None:
        self.film.set_film(shown.timesteps, shown.tiles)

    def _take_curves(self, shown: CurvesShown) -> None:
        self._curves = shown
        self._show_plot()

    def _label(self, lane: int) -> str:
        """What a lane shows."""
        state = self.part.state
        if state.quantity != "difference":
            return LABELS[state.quantity]
        return LABELS[state.difference_of] if lane == self.controller.reference else f"Δ{LABELS[state.difference_of]}"

    def _show_pixel(self) -> None:
        values, lane = None, 0
        if self._pixel is not None:
            lane, pixel = self._pixel
            frame = self._frames.get(self.controller.keys[lane]) if lane < len(self.controller.keys) else None
            if frame is not None and pixel.index < len(frame.values):
                values = frame.values[pixel.index, :, pixel.row, pixel.column]
        self._inspector.show_pixel(None if self._pixel is None else self._pixel[1], values, self._label(lane))

    def _show_histogram(self) -> None:
        key = self.controller.key
        frame = self._frames.get(key) if key is not None else None
        values = frame.values[self.controller.sample] if frame is not None and self.controller.sample < len(frame.values) else None
        self._inspector.show_histogram(values, self._label(self.controller.lane))

    def entry_is_ddpm(self, entry: LibraryEntry) -> bool:
        """Whether an entry can be a lane."""
        return entry.card is not None and entry.card.kind == "ddpm" and not entry.problem


def words_label(text: str) -> QLabel:
    """A muted label."""
    label = QLabel(text)
    mark(label, "muted")
    return label
