"""The fields that can be drawn over a plane: what they are called and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.latent.field_messages import FieldKind, FieldShown
from explorer.views.latent.plane.field_scale import figure
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field's name in the menu, its title on the scale, what it is, and whether an AE has it."""

    name: str
    title: str
    tip: str
    of_ae: bool = True


FIELDS: dict[FieldKind, FieldWords] = {
    "density": FieldWords(
        tr("Density q(z)"), tr("log q(z), nats"),
        tr("Aggregate posterior: the mean of q(z|x) over the test images, log density in nats. An AE has no q(z|x): a kernel "
        "density of its codes (Scott's rule) takes its place. On a slice it is the marginal of the plane's two coordinates."),
    ),
    "error": FieldWords(
        tr("Recon. error"), tr("reconstruction error"),
        tr("Mean squared error, pixels in [0, 1], between a decoding and what comes of encoding and decoding it again."),
    ),
    "elbo": FieldWords(
        "ELBO", tr("ELBO, nats"),
        tr("ELBO of the decoding, nats: log p(x|z) at its posterior's mean less KL(q(z|x) ‖ p(z)). An AE has none."), of_ae=False,
    ),
    "magnification": FieldWords(
        tr("Magnification"), tr("√det JᵀJ"),
        tr("How many times the decoder enlarges a small area of the plane: √det JᵀJ, with J the decoder's Jacobian, pixels in [0, 1]."),
    ),
    "classes": FieldWords(
        tr("Classifier"), tr("digit classifier"),
        tr("How the digit classifier reads the decoding: the classes' colours, mixed by their probabilities."),
    ),
}  # fmt: skip


def words_for(field: FieldShown, x: float, y: float) -> tuple[float, str]:
    """A field's value at a place and words for it; NaN and none where it is not known."""
    left, right, bottom, top = field.extent
    column, row = int((x - left) / (right - left) * field.columns), int((top - y) / (top - bottom) * field.rows)
    if not (left <= x < right and bottom < y <= top and column < field.columns and row < field.rows):
        return float("nan"), ""
    value = float(field.values[row, column])
    if field.classes is not None:
        return value, f"{field.classes[row, column]}  {number(value, 2)}"
    return value, figure(value)
