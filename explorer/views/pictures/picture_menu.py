"""What can be done with a picture wherever there is one: copied, saved, enlarged, encoded, and what its workspace adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from explorer.endings import filters
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.errors import BadInput
from explorer.state.edits import encoding
from explorer.state.store import Store
from explorer.views.paper.menu import offer_paper
from explorer.views.pictures.pasted import pasted
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.enlarged import Enlarged, OnePicture
from explorer.widgets.pictures.picture_file import write_picture
from explorer.widgets.pictures.pointed import HasPictures, Pointed

COARSE = tr("Only a coarse look of it is here so far: the exact picture follows when it stands still")
LARGE = 8
SIZES = {"PNG, pixel for pixel": 1, f"PNG, {LARGE} times as large": LARGE}
"""Kinds of files that a picture is saved as, and pixels for each of its pixels."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One more row of the menu.

    Attributes
    ----------
    text, tip : str
    do : callable
    enabled : bool
    """

    text: str
    do: Callable[[], object]
    enabled: bool = True
    tip: str = ""


class PictureMenu(QObject):
    """The menu and the enlarged view of a workspace's pictures.

    Parameters
    ----------
    owner : QWidget
        The workspace, over which pictures are enlarged.
    verbs : callable
        What the workspace adds for a picture of a widget.
    enlarge : callable
        Shows a picture in the workspace's own way; False where it has none for it.
    """

    def __init__(
        self,
        store: Store,
        client: Client,
        theme: Theme,
        owner: QWidget,
        verbs: Callable[[QWidget, Pointed], Sequence[Verb]],
        enlarge: Callable[[QWidget, Pointed], bool],
    ) -> None:
        super().__init__(owner)
        self._store, self._client, self._owner = store, client, owner
        self._verbs, self._enlarge = verbs, enlarge
        self.area: Callable[[], QRect] = owner.rect
        self.enlarged = Enlarged(theme, owner, lambda: self.area())

    def offer_in(self, *roots: QWidget) -> None:
        """Offer it over every picture in these widgets."""
        for root in roots:
            for widget in (root, *root.findChildren(QWidget)):
                if _has_pictures(type(widget)):  # type: ignore[arg-type]  # mypy takes the hash of a widget for that of its class
                    self.offer(widget)

    def offer(self, widget: QWidget) -> None:
        """Offer it over the pictures of a widget; once, however often it is asked for."""
        if not widget.property("hasPictureMenu"):
            widget.setProperty("hasPictureMenu", True)
            widget.installEventFilter(self)

    # --- gestures ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A right click or the menu key asks for the menu, a double click or Enter enlarges."""
        kind = event.type()
        if kind == QEvent.Type.ContextMenu and isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            with_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
            return self._ask(watched, None if with_keys else QPointF(event.pos()), event.globalPos())
        if kind == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            return event.button() == Qt.MouseButton.LeftButton and self._enlarge_at(watched, event.position())
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._enlarge_at(watched, None)
        return False

    def _pointed(self, widget: QWidget, point: QPointF | None) -> Pointed | None:
        return widget.pointed_at(point) if isinstance(widget, HasPictures) else None

    def _ask(self, widget: QWidget, point: QPointF | None, where: QPoint) -> bool:
        pointed = self._pointed(widget, point)
        if pointed is None:
            return False
        menu = self.menu(widget, pointed)
        offer_paper(menu, widget, None if point is None else point.toPoint())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)
        return True

    def _enlarge_at(self, widget: QWidget, point: QPointF | None) -> bool:
        pointed = self._pointed(widget, point)
        if pointed is not None:
            self.enlarge(widget, pointed)
        return pointed is not None

    def menu(self, widget: QWidget, pointed: Pointed) -> QMenu:
        """The menu over a picture of a widget."""
        menu = QMenu(self._owner)
        menu.setToolTipsVisible(True)
        image, whole = pointed.image, not pointed.coarse

        def keeps(text: str, do: Callable[[], object], tip: str) -> Verb:
            return Verb(text, do, whole, tip if whole else COARSE)

        usual = (
            keeps(tr("Copy picture"), lambda: QGuiApplication.clipboard().setImage(image), tr("Its own pixels, to be pasted anywhere")),
            keeps(tr("Save picture…"), lambda: self.ask_and_save(pointed), tr("As a PNG, pixel for pixel or larger")),
            Verb(tr("Enlarge"), lambda: self.enlarge(widget, pointed), tip=tr("As large as it fits, with the value under the pointer")),
        )
        encode = keeps(
            tr("Encode this in Latent"),
            lambda: self.encode(image),
            tr("Where it lies in the latent plane, and what is decoded from there"),
        )
        for row in usual:
            _add(menu, row)
        menu.addSeparator()
        for row in (*self._verbs(widget, pointed), encode):
            _add(menu, row)
        return menu

    # --- what is done ---

    def enlarge(self, widget: QWidget, pointed: Pointed) -> None:
        """Show a picture large: in the workspace's own way, or as it is."""
        if not self._enlarge(widget, pointed):
            self.enlarged.open(OnePicture(pointed.image, pointed.words))

    def encode(self, image: QImage) -> None:
        """Encode a picture in Latent, and go there."""
        path = pasted(image)
        if path is None:
            self._client.failed.emit(Failed(tr("the picture cannot be kept on this disk, so it cannot be encoded")))
            return
        latent = encoding.encode_file(self._store.session.latent, str(path))
        self._store.update(encoding.PICTURE, latent=latent, workspace="latent")

    def ask_and_save(self, pointed: Pointed) -> None:
        """Ask where a picture goes, and write it."""
        kinds = filters([(title, ("*.png",)) for title in SIZES], others=False)
        name = "-".join(pointed.words.replace("=", " ").split()) or "picture"
        path, kind = ask_where(self._owner.window(), tr("Save picture"), f"{name}.png", kinds, ".png")
        if path:
            self.save(pointed.image, path, next((scale for title, scale in SIZES.items() if kind.startswith(title)), 1))

    def save(self, image: QImage, path: str, scale: int = 1) -> None:
        """Write a picture, so many pixels for each of its own."""
        try:
            write_picture(image.scaled(image.size() * scale, mode=Qt.TransformationMode.FastTransformation), Path(path))
        except BadInput as error:
            self._client.failed.emit(Failed(str(error)))


@cache
def _has_pictures(kind: type) -> bool:
    """Whether widgets of a class have pictures: asked of a thousand widgets whenever a workspace is shown."""
    return issubclass(kind, HasPictures)


def _add(menu: QMenu, row: Verb) -> None:
    action = menu.addAction(row.text)
    action.setEnabled(row.enabled)
    action.setToolTip(row.tip)
    action.triggered.connect(lambda _checked=False: row.do())
