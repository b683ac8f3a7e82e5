"""Asking where a file shall be written."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from explorer.widgets.look.language import tr


def ask_where(parent: QWidget | None, title: str, name: str, kinds: str, ending: str) -> tuple[str, str]:
    """Path that the person chose, and the kind in whose name; both empty if they gave up.

    A name without an ending gets the chosen kind's before the dialog asks whether a file of that name shall be replaced. One with an
    ending of no kind, as "chain.v2", gets it afterwards, and it is asked here: nothing is replaced that nobody was asked about.

    Parameters
    ----------
    name : str
        What it is called unless the person says otherwise.
    kinds : str
        Filters of the dialog.
    ending : str
        ".png": that of the first kind.
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(ending.removeprefix("."))
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix("".join(_endings(kind)[:1]).removeprefix(".")))
    dialog.selectFile(name)
    is_chosen, files, kind = dialog.exec(), dialog.selectedFiles(), dialog.selectedNameFilter()
    dialog.deleteLater()  # it would stay as long as the window, with all that it watches
    if not is_chosen or not files:
        return "", ""
    path = files[0]
    added = "".join(_endings(kind)[:1])
    if not added or path.lower().endswith(_endings(kinds)):
        return path, kind
    path += added
    return (path, kind) if not os.path.lexists(path) or _may_replace(path, title, parent) else ("", "")


def _endings(kinds: str) -> tuple[str, ...]:
    """Those in the filters of a dialog; a kind that takes every name has none."""
    return tuple(re.findall(r"\*(\.\w+)", kinds))


def _may_replace(path: str, title: str, parent: QWidget | None) -> bool:
    said = tr("{name} is there already. Replace it?", name=Path(path).name)
    return QMessageBox.question(parent, title, said) == QMessageBox.StandardButton.Yes
