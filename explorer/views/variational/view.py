"""The Variational workspace: its pages, and what is beside them."""

from __future__ import annotations

import secrets
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.engine.forward.messages import PictureTaken, TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.variational.ladder_messages import ProbeShown, Rung, RungShown
from explorer.engine.variational.messages import BoundShown, FitShown, PosteriorShown
from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown, UnitShown
from explorer.recipe.variational import MOST_STEPS, CodeGaussian
from explorer.state.edits import variational as edits
from explorer.state.variational import VariationalState
from explorer.views.shared.paged_workspace import PagedWorkspace
from explorer.views.variational import figures_text, status
from explorer.views.variational.actions import PAGES, TRANSPORT, VariationalActions
from explorer.views.variational.controller import VariationalController
from explorer.views.variational.elbo_page import ElboPage
from explorer.views.variational.facts import FACTS
from explorer.views.variational.inference_page import InferencePage
from explorer.views.variational.inspector import VariationalInspector
from explorer.views.variational.kl_page import KlPage
from explorer.views.variational.ladder_page import LadderPage
from explorer.views.variational.player import VariationalPlayer
from explorer.views.variational.rung_words import rung_words
from explorer.views.workspace import Context, Status
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import words
from explorer.widgets.look.style import mark

NUDGE, WIDEN = 0.1, 1.1
NAME_WIDTH = 96


