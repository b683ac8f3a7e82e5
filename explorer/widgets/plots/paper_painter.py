"""A painter for paper: the colours of the light theme, and clips that an SVG keeps."""

from __future__ import annotations

import math
from dataclasses import asdict
from functools import cache
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from explorer.widgets.look.theme import DARK, LIGHT

GROUNDS = ("name", "window", "panel", "card", "raised", "hover", "accent_soft", "on_accent", "image_empty")
"""Tokens that nothing of a plot's own colours is: some are in one theme what text is in the other."""
PIXELS = 2
"""Of a picture in each of paper's 96 in an inch."""
CLIP = "@clip "
"""Begins a text that stands for a clip: Qt writes none into an SVG."""


@cache
def inks() -> dict[str, str]:
    """Colours of the dark theme, and the same in the light one: #rrggbb."""
    light = asdict(LIGHT)
    return {value.lower(): light[name] for name, value in asdict(DARK).items() if name not in GROUNDS}


def _ink(colour: QColor) -> QColor:
    found = inks().get(colour.name())
    if found is None:
        return colour
    made = QColor(found)
    made.setAlpha(colour.alpha())
    return made


def on_paper(painter: QPainter) -> bool:
    """Whether what is drawn with it goes on paper: what is a picture on the screen to be quick, is drawn then."""
    return isinstance(painter, PaperPainter)


class PaperPainter(QPainter):
    """Draws in the colours of the light theme what was made for the dark one.

    Parameters
    ----------
    clips : list or None
        Takes the clips of an SVG: each a polygon in its coordinates.
    """

    def __init__(self, device: Any, clips: list[QPolygonF] | None = None) -> None:
        super().__init__(device)
        self._clips = clips
        self._clip, self._kept = -1, [-1]

    def setPen(self, pen: Any) -> None:
        """A pen, a colour or a style."""
        if isinstance(pen, QPen):
            pen = QPen(pen)
            pen.setColor(_ink(pen.color()))
        super().setPen(_ink(pen) if isinstance(pen, QColor) else pen)

    def setBrush(self, brush: Any) -> None:
        """A brush, a colour or a style."""
        super().setBrush(_filled(brush))

    def fillRect(self, *given: Any) -> None:
        """A rectangle and what fills it."""
        super().fillRect(*given[:-1], _filled(given[-1]))  # type: ignore[call-overload]  # one of many

    def fillPath(self, path: Any, brush: Any) -> None:
        """A path and what fills it."""
        super().fillPath(path, _filled(brush))

    # --- pictures ---

    def drawImage(self, *given: Any) -> None:
        """A picture; one that is enlarged is enlarged before: what reads a PDF or an SVG would do that smoothly, or not, as it likes."""
        if len(given) < 2 or not isinstance(given[0], QRectF):
            super().drawImage(*given)
            return
        target, image = given[:2]
        if len(given) > 2:
            image = image.copy(given[2].toRect())
        super().drawImage(target, _enlarged(image, target, self.testRenderHint(QPainter.RenderHint.SmoothPixmapTransform)))

    # --- clips ---

    def setClipRect(self, *given: Any) -> None:
        """Draw within a rectangle, a QRect or QRectF, from here on."""
        super().setClipRect(*given)
        self._clip_to(QPolygonF(QRectF(given[0])))

    def setClipPath(self, path: Any, *given: Any) -> None:
        """Draw within a path from here on."""
        super().setClipPath(path, *given)
        self._clip_to(path.toFillPolygon())

    def setClipping(self, on: bool) -> None:
        """Draw everywhere again."""
        super().setClipping(on)
        if self._clips is not None and not on:
            self._note(-1)

    def save(self) -> None:
        """Keep the state, to be restored."""
        super().save()
        self._kept.append(self._clip)

    def restore(self) -> None:
        """Have the state that was kept."""
        super().restore()
        kept = self._kept.pop()
        if self._clips is not None and kept != self._clip:
            self._note(kept)

    def _clip_to(self, outline: QPolygonF) -> None:
        if self._clips is not None:
            clip = self.combinedTransform().map(outline)
            if clip not in self._clips:
                self._clips.append(clip)
            self._note(self._clips.index(clip))

    def _note(self, clip: int) -> None:
        self._clip, pen = clip, self.pen()
        super().setPen(QColor("black"))  # without a pen no text is written
        super().drawText(0, 0, f"{CLIP}{clip}")
        super().setPen(pen)


def _enlarged(image: QImage, target: QRectF, smooth: bool) -> QImage:
    """As many pixels as are seen on paper: between its own, or each of them as a square."""
    size = target.size() * PIXELS
    if image.isNull() or not (size.width() > image.width() and size.height() > image.height()):
        return image
    if smooth:
        return image.scaled(size.toSize(), mode=Qt.TransformationMode.SmoothTransformation)
    times = math.ceil(max(size.width() / image.width(), size.height() / image.height()))
    return image.scaled(image.size() * times, mode=Qt.TransformationMode.FastTransformation)


def _filled(brush: Any) -> Any:
    if isinstance(brush, QBrush):
        made = QBrush(brush)
        made.setColor(_ink(brush.color()))
        return made
    return _ink(brush) if isinstance(brush, QColor) else brush
