"""What the person is asked of a document: whether its changes are saved, and what becomes of a file that another has written."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

Leaving = Literal["save", "discard", "stay"]
Overwriting = Literal["replace", "elsewhere", "stay"]


def ask_before_leaving(name: str, parent: QWidget) -> Leaving:
    """Ask whether the changes of a document are saved before it is left."""
    box = QMessageBox(QMessageBox.Icon.Question, "Changes that are not saved", f"Save the changes to {name}?", parent=parent)
    box.setInformativeText("If you do not save them, the document stays as it was when it was saved last.")
    save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Do not save", QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
    answers: dict[object, Leaving] = {save: "save", discard: "discard"}
    return answers.get(_clicked(box, save), "stay")


def ask_before_overwriting(name: str, parent: QWidget) -> Overwriting:
    """Ask what becomes of a file that is another than when this window read or wrote it."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Another version on the disk", f"{name} was changed by another program.", parent=parent)
    box.setInformativeText("Another window may have saved it. Replacing it drops what was saved there.")
    elsewhere = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
    replace = box.addButton("Replace it", QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
    answers: dict[object, Overwriting] = {elsewhere: "elsewhere", replace: "replace"}
    return answers.get(_clicked(box, elsewhere), "stay")


def _clicked(box: QMessageBox, usual: QWidget) -> object:
    box.setDefaultButton(usual)  # type: ignore[call-overload]
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return clicked
