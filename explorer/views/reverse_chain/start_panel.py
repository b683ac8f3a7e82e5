"""The panel that says what the chain starts from: other noise, the noise of a picture and how well that comes back, a way between two."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.chain.inversion_messages import InversionShown, TripShown
from explorer.recipe.sampler import MAX_STEPS
from explorer.recipe.start import INVERSION_STEPS, MAX_ROUNDS, MAX_STATIONS, End, Inverted, Start
from explorer.views.reverse_chain.panels import FrontPanel, Panels
from explorer.views.reverse_chain.start_end import StartEnd
from explorer.views.shared.rows import Rows
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import CAPTION, PictureTile

SIDE, FIELD = 112, 96
STATIONS = 9
MOST_TRIPS = 5
LIKE_NOISE = 4.0
"""Standard errors within which a figure is that of noise."""
MODES = (
    Segment("own", tr("own noise"), tr("Each sample from noise of its own, as usual")),
    Segment("one", tr("one start"), tr("From the noise of a sample, or from that which a picture comes from")),
    Segment("between", tr("between two"), tr("Stations on the great circle from one noise to another (slerp): a sample each")),
)
EXPLANATION = tr(
    "A picture is taken up to its noise by the probability-flow ODE of this network (DDIM inversion); the chain then comes down from it "
    "without noise of its own. What comes back, and whether the noise looks like N(0, I), is measured below."
)
HEADS = (tr("steps"), tr("error"), tr("dB"), tr("norm of x_T"), tr("looks like"))


class StartPanel(FrontPanel):
    """What the chain starts from.

    Parameters
    ----------
    panels : Panels
        In which it comes to the front.

    Signals
    -------
    start_wanted(object)
        A Start, or None for noise of its own.
    inversion_changed()
        Another picture, or another way up.
    """

    start_wanted = Signal(object)
    inversion_changed = Signal()

    def __init__(self, theme: Theme, panels: Panels) -> None:
        super().__init__(theme, panels, tr("Start from it"), tr("Sample from there; undo brings the noise back that was"))
        self._shown: InversionShown | None = None
        self.modes = SegmentBar(MODES, tr("What the chain starts from"))
        self.first, self.second = StartEnd(theme, tr("From")), StartEnd(theme, tr("To"))
        self.steps = IntField(1, MAX_STEPS, tr("Steps up"), tr("Steps of the way up from a picture"))
        self.rounds = IntField(
            0, MAX_ROUNDS, tr("Rounds"), tr("How often each step is taken again with what it led to; 0 is plain DDIM inversion")
        )
        self.stations = IntField(2, MAX_STATIONS, tr("Stations"), tr("Samples on the way, both ends among them"))
        for field in (self.steps, self.rounds, self.stations):
            field.setFixedWidth(FIELD)
        self._rows = Rows(theme, 64)
        self._of_pictures = [self._rows.row(tr("steps up"), self.steps), self._rows.row(tr("rounds"), self.rounds)]
        self._of_ways = self._rows.row(tr("stations"), self.stations)
        self.noise, self.back = PictureTile(theme), PictureTile(theme)
        for tile in (self.noise, self.back):
            tile.setFixedSize(SIDE, SIDE + CAPTION)
        self._table = self._made_table()
        self._note = QLabel()
        self._note.setWordWrap(True)
        mark(self._note, "muted")
        self._lay_out()
        self.modes.chosen.connect(lambda _name: self._changed())
        for end in (self.first, self.second):
            end.changed.connect(self._changed)
        for field in (self.steps, self.rounds):
            field.committed.connect(lambda _value: self._changed())

    def _made_table(self) -> list[list[QLabel]]:
        self._trips = QWidget()
        grid = QGridLayout(self._trips)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        table = []
        for row in range(MOST_TRIPS + 1):
            cells = []
            for column, head in enumerate(HEADS):
                cell = QLabel(head if row == 0 else "")
                cell.setAlignment(Qt.AlignmentFlag.AlignLeft if column == len(HEADS) - 1 else Qt.AlignmentFlag.AlignRight)
                if row == 0:
                    mark(cell, "muted")
                else:
                    cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(cell, row, column)
                cells.append(cell)
            table.append(cells)
        grid.setColumnStretch(len(HEADS), 1)
        return table

    def _lay_out(self) -> None:
        tiles, buttons, body = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        tiles.setSpacing(12)
        tiles.addWidget(self.noise)
        tiles.addWidget(self.back)
        tiles.addStretch(1)
        buttons.setSpacing(8)
        buttons.addWidget(self.go)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        above, fields = QHBoxLayout(), QVBoxLayout()
        fields.addLayout(self._rows)
        fields.addStretch(1)
        above.setSpacing(20)
        above.addLayout(fields)
        above.addLayout(tiles, 1)
        right.addLayout(above)
        right.addWidget(self._trips)
        right.addWidget(self._note)
        right.addStretch(1)
        right.addLayout(buttons)
        body.setSpacing(20)
        body.addWidget(self.first, 0, Qt.AlignmentFlag.AlignTop)
        body.addWidget(self.second, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(right, 1)
        column = self.explain(tr("What the chain starts from"), EXPLANATION)
        bar = QHBoxLayout()
        bar.addWidget(self.modes)
        bar.addStretch(1)
        column.addLayout(bar)
        column.addLayout(body, 1)

    # --- what is chosen ---

    def begin(self, start: Start | None, seed: int, has_own: bool) -> None:
        """Come to the front with what the chain starts from now."""
        self._shown = None
        ends: tuple[End, ...] = start.ends if start is not None else ()
        self.modes.set_current("own" if start is None else "between" if start.stations else "one")
        for place, end in enumerate((self.first, self.second)):
            end.start("picture" if start is None and place == 0 else "noise", seed, place, has_own)
            if place < len(ends):
                end.show_end(ends[place])
        inverted = next((end for end in ends if isinstance(end, Inverted)), None)
        self.steps.show_value(INVERSION_STEPS if inverted is None else inverted.steps)
        self.rounds.show_value(1 if inverted is None else inverted.rounds)
        self.stations.show_value(start.stations if start is not None and start.stations else STATIONS)
        if start is None:
            self.modes.set_current("one")
        self._changed()
        self.bring()
        self.setFocus()

    @property
    def chosen(self) -> Start | None:
        """The start, None for noise of its own, as far as it is complete."""
        if self.modes.current == "own":
            return None
        first = self._end(self.first)
        if self.modes.current == "one":
            return Start((first,))
        return Start((first, self._end(self.second)), self.stations.value())

    @property
    def inverted(self) -> Inverted | None:
        """The picture whose way up is measured: that of the first end that has one."""
        for end in (self.first, self.second) if self.modes.current == "between" else (self.first,):
            if self.modes.current != "own" and end.kind == "picture" and end.picture is not None:
                found = self._end(end)
                return found if isinstance(found, Inverted) else None
        return None

    def _end(self, end: StartEnd) -> End:
        if end.kind == "noise" or end.picture is None:
            return end.noise
        return Inverted(end.picture, self.steps.value(), "ddim", self.rounds.value())

    @property
    def _complete(self) -> bool:
        mode = self.modes.current
        return mode == "own" or (self.first.is_complete and (mode == "one" or self.second.is_complete))

    def picture_came(self) -> None:
        """One of the ends has another picture."""
        if self.modes.current == "own":
            self.modes.set_current("one")
        self._changed()

    def _changed(self) -> None:
        mode = self.modes.current
        self.first.setVisible(mode != "own")
        self.second.setVisible(mode == "between")
        pictures = [end.kind == "picture" for end in (self.first, self.second)[: {"own": 0, "one": 1}.get(mode, 2)]]
        for row in self._of_pictures:
            row.setVisible(any(pictures))
        self._of_ways.setVisible(mode == "between")
        self.go.setEnabled(self._complete)
        self.show_inversion(self._shown if self._shown is not None and self._shown.end == self.inverted else None)
        self.inversion_changed.emit()

    def show_inversion(self, shown: InversionShown | None) -> None:
        """How well the picture comes back."""
        self._shown = shown
        trips = shown.trips[-MOST_TRIPS:] if shown is not None else ()
        inverts = self.inverted is not None
        for part in (self._trips, self.noise, self.back, self._note):
            part.setVisible(inverts)
        for row, cells in enumerate(self._table[1:]):
            said = _cells(trips[row]) if row < len(trips) else ("",) * len(HEADS)
            for cell, text in zip(cells, said, strict=True):
                cell.setText(text)
        own = next((trip for trip in trips if shown is not None and trip.steps == min(shown.end.steps, trips[-1].steps)), None)
        at = tr("{steps} steps", steps=own.steps) if own is not None else ""
        self.noise.show_picture(None if own is None else own.noise, (var("x", "T"), words(f"  {at}")))
        self.back.show_picture(None if own is None else own.back, (words(tr("back  {at}", at=at)),))
        self._note.setText(self._words(shown, own))

    @staticmethod
    def _words(shown: InversionShown | None, own: TripShown | None) -> str:
        if shown is None:
            return tr("It will be measured as soon as the network is ready.")
        if len(shown.trips) < shown.total:
            seconds = max(1, round(shown.seconds))
            return tr("up and down: {done} of {total}, about {seconds} s in all", done=len(shown.trips), total=shown.total, seconds=seconds)
        if own is None:
            return ""
        return tr(
            "In {steps} steps: kurtosis {kurtosis} (3 of noise), neighbours {neighbours} (0), norm {score} standard errors off.",
            steps=own.steps, kurtosis=f"{own.kurtosis:.2f}", neighbours=f"{own.neighbours:+.3f}", score=f"{own.norm_score:+.1f}",
        )  # fmt: skip

    def trip_text(self, row: int, column: int) -> str:
        """What stands in the table, from row 0."""
        return self._table[row + 1][column].text()

    def do(self) -> None:
        """Have the chain start there."""
        self.start_wanted.emit(self.chosen)


def _cells(trip: TripShown) -> tuple[str, ...]:
    scores = {tr("norm"): trip.norm_score, tr("kurtosis"): trip.kurtosis_score, tr("neighbours"): trip.neighbours_score}
    off = [name for name, score in scores.items() if abs(score) > LIKE_NOISE]
    verdict = tr("not noise: {what}", what=", ".join(off)) if off else tr("N(0, I)")
    psnr = f"{trip.psnr:.1f}" if math.isfinite(trip.psnr) else "∞"
    norm = tr("{norm} of {expected}", norm=f"{trip.norm:.1f}", expected=f"{trip.expected:.1f}")
    return str(trip.steps), f"{trip.error:.4f}", psnr, norm, verdict
