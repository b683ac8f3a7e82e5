"""Shows the state and the engine's answers in the widgets of a chain workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject

from explorer.datasets.shipped import SHIPPED, shipped
from explorer.engine.chain.curve_messages import CurvesShown
from explorer.engine.chain.messages import FilmShown, LaneBlank, LaneFrame, LaneKey, LanePlanned, StepShown, TermsShown
from explorer.recipe import MAX_SAMPLES, Lane
from explorer.recipe.sample_count import most_samples
from explorer.state.edits.selection import words
from explorer.state.session import ChainState
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.chain_widgets import ChainWidgets
from explorer.views.chain.classes import Classes
from explorer.views.chain.controller import ChainController
from explorer.views.chain.curves_drawn import CurvesDrawn
from explorer.views.chain.lane_notes import Note, blank_note, failed_note, frame_note, stand_in_note, was_lost
from explorer.views.chain.lanes.colour_scale import Channels
from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.chain.network.equations import equation_of
from explorer.views.chain.timeline import on_timeline
from explorer.views.chain.values_shown import ValuesShown
from explorer.views.shared.labels import lane_colours, lane_markers, lane_subtitle, lane_tip, lane_titles, short_titles
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.timeline import Coverage
from explorer.widgets.look.language import tr
from explorer.widgets.pictures.equation import Equation

EMPTY_EQUATION = Equation(note=tr("The equation of each step appears here once a chain is sampled."))


class Display(QObject):
    """What the widgets show; it changes nothing of the session.

    Parameters
    ----------
    controller : ChainController
    widgets : ChainWidgets
    actions, looks : Actions
    panels : callable
        The panels there are now, in the order of the lanes.
    """

    def __init__(
        self,
        controller: ChainController,
        widgets: ChainWidgets,
        actions: Actions,
        looks: Actions,
        panels: Callable[[], Sequence[LanePanel]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._widgets, self._actions, self._panels = controller, widgets, actions, panels
        self._actions_of_looks = looks
        self._theme, self._library = controller.context.theme, controller.context.library
        self._frames: dict[LaneKey, LaneFrame] = {}
        self._blank: dict[LaneKey, LaneBlank] = {}
        self._values = ValuesShown(controller, widgets.inspector, self._frames)
        self._curves = CurvesDrawn(controller, widgets.plot, self._theme)
        self._lanes_shown: tuple[Lane, ...] = ()
        self.classes = Classes(controller, widgets, actions)
        self.terms: TermsShown | None = None
        controller.planned.connect(self._planned)
        controller.progressed.connect(self._progressed)
        self._theme.changed.connect(self._theme_changed)

    @property
    def frames(self) -> Mapping[LaneKey, LaneFrame]:
        """The pictures of the lanes that have any."""
        return self._frames

    # --- the state ---

    def show_state(self) -> None:
        """Show all of the state."""
        self.show_recipe()
        self._show_quantity()
        self._show_selection()
        self._curves.show()
        self._show_cursor()
        self._show_loop()
        self._show_decoding()

    def show_change(self, before: ChainState, after: ChainState) -> None:
        """Show what differs."""
        changed = changed_fields(before, after)
        if changed & {"recipe", "lane", "reference", "quantity", "difference_of"}:
            self.show_recipe()
        if changed & {"quantity", "difference_of"}:
            self._show_quantity()
        if changed & {"recipe", "lane"}:
            self._show_film_length()
        if changed & {"recipe", "selected", "also", "lane"}:
            self._show_selection()
        if changed & {"recipe", "plot", "also", "curves_of", "log_curves", "lane"}:
            self._curves.show()
        if "t" in changed:
            self._show_cursor()
        if "loop" in changed:
            self._show_loop()
        if "decoded" in changed:
            self._show_decoding()

    def show_recipe(self) -> None:
        """Show the lanes and the sampler."""
        controller = self._controller
        recipe, lanes = controller.state.recipe, controller.state.recipe.lanes
        self._keep(controller.keys)
        called = controller.called
        titles, colours = zip(lane_titles(lanes, called), short_titles(lanes, called), strict=True), lane_colours(lanes)
        words = zip(titles, colours, controller.keys, self._panels(), strict=False)
        markers = lane_markers(lanes)
        for index, ((title, short), colour, key, panel) in enumerate(words):
            panel.set_lane(title, lane_subtitle(key.lane, lanes, called), colour, lane_tip(key.lane, called), short)
            panel.set_marker(markers[index], colour)
            panel.grid.set_names(self.classes.names(key.lane, key.samples))
            panel.set_chosen(len(lanes) > 1 and index == controller.lane)
            self._show_what_is_there(index, key, panel)
        self._lanes_shown = lanes
        length, schedule = controller.schedule_of(lanes[controller.lane]) if lanes else (controller.T, "")
        learned = bool(lanes) and controller.learned_variance_of(lanes[controller.lane])
        most = min((most_samples(self._shape(key)) for key in controller.keys), default=MAX_SAMPLES)
        self._widgets.inspector.show_recipe(
            recipe, controller.lane, length, schedule, controller.lengths, learned, most, called, controller.is_lost, controller.all_lost
        )
        self._actions["seed"].setEnabled(not controller.all_lost)
        self.classes.show()
        self._say_selected()
        if not lanes:
            self._clear()
        self._show_terms()
        self._show_coverage()

    def _keep(self, keys: Sequence[LaneKey]) -> None:
        """Forget what other lanes showed, and those that cannot be sampled."""
        kept = set(keys) | {self._controller.seen_of(key) for key in keys}
        for key in {*self._frames, *self._blank} - (kept - set(self._controller.run.failed)):
            self._frames.pop(key, None)
            self._blank.pop(key, None)

    def _show_what_is_there(self, index: int, key: LaneKey, panel: LanePanel) -> None:
        """The lane's own pictures if there are any; old ones stay only while the same lane is sampled anew."""
        before = self._lanes_shown[index] if index < len(self._lanes_shown) else None
        panel.grid.set_shape(key.samples, self._image_size(key))
        if not self._show_instead(key, panel):
            seen = self._controller.seen_of(key)
            if seen in self._frames:
                self._show_frame(panel, key, self._frames[seen], False)
            elif before != key.lane or panel.grid.message:
                panel.grid.set_tiles(None)
                self._put_note(panel, Note())
            panel.grid.set_message("")

    def _show_instead(self, key: LaneKey, panel: LanePanel) -> bool:
        """Why the lane has no pictures, if so, in their place."""
        why, blank = self._controller.run.failed.get(key), self._blank.get(key)
        if why is not None:
            note = failed_note(why)
        elif blank is not None:
            note = blank_note(blank)
        else:
            return False
        panel.grid.set_tiles(None)
        panel.grid.set_message(note.tip)
        self._put_note(panel, note)
        return True

    def _show_frame(self, panel: LanePanel, key: LaneKey, frame: LaneFrame, is_reference: bool) -> None:
        """A lane's pictures, or those of the one that it leaves while it has none of its own."""
        panel.grid.set_message("")
        panel.grid.set_tiles(frame.tiles, frame.coarse)
        run = self._controller.run
        stands_in = frame.key != key and run.sampling
        note = stand_in_note(run.preparing.get(key)) if stands_in else frame_note(self._controller, frame, is_reference)
        self._put_note(panel, note)

    @staticmethod
    def _put_note(panel: LanePanel, note: Note) -> None:
        panel.set_note(note.text, note.tip, note.warning, note.short)

    def _clear(self) -> None:
        self.terms = self._curves.measured = None
        self._keep(())
        self._widgets.film.clear()
        self._widgets.transport.set_cursor(self._controller.state.t)

    def _plan(self) -> LanePlanned | None:
        key = self._controller.key
        return self._controller.run.plans.get(key) if key is not None else None

    def _shape(self, key: LaneKey) -> tuple[int, int, int]:
        """(C, H, W) of a lane's images, as far as it is known yet; else a digit's."""
        plan, entry = self._controller.run.plans.get(key), self._library.find(key.lane.checkpoint)
        if plan is not None:
            return plan.image_shape if plan.latent is None else plan.latent.images
        if entry is not None and entry.card is not None:
            latent = entry.card.latent
            return entry.card.data.shape if latent is None else latent.images
        known = shipped(key.lane.exact.dataset) if key.lane.exact is not None else None
        return (known or SHIPPED["mnist"]).shape

    def _image_size(self, key: LaneKey) -> tuple[int, int]:
        _, height, width = self._shape(key)
        return height, width

    def _show_decoding(self) -> None:
        """Whether states are decoded, where a lane has codes."""
        plans = self._controller.run.plans
        coded = any((plan := plans.get(key)) is not None and plan.latent is not None for key in self._controller.keys)
        action = self._actions_of_looks["decoded"]
        action.setEnabled(coded)
        action.setChecked(coded and self._controller.state.decoded)
        self._widgets.decoding.setVisible(coded)

    def _show_quantity(self) -> None:
        quantity = self._controller.state.quantity
        if quantity in self._actions:
            self._actions[quantity].setChecked(True)
            self._widgets.quantities.set_current(quantity)
        self._widgets.equation.set_highlight(quantity)

    def _show_selection(self) -> None:
        controller = self._controller
        for panel in self._panels():
            panel.grid.set_selected(controller.sample, [sample for sample in controller.samples if sample != controller.sample])
        self._say_selected()
        self._values.show_histogram()

    def _say_selected(self) -> None:
        """Which samples are selected, and their class: that is known once the card is."""
        controller, lanes = self._controller, self._controller.state.recipe.lanes
        told = self.classes.said(lanes[controller.lane], controller.samples) if lanes else ""
        self._widgets.inspector.show_selected(words(controller.samples, controller.sample) + told)

    def show_ideal(self, shown: CurvesShown) -> None:
        """Show distances to the ideal x0_hat."""
        self._curves.ideal = shown
        self._curves.show()

    def _show_film_length(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._widgets.film.set_states(len(plan.timesteps))
        elif self._controller.key in self._controller.run.failed:
            self._widgets.film.clear()

    def _show_cursor(self) -> None:
        t = self._controller.state.t
        self._widgets.film.set_cursor(t)
        self._widgets.plot.set_cursor(t)
        self._show_t()
        for key, panel in zip(self._controller.keys, self._panels(), strict=False):
            frame = self._frames.get(self._controller.seen_of(key))
            if frame is not None and was_lost(self._controller, frame):  # no other pictures come for a while
                self._put_note(panel, frame_note(self._controller, frame, False))

    def _show_t(self) -> None:
        """The cursor, and what is shown instead where it is not computed."""
        t, run = self._controller.state.t, self._controller.run
        newest, note, warning = run.newest, "", False
        if newest is not None and t < newest:
            note, warning = tr("showing t = {newest} so far", newest=newest), True
        elif self._controller.following and run.sampling:
            note = tr("live")
        self._widgets.transport.set_cursor(t, note, warning)

    def _show_loop(self) -> None:
        self._actions["loop"].setChecked(self._controller.state.loop)

    def _theme_changed(self, _tokens: object) -> None:
        self.show_state()

    # --- the run ---

    def _planned(self) -> None:
        self.show_recipe()
        self._show_decoding()
        self._curves.show()
        self._show_film_length()

    def _progressed(self) -> None:
        run = self._controller.run
        self._show_coverage()
        for key, panel in zip(self._controller.keys, self._panels(), strict=False):
            if key in run.preparing and key not in run.done and self._controller.seen_of(key) != key:
                self._put_note(panel, stand_in_note(run.preparing[key]))
        self._show_t()
        # a lane that could not be sampled may be tried again, such as when its file is back
        resumable = (run.stopped or (bool(run.failed) and not run.sampling)) and bool(run.recipe.lanes)
        self._widgets.resume.setVisible(resumable)
        self._actions["resume"].setEnabled(resumable)
        self._actions["stop"].setEnabled(run.sampling)

    def _show_coverage(self) -> None:
        controller = self._controller
        self._widgets.transport.set_range(controller.T)
        covered = []
        for key, colour in zip(controller.keys, lane_colours(controller.state.recipe.lanes), strict=True):
            reached = controller.run.reached(key)
            covered.append(Coverage(controller.T if reached is None else reached, colour))
        self._widgets.transport.timeline.set_coverage(tuple(covered))

    # --- answers ---

    def show_step(self, shown: StepShown) -> None:
        """Pictures of lanes at the cursor."""
        controller = self._controller
        difference = controller.shown.beside == "lane"
        reference = controller.keys[controller.reference] if controller.keys else None
        for frame in shown.frames:
            # the reference lane shows itself, the others how far they are from it
            if not difference or (shown.quantity == controller.state.quantity) != (frame.key == reference):
                self._frames[frame.key] = frame
                self._blank.pop(frame.key, None)
        for blank in shown.blank:
            # a reference lane that has no state yet will have one: what was shown stays until then
            if not difference or (blank.key != reference and (blank.why != "reference" or reference in controller.run.failed)):
                self._blank[blank.key] = blank
                self._frames.pop(blank.key, None)
        for key, panel in zip(controller.keys, self._panels(), strict=False):
            own = self._frames.get(controller.seen_of(key))
            if not self._show_instead(key, panel) and own is not None:
                self._show_frame(panel, key, own, difference and key == reference)
        if shown.frames and shown.quantity == controller.state.quantity:
            frame = shown.frames[0]
            diverging = frame.diverging
            channels: Channels = "grey" if frame.values.shape[1] != 3 else "mean" if controller.state.by_mean and diverging else "each"
            self._widgets.scale.set_scale(frame.scale, diverging, channels)
        self._values.show_pixel()
        self._values.show_histogram()

    def show_terms(self, shown: TermsShown) -> None:
        """Show the terms of the step at the cursor."""
        self.terms = shown
        self._show_terms()

    def _show_terms(self) -> None:
        terms = self.terms if self._controller.key not in self._controller.run.failed else None
        plan = self._controller.run.plans.get(terms.key) if terms is not None else None
        if terms is None or plan is None:
            self._widgets.equation.set_equation(EMPTY_EQUATION)
            self._widgets.equation.set_pictures({})
            self._widgets.inspector.show_terms(None, None)
        else:
            self._widgets.equation.set_equation(equation_of(plan, terms.k, self._theme.tokens))
            self._widgets.equation.set_pictures(terms.tiles)
            self._widgets.inspector.show_terms(terms, plan)

    def show_film(self, shown: FilmShown) -> None:
        """Show the film strip's pictures."""
        plan = self._controller.run.plans.get(shown.key)
        t = shown.timesteps if plan is None else on_timeline(plan, shown.timesteps, self._controller.run.timeline())
        self._widgets.film.set_film(t, shown.tiles)

    def show_curves(self, shown: CurvesShown) -> None:
        """Show what is measured along the chains."""
        self._curves.measured = shown
        self._curves.show()

    def hover(self, lane: int, pixel: Pixel | None) -> None:
        """The mouse is over a pixel of a lane, or over none."""
        self._values.hover(lane, pixel)
