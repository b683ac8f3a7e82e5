"""Pictures that came from no file: kept in one, named by their pixels, so that undo and sessions find them again."""

from __future__ import annotations

import zlib
from pathlib import Path

from PySide6.QtGui import QImage

from explorer.errors import BadInput
from explorer.paths import state_folder
from explorer.widgets.pictures.picture_file import write_picture

PASTED, KEPT = "pasted-", 20
"""Name of the files of pasted pictures, and how many of them are kept."""


def pasted(image: QImage) -> Path | None:
    """File of a pasted picture, named by its pixels, so that undo finds each again; None where it cannot be written."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)  # of the same colours another may be transparent
    path = state_folder() / f"{PASTED}{zlib.crc32(bytes(plain.constBits())):08x}.png"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(image, path)
    except (OSError, BadInput):
        return None
    known = sorted(path.parent.glob(f"{PASTED}*.png"), key=lambda file: file.stat().st_mtime)
    for old in known[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
