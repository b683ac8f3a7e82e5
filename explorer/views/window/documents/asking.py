"""What the person is asked of a document: whether its changes are saved, and what becomes of a file that another has written."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.widgets.look.language import tr

Leaving = Literal["save", "discard", "stay"]
Overwriting = Literal["replace", "elsewhere", "stay"]


def ask_before_leaving(name: str, parent: QWidget) -> Leaving:
    """Ask whether the changes of a document are saved before it is left."""
    box = QMessageBox(
        QMessageBox.Icon.Question, tr("Changes that are not saved"), tr("Save the changes to {name}?", name=name), parent=parent
    )
    box.setInformativeText(tr("If you do not save them, the document stays as it was when it was saved last."))
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
    answers: dict[object, Leaving] = {save: "save", discard: "discard"}
    return answers.get(_clicked(box, save), "stay")


def ask_before_overwriting(name: str, parent: QWidget) -> Overwriting:
    """Ask what becomes of a file that is another than when this window read or wrote it."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, tr("Another version on the disk"), tr("{name} was changed by another program.", name=name), parent=parent
    )
    box.setInformativeText(tr("Another window may have saved it. Replacing it drops what was saved there."))
    elsewhere = box.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
    replace = box.addButton(tr("Replace it"), QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
    answers: dict[object, Overwriting] = {elsewhere: "elsewhere", replace: "replace"}
    return answers.get(_clicked(box, elsewhere), "stay")


def _clicked(box: QMessageBox, usual: QWidget) -> object:
    box.setDefaultButton(usual)  # type: ignore[call-overload]
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return clicked
