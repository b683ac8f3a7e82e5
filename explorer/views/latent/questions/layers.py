"""A plane's manifold and its field: asked for over what is visible, coarse first."""

from __future__ import annotations

from explorer.engine.latent.field_messages import FieldShown, ShowField
from explorer.engine.latent.messages import DecodeGrid, GridDecoded
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome
from explorer.latent.plane import Extent, Grid, covers, grid_over
from explorer.recipe import Slice
from explorer.state.session import LatentState
from explorer.views.latent.entries import is_variational
from explorer.views.latent.plane.fields import FIELDS
from explorer.views.latent.plane_view import View
from explorer.views.shared.questions import Questions, When
from explorer.widgets.look.theme import Theme

CELL = 28.0
"""Least width of a decoding of the manifold, in pixels: its own, so that it is never made smaller."""
FIELD_CELL, CLASSES_CELL = 12.0, 16.0
"""Least width of a field's finest cells, in pixels; the classifier takes ten times as long for one as the decoder."""
MARGIN = 2
FIELD_MARGIN = 2


class Layers:
    """Asks again only where the view has left what was asked for, or is at another level of zoom."""

    def __init__(self, questions: Questions, view: View, theme: Theme) -> None:
        self._questions, self._view, self._theme = questions, view, theme
        self.grid: GridDecoded | None = None
        self.field: FieldShown | None = None
        self._path = ""

    def clear(self) -> None:
        """Another model: nothing is known of it."""
        self.grid = self.field = None
        self._view.show_manifold(None)
        self._view.show_field(None)

    def ask(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> None:
        """Ask for the layers that are shown."""
        self._path = entry.path
        view = self._view.viewport
        if state.manifold:
            grid = grid_over(view.extent, view.scale, CELL, MARGIN)
            asked = self._questions.asked("manifold")
            if not (isinstance(asked, DecodeGrid) and _enough(asked.extent, asked.columns, grid, view.extent)):
                payload = DecodeGrid(entry.path, grid.extent, grid.columns, grid.rows, slice_)
                self._questions.ask("manifold", payload, self._take_manifold, When.AT_ONCE)
        else:
            self._questions.forget("manifold")
        if state.field and (is_variational(entry) or FIELDS[state.field].of_ae):
            cell = CLASSES_CELL if state.field == "classes" else FIELD_CELL
            cells = grid_over(view.extent, view.scale, cell, FIELD_MARGIN)
            before = self._questions.asked("field")
            same = isinstance(before, ShowField) and before.kind == state.field and before.class_colours == self._theme.class_colours
            if not (same and isinstance(before, ShowField) and _enough(before.extent, before.columns, cells, view.extent)):
                if not same:
                    self._drop_field()
                wanted = ShowField(entry.path, state.field, cells.extent, cells.columns, cells.rows, self._theme.class_colours, slice_)
                self._questions.ask("field", wanted, self._take_field, When.AT_ONCE)
        elif self._questions.asked("field") is not None:
            self._questions.forget("field")
            self._drop_field()

    def _drop_field(self) -> None:
        self.field = None
        self._view.show_field(None)

    def _take_manifold(self, outcome: Outcome) -> None:
        if isinstance(outcome, GridDecoded) and outcome.path == self._path:
            if not outcome.partial:
                self.grid = outcome
            self._view.show_manifold(outcome)

    def _take_field(self, outcome: Outcome) -> None:
        if isinstance(outcome, FieldShown) and outcome.path == self._path:
            self.field = outcome
            self._view.show_field(outcome)


def _enough(extent: Extent, columns: int, grid: Grid, visible: Extent) -> bool:
    """Whether what was asked for covers the view with cells of the size that it now wants."""
    width, wanted = (extent[1] - extent[0]) / columns, (grid.extent[1] - grid.extent[0]) / grid.columns
    return covers(extent, visible) and width == wanted
