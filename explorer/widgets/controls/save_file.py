"""Asking where a file shall be written."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(parent: QWidget | None, title: str, name: str, kinds: str, ending: str) -> tuple[str, str]:
    """Path that the person chose, and the kind in whose name; both empty if they gave up.

    A name without an ending gets this one, or that of the kind that is chosen, before it is asked whether a file of that name
    shall be replaced: one that is added afterwards would replace a file that nobody was asked about.

    Parameters
    ----------
    name : str
        What it is called unless the person says otherwise.
    kinds : str
        Filters of the dialog.
    ending : str
        ".png".
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(ending.removeprefix("."))
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(_ending_of(kind, ending).removeprefix(".")))
    dialog.selectFile(name)
    if not dialog.exec() or not dialog.selectedFiles():
        return "", ""
    return dialog.selectedFiles()[0], dialog.selectedNameFilter()


def _ending_of(kind: str, usual: str) -> str:
    """The first ending of a filter such as "PDF (*.pdf)"."""
    found = re.search(r"\*(\.\w+)", kind)
    return found[1] if found is not None else usual
