"""About: versions and device, to read and to copy into a report."""

from __future__ import annotations

import platform

import msgspec
import numpy as np
import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer import __version__
from explorer.engine.thread.messages import EngineReady
from explorer.views.window.stalls import Waits, told
from explorer.widgets.look.icons import app_icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID


def versions(engine: EngineReady | None, waits: Waits) -> dict[str, str]:
    """What the app is and runs on, by name."""
    found = {
        "Generative Explorer": __version__,
        tr("Device"): f"{engine.device} · {engine.precision}" if engine else tr("the engine has not started"),
        "PyTorch": engine.torch_version if engine else tr("not loaded yet"),
        "Qt": tr("{qversion} (PySide6 {version})", qversion=qVersion(), version=PySide6.__version__),
        "NumPy": np.__version__,
        "msgspec": msgspec.__version__,
        "Python": platform.python_version(),
        tr("System"): platform.platform(terse=True),
        tr("Longest wait"): told(waits),
    }
    return {name: str(value) for name, value in found.items()}


class About(QDialog):
    """A small sheet."""

    def __init__(self, engine: EngineReady | None, waits: Waits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Generative Explorer"))
        self._versions = versions(engine, waits)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        title = QLabel(tr("Generative Explorer"))
        mark(title, "title")
        purpose = QLabel(tr("See how a diffusion model and a VAE make images."))
        mark(purpose, "muted")
        words = QVBoxLayout()
        words.setSpacing(GRID)
        words.addStretch()
        words.addWidget(title)
        words.addWidget(purpose)
        words.addStretch()
        head = QHBoxLayout()
        head.setSpacing(4 * GRID)
        head.addWidget(picture)
        head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(5 * GRID)
        column.addLayout(head)
        column.addLayout(self._table())
        column.addStretch()
        column.addWidget(self._buttons())
        self.setMinimumWidth(440)

    def _table(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(6 * GRID)
        form.setVerticalSpacing(GRID)
        for name, value in self._versions.items():
            label, text = QLabel(tr("Version") if name == "Generative Explorer" else name), QLabel(value)
            mark(label, "muted")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(label, text)
        return form

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton(tr("Copy"))
        copy.setToolTip(tr("Copy these lines for a report"))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        return buttons

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {value}" for name, value in self._versions.items()))
