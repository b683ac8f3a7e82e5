"""Strokes through a model, and the paths between two chosen points."""

from __future__ import annotations

import msgspec
import numpy as np

from explorer.engine.latent.messages import ShowGeodesic, StrokeShown
from explorer.engine.latent.strips import stroke_question
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome
from explorer.latent.strokes import circle, resample
from explorer.recipe import Point, Slice, Stroke
from explorer.state.edits.latent import BETWEEN, item_named, strip_of
from explorer.state.session import LatentState
from explorer.views.latent.plane_view import View
from explorer.views.shared.questions import Questions, When

BENT = ("spherical", "geodesic")
"""Shapes whose curve the engine finds."""

FRAMES = 32
PAINTING = "stroke"


class Paths:
    """Asks for the selected stroke, the curves of the others, and the paths between two points."""

    def __init__(self, questions: Questions, view: View) -> None:
        self._questions, self._view = questions, view
        self.stroke: StrokeShown | None = None
        self._outlines: dict[str, np.ndarray] = {}
        self._between: dict[str, StrokeShown] = {}
        self._path = ""

    def clear(self) -> None:
        """Another model: nothing is known of it."""
        self.stroke = None
        self._outlines.clear()
        self._between.clear()
        self._view.show_stroke(None)
        self._view.show_outlines({})
        self._view.show_paths({})

    def places(self, stroke: Stroke) -> np.ndarray:
        """Where a stroke is decoded, (frames, 2), as far as it is known here."""
        shown = self.stroke
        if shown is not None and shown.stroke == stroke:
            return shown.places
        nodes = circle(stroke.path[0], stroke.path[1]) if stroke.shape == "circle" else stroke.path
        return resample(nodes, stroke.frames)

    # --- the stroke that is looked at

    def ask_stroke(self, entry: LibraryEntry, slice_: Slice | None, stroke: Stroke | None) -> None:
        """Ask for the selected stroke, or the one being painted; None for none."""
        self._path = entry.path
        if stroke is None:
            self._questions.forget(PAINTING)
            self.stroke = None
            self._view.show_stroke(None)
            return
        payload = stroke_question(entry.path, stroke, slice_)
        # Answers in time rather than to the last question only: while the hand moves, each is shown before the next is asked.
        when = When.AT_ONCE if isinstance(payload, ShowGeodesic) else When.ANSWERED
        self._questions.ask(PAINTING, payload, self._take_stroke, when, once=True)

    def _take_stroke(self, outcome: Outcome) -> None:
        if isinstance(outcome, StrokeShown) and outcome.path == self._path:
            self.stroke = outcome
            self._remember(outcome)
            self._view.show_stroke(outcome)

    # --- the curves of the others

    def ask(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> None:
        """Ask for curves that only the model knows, and for the paths between the two chosen points."""
        self._path = entry.path
        bent = [s for s in state.recipe.strokes if s.shape in BENT and s.name != state.selected]
        for stroke in bent:
            few = msgspec.structs.replace(stroke, frames=2, spacing="plane")
            question = stroke_question(entry.path, few, slice_)
            self._questions.ask(f"curve {stroke.name}", question, self._take_curve, When.AT_ONCE, once=True)
        self._ask_between(entry, slice_, state)

    def _take_curve(self, outcome: Outcome) -> None:
        if isinstance(outcome, StrokeShown) and outcome.path == self._path:
            self._remember(outcome)

    def _remember(self, shown: StrokeShown) -> None:
        if shown.stroke.shape in BENT:
            self._outlines[shown.stroke.name] = shown.outline
            self._view.show_outlines(dict(self._outlines))

    def _ask_between(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> None:
        ends = [item_named(state.recipe, name) for name in state.ends]
        if strip_of(state) != "paths" or len(ends) != 2 or not all(isinstance(end, Point) for end in ends):
            if self._between:
                self._between.clear()
                self._view.show_paths({})
            for shape in BETWEEN:
                self._questions.forget(f"path {shape}")
            return
        nodes = tuple((end.x, end.y) for end in ends if isinstance(end, Point))
        for shape in BETWEEN:
            payload = stroke_question(entry.path, Stroke("", nodes, FRAMES, shape), slice_)
            self._questions.ask(f"path {shape}", payload, self._take_between, When.AT_ONCE, once=True)

    def _take_between(self, outcome: Outcome) -> None:
        if isinstance(outcome, StrokeShown) and outcome.path == self._path:
            self._between[outcome.stroke.shape] = outcome
            self._view.show_paths(dict(self._between))
