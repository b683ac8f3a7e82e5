"""The checkpoint library: what is known on this machine, what each of it is, and where to open it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer import sources
from explorer.engine.models.messages import LibraryEntry
from explorer.state.library import Library
from explorer.views.window.library_cards import CARD, GAP, LibraryCards
from explorer.views.window.model_card import ModelCard
from explorer.widgets.controls.training_slider import TrainingSlider
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

ACTIONS = {
    "ddpm": ((tr("Open in Reverse chain"), "reverse-chain"), (tr("Add to Compare"), "compare")),
    "vae": ((tr("Open in Latent"), "latent"),),
    "ae": ((tr("Open in Latent"), "latent"),),
}
COLUMNS = 3
CARD_PANE = 392


class CheckpointLibrary(QDialog):
    """Cards to the left, the chosen one's model card to the right.

    Signals
    -------
    open_wanted(object, str)
        A LibraryEntry, and the name of the workspace that shall take it.
    file_wanted(), folder_wanted()
        The person wants to choose a file, or a model that is a folder.
    export_wanted(object)
        A LibraryEntry that shall be written for other programs.
    """

    open_wanted = Signal(object, str)
    file_wanted = Signal()
    folder_wanted = Signal()
    export_wanted = Signal(object)

    def __init__(self, library: Library, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Checkpoint library"))
        self._library, self._theme = library, theme
        self.search_box = QLineEdit(placeholderText=tr("Search name, kind, option, data set"), clearButtonEnabled=True)
        self.search_box.setObjectName("search")
        self.search_box.setAccessibleName(tr("Search checkpoints"))
        self.cards = LibraryCards(library, theme)
        self.model_card = ModelCard(theme)
        self._file_button = QPushButton(tr("Open file…"))
        self._file_button.setToolTip(tr("Choose {a_file} (Ctrl+O)", a_file=sources.a_file()))
        self._folder_button = QPushButton(tr("Open folder…"))
        self._folder_button.setToolTip(tr("Choose a model that is a folder (Ctrl+Shift+O)"))
        for each in (self._file_button, self._folder_button):
            each.setAutoDefault(False)
        self.told_button = QPushButton(tr("What was told of it…"))
        self.told_button.setToolTip(tr("What you said of it, where its file does not say it: see it, or say otherwise"))
        self.told_button.setAutoDefault(False)
        self.told_button.clicked.connect(self._ask_again)
        self._empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        mark(self._empty, "muted")
        self.training = TrainingSlider(tr("the card of what shall be opened,"))
        self._moment: LibraryEntry | None = None
        self._buttons = QGridLayout()
        self._buttons.setSpacing(2 * GRID)
        self._buttons.setContentsMargins(0, 0, 3 * GRID, 0)
        self._lay_out()
        self.search_box.textChanged.connect(self._search)
        self.cards.selectionModel().currentChanged.connect(self._chosen)
        self.cards.doubleClicked.connect(self._open_first)
        self._file_button.clicked.connect(self.file_wanted)
        self._folder_button.clicked.connect(self.folder_wanted)
        self.training.chosen.connect(self._choose_moment)
        library.changed.connect(self._show_state)
        theme.changed.connect(self._dress)
        self._dress(theme.tokens)
        self._show_state()
        room = self.screen().availableGeometry().height() - 80
        self.resize(COLUMNS * (CARD.width() + GAP // 2) + CARD_PANE + 12 * GRID, max(480, min(720, room)))

    @property
    def actions_shown(self) -> list[QPushButton]:
        """Buttons that open the chosen entry."""
        buttons = (self._buttons.itemAt(i).widget() for i in range(self._buttons.count()))
        return [b for b in buttons if isinstance(b, QPushButton) and b.property("workspace")]

    @property
    def empty_words(self) -> str:
        """What stands in place of the cards; empty if there are cards."""
        return "" if self._places.currentIndex() == 0 else self._empty.text()

    def showEvent(self, event: QShowEvent) -> None:
        """Thumbnails are made when somebody looks."""
        super().showEvent(event)
        self.cards.want_thumbnails()
        self.search_box.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the chosen entry; Down goes from the search to the cards."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open_first()
        elif event.key() == Qt.Key.Key_Down and self.search_box.hasFocus():
            self.cards.setFocus()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._places = QStackedWidget()
        self._places.addWidget(self.cards)
        self._places.addWidget(self._empty)
        lens = icon("ph.magnifying-glass", self._theme.tokens)
        self._search_icon = self.search_box.addAction(lens, QLineEdit.ActionPosition.LeadingPosition)
        top = QHBoxLayout()
        top.setSpacing(2 * GRID)
        top.addWidget(self.search_box, 1)
        top.addWidget(self._file_button)
        top.addWidget(self._folder_button)
        left = QVBoxLayout()
        left.setContentsMargins(5 * GRID, 5 * GRID, 2 * GRID, 4 * GRID)
        left.setSpacing(3 * GRID)
        left.addLayout(top)
        left.addWidget(self._places, 1)
        pane = QFrame()
        pane.setObjectName("modelCardPane")
        pane.setFixedWidth(CARD_PANE)
        right = QVBoxLayout(pane)
        right.setContentsMargins(5 * GRID, 5 * GRID, 2 * GRID, 4 * GRID)
        right.setSpacing(4 * GRID)
        over = QHBoxLayout()
        over.setContentsMargins(0, 0, 3 * GRID, 0)
        over.setSpacing(2 * GRID)
        label = QLabel(tr("training"))
        mark(label, "muted")
        self.training.accompany(label)
        over.addWidget(label)
        over.addWidget(self.training, 1)
        right.addWidget(self.model_card, 1)
        right.addWidget(self.told_button, 0, Qt.AlignmentFlag.AlignLeft)
        right.addLayout(over)
        right.addLayout(self._buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(pane)

    def _search(self, text: str) -> None:
        self.cards.search(text)
        self._show_state()

    def _chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self.cards.filling:
            self._moment = None  # another run begins at its end
            self._show_chosen()

    @property
    def chosen(self) -> LibraryEntry | None:
        """The entry whose model card is shown, and which the buttons open: the chosen card's, or an earlier moment of its run."""
        entry = self.cards.chosen if self.cards.shown else None
        folded = self._library.snapshots_of(entry)
        return self._moment if self._moment in folded else entry

    def _choose_moment(self, place: int, _dragged: bool) -> None:
        known = self._library.snapshots_of(self.cards.chosen)
        if place < len(known):
            self._moment = known[place]
            self._show_chosen()

    def _show_state(self) -> None:
        found = bool(self.cards.shown)
        self._places.setCurrentIndex(0 if found else 1)
        if self._library.entries and not found:
            self._empty.setText(tr("No checkpoint matches the search.\nTry another word, such as ddpm, vae or mnist."))
        elif not found:
            self._empty.setText(
                tr(
                    "No checkpoints yet: the engine may still be reading them.\nOpen {a_file}, or train one:\n"
                    "generative-explorer train ddpm --option C --out run",
                    a_file=sources.a_file(),
                )
            )
        self._show_chosen()

    def _show_chosen(self) -> None:
        entry = self.chosen
        known = self._library.snapshots_of(entry)
        self.training.show_stops([each.images for each in known], known.index(entry) if entry in known else 0)
        if entry is not None:
            self._library.follow((entry.path,))
        self.model_card.show_entry(entry)
        self.told_button.setVisible(entry is not None and entry.card is not None and entry.card.told is not None)
        while self._buttons.count():
            item = self._buttons.takeAt(0)
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        kind = entry.card.kind if entry is not None and entry.card is not None else ""
        for number, (words, workspace) in enumerate(ACTIONS.get(kind, ())):
            button = QPushButton(words)
            button.setProperty("workspace", workspace)
            button.setAutoDefault(False)
            button.clicked.connect(self._open_clicked)
            if number == 0:
                mark(button, "primary")
            self._place(button)
        if kind in ACTIONS:
            button = QPushButton(tr("Export…"))
            button.setObjectName("exportModel")
            button.setToolTip(
                tr("Write it for other programs: as an ONNX graph, or as a folder of diffusers where it is one of its networks")
            )
            button.setAutoDefault(False)
            button.clicked.connect(self._export_clicked)
            self._place(button)

    def _place(self, button: QPushButton) -> None:
        """The first has a row of its own, where its words have room whatever the size of the text."""
        rest = self._buttons.count() - 1
        self._buttons.addWidget(button, *((0, 0, 1, 2) if rest < 0 else (1 + rest // 2, rest % 2)))

    def _export_clicked(self) -> None:
        if self.chosen is not None:
            self.export_wanted.emit(self.chosen)

    def _ask_again(self) -> None:
        entry = self.chosen
        if entry is not None:
            self._library.open(entry.path, again=True)

    def _open_clicked(self) -> None:
        self._open(self.sender().property("workspace"))

    def _open_first(self) -> None:
        buttons = self.actions_shown
        if buttons:
            self._open(buttons[0].property("workspace"))

    def _open(self, workspace: str) -> None:
        entry = self.chosen
        if entry is not None:
            self.open_wanted.emit(entry, workspace)

    def _dress(self, tokens: Tokens) -> None:
        self._search_icon.setIcon(icon("ph.magnifying-glass", tokens))
