"""The Forward workspace: its pages under one cursor, the image beside them."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.endings import POINTS, TABLES, has
from explorer.engine.forward.asides_messages import AsidesShown
from explorer.engine.forward.chain1d_messages import Chain1DShown
from explorer.engine.forward.messages import (
    JointShown,
    NoisedFilmShown,
    NoisedShown,
    PictureTaken,
    ScheduleShown,
    StepBackShown,
    TestImagesShown,
)
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ForwardRecipe
from explorer.state.forward import ForwardState
from explorer.views.forward.actions import PAGES, TRANSPORT, ForwardActions
from explorer.views.forward.chain_page import ChainPage1D
from explorer.views.forward.controller import ForwardController
from explorer.views.forward.facts import FACTS
from explorer.views.forward.gaussians_page import GaussiansPage
from explorer.views.forward.gestures import Gestures
from explorer.views.forward.inspector import ForwardInspector
from explorer.views.forward.noise_page import NoisePage
from explorer.views.forward.offer_bar import OfferBar
from explorer.views.forward.pixels_page import PixelsPage
from explorer.views.forward.plane_controls import SHAPES
from explorer.views.forward.plane_gestures import PlaneGestures
from explorer.views.forward.plane_page import PlanePage
from explorer.views.forward.player import Player
from explorer.views.forward.posterior_page import PosteriorPage
from explorer.views.forward.schedule_page import SchedulePage
from explorer.views.forward.words import image_words, nats, schedule_words
from explorer.views.shared.paged_workspace import PagedWorkspace
from explorer.views.workspace import Context, Status
from explorer.widgets.controls.transport import Transport
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words


class ForwardWorkspace(PagedWorkspace):
    """Noise an image by hand."""

    facts = FACTS
    actions_: ForwardActions
    player: Player
    controller: ForwardController
    inspector_panel: ForwardInspector

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.actions_ = ForwardActions(theme, self)
        a = self.actions_
        self.player = Player(context.store, self)
        self.controller = ForwardController(context, self, self)
        self.gestures = Gestures(context.store, self.controller, self)
        self.inspector_panel = ForwardInspector(theme, a)
        self.noise = NoisePage(theme)
        self.schedule = SchedulePage(theme, a["use"], a["train"])
        self.pixels = PixelsPage(theme)
        self.posterior = PosteriorPage(theme)
        self.gaussians = GaussiansPage(theme)
        self.chain = ChainPage1D(theme)
        self.plane = PlanePage(theme, a)
        asks = self.controller.plane_questions(self.plane, self.inspector_panel.plane, self._say, self.noticed.emit)
        self.of_plane = PlaneGestures(context.store, self.plane, self.inspector_panel.plane, asks, self)
        pages: dict[str, QWidget] = {
            "noise": self.noise, "schedule": self.schedule, "pixels": self.pixels, "posterior": self.posterior,
            "gaussians": self.gaussians, "chain": self.chain, "plane": self.plane,
        }  # fmt: skip
        self.offer = OfferBar()
        self.transport = Transport(theme, [a[name] for name in TRANSPORT])
        self.put_together(PAGES, pages, self.transport, self.offer)
        self._connect()

    # --- the contract of a workspace ---

    @property
    def inspector(self) -> ForwardInspector:
        """The image, the noise, the schedule, x_t in numbers."""
        return self.inspector_panel

    def present(self, on: bool) -> None:
        """Without the film strip: the pictures have its room."""
        self.noise.film_card.setVisible(not on)

    def cancel(self) -> None:
        """Stop what is computed; the small network stays as it is."""
        super().cancel()
        if self._state.page == "plane":  # afterwards: what is learnt so far is asked for
            self.context.store.update_forward(learn=False)

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """While the posterior is in front, a DDPM becomes its network."""
        if self._state.page != "posterior" or self.context.store.session.workspace != "forward":
            return False
        if entry.card is None or entry.card.kind != "ddpm" or entry.problem:
            return False
        self.gestures.take_network(entry)
        return True

    def accept_picture(self, path: str) -> bool:
        """Noise a picture."""
        self.read_picture(path)
        return True

    def accept_data_set(self, path: str) -> bool:
        """Noise its images; in two dimensions take its points, as those of a table always."""
        if has(path, TABLES) or (self._state.page == "plane" and has(path, POINTS)):
            self.context.store.update_forward(page="plane")
            self.of_plane.open_points(path)
            return True
        self.gestures.choose_data(path)
        return True

    # --- wiring ---

    @property
    def _state(self) -> ForwardState:
        return self.context.store.session.forward

    def _connect(self) -> None:
        self._connect_actions()
        self._connect_time()
        gestures = self.gestures
        self.segments.chosen.connect(lambda page: self.context.store.update_forward(page=page))
        gestures.take_inspector(self.inspector_panel)
        self.inspector_panel.released.connect(self.take_focus)
        gestures.take_schedule(self.schedule)
        self.schedule.T.released.connect(self.take_focus)
        gestures.take_pixels(self.pixels)
        gestures.take_posterior(self.posterior)
        gestures.take_gaussians(self.gaussians)
        gestures.take_chain(self.chain)
        self.of_plane.take_actions(self.actions_)
        self.inspector_panel.plane.released.connect(self.take_focus)
        self.offer.taken.connect(gestures.take_picture)

    def _connect_actions(self) -> None:
        a, play, store, gestures = self.actions_, self.player, self.context.store, self.gestures
        a.on("play", play.toggle)
        for name, count in (("back", -1), ("forward", 1)):
            a.on(name, partial(play.step, count))
            a.on(f"leap_{name}", partial(play.leap, count))
        a.on("start", play.to_noise)
        a.on("end", play.to_image)
        a.on_toggled("loop", lambda loop: store.update_forward(loop=loop))
        for page in a.choice("page"):
            a.on(page, partial(store.update_forward, page=page))
        a.on("type", self.transport.typed.begin)
        a.on("random", gestures.random_image)
        a.on("seed", gestures.new_seed)
        a.on("open", self._ask_for_file)
        a.on("paste", self.paste)
        a.on_toggled("draw", self._draw)
        a.on("use", gestures.use_in_reverse_chain)
        a.on("train", gestures.use_in_training)

    def _connect_time(self) -> None:
        for plot in (self.noise.levels.plot, self.noise.weights.plot, *self.schedule.plots, self.plane.errors):
            plot.wheel_stepped.connect(self.player.step)
            plot.scrubbed.connect(self.player.scrub)
        for source in (self.transport.timeline, self.chain.map):
            source.wheel_stepped.connect(self.player.step)
            source.scrubbed.connect(self.player.scrub)
        for chart in (self.plane.exact, self.plane.learnt):
            chart.wheel_stepped.connect(self.player.step)
        self.transport.typed.committed.connect(self.player.scrub)
        self.transport.typed.released.connect(self.take_focus)
        self.noise.film.wheel_stepped.connect(self.player.step)
        self.noise.film.jumped.connect(self.player.scrub)
        self.noise.film.slots_changed.connect(self.controller.set_slots)
        self.controller.set_slots(self.noise.film.slots)

    # --- gestures ---

    def read_picture(self, path: str = "", pixels: np.ndarray | None = None) -> None:
        """Noise a picture, of a file or from the clipboard."""
        self.controller.take_picture(path, pixels)

    def _ask_for_file(self) -> None:
        """Of the page in front: a picture, or points."""
        if self._state.page == "plane":
            self.of_plane.ask_for_points()
        else:
            self.ask_for_picture(tr("Noise a picture"))

    def _draw(self, on: bool) -> None:
        """The pen of the page in front: of images a pad, of two dimensions points."""
        if self._state.page == "plane":
            self.context.store.update_forward(pen=on)
        else:
            self.context.store.update_forward(drawing=on)

    def offer_picture(self, taken: PictureTaken) -> None:
        """A picture of the data's size is noised at once; another may be resized."""
        self.offer.offer(taken)

    def take_focus(self) -> None:
        """The timeline has it."""
        self.transport.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what the controller hands over ---

    def show_state(self, state: ForwardState) -> None:
        """What the person chose."""
        t, T, recipe, a = self.controller.t, self.controller.T, state.recipe, self.actions_
        self.show_page(state.page)
        self.transport.setVisible(state.page != "gaussians")
        self.transport.set_range(T)
        self.transport.set_cursor(t, _note(t, T, tr("the points") if state.page == "plane" else tr("the image")))
        a["loop"].setChecked(state.loop)
        a["draw"].setChecked(state.pen if state.page == "plane" else state.drawing)
        a["use"].setEnabled(bool(self.context.store.session.reverse.recipe.lanes))
        self.of_plane.show_actions(a, state.page == "plane")
        a.show_direction(down=state.page == "plane")
        self.inspector_panel.show_page(state.page)
        self.inspector_panel.plane.show_recipe(recipe)
        self.inspector_panel.show_drawing(state.drawing)
        self.inspector_panel.show_recipe(recipe)
        self._show_pages(state, recipe, t, T)
        self._say()

    def _show_pages(self, state: ForwardState, recipe: ForwardRecipe, t: int, T: int) -> None:
        self.noise.set_cursor(t)
        self.schedule.show_choice(recipe.schedule)
        self.schedule.set_cursor(t)
        self.pixels.show_recipe(recipe)
        self.posterior.show_entries(self.controller.entries, self.controller.network)
        if t == 0:
            self.posterior.show_image()
        self.gaussians.show_recipe(recipe.asides)
        self.chain.show_recipe(recipe.chain, t, T, state.paths)
        if state.page == "plane":
            self.plane.show_recipe(state, t)

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""
        self.inspector_panel.show_choices(choices)
        self.pixels.show_data(choices.shape, choices.total)
        if self.controller.network is not None:
            self.posterior.show_entries(self.controller.entries, self.controller.network)

    def show_noised(self, noised: NoisedShown) -> None:
        """x_t."""
        self.inspector_panel.show_noised(noised)
        self.noise.show_noised(noised)
        self.pixels.show_noised(noised)

    def show_film(self, film: NoisedFilmShown) -> None:
        """The strip."""
        self.noise.show_film(film)

    def show_schedule(self, schedule: ScheduleShown) -> None:
        """The schedule against t."""
        self.inspector_panel.show_schedule(schedule)
        self.noise.show_schedule(schedule, self.controller.t)
        self.schedule.show_schedule(schedule, self.controller.t)
        self._say()

    def show_joint(self, joint: JointShown) -> None:
        """Two pixels."""
        self.pixels.show_joint(joint, self._state.recipe)

    def show_step_back(self, step: StepBackShown) -> None:
        """The posterior."""
        if self.controller.t > 0:
            self.posterior.show_step(step)

    def show_asides(self, asides: AsidesShown) -> None:
        """The Gaussian asides."""
        self.gaussians.show_asides(asides)

    def show_chain(self, chain: Chain1DShown) -> None:
        """The one-dimensional chain."""
        self.chain.show_chain(chain)

    # --- what is said ---

    def _say(self) -> None:
        """The status, whenever it may be another."""
        recipe, schedule = self._state.recipe, self.controller.schedule
        if self._state.page == "plane":
            self.status_changed.emit(self._plane_status())
            return
        said = f"{image_words(recipe.image)} · {schedule_words(recipe.schedule)}"
        right = (var("L", "T"), words(f"  {nats(schedule.image.kl)}")) if schedule is not None else ""
        self.status_changed.emit(Status(said, right=right))

    def _plane_status(self) -> Status:
        """What becomes of the small network."""
        learning, recipe = self.controller.learning, self._state.recipe
        said = f"{SHAPES[recipe.plane.points.shape]} · {schedule_words(recipe.schedule)}"
        if learning is None:
            return Status(said)
        words = tr("learning, Option {option}", option=recipe.plane.network.option)
        detail = f"{learning.updates} / {learning.total}"
        return Status(words, learning.updates, learning.total, detail=detail, cancellable=True)


def _note(t: int, T: int, x_0: str) -> str:
    return x_0 if t == 0 else tr("noise") if t == T else ""
