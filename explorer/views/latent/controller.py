"""Watches the session, asks the engine for what the plane needs, and hands it to the view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from explorer.engine.messages import (
    CodesDecoded,
    CodesShown,
    DecodeCodes,
    DecodeGrid,
    EncodeImages,
    EncodePicture,
    Failed,
    GridDecoded,
    LibraryEntry,
    Outcome,
    Payload,
    PictureEncoded,
)
from explorer.latent.plane import covers, grid_over
from explorer.latent.strokes import Path, resample
from explorer.recipe import PlaneRecipe, Point, Stroke
from explorer.state.library import Library
from explorer.state.session import LatentState, Session
from explorer.views.chain.inquiry import Inquiry, Receiver
from explorer.views.latent.verbs import item_named
from explorer.views.workspace import Context
from explorer.widgets.plane_viewport import Viewport

DEFAULT = "mnist-vae-2d"
CELL = 28.0
"""Least width of a decoding of the manifold, in pixels: its own, so that it is never made smaller."""
MARGIN = 2

Code = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Probe:
    """What the inspector shows large.

    Attributes
    ----------
    title : str
        Whose decoding it is.
    x, y : float
    decoded : CodesDecoded or None
        The decoding, once it has come; of the code asked before until then.
    """

    title: str
    x: float
    y: float
    decoded: CodesDecoded | None = None


class View(Protocol):
    """What the controller hands things to."""

    @property
    def viewport(self) -> Viewport:
        """What of the plane is visible."""
        ...

    def show_state(self, state: LatentState, entry: LibraryEntry | None) -> None:
        """What the person chose."""

    def show_codes(self, codes: CodesShown | None) -> None:
        """Codes of the test images; None while they are computed."""

    def show_manifold(self, grid: GridDecoded | None) -> None:
        """The manifold, once it has come."""

    def show_points(self, decoded: CodesDecoded, names: tuple[str, ...]) -> None:
        """Decodings of the points."""

    def show_stroke(self, decoded: CodesDecoded | None) -> None:
        """Decodings along the selected stroke, or the one being painted."""

    def show_probe(self, probe: Probe) -> None:
        """What the inspector shows large."""

    def show_picture(self, picture: PictureEncoded | None) -> None:
        """The encoded picture."""

    def show_broken(self, entry: LibraryEntry) -> None:
        """A model whose codes cannot be had."""


def resolve(recipe: PlaneRecipe, library: Library) -> LibraryEntry | None:
    """Entry that a recipe means: by hash, else by where it was, else the shipped VAE, else the first there is."""
    entries = plane_entries(library)
    tests = (
        lambda e: e.sha256 == recipe.checkpoint,
        lambda e: recipe.source in (e.name, e.path),
        lambda e: e.name == DEFAULT,
        lambda e: True,
    )
    return next((e for test in tests for e in entries if test(e)), None)


def plane_entries(library: Library) -> tuple[LibraryEntry, ...]:
    """Entries whose codes have two dimensions."""
    return tuple(e for e in library.of_kind("vae", "ae") if has_plane(e))


def has_plane(entry: LibraryEntry) -> bool:
    """Whether an entry is a VAE or an AE with codes of two dimensions."""
    return entry.card is not None and entry.card.kind in ("vae", "ae") and entry.card.network.config.get("code", 2) == 2


class LatentController(QObject):
    """Between the store, the client and the view.

    Signals
    -------
    settled()
        Nothing is asked any more, or something new is.
    """

    settled = Signal()

    def __init__(self, context: Context, view: View, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._view = context, view
        self._inquiry = Inquiry(context.client, "latent", self)
        self._active = False
        self.entry: LibraryEntry | None = None
        self.codes: CodesShown | None = None
        self.grid: GridDecoded | None = None
        self.decoded: CodesDecoded | None = None
        self._asked: dict[str, Payload] = {}
        self._hover: Code | None = None
        self._growing: Path | None = None
        self._probe: Probe | None = None
        context.store.changed.connect(self._changed)
        context.library.changed.connect(self._library_changed)
        context.client.failed.connect(self._failed)
        self._inquiry.settled.connect(self.settled)

    @property
    def state(self) -> LatentState:
        """What the person chose."""
        return self._context.store.session.latent

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._active and self._inquiry.idle

    # --- occasions

    def activate(self) -> None:
        """The workspace is shown."""
        self._active = True
        self._refresh()

    def deactivate(self) -> None:
        """Another workspace is shown."""
        self._active = False

    def cancel(self) -> None:
        """Stop what is computed."""
        self._inquiry.drop()
        self._asked.clear()
        self.settled.emit()

    def set_hover(self, code: Code | None) -> None:
        """The pointer is over a code, or nowhere."""
        self._hover = code
        self._ask_probe()

    def set_growing(self, path: Path | None) -> None:
        """A stroke is being painted, or no longer."""
        self._growing = path
        self._ask_stroke()

    def view_changed(self) -> None:
        """Another part of the plane is visible."""
        self._ask_manifold()

    def _changed(self, old: Session, new: Session) -> None:
        if self._active and old.latent != new.latent:
            self._refresh()

    def _library_changed(self) -> None:
        if self._active:
            self._refresh()

    def _failed(self, failed: Failed) -> None:
        """A picture that cannot be encoded is put away; a model that cannot be read is told of where its codes would be."""
        picture = self.state.picture
        if picture and failed.message.startswith(picture):
            self._context.store.update_latent(picture="")
        elif self._active and self.codes is None and self.entry is not None and failed.message.startswith(self.entry.path):
            self._view.show_broken(self.entry)

    def _refresh(self) -> None:
        entry = resolve(self.state.recipe, self._context.library)
        if entry != self.entry:
            self._take_entry(entry)
        self._view.show_state(self.state, entry)
        self._ask_codes()
        self._ask_manifold()
        self._ask_points()
        self._ask_stroke()
        self._ask_picture()
        self._ask_probe()
        self.settled.emit()

    def _take_entry(self, entry: LibraryEntry | None) -> None:
        self._inquiry.drop()
        self._asked.clear()
        self.entry, self.codes, self.grid, self.decoded = entry, None, None, None
        self._view.show_codes(None)
        self._view.show_manifold(None)
        self._view.show_stroke(None)
        self._view.show_picture(None)

    # --- questions

    def _ask(self, name: str, payload: Payload, receiver: Receiver) -> None:
        if self._active and self._asked.get(name) != payload:
            self._asked[name] = payload
            self._inquiry.ask(name, payload, receiver)

    def _ask_codes(self) -> None:
        if self.entry is not None:
            self._ask("codes", EncodeImages(self.entry.path), self._take_codes)

    def _ask_manifold(self) -> None:
        if self.entry is None or not self.state.manifold:
            return
        view = self._view.viewport
        grid = grid_over(view.extent, view.scale, CELL, MARGIN)
        asked = self._asked.get("manifold")
        if isinstance(asked, DecodeGrid) and covers(asked.extent, view.extent):
            width = (asked.extent[1] - asked.extent[0]) / asked.columns
            if width == (grid.extent[1] - grid.extent[0]) / grid.columns:
                return
        self._ask("manifold", DecodeGrid(self.entry.path, grid.extent, grid.columns, grid.rows), self._take_manifold)

    def _ask_points(self) -> None:
        points = self.state.recipe.points
        if self.entry is not None and points:
            payload = DecodeCodes(self.entry.path, tuple((p.x, p.y) for p in points))
            names = tuple(p.name for p in points)
            self._ask("points", payload, lambda outcome: self._take_points(outcome, names))

    def _ask_stroke(self) -> None:
        selected = item_named(self.state.recipe, self.state.selected)
        stroke = Stroke("", tuple((float(x), float(y)) for x, y in self._growing)) if self._growing is not None else selected
        if not isinstance(stroke, Stroke):
            self._asked.pop("stroke", None)
            self.decoded = None
            self._view.show_stroke(None)
        elif self.entry is not None:
            self._ask("stroke", DecodeCodes(self.entry.path, _codes(stroke)), self._take_stroke)

    def _ask_picture(self) -> None:
        picture = self.state.picture
        if not picture:
            self._asked.pop("picture", None)
            self._view.show_picture(None)
        elif self.entry is not None:
            self._ask("picture", EncodePicture(self.entry.path, picture), self._take_picture)

    def _ask_probe(self) -> None:
        if self.entry is None:
            return
        target = self._target()
        before = self._probe.decoded if self._probe is not None else None
        if before is not None and before.path != self.entry.path:
            before = None
        self._probe = Probe(target.title, target.x, target.y, before)
        self._view.show_probe(self._probe)
        self._ask("probe", DecodeCodes(self.entry.path, ((target.x, target.y),), judge=True), self._take_probe)

    def _target(self) -> Probe:
        """Code under the pointer; else of the selected point, the stroke's frame, the picture; else the origin."""
        state = self.state
        if self._hover is not None:
            return Probe("under the pointer", *self._hover)
        item = item_named(state.recipe, state.selected)
        if isinstance(item, Point):
            return Probe(item.name, item.x, item.y)
        if isinstance(item, Stroke):
            frame = min(state.frame, item.frames - 1)
            x, y = resample(item.path, item.frames)[frame].tolist()
            return Probe(f"{item.name} · frame {frame + 1} of {item.frames}", x, y)
        return Probe("at the origin", 0.0, 0.0)

    # --- answers

    def _is_ours(self, path: str) -> bool:
        return self.entry is not None and path == self.entry.path

    def _take_codes(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesShown) and self._is_ours(outcome.path):
            self.codes = outcome
            self._view.show_codes(outcome)

    def _take_manifold(self, outcome: Outcome) -> None:
        if isinstance(outcome, GridDecoded) and self._is_ours(outcome.path):
            self.grid = outcome
            self._view.show_manifold(outcome)

    def _take_points(self, outcome: Outcome, names: tuple[str, ...]) -> None:
        if isinstance(outcome, CodesDecoded) and self._is_ours(outcome.path):
            self._view.show_points(outcome, names)

    def _take_stroke(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesDecoded) and self._is_ours(outcome.path) and "stroke" in self._asked:
            self.decoded = outcome
            self._view.show_stroke(outcome)

    def _take_picture(self, outcome: Outcome) -> None:
        if isinstance(outcome, PictureEncoded) and self._is_ours(outcome.path) and "picture" in self._asked:
            self._view.show_picture(outcome)

    def _take_probe(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesDecoded) and self._is_ours(outcome.path) and self._probe is not None:
            self._probe = Probe(self._probe.title, self._probe.x, self._probe.y, outcome)
            self._view.show_probe(self._probe)


def _codes(stroke: Stroke) -> tuple[Code, ...]:
    return tuple((float(x), float(y)) for x, y in resample(stroke.path, stroke.frames))
