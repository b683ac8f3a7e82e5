"""Writing plots and panels where the person wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from explorer import __version__
from explorer.endings import filters
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.errors import BadInput
from explorer.state.named_files import without_places
from explorer.state.session import part_of
from explorer.state.store import Store
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.language import tr
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import csv_text

KINDS = {".svg": "SVG", ".pdf": "PDF", ".csv": "CSV", ".png": "PNG"}
"""What a plot is written as, by the ends of names."""


class Saving:
    """Asks where, and writes; what cannot be written is told."""

    def __init__(self, store: Store, client: Client) -> None:
        self._store, self._client = store, client

    # --- plots ---

    def copy_plot(self, plot: Plot) -> None:
        """Put a plot's picture into the clipboard."""
        from explorer.views.paper.drawing import picture_of

        QGuiApplication.clipboard().setImage(picture_of(plot))

    def ask_for_plot(self, plot: Plot, ending: str = "") -> None:
        """Ask where a plot goes, as what its name's ending says, and write it; without an ending, as any of KINDS."""
        offered = {ending: KINDS[ending]} if ending else KINDS
        kinds = filters([(title, (f"*{each}",)) for each, title in offered.items()], others=False)
        first = next(iter(offered))
        path, chosen = ask_where(plot.window(), tr("Save plot"), f"{self._name_for(plot)}{first}", kinds, first)
        if path:
            wanted = next((each for each, title in offered.items() if chosen.startswith(title)), first)
            self.save_plot(plot, Path(path) if Path(path).suffix.lower() in offered else Path(f"{path}{wanted}"))

    def save_plot(self, plot: Plot, path: Path) -> None:
        """Write a plot as what the ending says, one of KINDS."""
        self._write(path, lambda: self._content(plot, path.suffix.lower()))

    def _content(self, plot: Plot, ending: str) -> bytes:
        from explorer.views.paper.drawing import pdf_of, picture_of, svg_of

        title = f"{plot.accessibleName()} · Generative Explorer {__version__}"
        if ending == ".csv":
            return csv_text(plot.columns(), (self._recipe(), title)).encode()
        if ending == ".svg":
            return svg_of(plot, title, self._recipe())
        return pdf_of(plot, title) if ending == ".pdf" else png_of(picture_of(plot))

    def _recipe(self) -> str:
        """What is shown, as JSON: the recipe of the workspace, without the person's folders."""
        session = self._store.session
        return msgspec.json.encode(without_places(getattr(session, part_of(session.workspace)).recipe)).decode()

    # --- panels ---

    def ask_for_picture(self, panel: QWidget, picture: Callable[[], QImage]) -> None:
        """Ask where a panel's picture goes, and write it."""
        image = picture()  # as it was when that was chosen
        kinds = filters([("PNG", ("*.png",))], others=False)
        path, _ = ask_where(panel.window(), tr("Save panel"), f"{self._name_for(panel)}.png", kinds, ".png")
        if path:
            self._write(Path(path), lambda: png_of(image))

    # --- files ---

    def _name_for(self, widget: QWidget) -> str:
        named = f"{self._store.session.workspace} {widget.accessibleName()}"
        return "-".join("".join(sign if sign.isalnum() else " " for sign in named).split())

    def _write(self, path: Path, content: Callable[[], bytes]) -> None:
        from explorer.exports.atomic import check_out, whole

        try:
            check_out(path, tuple(KINDS))
            with whole(path) as place:
                place.write_bytes(content())
        except BadInput as error:
            self._client.failed.emit(Failed(str(error)))


def png_of(image: QImage) -> bytes:
    """A picture as a PNG."""
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(kept, "PNG")  # type: ignore[call-overload]  # the stubs say bytes, which Qt refuses
    return bytes(kept.data().data())
