"""The Variational workspace: its pages, and what is beside them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.endings import PICTURE_FILES
from explorer.engine.forward.messages import PictureTaken, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.variational.messages import BoundShown, FitShown, PosteriorShown
from explorer.recipe.variational import MOST_STEPS, CodeGaussian
from explorer.state.edits import variational as edits
from explorer.state.variational import VariationalState
from explorer.views.shared.space_keeper import SpaceKeeper
from explorer.views.variational.actions import FIT, PAGES, VariationalActions
from explorer.views.variational.controller import VariationalController
from explorer.views.variational.facts import FACTS
from explorer.views.variational.inference_page import InferencePage
from explorer.views.variational.inspector import VariationalInspector
from explorer.views.variational.kl_page import KlPage
from explorer.views.variational.player import FitPlayer
from explorer.views.workspace import Context, Status, Workspace
from explorer.widgets.controls.actions import segment
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import words
from explorer.widgets.look.style import mark

MARGIN, SPACING = 12, 8
NUDGE, WIDEN = 0.1, 1.1


class VariationalWorkspace(Workspace):
    """Divergences by hand, and the posterior of an image."""

    facts = FACTS

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.actions_ = VariationalActions(theme, self)
        a = self.actions_
        self.player = FitPlayer(context.store, self)
        self.controller = VariationalController(context, self, self)
        self._inspector = VariationalInspector(theme, a)
        self.kl = KlPage(theme, a)
        self.inference = InferencePage(theme)
        self.pages: dict[str, QWidget] = {"kl": self.kl, "inference": self.inference}
        self.segments = SegmentBar([segment(name, a[name], label) for name, label in PAGES.items()], tr("What is shown"))
        self.steps = Slider(theme, (words(tr("step")),), 0, MOST_STEPS, 1, tr("Step of the fit"), tr("How many gradient steps q has taken"))
        self._stack = PageStack()
        for page in self.pages.values():
            self._stack.addWidget(page)
        self.transport = self._transport()
        self._lay_out()
        self._keeper = SpaceKeeper(self)
        a.add_to(self._inspector)
        for widget in (self, self._inspector):
            self._keeper.guard(widget)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._trouble = ""
        self._connect()

    def _transport(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name in FIT:
            button = IconButton(self.actions_[name], width=32)
            if name == "play":
                mark(button, "primary")
            row.addWidget(button)
        row.addWidget(self.steps, 1)
        return bar

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.segments)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addWidget(self.transport)

    # --- the contract of a workspace

    @property
    def inspector(self) -> VariationalInspector:
        """The selected density, or the image and the posterior in numbers."""
        return self._inspector

    @property
    def idle(self) -> bool:
        """Whether all that the person asked for is shown."""
        return self.controller.idle and not self.player.playing

    def menu_actions(self) -> Sequence[QAction]:
        """The Variational menu."""
        return self.actions_.menu()

    def activate(self) -> None:
        """The workspace is shown."""
        self.controller.activate()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def stay(self) -> None:
        """Stop playing."""
        self.player.pause()

    def deactivate(self) -> None:
        """Another is shown: stop playing."""
        self.player.pause()
        self.controller.deactivate()

    def cancel(self) -> None:
        """Stop what is computed."""
        self.player.pause()
        self.controller.cancel()

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """While Inference is in front, a VAE of two-dimensional codes becomes its model."""
        if self._state.page != "inference" or self.context.store.session.workspace != "variational":
            return False
        if entry.card is None or entry.card.kind != "vae" or entry.problem or entry.card.network.config.get("code", 2) != 2:
            return False
        fields = {"checkpoint": entry.sha256, "source": entry.path, "told": entry.card.told, "q": None}
        self._put(edits.with_inference(self._state, **fields), tr("posterior of {name}", name=entry.name))
        return True

    def accept_picture(self, path: str) -> bool:
        """The posterior of a picture."""
        self.context.store.update_variational(page="inference")
        self.controller.read_picture(path)
        return True

    # --- wiring

    @property
    def _state(self) -> VariationalState:
        return self.context.store.session.variational

    def _put(self, state: VariationalState, label: str, merge: str = "") -> None:
        self.context.store.update(label, merge, variational=state)

    def _connect(self) -> None:
        self._connect_actions()
        self.segments.chosen.connect(lambda page: self.context.store.update_variational(page=page))
        self.kl.dimensions.chosen.connect(self._over)
        self.kl.direction.chosen.connect(lambda name: self._follow(name))
        self.kl.moved.connect(lambda handle, mean: self._change(handle, mean=mean))
        self.kl.widened.connect(lambda handle, sd, correlation: self._change(handle, sd=sd, correlation=correlation))
        self.kl.selected.connect(lambda handle: self.context.store.update_variational(handle=handle))
        self.kl.added.connect(lambda mean: self._put(edits.add_part(self._state, mean), tr("add a part to p")))
        self.kl.removed.connect(lambda handle: self._put(edits.remove_part(self._state, handle), tr("take a part of p away")))
        self._inspector.bump_changed.connect(lambda field, value: self._change(self._state.handle, **{field: value}))
        self._inspector.index_chosen.connect(self._choose_image)
        self._inspector.drawn.connect(lambda marks: self.controller.read_picture(drawing=marks))
        self.inference.q_dragged.connect(self._drag_q)
        for source in (self.kl, self._inspector, self.inference):
            source.released.connect(self.context.store.end_merge)
        self.steps.moved.connect(lambda step: self.player.scrub(round(step)))

    def _connect_actions(self) -> None:
        a, play, store = self.actions_, self.player, self.context.store
        a.on("play", play.toggle)
        a.on("back", partial(play.step, -1))
        a.on("forward", partial(play.step, 1))
        a.on("start", partial(play.scrub, 0))
        a.on("end", partial(play.scrub, MOST_STEPS))
        a.on_toggled("loop", lambda loop: store.update_variational(loop=loop))
        for page in a.choice("page"):
            a.on(page, partial(store.update_variational, page=page))
        for dimensions in a.choice("dimensions"):
            a.on(dimensions, partial(self._over, dimensions))
        for direction in a.choice("direction"):
            a.on(direction, partial(self._follow, direction))
        a.on("next", lambda: store.update(variational=edits.select(self._state, 1)))
        a.on("before", lambda: store.update(variational=edits.select(self._state, -1)))
        a.on("add", self._add)
        a.on("remove", lambda: self._put(edits.remove_part(self._state, self._state.handle), tr("take a part of p away")))
        a.on("begin", self._begin)
        a.on("random", lambda: self._choose_image(secrets.randbelow(max(1, self.controller.total))))
        a.on("open", self._ask_for_picture)
        a.on("paste", self._paste)
        a.on_toggled("draw", lambda drawing: store.update_variational(drawing=drawing))
        a.on("encoder", lambda: self._put(edits.with_inference(self._state, q=None), tr("q of the encoder")))
        a.on("best", self._best)
        play.playing_changed.connect(a.show_playing)

    # --- gestures

    def _over(self, dimensions: str) -> None:
        self.player.pause()
        self.context.store.update_variational(dimensions=dimensions, step=0, handle=0, page="kl")

    def _follow(self, name: str) -> None:
        self._put(edits.follow(self._state, "q||p" if name == "seek" else "p||q"), tr("follow the other divergence"))

    def _change(self, handle: int, **fields: object) -> None:
        self.player.pause()
        self._put(edits.with_bump(self._state, handle, **fields), "densities", f"variational.bump.{handle}")

    def _add(self) -> None:
        mean = (0.0,) if self._state.dimensions == "line" else (0.0, 0.0)
        self._put(edits.add_part(self._state, mean), tr("add a part to p"))

    def _begin(self) -> None:
        """q as it is at this step is put where the fit begins."""
        shown = self.kl.shown
        if shown is not None:
            fields = {"mean": tuple(shown.mean.tolist()), "sd": tuple(shown.sd.tolist()), "correlation": shown.correlation}
            self._put(edits.with_bump(self._state, 0, **fields), tr("begin the fit here"))

    def _choose_image(self, index: int) -> None:
        self._put(edits.choose_image(self._state, index, self.controller.total), tr("posterior of test image {index}", index=index))

    def _drag_q(self, q: CodeGaussian) -> None:
        self._put(edits.drag_q(self._state, q.mean, q.sd, q.correlation), tr("your q"), "variational.q")

    def _best(self) -> None:
        shown = self.controller.posterior
        if shown is not None and shown.full is not None:
            self._drag_q(shown.full.q)
            self.context.store.end_merge()

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("The posterior of a picture"), "", PICTURE_FILES)
        if path:
            self.accept_picture(path)

    def _paste(self) -> None:
        picture = copied()
        if isinstance(picture, str):
            self.controller.read_picture(picture)
        elif picture is not None:
            self.controller.read_picture(pixels=picture)
        else:
            self.status_changed.emit(Status(tr("there is no picture in the clipboard: copy one, then paste it here")))

    def take_picture(self, taken: PictureTaken) -> None:
        """The posterior of a picture that was read, at the size that the encoder takes."""
        self._put(edits.take_picture(self._state, taken.fitted), tr("posterior of {name}", name=taken.name or tr("a picture")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down, with Shift all arrows: move the selected density, or make it wider."""
        keys = {Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0)}
        direction, shift = keys.get(Qt.Key(event.key())), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._state.page != "kl" or direction is None or not (shift or direction[1]):
            super().keyPressEvent(event)
            return
        bump = edits.bump(self._state, self._state.handle)
        if len(bump.mean) == 1:
            along = direction[0] or direction[1]
            if direction[1]:
                self._change(self._state.handle, sd=(bump.sd[0] * WIDEN**along,))
            else:
                self._change(self._state.handle, mean=(bump.mean[0] + NUDGE * along,))
        elif shift and direction[0]:
            self._change(self._state.handle, mean=(bump.mean[0] + NUDGE * direction[0], bump.mean[1]))
        elif shift:
            self._change(self._state.handle, sd=tuple(sd * WIDEN ** direction[1] for sd in bump.sd))
        else:
            self._change(self._state.handle, mean=(bump.mean[0], bump.mean[1] + NUDGE * direction[1]))

    # --- what the controller hands over

    def show_state(self, state: VariationalState) -> None:
        """What the person chose."""
        a = self.actions_
        self.segments.set_current(state.page)
        for name in (state.page, state.dimensions, "seek" if edits.fit_of(state).direction == "q||p" else "cover"):
            a[name].setChecked(True)
        if self._stack.currentWidget() is not self.pages[state.page]:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._stack.setCurrentWidget(self.pages[state.page])
        self.transport.setVisible(state.page == "kl")
        self.steps.show_value(state.step)
        a["loop"].setChecked(state.loop)
        a["draw"].setChecked(state.drawing)
        a["remove"].setEnabled(state.handle > 0 and len(edits.fit_of(state).p) > 1)
        entry = self.controller.entry
        self._inspector.show_state(state, "mnist-vae-2d" if entry is None else entry.name)
        self.kl.show_state(state)
        self.inference.show_own(state.recipe.inference.q)
        self._say()

    def show_fit(self, shown: FitShown) -> None:
        """Two densities at a step."""
        self.kl.show_fit(shown)
        self._inspector.show_fit(shown)
        self.player.arrived(shown.step)
        self._say()

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""
        self._inspector.show_choices(choices)

    def show_posterior(self, shown: PosteriorShown | None, trouble: str) -> None:
        """What is known of p(z|x), or why there is none."""
        self._trouble = trouble
        if shown is not None:
            self.inference.show_posterior(shown)
        self._inspector.show_posterior(shown)
        self.actions_["best"].setEnabled(shown is not None and shown.full is not None)
        self._say()

    def show_bound(self, shown: BoundShown) -> None:
        """What is left by the person's q."""
        self.inference.show_bound(shown)

    def _say(self) -> None:
        state = self._state
        if state.page == "kl":
            followed = "KL(q ‖ p)" if edits.fit_of(state).direction == "q||p" else "KL(p ‖ q)"
            self.status_changed.emit(
                Status(tr("{followed} is followed, step {step} of {most_steps}", followed=followed, step=state.step, most_steps=MOST_STEPS))
            )
            return
        shown = self.controller.posterior
        if self._trouble or shown is None:
            self.status_changed.emit(Status(self._trouble or tr("finding p(z|x)")))
        elif shown.partial:
            self.status_changed.emit(Status(tr("finding p(z|x) and the best Gaussians"), 0, 1, cancellable=True))
        else:
            image = state.recipe.inference.image
            what = tr("test image {index}", index=image.index) if image.picture is None else (image.picture.name or tr("your picture"))
            self.status_changed.emit(Status(f"{what}: log p(x) = {shown.log_p:.2f} nats".replace("-", "−")))
