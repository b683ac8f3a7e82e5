"""A picture of Qt's as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from explorer.endings import WRITTEN
from explorer.errors import BadInput


def write_picture(image: QImage, path: Path) -> None:
    """Write a picture whole or not at all, as what its ending says.

    Encoded in memory first: Qt does not say why a file cannot be written.

    Raises
    ------
    BadInput
        If its ending is of no kind that Qt writes, or the disk refuses.
    """
    from explorer.exports.atomic import whole  # not before the window is shown

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, path.suffix.removeprefix(".").upper()):  # type: ignore[call-overload]
        raise BadInput(f"{path}: cannot be written: a picture that is written ends in {' or '.join(WRITTEN)}")
    with whole(path) as partial:
        partial.write_bytes(buffer.data().data())
