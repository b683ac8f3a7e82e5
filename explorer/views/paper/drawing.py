"""Plots on paper: SVG and PDF of lines and text, on white, in the colours of the light theme."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as Xml

from PySide6.QtCore import QBuffer, QIODevice, QMargins, QMarginsF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QPolygonF
from PySide6.QtSvg import QSvgGenerator

from explorer.widgets.look.theme import FONT_FAMILY, MATH_FAMILY, MONO_FAMILY
from explorer.widgets.plots.paper_painter import CLIP, PaperPainter
from explorer.widgets.plots.plot import Plot

DPI = 96
"""Pixels of a plot in an inch of paper."""
POINTS = 72 / DPI
MARGIN = 8
"""Around a plot: in the window it lies in a card that has one."""
SVG = "http://www.w3.org/2000/svg"
FALLBACKS = {FONT_FAMILY: "'Helvetica Neue', Arial, sans-serif", MATH_FAMILY: "'Times New Roman', serif", MONO_FAMILY: "monospace"}
"""What a reader takes that has not our fonts."""


def picture_of(plot: Plot, scale: float = 2.0) -> QImage:
    """A plot as it is seen, with so many pixels for each of the screen's."""
    size = _page_of(plot)
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(QColor(plot.theme.tokens.card))
    painter = QPainter(image)
    painter.translate(MARGIN, MARGIN)
    plot.draw_on_paper(painter)
    painter.end()
    return image


def svg_of(plot: Plot, title: str, said: str = "") -> bytes:
    """A plot as SVG: lines, and text with fonts to fall back on; what is a picture stays one."""
    size, kept, clips = _page_of(plot), QBuffer(), list[QPolygonF]()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(kept)
    generator.setResolution(DPI)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    generator.setDescription(said)
    _paint(plot, size, lambda: PaperPainter(generator, clips))
    return _finished(bytes(kept.data().data()), clips)


def pdf_of(plot: Plot, title: str) -> bytes:
    """A plot as a PDF of one page of its size, with the fonts that it needs."""
    size, kept = _page_of(plot), QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(kept)
    writer.setTitle(title)
    writer.setCreator("Generative Explorer")
    writer.setPageSize(QPageSize(QSizeF(size) * POINTS, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    writer.setResolution(DPI)
    _paint(plot, size, lambda: PaperPainter(writer))
    return bytes(kept.data().data())


def _page_of(plot: Plot) -> QSize:
    return plot.paper_size.grownBy(QMargins(MARGIN, MARGIN, MARGIN, MARGIN))


def _paint(plot: Plot, size: QSize, painter_on: Callable[[], PaperPainter]) -> None:
    with plot.theme.on_paper():
        painter = painter_on()
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor("white"))
        painter.translate(MARGIN, MARGIN)
        plot.draw_on_paper(painter)
        painter.end()


def _finished(written: bytes, clips: list[QPolygonF]) -> bytes:
    """An SVG of Qt's with clips where their texts stand, and fonts to fall back on."""
    Xml.register_namespace("", SVG)
    Xml.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = Xml.fromstring(written)
    root.attrib.pop("baseProfile")  # of which clips are no part
    for each in root.iter():
        families = each.get("font-family", "").split(",")
        if families[0] in FALLBACKS:
            named = ", ".join(f"'{name}'" for name in dict.fromkeys(families))
            each.set("font-family", f"{named}, {FALLBACKS[families[0]]}")
    drawn = root.find(f"{{{SVG}}}g")
    assert drawn is not None
    groups, clip = list(drawn), -1
    for group in groups:
        drawn.remove(group)
    for group in groups:
        parts = list(group)
        into = None
        for part in parts:
            group.remove(part)
        for part in parts:
            text = (part.text or "").strip()
            if part.tag == f"{{{SVG}}}text" and text.startswith(CLIP):
                clip, into = int(text.removeprefix(CLIP)), None
                continue
            if into is None:
                into = Xml.SubElement(_within(drawn, clip), group.tag, group.attrib)
            into.append(part)
    definitions = root.find(f"{{{SVG}}}defs")
    assert definitions is not None
    for number, polygon in enumerate(clips):
        place = Xml.SubElement(definitions, f"{{{SVG}}}clipPath", {"id": f"clip{number}"})
        Xml.SubElement(place, f"{{{SVG}}}polygon", {"points": " ".join(f"{at.x():g},{at.y():g}" for at in polygon.toList())})
    return Xml.tostring(root, "utf-8", xml_declaration=True)


def _within(drawn: Xml.Element, clip: int) -> Xml.Element:
    return drawn if clip < 0 else Xml.SubElement(drawn, f"{{{SVG}}}g", {"clip-path": f"url(#clip{clip})"})
