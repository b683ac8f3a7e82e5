"""What the person's hands do to what is encoded: the pad, the clipboard, files, test images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import PICTURE_FILES
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Dab
from explorer.state.edits import encoding as edits
from explorer.state.session import LatentState
from explorer.views.latent.controller import LatentController
from explorer.views.latent.entries import decodes_only
from explorer.views.latent.gestures.several_pictures import SeveralPictures
from explorer.views.latent.inspector.encode_section import EncodeSection
from explorer.views.pictures.pasted import pasted
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr


class EncodeHands(QObject):
    """Connects the encode section and its actions to the store.

    Signals
    -------
    drawing_wanted()
        Random codes are about to take the strip.
    """

    drawing_wanted = Signal()

    def __init__(self, context: Context, actions: Actions, window: QWidget, notice: Callable[[str, str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._widget = context.store, window
        self._controllers: list[LatentController] = []
        self.several = SeveralPictures(context, self._encoder, notice)
        self._clicked = False
        slots = {
            "encode": self._ask_for_picture, "no_picture": self._clear, "paste": self._paste, "resize": self._resize,
            "resample": self._resample,
        }  # fmt: skip
        for name, slot in slots.items():
            actions.on(name, slot)
        actions.on_toggled("centre", self._centre)

    def _encoder(self) -> LibraryEntry | None:
        entry = self._controllers[0].entry if self._controllers else None
        return None if decodes_only(entry) else entry

    def set_controllers(self, controllers: Sequence[LatentController]) -> None:
        """All planes' controllers, the first one's first."""
        self._controllers = list(controllers)

    def take_section(self, section: EncodeSection) -> None:
        """Listen to the pad."""
        section.drawing_growing.connect(self._drawing_growing)
        section.drawn.connect(self._drawn)
        section.centre_chosen.connect(self._centre)

    @property
    def _state(self) -> LatentState:
        return self._store.session.latent

    def _put(self, state: LatentState, label: str, merge: str = "") -> None:
        self._store.update(label, merge, latent=state)

    def encode_image(self, index: int) -> None:
        """Encode a test image."""
        before = self._state.recipe
        self._put(edits.encode_image(self._state, index), edits.IMAGE)
        self._clicked = self._state.recipe is not before

    def withdraw_image(self) -> None:
        """The click on a code was the first half of a double-click: what was encoded before is there again."""
        if self._clicked:
            self._store.take_back(edits.IMAGE)
        self._clicked = False

    def _drawing_growing(self, drawing: tuple[Dab, ...]) -> None:
        for controller in self._controllers:
            controller.set_drawing(drawing)

    def _drawn(self, drawing: tuple[Dab, ...]) -> None:
        for controller in self._controllers:
            controller.set_drawing(None)
        self._put(edits.draw(self._state, drawing), "draw")

    def _clear(self) -> None:
        self._put(edits.encode_nothing(self._state), edits.NOTHING)

    def _centre(self, on: bool) -> None:
        self._put(edits.centre(self._state, on), tr("centre the picture") if on else tr("leave the picture where it is"))

    def _resize(self) -> None:
        self._put(edits.resize(self._state), tr("resize the picture"))

    def _resample(self) -> None:
        self.drawing_wanted.emit()
        self._put(edits.resample(self._state), "resample", "latent.resample")

    def encode_file(self, path: str) -> None:
        """Encode a picture file."""
        self._put(edits.encode_file(self._state, path, self._store.session.background), edits.PICTURE)

    def _paste(self) -> None:
        """Encode the clipboard's picture, or the picture file in it."""
        data = QGuiApplication.clipboard().mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data is not None and data.hasUrls() else []
        if len(files) > 1 and self.several.encode(files):
            return
        if files:
            self.encode_file(files[0])
        elif data is not None and data.hasImage():
            path = pasted(QGuiApplication.clipboard().image())
            if path is not None:
                self.encode_file(str(path))
        else:
            self._controllers[0].complain(tr("there is no picture in the clipboard: copy one, or draw on the pad"))

    def _ask_for_picture(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._widget.window(), tr("Encode image"), "", PICTURE_FILES)
        if path:
            self.encode_file(path)
