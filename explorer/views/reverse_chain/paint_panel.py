"""The panel in which the selected sample is painted on, or a region of it erased."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.engine.chain.branching.messages import ErasedShown, PaintShown
from explorer.recipe import Dab
from explorer.recipe.edits import MAX_REPEATS
from explorer.views.reverse_chain.colour_button import ColourButton
from explorer.views.reverse_chain.paint_canvas import PaintCanvas
from explorer.views.reverse_chain.paint_choices import (
    BRUSHES,
    ERASED,
    ERASERS,
    KNOWN,
    LEADS_TIP,
    ON,
    ONWARDS_TIP,
    PAINTS,
    REPEATS_TIP,
    SEEN,
    SEES_TIP,
)
from explorer.views.reverse_chain.paint_draft import PaintDraft
from explorer.views.reverse_chain.panels import FrontPanel, Panels
from explorer.views.reverse_chain.preview_pair import PreviewPair
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile

SIDE_WIDTH = 280
SMALLEST, LARGEST = 0.5, 14.0
LABEL = 48


class PaintPanel(FrontPanel):
    """Canvas to the left, brush and what follows from it to the right.

    What is painted and what is erased are kept apart, and until a branch is made of them or they are given up: whatever is in front
    of the panel meanwhile, the marks are there when it is opened again.

    Parameters
    ----------
    panels : Panels
        In which it comes to the front.

    Attributes
    ----------
    draft : PaintDraft
    possible : bool
        Whether there is something to paint on at this t.

    Signals
    -------
    changed()
        The draft is another.
    branch_wanted()
    """

    changed = Signal()
    branch_wanted = Signal()

    def __init__(self, theme: Theme, panels: Panels) -> None:
        super().__init__(theme, panels, "Branch", "Go on from here with this")
        self.setObjectName("paintPanel")
        self._drafts = {False: PaintDraft(), True: PaintDraft(inpainting=True)}
        self.draft = self._drafts[False]
        self.possible = True
        self._erased: ErasedShown | None = None
        self.canvas = PaintCanvas(theme)
        self._build(theme)
        self._connect()
        self._show_brush()

    def _build(self, theme: Theme) -> None:
        self._title = QLabel()
        wear(self._title, 14, QFont.Weight.DemiBold)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        mark(self._hint, "muted")
        self.on = SegmentBar(ON, "Painted on")
        self.brushes = SegmentBar(BRUSHES, "Brush", exclusive=False)
        self.erasers = SegmentBar(ERASERS, "Eraser")
        self.known = SegmentBar(KNOWN, "What is kept comes from")
        self.seen = SegmentBar(SEEN, "Shown under the mask")
        self.radius = Slider(theme, (words("size"),), SMALLEST, LARGEST, 0.5, "Size of the brush", "Radius in pixels; the wheel too")
        self.value = Slider(theme, (words("value"),), -1.5, 1.5, 0.05, "Value painted", "What is painted: −1 is black, 1 white")
        self.noise = Slider(theme, (words("noise"),), 0.0, 2.0, 0.05, "Noise painted", "Standard deviation of the noise that is painted")
        self.colour = ColourButton()
        self.everyone = QCheckBox("on all samples")
        self.everyone.setToolTip("Do the same to every sample, not to the selected ones alone")
        self.repeats = IntField(
            1,
            MAX_REPEATS,
            "Times each step is taken",
            REPEATS_TIP,
        )
        self.repeats.setPrefix("× ")
        self.onwards = QCheckBox("for these steps")
        self.onwards.setToolTip(ONWARDS_TIP)
        self.lowest = IntField(1, 10_000, "Down to t", ONWARDS_TIP)
        self.lowest.setPrefix("to t = ")
        self.sees, self.leads = PictureTile(theme), PictureTile(theme)
        self.back = QPushButton("Take back")
        self.back.setToolTip("Take the last mark back  (Backspace, or undo)")
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("Take every mark back")
        self.invert = QPushButton("Invert")
        self.invert.setToolTip("Keep what is erased and erase what is kept")
        for button in (self.back, self.clear, self.invert, self.go, self.stop):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for slider in (self.radius, self.value, self.noise):
            slider.set_label_width(LABEL)
        self._arrange()

    def _arrange(self) -> None:
        self._steps = _row("taken", self.repeats)
        self._known = _row("kept from", self.known)
        self._seen = _row("under it", self.seen)
        self._onwards = QWidget()
        line = QHBoxLayout(self._onwards)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.onwards)
        line.addWidget(self.lowest, 1)
        self._pair = PreviewPair(self.sees, self.leads)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        upper: tuple[QWidget, ...] = (
            self._title, self._hint, self.on, self._onwards, self.brushes, self.colour, self.erasers, self._seen, self.radius, self.value,
            self.noise, self._steps, self._known, self.everyone,
        )  # fmt: skip
        for widget in upper:
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if isinstance(widget, SegmentBar) else Qt.AlignmentFlag(0))
        column.addStretch(1)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for place, button in enumerate((self.back, self.clear, self.invert)):
            buttons.addWidget(button, 0, place)
        buttons.addWidget(self.go, 1, 0, 1, 2)
        buttons.addWidget(self.stop, 1, 2)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(16)
        row.addWidget(self.canvas, 1)
        row.addWidget(self._pair)
        row.addWidget(side)
        for widget in (self.erasers, self._seen, self._steps, self._known):
            widget.hide()  # erasing has them in the place of others

    def _connect(self) -> None:
        self.canvas.mark_growing.connect(self._grow)
        self.canvas.mark_ended.connect(self._end)
        self.canvas.radius_wanted.connect(self._set_size)
        self.radius.moved.connect(lambda _v: self._show_brush())
        self.value.moved.connect(lambda _v: self._grey())
        self.colour.chosen.connect(lambda _c: self._show_brush())
        self.noise.moved.connect(lambda _v: self._show_brush())
        self.on.chosen.connect(lambda _n: self._show_onwards())
        self.on.chosen.connect(lambda _n: self.changed.emit())
        self.onwards.toggled.connect(lambda _on: self._show_onwards())
        self.onwards.toggled.connect(lambda _on: self.changed.emit())
        self.lowest.committed.connect(lambda _t: self.changed.emit())
        self.lowest.released.connect(self.canvas.setFocus)
        self.everyone.toggled.connect(self._take_everyone)
        self.brushes.chosen.connect(self._take_brush)
        self.back.clicked.connect(self.take_back)
        self.clear.clicked.connect(lambda: self._put(()))
        self.invert.clicked.connect(self._invert)
        self.repeats.released.connect(self.canvas.setFocus)
        self.repeats.committed.connect(lambda _n: self.changed.emit())
        self.known.chosen.connect(lambda _n: self.changed.emit())
        self.seen.chosen.connect(lambda _n: self._draw_erased())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger previews where the canvas cannot use the width."""
        self._pair.fit(self.width(), self.height())

    # --- what is shown ---

    def start(self, inpainting: bool, on: str, everyone: bool, coloured: bool = False) -> None:
        """Come to the front, anew or with the marks that are there; `coloured` says whether the images are."""
        self.draft = self._drafts[inpainting]
        if not self.draft.marks:
            self._begin(on, everyone)
        self.everyone.setChecked(self.draft.everyone)
        self.erasers.set_current("erase")
        self.seen.set_current("x0_hat")
        brush: tuple[QWidget, ...] = (self.on, self.brushes, self.value, self.noise)
        eraser: tuple[QWidget, ...] = (self.erasers, self._seen, self._steps, self._known, self.invert)
        for shown, widgets in ((not inpainting, brush), (inpainting, eraser)):
            for widget in widgets:
                widget.setVisible(shown)
        self.colour.setVisible(coloured and not inpainting)
        self._show_onwards()
        if not coloured:
            self.colour.show_colour(None)
        self.radius.show_value(5.0 if inpainting else 2.0)
        self._show_nothing()
        self.sees.setToolTip(SEES_TIP[inpainting])
        self.leads.setToolTip(LEADS_TIP[inpainting])
        self._show_brush()
        self._show_marks()
        self.bring()
        self.canvas.setFocus()

    def _begin(self, on: str, everyone: bool) -> None:
        self.draft.start(self.draft.inpainting, everyone)
        if self.draft.inpainting:
            self.repeats.show_value(5)
            if not self.known.current:
                self.known.set_current("states")
        else:
            self.on.set_current(on)
            self.onwards.setChecked(False)
            self.value.show_value(1.0)
            self.noise.show_value(0.0)
            self.colour.show_colour(None)

    def forget(self) -> None:
        """Without the marks."""
        self.draft.start(self.draft.inpainting)

    def _show_nothing(self) -> None:
        self.canvas.set_picture(None)
        self.canvas.set_region(None)
        self._erased = None
        self.sees.show_picture(None, ())
        self.leads.show_picture(None, ())

    def show_words(self, t: int, samples: str, impossible: str = "") -> None:
        """Say what is painted on, or why nothing can be for now."""
        if self.lowest.maximum() != max(1, t):
            self.lowest.setMaximum(max(1, t))
        if not self.onwards.isChecked():
            self.lowest.show_value(max(1, t // 2))
        where = "every sample" if self.everyone.isChecked() else samples
        self._title.setText(f"{'Erase in' if self.draft.inpainting else 'Paint on'} {where} at t = {t}")
        if self.draft.inpainting:
            hint = "Paint over what shall be made anew: it begins as noise at T, whatever t you erase at. The rest stays as it was."
        else:
            hint = "What follows from it is shown as you paint. The branch keeps the chain's noise below t."
        self._hint.setText(impossible or hint)
        if impossible:
            self._show_nothing()
        if self.possible == bool(impossible):
            self.possible = not impossible
            self._show_marks()

    def show_painted(self, shown: PaintShown) -> None:
        """Show what the engine made of the draft."""
        self.canvas.set_picture(shown.canvas)
        self.draft.shape = shown.canvas.shape[0], shown.canvas.shape[1]
        self.sees.show_picture(shown.image, (var("x", "0", "hat"), words(" seen in it")))
        if shown.end is not None:
            left = "" if math.isnan(shown.survives) else f" · {100 * shown.survives:.0f} % stays"
            self.leads.show_picture(shown.end, (words(f"quick look{left}"),))

    def show_erased(self, shown: ErasedShown, finished: bool) -> None:
        """Show what the engine made of the region; `finished` says whether the chain has reached x_0, which what is kept needs."""
        self.draft.shape = shown.state.shape[0], shown.state.shape[1]
        self._erased = shown
        if shown.end is not None:
            self.leads.show_picture(shown.end, (words("quick look"),))
        elif not finished or not self.draft.ready:
            self.leads.show_picture(None, (words("quick look … (sampling)" if not finished else "quick look"),))
        self._draw_erased()

    def _draw_erased(self) -> None:
        """The picture under the mask, the mask, and what of the state is kept."""
        shown = self._erased
        if not self.draft.inpainting or shown is None:
            return
        self.canvas.set_picture(shown.state if self.seen.current == "x_t" else shown.image)
        region = self.draft.region
        self.canvas.set_region(region)
        kept = shown.state.copy()
        kept[region] = ERASED
        self.sees.show_picture(kept, (words("kept of "), var("x", shown.t)))

    def _show_brush(self) -> None:
        self.canvas.set_radius(self.radius.value)
        current = (round(self.value.value, 3), round(self.noise.value, 3))
        for name, paint in PAINTS.items():
            self.brushes.button(name).setChecked(self.colour.colour is None and paint == current)

    def _show_marks(self) -> None:
        any_marks = bool(self.draft.marks)
        self.back.setEnabled(any_marks)
        self.clear.setEnabled(any_marks)
        self.go.setEnabled(self.draft.ready and self.possible)
        self._draw_erased()

    # --- the draft ---

    @property
    def painted_on(self) -> Literal["x_t", "x0_hat"]:
        """What is painted on."""
        return "x0_hat" if self.on.current == "x0_hat" else "x_t"

    @property
    def until(self) -> int | None:
        """Down to which t marks on x0_hat are painted; None at this step alone."""
        return self.lowest.value() if self.onwards.isChecked() and self.painted_on == "x0_hat" else None

    def _show_onwards(self) -> None:
        """Only what is painted on x0_hat can be painted at several steps: what is painted on the state is seen from there on."""
        self._onwards.setVisible(not self.draft.inpainting and self.painted_on == "x0_hat")
        self.lowest.setEnabled(self.onwards.isChecked())

    @property
    def kept_from(self) -> Literal["states", "image"]:
        """Where what is kept comes from."""
        return "image" if self.known.current == "image" else "states"

    @property
    def times(self) -> int:
        """How often each step is taken."""
        return self.repeats.value()

    def take_back(self) -> None:
        """Without the last mark."""
        self._put(self.draft.dabs[:-1])

    def _take_everyone(self, everyone: bool) -> None:
        self.draft.everyone = everyone
        self.changed.emit()

    def _put(self, dabs: Sequence[Dab]) -> None:
        self.draft.dabs, self.draft.growing = tuple(dabs), None
        self._show_marks()
        self.changed.emit()

    def _dab(self, path: tuple[tuple[float, float], ...]) -> Dab:
        radius = round(self.radius.value, 2)
        if self.draft.inpainting:
            return Dab(path, radius, 1.0 if self.erasers.current == "erase" else -1.0)
        return Dab(path, radius, round(self.value.value, 3), round(self.noise.value, 3), self.colour.colour)

    def _grow(self, path: tuple[tuple[float, float], ...]) -> None:
        self.draft.growing = self._dab(path)
        self._show_marks()
        if not self.draft.inpainting:
            self.changed.emit()

    def _end(self, path: tuple[tuple[float, float], ...]) -> None:
        self._put((*self.draft.dabs, self._dab(path)))

    def _set_size(self, size: float) -> None:
        # whole steps of the slider: a notch always moves it
        step = 0.5 if size > self.radius.value else -0.5
        wanted = round(size * 2) / 2
        self.radius.show_value(min(LARGEST, max(SMALLEST, wanted if wanted != self.radius.value else wanted + step)))
        self._show_brush()

    def _take_brush(self, name: str) -> None:
        value, noise = PAINTS[name]
        self.value.show_value(value)
        self.noise.show_value(noise)
        self._grey()

    def _grey(self) -> None:
        self.colour.show_colour(None)
        self._show_brush()

    def _invert(self) -> None:
        self.draft.inverted = not self.draft.inverted
        self._show_marks()
        self.changed.emit()

    def do(self) -> None:
        """Have a branch made."""
        self.repeats.take()
        self.branch_wanted.emit()

    def give_up(self) -> None:
        """Put it away without the marks."""
        self.forget()
        self.put_away()

    # --- keys

    def is_own(self, event: QKeyEvent) -> bool:
        """Taking back is of marks."""
        return super().is_own(event) or self._takes_back(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace and undo take the last mark back, too."""
        if self._takes_back(event):
            self.take_back()
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _takes_back(event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) or event.matches(QKeySequence.StandardKey.Undo)


def _row(name: str, widget: QWidget) -> QWidget:
    """A word before a control."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    label = QLabel(name)
    label.setFixedWidth(LABEL + 16)
    mark(label, "muted")
    row.addWidget(label)
    row.addWidget(widget)
    row.addStretch(1)
    return box