class VariationalWorkspace(PagedWorkspace):
    """Divergences by hand, the posterior and the ELBO of an image, and the steps from an autoencoder to a VAE."""

    facts = FACTS
    actions_: VariationalActions
    player: VariationalPlayer
    controller: VariationalController
    inspector_panel: VariationalInspector

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        theme = context.theme
        self.actions_ = VariationalActions(theme, self)
        a = self.actions_
        self.player = VariationalPlayer(context.store, self)
        self.controller = VariationalController(context, self, self)
        self.inspector_panel = VariationalInspector(theme, a)
        self.kl = KlPage(theme, a)
        self.inference = InferencePage(theme)
        self.elbo = ElboPage(theme)
        self.ladder = LadderPage(theme)
        pages: dict[str, QWidget] = {"kl": self.kl, "inference": self.inference, "elbo": self.elbo, "ladder": self.ladder}
        self.steps = Slider(theme, (words(tr("step")),), 0, MOST_STEPS, 1, tr("Step of the fit"), tr("How many gradient steps q has taken"))
        self.rungs = Slider(theme, (), 0, 1, 1, tr("Place on the ladder"), tr("From an autoencoder at the left to much KL at the right"))
        self.rungs.hide_value()
        self.rung_name = QLabel()
        self.transport = self._transport()
        self.put_together(PAGES, pages, self.transport)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._troubles: dict[str, str] = {}
        self._known: tuple[Rung, ...] = ()
        self._measured: TestTermsShown | None = None
        self._connect()

    def _transport(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name in TRANSPORT:
            button = IconButton(self.actions_[name], width=32)
            if name == "play":
                mark(button, "primary")
            row.addWidget(button)
        row.addWidget(self.steps, 1)
        row.addWidget(self.rungs, 1)
        self.rung_name.setFixedWidth(NAME_WIDTH)
        row.addWidget(self.rung_name)
        return bar

    # --- the contract of a workspace

    @property
    def inspector(self) -> VariationalInspector:
        """The selected density, or the image and its posterior or terms in numbers, or the network of the ladder."""
        return self.inspector_panel

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A VAE becomes the model of the page in front: of ELBO any, of Inference one of two-dimensional codes."""
        page = self._state.page
        if page not in ("inference", "elbo") or self.context.store.session.workspace != "variational":
            return False
        if entry.card is None or entry.card.kind != "vae" or entry.problem:
            return False
        fields = {"checkpoint": entry.sha256, "source": entry.path, "told": entry.card.told}
        if page == "elbo":
            self._put(edits.with_elbo(self._state, **fields), tr("ELBO of {name}", name=entry.name))
            return True
        if entry.card.network.config.get("code", 2) != 2:
            return False
        self._put(edits.with_inference(self._state, **fields, q=None), tr("posterior of {name}", name=entry.name))
        return True

    def accept_picture(self, path: str) -> bool:
        """Look at a picture on the page in front; on that of densities, its posterior."""
        if self._state.page == "kl":
            self.context.store.update_variational(page="inference")
        self.read_picture(path)
        return True

    def read_picture(self, path: str = "", pixels: np.ndarray | None = None) -> None:
        """Look at a picture, of a file or from the clipboard."""
        self.controller.read_picture(path, pixels)

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
        self.inspector_panel.bump_changed.connect(lambda field, value: self._change(self._state.handle, **{field: value}))
        self.inspector_panel.index_chosen.connect(self._choose_image)
        self.inspector_panel.drawn.connect(lambda marks: self.controller.read_picture(drawing=marks))
        self.elbo.unit_chosen.connect(self._select_unit)
        self.ladder.chosen.connect(self.player.scrub)
        self.ladder.probed.connect(self._probe)
        self.ladder.image_chosen.connect(self._choose_image)
        self.rungs.moved.connect(lambda place: self.player.scrub(round(place)))
        self.rungs.released.connect(self.context.store.end_merge)
        self.inference.q_dragged.connect(self._drag_q)
        for source in (self.kl, self.inspector_panel, self.inference, self.ladder):
            source.released.connect(self.context.store.end_merge)
        self.steps.moved.connect(lambda step: self.player.scrub(round(step)))

    def _connect_actions(self) -> None:
        a, play, store = self.actions_, self.player, self.context.store
        a.on("play", play.toggle)
        a.on("back", partial(play.step, -1))
        a.on("forward", partial(play.step, 1))
        a.on("start", partial(play.scrub, 0))
        a.on("end", play.to_end)
        a.on_toggled("loop", lambda loop: store.update_variational(loop=loop))
        for page in a.choice("page"):
            a.on(page, partial(store.update_variational, page=page))
        for dimensions in a.choice("dimensions"):
            a.on(dimensions, partial(self._over, dimensions))
        for direction in a.choice("direction"):
            a.on(direction, partial(self._follow, direction))
        a.on("next", partial(self._select, 1))
        a.on("before", partial(self._select, -1))
        a.on("add", self._add)
        a.on("remove", lambda: self._put(edits.remove_part(self._state, self._state.handle), tr("take a part of p away")))
        a.on("begin", self._begin)
        a.on("random", lambda: self._choose_image(secrets.randbelow(max(1, self.controller.total))))
        a.on("open", partial(self.ask_for_picture, tr("Look at a picture")))
        a.on("paste", self.paste)
        a.on_toggled("draw", lambda drawing: store.update_variational(drawing=drawing))
        a.on("encoder", lambda: self._put(edits.with_inference(self._state, q=None), tr("q of the encoder")))
        a.on("best", self._best)
        a.on("seed", lambda: self._put(edits.with_ladder(self._state, seed=secrets.randbelow(2**31)), tr("other samples of the prior")))
        a.on_toggled("same_scale", lambda same: store.update_variational(same_scale=same))
        a.on("centre", partial(self._probe, 0.0, 0.0))
        a.on("copy", self._copy)

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
        self._put(edits.choose_image(self._state, index, self.controller.total), tr("test image {index}", index=index))

    def _select(self, count: int) -> None:
        """The next density, or number of the code, or the one before."""
        if self._state.page == "elbo":
            self._select_unit(self._state.unit + count)
        else:
            self.context.store.update(variational=edits.select(self._state, count))

    def _select_unit(self, unit: int) -> None:
        self.context.store.update(variational=edits.select_unit(self._state, unit, self.elbo.count))

    def _probe(self, x: float, y: float) -> None:
        self._put(edits.drag_probe(self._state, x, y), tr("move the probe"), "variational.probe")

    def _drag_q(self, q: CodeGaussian) -> None:
        self._put(edits.drag_q(self._state, q.mean, q.sd, q.correlation), tr("your q"), "variational.q")

    def _best(self) -> None:
        shown = self.controller.posterior
        if shown is not None and shown.full is not None:
            self._drag_q(shown.full.q)
            self.context.store.end_merge()

    def _copy(self) -> None:
        """The figures of the page in front, on the clipboard."""
        text, terms = "", self.controller.terms
        if self._state.page == "kl" and self.kl.shown is not None:
            text = figures_text.of_fit(self.kl.shown)
        elif self._state.page == "inference" and self.controller.posterior is not None:
            text = figures_text.of_posterior(self.controller.posterior)
        elif self._state.page == "elbo" and terms is not None:
            text = figures_text.of_terms(terms, self._measured)
        elif self._state.page == "ladder":
            text = figures_text.of_ladder(self._known)
        if text:
            QGuiApplication.clipboard().setText(text)
            self.status_changed.emit(Status(tr("the figures are in the clipboard")))

    def take_picture(self, taken: PictureTaken) -> None:
        """Look at a picture that was read, at the size that the encoder takes."""
        self._put(edits.take_picture(self._state, taken.fitted), tr("look at {name}", name=taken.name or tr("a picture")))

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
        self.show_page(state.page)
        for name in (state.dimensions, "seek" if edits.fit_of(state).direction == "q||p" else "cover"):
            a[name].setChecked(True)
        self._show_transport(state)
        a["loop"].setChecked(state.loop)
        a["draw"].setChecked(state.drawing)
        a["remove"].setEnabled(state.handle > 0 and len(edits.fit_of(state).p) > 1)
        a["same_scale"].setChecked(state.same_scale)
        names = ["mnist-vae-2d" if entry is None else entry.name for entry in (self.controller.entry, self.controller.elbo_entry)]
        self.inspector_panel.show_state(state, *names)
        self.kl.show_state(state)
        self.inference.show_own(state.recipe.inference.q)
        self.elbo.select(state.unit)
        self.ladder.show_state(state.recipe.ladder, state.same_scale)
        self.inspector_panel.show_rung(self._rung)
        self._say()

    @property
    def _rung(self) -> Rung | None:
        """The network of the ladder that is shown."""
        return next((rung for rung in self._known if rung.name == self._state.recipe.ladder.rung), None)

    def _show_transport(self, state: VariationalState) -> None:
        """Over the steps of the fit, or over the ladder."""
        on_ladder, rung = state.page == "ladder", self._rung
        self.transport.setVisible(on_ladder or state.page == "kl")
        self.steps.setVisible(not on_ladder)
        self.rungs.setVisible(on_ladder)
        self.rung_name.setVisible(on_ladder)
        self.steps.show_value(state.step)
        if self._known:
            self.rungs.show_value(self.player.place if on_ladder else 0)
        self.rung_name.setText("" if rung is None else rung_words(rung))

    def show_fit(self, shown: FitShown) -> None:
        """Two densities at a step."""
        self.kl.show_fit(shown)
        self.inspector_panel.show_fit(shown)
        if not self.player.on_ladder:
            self.player.arrived(shown.step)
        self._say()

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""
        self.inspector_panel.show_choices(choices)

    def show_posterior(self, shown: PosteriorShown | None, trouble: str) -> None:
        """What is known of p(z|x), or why there is none."""
        self._troubles["inference"] = trouble
        if shown is not None:
            self.inference.show_posterior(shown)
        self.inspector_panel.show_posterior(shown)
        self.actions_["best"].setEnabled(shown is not None and shown.full is not None)
        self._say()

    def show_bound(self, shown: BoundShown) -> None:
        """What is left by the person's q."""
        self.inference.show_bound(shown)

    def show_terms(self, shown: TermsShown | None, trouble: str) -> None:
        """The terms of the ELBO of an image, or why there are none."""
        self._troubles["elbo"] = trouble
        self.elbo.show_terms(shown)
        self.inspector_panel.show_terms(shown)
        self._say()

    def show_test_terms(self, shown: TestTermsShown | None, trouble: str) -> None:
        """Those of the test images so far, or why there are none."""
        self._measured = shown
        self.elbo.show_test(shown, trouble)
        self.inspector_panel.show_test(shown)
        self._say()

    def show_unit(self, shown: UnitShown) -> None:
        """What a number of the code does."""
        self.elbo.show_unit(shown)

    def show_rungs(self, rungs: tuple[Rung, ...]) -> None:
        """The networks of the ladder."""
        self._known = rungs
        self.player.set_rungs(tuple(rung.name for rung in rungs))
        self.rungs.set_highest(max(1, len(rungs) - 1))
        self.ladder.show_rungs(rungs)
        self.inspector_panel.show_rung(self._rung)
        self._show_transport(self._state)
        self._say()

    def show_rung(self, shown: RungShown) -> None:
        """What one of them makes of the images and of the prior."""
        self.ladder.show_rung(shown)
        names = [rung.name for rung in self._known]
        if self.player.on_ladder and shown.rung in names:
            self.player.arrived(names.index(shown.rung))
        self._say()

    def show_probe(self, shown: ProbeShown) -> None:
        """What it decodes the probe to."""
        self.ladder.show_probe(shown)

    def _say(self) -> None:
        state, controller = self._state, self.controller
        image, trouble = state.recipe.inference.image, self._troubles.get(state.page, "")
        if state.page == "kl":
            said = status.of_kl(state)
        elif state.page == "inference":
            said = status.of_inference(image, controller.posterior, trouble)
        elif state.page == "elbo":
            said = status.of_elbo(image, controller.terms, self._measured, trouble)
        else:
            said = status.of_ladder(self._rung)
        self.status_changed.emit(said)
