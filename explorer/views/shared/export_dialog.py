"""Where an export goes: the file dialog, with an ending for whoever writes none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_export(parent: QWidget, kinds: str, name: str) -> str:
    """Path that the person chose, empty if none; `kinds` are the dialog's filters, the first of them the usual one."""
    path, kind = QFileDialog.getSaveFileName(parent, "Export", name, kinds)
    return with_ending(path, kind) if path else ""


def with_ending(path: str, kind: str) -> str:
    """The path with the ending of the kind that was chosen, if it has none: "Film (*.gif)" gives .gif."""
    if Path(path).suffix or "*" not in kind:
        return path
    return path + kind.partition("*")[2].partition(")")[0].split()[0]
