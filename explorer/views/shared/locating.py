"""Asking where a file is that is not where it was."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.widgets.look.language import tr


def where_is(source: str, window: QWidget | None, kinds: str = "") -> str:
    """The path that the person chooses for what was at another one; empty where none is chosen.

    Parameters
    ----------
    kinds : str
        Filter of the dialog, where it is a file.
    """
    name = os.path.basename(source)
    title = tr("Where is {name}?", name=name)
    if is_called_a_folder(name):
        return QFileDialog.getExistingDirectory(window, title)
    path, _ = QFileDialog.getOpenFileName(window, title, "", kinds)
    return path


def is_called_a_folder(name: str) -> bool:
    """Whether a file of this name would be none of those that are opened here; files of the IDX format have no ending."""
    return not os.path.splitext(name)[1] and "idx" not in name.lower()
