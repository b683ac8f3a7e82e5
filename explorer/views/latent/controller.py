"""Watches the session, asks the engine for what a plane needs, and hands it to the view."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.engine.latent.field_messages import FieldShown
from explorer.engine.latent.messages import (
    CodesDecoded,
    CodesShown,
    DecodeCodes,
    EncodeImages,
    EncodePicture,
    GridDecoded,
    ImageShown,
    PictureEncoded,
    PictureOffered,
    ShowImage,
    StrokeShown,
)
from explorer.engine.latent.posterior_messages import ShowTruePosterior, TruePosteriorShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome, Payload
from explorer.latent.strokes import Path
from explorer.recipe import Dab, Slice, Stroke
from explorer.state.edits import encoding as encoding_edits
from explorer.state.edits.latent import SHAPES, item_named
from explorer.state.edits.planes import slice_of
from explorer.state.session import LatentState, Session
from explorer.views.latent.entries import chain_entry, has_exact_posterior, resolve
from explorer.views.latent.plane_view import View
from explorer.views.latent.questions import encoding
from explorer.views.latent.questions.chains import Chains
from explorer.views.latent.questions.draws import Draws
from explorer.views.latent.questions.layers import Layers
from explorer.views.latent.questions.paths import Paths
from explorer.views.latent.questions.probing import Probing
from explorer.views.shared.questions import FailureReceiver, Questions, Receiver
from explorer.views.workspace import Context

Code = tuple[float, float]


class LatentController(QObject):
    """Between the store, the client and one plane's view.

    Parameters
    ----------
    context : Context
    view : View
    which : int
        0 for the first plane, i for the ith beside it.

    Signals
    -------
    settled()
        Nothing is asked any more, or something new is.
    """

    settled = Signal()

    def __init__(self, context: Context, view: View, which: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        prefix = f"latent.{which}" if which else "latent"
        self._context, self._view, self._which = context, view, which
        self._questions = Questions(context.client, prefix, self)
        self._layers = Layers(self._questions, view, context.theme)
        self._paths = Paths(self._questions, view)
        self._draws = Draws(self._questions, view)
        self._chains = Chains(self._questions, view)
        self._probing = Probing(self._ask, view, self._paths)
        self._active = False
        self.entry: LibraryEntry | None = None
        self.slice: Slice | None = None
        self.codes: CodesShown | None = None
        self.encoded: PictureEncoded | None = None
        self._growing: Path | None = None
        self._drawing: tuple[Dab, ...] | None = None
        self._pointed: int | None = None
        context.store.changed.connect(self._changed)
        context.library.changed.connect(self._library_changed)
        self._questions.settled.connect(self.settled)

    @property
    def state(self) -> LatentState:
        """What the person chose."""
        return self._context.store.session.latent

    @property
    def active(self) -> bool:
        """Whether its plane is on the screen."""
        return self._active

    @property
    def resolved(self) -> LibraryEntry | None:
        """The entry that the recipe means now."""
        return resolve(self.state.recipe, self._context.library, self._which)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._active and self._questions.idle

    @property
    def grid(self) -> GridDecoded | None:
        """The manifold that is shown."""
        return self._layers.grid

    @property
    def field(self) -> FieldShown | None:
        """The field that is shown."""
        return self._layers.field

    @property
    def stroke(self) -> StrokeShown | None:
        """The selected stroke, or the one being painted, through this model."""
        return self._paths.stroke

    # --- occasions

    def activate(self) -> None:
        """The workspace is shown."""
        self._active = True
        self._refresh()

    def deactivate(self) -> None:
        """Another workspace is shown, or the plane is taken away."""
        self._active = False

    def cancel(self) -> None:
        """Stop what is computed."""
        self._questions.drop()
        self.settled.emit()

    def retire(self) -> None:
        """Its plane has been taken away."""
        self._context.store.changed.disconnect(self._changed)
        self._context.library.changed.disconnect(self._library_changed)
        self.deleteLater()

    def complain(self, message: str) -> None:
        """Tell the person of something that cannot be."""
        self._context.client.failed.emit(Failed(message))

    def set_hover(self, code: Code | None) -> None:
        """The pointer is over a place, or nowhere."""
        self._probing.hover = code
        self._ask_probe()

    def set_growing(self, path: Path | None) -> None:
        """A stroke is being painted, or no longer."""
        self._growing = path
        self._ask_stroke()

    def set_drawing(self, drawing: tuple[Dab, ...] | None) -> None:
        """Marks on the pad with the one under the pen; None when it is lifted."""
        self._drawing = drawing
        self._ask_picture()

    def set_pointed(self, index: int | None) -> None:
        """The pointer is over a test image's code, or over none."""
        self._pointed = index
        self._view.show_pointed(index, None)
        if index is None:
            self._questions.forget("image")
            self.settled.emit()
        elif self.entry is not None:
            self._ask("image", ShowImage(self.entry.path, index), self._take_image)

    def view_changed(self) -> None:
        """Another part of the plane is visible."""
        if self.entry is not None and self._active:
            self._layers.ask(self.entry, self.slice, self.state)
            self._ask_chains(self.entry)

    def _changed(self, old: Session, new: Session) -> None:
        if self._active and (old.latent != new.latent or old.class_colours != new.class_colours):
            self._refresh()

    def _library_changed(self) -> None:
        if self._active:
            self._refresh()

    def _refresh(self) -> None:
        entry, slice_ = resolve(self.state.recipe, self._context.library, self._which), slice_of(self.state.recipe, self._which)
        if entry != self.entry or slice_ != self.slice:
            self._take_entry(entry, slice_)
        self._view.show_state(self.state, entry)
        self._ask_codes()
        if entry is not None:
            self._layers.ask(entry, slice_, self.state)
            self._draws.ask(entry, slice_, self.state)
            self._ask_chains(entry)
            self._paths.ask(entry, slice_, self.state)
        self._ask_points()
        self._ask_stroke()
        self._ask_picture()
        self._ask_truth()
        self._ask_probe()
        self.settled.emit()

    def _take_entry(self, entry: LibraryEntry | None, slice_: Slice | None) -> None:
        same = entry == self.entry
        library = self._context.library
        of_one_run = not same and entry is not None and library.listed(entry) == library.listed(self.entry)
        self._questions.drop()
        self.entry, self.slice = entry, slice_
        self._probing.clear()
        if not of_one_run:
            self._layers.clear()
        self._paths.clear()
        self._draws.clear()
        self._chains.clear()
        if not same:
            self.codes = self.encoded = None
        if not same and not of_one_run:  # codes of the moment before stay in view until they move
            self._view.show_codes(None)
            self._view.show_picture(None)

    # --- questions

    def _ask(self, name: str, payload: Payload, receiver: Receiver, on_failure: FailureReceiver | None = None) -> None:
        if self._active:
            self._questions.ask(name, payload, receiver, once=True, on_failure=on_failure)

    def _ask_codes(self) -> None:
        if self.entry is not None:
            self._ask("codes", EncodeImages(self.entry.path, slice=self.slice), self._take_codes, self._codes_failed)

    def _ask_chains(self, entry: LibraryEntry) -> None:
        if self._active:
            ddpm = chain_entry(self.state.recipe, self._context.library, entry)
            self._view.show_ddpm(ddpm)
            self._chains.ask(entry, ddpm, self.slice, self.state)

    def _ask_points(self) -> None:
        points = self.state.recipe.points
        if self.entry is not None and points:
            payload = DecodeCodes(self.entry.path, tuple((p.x, p.y) for p in points), slice=self.slice)
            names = tuple(p.name for p in points)
            self._ask("points", payload, lambda outcome: self._take_points(outcome, names))

    def _ask_stroke(self) -> None:
        if self.entry is None or not self._active:
            return
        stroke = item_named(self.state.recipe, self.state.selected)
        if self._growing is not None:
            path = tuple((float(x), float(y)) for x, y in self._growing)
            shape = SHAPES.get(self.state.tool, "free")
            stroke = Stroke("", path, shape=shape if len(path) == 2 or shape == "free" else "free")
        self._paths.ask_stroke(self.entry, self.slice, stroke if isinstance(stroke, Stroke) else None)

    def _ask_picture(self) -> None:
        payload = None if self.entry is None else encoding.wanted(self.state, self.entry.path, self.slice, self._drawing)
        if payload is None:
            self._questions.forget("picture")
            self.encoded = None
            self._view.show_picture(None)
        else:
            self._ask("picture", payload, self._take_picture, self._picture_failed)

    def _ask_truth(self) -> None:
        """p(z|x) of what is encoded, where it is wanted; not while a digit is drawn."""
        entry, state = self.entry, self.state
        wanted = encoding.wanted(state, entry.path, None) if entry is not None and state.truth and has_exact_posterior(entry) else None
        payload = None if wanted is None else ShowTruePosterior(wanted)
        if payload is None or payload != self._questions.asked("truth"):
            self._view.show_truth(None)
        if payload is None:
            self._questions.forget("truth")
        else:
            self._ask("truth", payload, self._take_truth)

    def _ask_probe(self) -> None:
        if self.entry is not None:
            self._probing.ask(self.entry, self.slice, self.state)

    # --- answers

    def _is_ours(self, path: str) -> bool:
        return self.entry is not None and path == self.entry.path

    def _take_codes(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesShown) and self._is_ours(outcome.path):
            self.codes = outcome
            self._view.show_codes(outcome)

    def _codes_failed(self, failed: Failed) -> None:
        """A model that cannot be read is told of where its codes would be."""
        if self._active and self.codes is None and self.entry is not None and failed.path == self.entry.path:
            self._view.show_broken(self.entry)
        self._context.client.failed.emit(failed)

    def _take_points(self, outcome: Outcome, names: tuple[str, ...]) -> None:
        if isinstance(outcome, CodesDecoded) and self._is_ours(outcome.path):
            self._view.show_points(outcome, names)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureEncoded | PictureOffered) and self._is_ours(outcome.path):
            self.encoded = outcome if isinstance(outcome, PictureEncoded) else None
            self._view.show_picture(outcome)

    def _take_truth(self, outcome: Outcome) -> None:
        if isinstance(outcome, TruePosteriorShown) and self._is_ours(outcome.path):
            self._view.show_truth(outcome)

    def _picture_failed(self, failed: Failed) -> None:
        """What cannot be encoded is put away; where it is the model that cannot be read, nothing is."""
        asked, encoded = failed.request, self.state.recipe.encoded
        is_of_picture = isinstance(asked, EncodePicture) and failed.is_bad_input and failed.path != asked.path
        if is_of_picture and (asked.picture, asked.index) == (encoded.picture, encoded.image):  # else something else is encoded by now
            self._put_away()
        self._context.client.failed.emit(failed)

    def _put_away(self) -> None:
        """Encode again what was there before; else nothing."""
        encoded, store = self.state.recipe.encoded, self._context.store
        if encoded.picture or encoded.image is not None:
            label = encoding_edits.PICTURE if encoded.picture else encoding_edits.IMAGE
            if not store.take_back(label):
                store.update(encoding_edits.NOTHING, latent=encoding_edits.encode_nothing(self.state))

    def _take_image(self, outcome: Outcome) -> None:
        if isinstance(outcome, ImageShown) and self._is_ours(outcome.path) and outcome.index == self._pointed:
            self._view.show_pointed(outcome.index, outcome)
