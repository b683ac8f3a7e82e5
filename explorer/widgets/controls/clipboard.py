"""The picture in the clipboard."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QGuiApplication

from explorer.widgets.look.sharp import pixels_of


def copied() -> np.ndarray | str | None:
    """Pixels (H, W, 3) uint8 of what was copied, or the path of a file that was; None for anything else."""
    clipboard = QGuiApplication.clipboard()
    image, data = clipboard.image(), clipboard.mimeData()
    if not image.isNull():
        return pixels_of(image)
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data is not None else []  # None once it was cleared
    return files[0] if files else None
