"""What can be done with a picture that is not of the data's size."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.engine.forward.messages import PictureTaken
from explorer.recipe import Picture
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark


class OfferBar(QWidget):
    """A line that says of what size a picture is, and buttons for what can be done with it.

    Signals
    -------
    taken(object)
        The Picture as the person wants it.
    """

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: PictureTaken | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, "panel")
        self.text = QLabel()
        self.fit, self.keep, self.drop = QPushButton(tr("Resize")), QPushButton(tr("Keep its shape")), QPushButton(tr("Cancel"))
        tips = (
            tr("As the images of the data set, which its networks know"),
            tr("Noise it as it is: no network is shown"),
            tr("Leave the image as it was"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for button, tip in zip((self.fit, self.keep, self.drop), tips, strict=True):
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
            row.addWidget(button)
        mark(self.fit, "primary")
        self.fit.clicked.connect(lambda: self._take(resized=True))
        self.keep.clicked.connect(lambda: self._take(resized=False))
        self.drop.clicked.connect(self.withdraw)
        self.hide()

    def offer(self, taken: PictureTaken) -> None:
        """A picture of the data's size is taken at once; of another the person is asked."""
        if taken.same:
            self.withdraw()
            self.taken.emit(taken.fitted)
            return
        self._offered = taken
        kept, fitted, (height, width) = taken.kept, taken.fitted, taken.size
        self.text.setText(
            tr(
                "{name} is {height} × {width} pixels; the data are {height2} × {width2}.",
                name=taken.name,
                height=height,
                width=width,
                height2=fitted.height,
                width2=fitted.width,
            )
        )
        self.fit.setText(tr("Resize to {height} × {width}", height=fitted.height, width=fitted.width))
        whole = (height, width) == (kept.height, kept.width)
        self.keep.setText(tr("Keep its shape") if whole else tr("Make it {height} × {width}", height=kept.height, width=kept.width))
        self.show()

    def withdraw(self) -> None:
        """Nothing is offered any more."""
        self._offered = None
        self.hide()

    def _take(self, resized: bool) -> None:
        offered = self._offered
        self.withdraw()
        if offered is not None:
            picture: Picture = offered.fitted if resized else offered.kept
            self.taken.emit(picture)
