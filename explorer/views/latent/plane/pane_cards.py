"""What lies in the corners of a plane: the classes, and the field's scale with its value under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.datasets.shipped import shipped
from explorer.engine.latent.field_messages import FieldShown
from explorer.engine.latent.messages import CodesShown
from explorer.state.session import LatentState
from explorer.views.latent.plane.field_scale import FieldScale
from explorer.views.latent.plane.fields import FIELDS, words_for
from explorer.views.latent.plane.legend import DIGITS, PlaneLegend
from explorer.views.latent.plane.plane import Plane
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

EDGE = 8


class PaneCards(QObject):
    """Keeps the cards in their corners, and what they say as it is shown.

    Attributes
    ----------
    legend : PlaneLegend
    scale : FieldScale
    """

    def __init__(self, theme: Theme, plane: Plane, parent: QObject) -> None:
        super().__init__(parent)
        self._plane = plane
        self.legend = PlaneLegend(theme, plane)
        self.legend.setVisible(False)
        self.scale = FieldScale(theme, plane)
        self._state, self._known, self._variational = LatentState(), False, False
        self._field: FieldShown | None = None
        self._hover: tuple[float, float] | None = None
        plane.hovered.connect(self._take_hover)
        plane.view_changed.connect(self.place)

    def show_state(self, state: LatentState, known: bool, variational: bool) -> None:
        """What the person chose, whether there is a model, and whether it is a VAE."""
        self._state, self._known, self._variational = state, known, variational
        self.legend.set_hidden(state.hidden_classes)
        self._show_scale()

    def show_codes(self, codes: CodesShown | None, data: str) -> None:
        """The classes of the codes, where there are any, as they are called in the model's data set."""
        has = codes is not None and codes.labels is not None and len(codes.labels) > 0
        if has and codes is not None and codes.labels is not None:
            known = shipped(data)
            self.legend.set_classes(DIGITS[: int(codes.labels.max()) + 1] if known is None else known.short_classes)
            self.place()
        self.legend.setVisible(has and (self._state.codes or self._state.field == "classes"))

    def show_field(self, field: FieldShown | None) -> None:
        """The field that is drawn."""
        self._field = field
        self._show_scale()

    def _shown(self) -> FieldShown | None:
        """The field, unless another has been chosen since."""
        return self._field if self._field is not None and self._field.kind == self._state.field else None

    def _show_scale(self) -> None:
        kind, field = self._state.field, self._shown()
        if not kind or not self._known:
            self.scale.show_field("", "", None)
            return
        words = FIELDS[kind]
        if kind == "elbo" and not self._variational:
            self.scale.show_field(words.title, words.tip, None, note=tr("an AE has no ELBO"))
        elif field is None:
            self.scale.show_field(words.title, words.tip, None, note=tr("being computed…"))
        elif kind == "classes":
            self.scale.show_field(words.title, words.tip, None, note=tr("colours mixed by probability"))
        else:
            self.scale.show_field(words.title, words.tip, (field.low, field.high), field.logarithmic)
        self._show_value()

    def _take_hover(self, place: tuple[float, float] | None) -> None:
        self._hover = place
        self._show_value()

    def _show_value(self) -> None:
        field = self._shown()
        if field is None or self._hover is None:
            self.scale.show_value(float("nan"))
        else:
            self.scale.show_value(*words_for(field, *self._hover))

    def place(self) -> None:
        """In their corners; one under the other where there is no room beside."""
        self.legend.fit_width(self._plane.width() - 2 * EDGE)
        self.legend.move(self._plane.width() - self.legend.width() - EDGE, EDGE)
        under = self._plane.width() < self.legend.width() + self.scale.width() + 3 * EDGE
        self.scale.move(EDGE, 2 * EDGE + self.legend.height() if under else EDGE)
