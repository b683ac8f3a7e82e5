"""Files that a document names and that are not here: the person shows where they are, or goes without; the rest is open meanwhile."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.checkpoints.snapshots import name_of
from explorer.engine.models.hashes import hash_at
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.state.found_again import relinked
from explorer.state.named_files import NamedFile, with_places
from explorer.state.placing import missing
from explorer.views.shared.locating import where_is
from explorer.views.workspace import Context
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

WIDTH, MOST_HEIGHT = 640, 420
SHOWN_HASH = 12
"""Digits of a hash that tell it from others."""


class MissingFiles(QObject):
    """Asks for what a document needs, while the rest of it is open.

    Attributes
    ----------
    files : tuple of NamedFile
        Those still asked for.
    dialog : MissingDialog or None
        What asks, while anything is asked for.
    """

    def __init__(self, context: Context, over: QWidget) -> None:
        super().__init__(over)
        self._context, self._over = context, over
        self.files: tuple[NamedFile, ...] = ()
        self.dialog: MissingDialog | None = None
        context.library.opened.connect(self._look_again)

    def ask_for(self, document: str, files: Sequence[NamedFile]) -> None:
        """Ask for these, and for nothing that was asked for before."""
        self.files = tuple(files)
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None
        if files:
            self.dialog = MissingDialog(self._context, document, self._over)
            for file in files:
                row = self.dialog.add(file)
                row.locate.clicked.connect(partial(self._ask_where, file))
                row.skip.clicked.connect(partial(self._leave, file))
            self.dialog.show()

    def locate(self, file: NamedFile, path: str) -> None:
        """Take the file at a path for it, if it is the one; others that lie beside it are found, too."""
        if file.checkpoint:
            opened, failed = partial(self._compare, file), partial(self._refused, file)
            self._context.library.open(path, then=opened, told=file.told, on_failure=failed)
        else:
            store = self._context.store
            moved = with_places(store.session, lambda source: path if source == file.source else source)
            store.replace(moved, tr("locate {name}", name=Path(path).name))
            self._leave(file)
        self._look_beside(path)

    def _ask_where(self, file: NamedFile) -> None:
        path = where_is(file.source, self.dialog)
        if path:
            self.locate(file, path)

    def _look_beside(self, path: str) -> None:
        for other in self.files:
            place = os.path.join(os.path.dirname(path), os.path.basename(other.source))
            if other.checkpoint and place != path and hash_at(place, other.told) == other.checkpoint:
                self._context.library.open(place, told=other.told, on_failure=partial(self._refused, other))

    def _compare(self, file: NamedFile, entry: LibraryEntry) -> None:
        if entry.sha256 != file.checkpoint and self.dialog is not None:
            hashes = tr(
                "its hash begins with {sha256}, not with {checkpoint}",
                sha256=entry.sha256[:SHOWN_HASH],
                checkpoint=file.checkpoint[:SHOWN_HASH],
            )
            self.dialog.say(file, tr("{name} is another checkpoint: {hashes}.", name=Path(entry.path).name, hashes=hashes))

    def _refused(self, file: NamedFile, failed: Failed) -> None:
        if self.dialog is not None:
            self.dialog.say(file, failed.message)

    def _look_again(self, entry: LibraryEntry) -> None:
        """A checkpoint was opened, here or elsewhere in the window: it may be one of these."""
        if not any(entry.sha256 == file.checkpoint for file in self.files):
            return
        store, known = self._context.store, self._context.library.known
        found, _ = relinked(store.session, known)
        store.replace(found, tr("locate {name}", name=entry.name))
        lost = missing(found, known)
        for file in self.files:
            if file not in lost:
                self._leave(file)

    def _leave(self, file: NamedFile) -> None:
        """Ask for it no longer."""
        self.files = tuple(other for other in self.files if other is not file)
        if self.dialog is not None:
            self.dialog.remove(file)
            if not self.files:
                self.dialog.close()
                self.dialog = None


class MissingRow(Card):
    """One file: what it is called, where it was, and two buttons."""

    def __init__(self, context: Context, file: NamedFile) -> None:
        super().__init__(context.theme)
        name = QLabel(name_of(file.source) if file.checkpoint else os.path.basename(file.source))
        mark(name, "title")
        place = ElidingLabel(
            tr("was at {source}", source=file.source) if os.path.isabs(file.source) else tr("comes with another version of the app")
        )
        place.setToolTip(
            tr("{source}\nsha256 {checkpoint}", source=file.source, checkpoint=file.checkpoint) if file.checkpoint else file.source
        )
        mark(place, "muted")
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        mark(self.said, "error")
        self.said.hide()
        self.locate, self.skip = QPushButton(tr("Locate…")), QPushButton(tr("Skip"))
        self.locate.setToolTip(tr("Show where it is now; it is known again by what is in it, whatever it is called"))
        self.skip.setToolTip(tr("Go without: what needs it says so, the rest is as it was"))
        for button in (self.locate, self.skip):
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text().rstrip('…')} {name.text()}")
        words = QVBoxLayout()
        words.setSpacing(GRID)
        for label in (name, place, self.said):
            words.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        row.setSpacing(2 * GRID)
        row.addLayout(words, 1)
        row.addWidget(self.locate)
        row.addWidget(self.skip)


class MissingDialog(QDialog):
    """Beside the window, which can be used meanwhile."""

    def __init__(self, context: Context, document: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.rows: list[tuple[NamedFile, MissingRow]] = []
        self.setWindowTitle(tr("Files that are not here"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = QLabel(tr("{document} needs files that are not where they were. The rest of it is open.", document=document), wordWrap=True)
        self._column = QVBoxLayout()
        self._column.setSpacing(2 * GRID)
        page = QWidget()
        page.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self._column.addStretch(1)
        close = QPushButton(tr("Skip all"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(words)
        column.addWidget(area, 1)
        column.addLayout(below)
        self.resize(WIDTH, 200)

    def add(self, file: NamedFile) -> MissingRow:
        """One more."""
        row = MissingRow(self._context, file)
        self._column.insertWidget(len(self.rows), row)
        self.rows.append((file, row))
        self.resize(WIDTH, min(MOST_HEIGHT, 130 + 76 * len(self.rows)))
        return row

    def say(self, file: NamedFile, words: str) -> None:
        """Why what was located is not it."""
        for each, row in self.rows:
            if each is file:
                row.said.setText(words)
                row.said.show()

    def remove(self, file: NamedFile) -> None:
        """It is asked for no longer."""
        for each, row in list(self.rows):
            if each is file:
                self.rows.remove((each, row))
                row.deleteLater()
