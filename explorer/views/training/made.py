"""From what snapshots make to rows of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.datasets.shipped import shipped
from explorer.engine.latent.messages import CodesShown
from explorer.training.runs import Run, Snapshot
from explorer.views.training.figures import colours, names
from explorer.views.training.pictures import Shown
from explorer.views.training.tile_rows import TileRow
from explorer.widgets.look.language import tr

NO_SNAPSHOT = tr("No snapshot yet: the first comes within the first epoch of a long run, or at its end.")
WAITING = tr("coming…")


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A run, its snapshot that is looked at, if it has any, and what that makes, as far as it is known."""

    run: Run
    snapshot: Snapshot | None
    shown: Shown | None


def rows_of(made: Sequence[Made], border: str) -> tuple[TileRow, ...]:
    """A row for each run, and over the first reconstructions the images (`border` is their colour); a judge makes none."""
    runs = [one.run for one in made]
    with_originals = next((one for one in made if one.shown is not None and one.shown.originals is not None), None)
    rows = []
    for one, name, colour in zip(made, names(runs), colours(runs), strict=True):
        shown = one.shown
        if one is with_originals and shown is not None:
            word = tr("test images") if one.run.status is None or shipped(one.run.dataset) is not None else tr("images")
            rows.append(TileRow(word, border, shown.originals))
        if one.run.kind != "classifier":
            missing = Shown(None, NO_SNAPSHOT if one.snapshot is None else WAITING)
            rows.append(TileRow(name, colour, (shown or missing).tiles, (shown or missing).words))
    return tuple(rows)


def codes_of(made: Sequence[Made]) -> CodesShown | None:
    """The first codes that are known."""
    return next((one.shown.codes for one in made if one.shown is not None and one.shown.codes is not None), None)
