"""The panel in which the selected sample is painted on, or a region of it erased."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from explorer.engine.chain.branching.messages import ErasedShown, PaintShown
from explorer.recipe import Dab
from explorer.views.reverse_chain.paint_canvas import PaintCanvas
from explorer.views.reverse_chain.paint_choices import (
    ERASED,
    LEADS_TIP,
    PAINTS,
    SEES_TIP,
)
from explorer.views.reverse_chain.paint_controls import LARGEST, SMALLEST, PaintControls
from explorer.views.reverse_chain.paint_draft import PaintDraft
from explorer.views.reverse_chain.panels import FrontPanel, Panels
from explorer.views.reverse_chain.preview_pair import PreviewPair
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile

COLOURS = 3
"""Channels of an image that colours can be painted on."""
HINT = tr("What follows from it is shown as you paint. The branch keeps the chain's noise below t.")
MOST_OF_IT = 0.5
"""A step that takes more than this share of x0_hat shows what is painted on it by itself."""


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
    controls : PaintControls
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
        super().__init__(theme, panels, tr("Branch"), tr("Go on from here with this"))
        self.setObjectName("paintPanel")
        self._drafts = {False: PaintDraft(), True: PaintDraft(inpainting=True)}
        self.draft = self._drafts[False]
        self.possible = True
        self._erased: ErasedShown | None = None
        self._why = ""
        self._largest = LARGEST
        self.canvas = PaintCanvas(theme)
        self._build(theme)
        self._connect()
        self._show_brush()

    def _build(self, theme: Theme) -> None:
        self.controls = PaintControls(theme, self.go, self.stop)
        self.sees, self.leads = PictureTile(theme), PictureTile(theme)
        self._pair = PreviewPair(self.sees, self.leads)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(16)
        row.addWidget(self.canvas, 1)
        row.addWidget(self._pair)
        row.addWidget(self.controls)

    def _connect(self) -> None:
        self.canvas.mark_growing.connect(self._grow)
        self.canvas.mark_ended.connect(self._end)
        self.canvas.radius_wanted.connect(self._set_size)
        self.controls.radius.moved.connect(lambda _v: self._show_brush())
        self.controls.value.moved.connect(lambda _v: self._grey())
        self.controls.colours.chosen.connect(lambda _c: self._show_brush())
        self.controls.noise.moved.connect(lambda _v: self._show_brush())
        self.controls.on.chosen.connect(lambda _n: self._show_onwards())
        self.controls.on.chosen.connect(lambda _n: self.changed.emit())
        self.controls.onwards.toggled.connect(lambda _on: self._show_onwards())
        self.controls.onwards.toggled.connect(lambda _on: self.changed.emit())
        self.controls.lowest.committed.connect(lambda _t: self.changed.emit())
        self.controls.lowest.released.connect(self.canvas.setFocus)
        self.controls.everyone.toggled.connect(self._take_everyone)
        self.controls.brushes.chosen.connect(self._take_brush)
        self.controls.back.clicked.connect(self.take_back)
        self.controls.clear.clicked.connect(lambda: self._put(()))
        self.controls.invert.clicked.connect(self._invert)
        self.controls.repeats.released.connect(self.canvas.setFocus)
        self.controls.repeats.committed.connect(lambda _n: self.changed.emit())
        self.controls.known.chosen.connect(lambda _n: self.changed.emit())
        self.controls.seen.chosen.connect(lambda _n: self._draw_erased())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger previews where the canvas cannot use the width."""
        self._pair.fit(self.width(), self.height())

    # --- what is shown ---

    def start(self, inpainting: bool, on: str, everyone: bool, shape: tuple[int, int, int] = (1, 28, 28)) -> None:
        """Come to the front, anew or with the marks that are there, where these are of images of that shape (C, H, W)."""
        self.draft = self._drafts[inpainting]
        coloured, across = shape[0] == COLOURS, max(1.0, shape[2] / 28)
        self._largest = max(LARGEST, round(LARGEST * across))
        self.controls.radius.set_highest(self._largest)
        self._pair.set_pixels(shape[2])
        if not self.draft.marks or self.draft.shape != shape[1:]:
            self._begin(on, everyone)
        self.controls.everyone.setChecked(self.draft.everyone)
        self.controls.erasers.set_current("erase")
        self.controls.seen.set_current("x0_hat")
        self.controls.show_for(inpainting, coloured)
        self._show_onwards()
        if not coloured:
            self.controls.colours.clear()
        self.controls.radius.show_value(round(2 * across * (5.0 if inpainting else 2.0)) / 2)
        self.draft.shape = shape[1:]
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
            self.controls.repeats.show_value(5)
            if not self.controls.known.current:
                self.controls.known.set_current("states")
        else:
            self.controls.on.set_current(on)
            self.controls.onwards.setChecked(False)
            self.controls.value.show_value(1.0)
            self.controls.noise.show_value(0.0)
            self.controls.colours.clear()

    def forget(self) -> None:
        """Without the marks."""
        self.draft.start(self.draft.inpainting)

    def _show_nothing(self) -> None:
        self.canvas.set_picture(None)
        self.canvas.set_region(None)
        self._erased, self._why = None, ""
        self.sees.show_picture(None, ())
        self.leads.show_picture(None, ())

    def show_words(self, t: int, samples: str, impossible: str = "") -> None:
        """Say what is painted on, or why nothing can be for now."""
        if self.controls.lowest.maximum() != max(1, t):
            self.controls.lowest.setMaximum(max(1, t))
        if not self.controls.onwards.isChecked():
            self.controls.lowest.show_value(max(1, t // 2))
        where = tr("every sample") if self.controls.everyone.isChecked() else samples
        self.controls.title.setText(
            tr("{value} {where} at t = {t}", value=tr("Erase in") if self.draft.inpainting else tr("Paint on"), where=where, t=t)
        )
        if self.draft.inpainting:
            hint = tr("Paint over what shall be made anew: it begins as noise at T, whatever t you erase at. The rest stays as it was.")
        else:
            hint = self._why or HINT
        self.controls.hint.setText(impossible or hint)
        if impossible:
            self._show_nothing()
        if self.possible == bool(impossible):
            self.possible = not impossible
            self._show_marks()

    def show_painted(self, shown: PaintShown) -> None:
        """Show what the engine made of the draft."""
        self.canvas.set_picture(shown.canvas)
        self.draft.shape = shown.canvas.shape[0], shown.canvas.shape[1]
        self.sees.show_picture(shown.image, (var("x", "0", "hat"), words(tr(" seen in it"))))
        if shown.end is not None:
            left = "" if math.isnan(shown.survives) else tr(" · {survives:.0f} % stays", survives=100 * shown.survives)
            self.leads.show_picture(shown.end, (words(tr("quick look{left}", left=left)),))
        self._why = self._why_little(shown)
        if self.possible and not self.draft.inpainting:
            self.controls.hint.setText(self._why or HINT)

    def _why_little(self, shown: PaintShown) -> str:
        """Why what is painted on x0_hat at one step alone hardly shows; empty where that is not so."""
        if shown.on != "x0_hat" or self.controls.onwards.isChecked() or not shown.weight < MOST_OF_IT:
            return ""
        weight = f"{shown.weight:.3f}" if shown.weight >= 0.001 else f"{shown.weight:.0e}".replace("-", "−")
        return tr(
            "This step takes {weight} of x0_hat into the next x; the rest of it is x_t, in which the network then sees its own image "
            "again. “for these steps” paints each of them.",
            weight=weight,
        )

    def show_erased(self, shown: ErasedShown, finished: bool) -> None:
        """Show what the engine made of the region; `finished` says whether the chain has reached x_0, which what is kept needs."""
        self.draft.shape = shown.state.shape[0], shown.state.shape[1]
        self._erased = shown
        if shown.end is not None:
            self.leads.show_picture(shown.end, (words(tr("quick look")),))
        elif not finished or not self.draft.ready:
            self.leads.show_picture(None, (words(tr("quick look … (sampling)") if not finished else tr("quick look")),))
        self._draw_erased()

    def _draw_erased(self) -> None:
        """The picture under the mask, the mask, and what of the state is kept."""
        shown = self._erased
        if not self.draft.inpainting or shown is None:
            return
        self.canvas.set_picture(shown.state if self.controls.seen.current == "x_t" else shown.image)
        region = self.draft.region
        self.canvas.set_region(region)
        kept = shown.state.copy()
        kept[region] = ERASED
        self.sees.show_picture(kept, (words(tr("kept of ")), var("x", shown.t)))

    def _show_brush(self) -> None:
        self.canvas.set_radius(self.controls.radius.value)
        current = (round(self.controls.value.value, 3), round(self.controls.noise.value, 3))
        for name, paint in PAINTS.items():
            self.controls.brushes.button(name).setChecked(self.controls.colours.colour is None and paint == current)

    def _show_marks(self) -> None:
        any_marks = bool(self.draft.marks)
        self.controls.back.setEnabled(any_marks)
        self.controls.clear.setEnabled(any_marks)
        self.go.setEnabled(self.draft.ready and self.possible)
        self._draw_erased()

    # --- the draft ---

    @property
    def painted_on(self) -> Literal["x_t", "x0_hat"]:
        """What is painted on."""
        return "x0_hat" if self.controls.on.current == "x0_hat" else "x_t"

    @property
    def until(self) -> int | None:
        """Down to which t marks on x0_hat are painted; None at this step alone."""
        return self.controls.lowest.value() if self.controls.onwards.isChecked() and self.painted_on == "x0_hat" else None

    def _show_onwards(self) -> None:
        """Only what is painted on x0_hat can be painted at several steps: what is painted on the state is seen from there on."""
        self.controls.onwards_row.setVisible(not self.draft.inpainting and self.painted_on == "x0_hat")
        self.controls.lowest.setEnabled(self.controls.onwards.isChecked())

    @property
    def kept_from(self) -> Literal["states", "image"]:
        """Where what is kept comes from."""
        return "image" if self.controls.known.current == "image" else "states"

    @property
    def times(self) -> int:
        """How often each step is taken."""
        return self.controls.repeats.value()

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
        radius = round(self.controls.radius.value, 2)
        if self.draft.inpainting:
            return Dab(path, radius, 1.0 if self.controls.erasers.current == "erase" else -1.0)
        value, noise = round(self.controls.value.value, 3), round(self.controls.noise.value, 3)
        return Dab(path, radius, value, noise, self.controls.colours.colour)

    def _grow(self, path: tuple[tuple[float, float], ...]) -> None:
        self.draft.growing = self._dab(path)
        self._show_marks()
        if not self.draft.inpainting:
            self.changed.emit()

    def _end(self, path: tuple[tuple[float, float], ...]) -> None:
        self._put((*self.draft.dabs, self._dab(path)))

    def _set_size(self, size: float) -> None:
        # whole steps of the slider: a notch always moves it
        step = 0.5 if size > self.controls.radius.value else -0.5
        wanted = round(size * 2) / 2
        self.controls.radius.show_value(
            min(self._largest, max(SMALLEST, wanted if wanted != self.controls.radius.value else wanted + step))
        )
        self._show_brush()

    def _take_brush(self, name: str) -> None:
        value, noise = PAINTS[name]
        self.controls.value.show_value(value)
        self.controls.noise.show_value(noise)
        self._grey()

    def _grey(self) -> None:
        self.controls.colours.clear()
        self._show_brush()

    def _invert(self) -> None:
        self.draft.inverted = not self.draft.inverted
        self._show_marks()
        self.changed.emit()

    def do(self) -> None:
        """Have a branch made."""
        self.controls.repeats.take()
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
