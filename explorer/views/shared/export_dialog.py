"""Export: one dialog for whatever a workspace offers, with one look at what will be written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.endings import filters, patterns
from explorer.engine.models.export_messages import ExportPreviewed
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.exports.kinds import Drawn, Stored
from explorer.recipe.quantities import QUANTITIES
from explorer.state.exporting import ExportChoices
from explorer.state.store import Store
from explorer.views.export_offer import ExportChoice, ExportOffer, free_path, with_ending
from explorer.views.shared.export_preview import ExportPreview
from explorer.views.shared.questions import Questions
from explorer.widgets.controls.number_fields import FloatField, IntField
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import inset_numbers, mark
from explorer.widgets.look.theme import GRID, Theme
from explorer.widgets.look.warning import set_warning

FIELD_WIDTH = 148
UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


class ExportDialog(QDialog):
    """Asks how and where; what was chosen is what the next export begins with."""

    def __init__(self, offer: ExportOffer, client: Client, store: Store, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self._offer, self._store, self._theme = offer, store, theme
        self._own_name = False
        self._questions = Questions(client, "export.preview", self)
        remembered = store.session.exporting
        self.preview = ExportPreview(theme)
        self._make_fields(remembered)
        self._lay_out()
        self._connect()
        inset_numbers(self)
        self._show_kind()

    # --- fields

    def _make_fields(self, remembered: ExportChoices) -> None:
        offer = self._offer
        self.kind = _combo(tr("Kind of file"), {ending: f"{offer.title(ending)} ({ending})" for ending in offer.kinds})
        ending = remembered.strip if offer.of == "strip" else remembered.chain
        self.kind.setCurrentIndex(max(0, self.kind.findData(ending)))
        self.quantity = _combo(tr("What is drawn"), {name: _titled(name) for name in offer.quantities})
        self.quantity.setCurrentIndex(max(0, self.quantity.findData(offer.quantity)))
        self.plane = _combo(tr("Plane of the page"), offer.planes)
        self.plane.setCurrentIndex(max(0, self.plane.findData(offer.plane)))
        self.samples = IntField(1, max(1, offer.samples), tr("Samples"), tr("The first so many samples are drawn"))
        self.samples.setValue(offer.samples)
        self.scale = IntField(0, 64, tr("Size"), tr("Pixels for each pixel of an image, each drawn as a sharp square"))
        self.scale.setSpecialValueText(tr("as it fits"))
        self.scale.setSuffix(tr(" × each pixel"))
        self.scale.setValue(remembered.scale)
        self.frames = IntField(
            2, max(2, offer.states), tr("Pictures"), tr("How many states of the chain the film or the page goes over, evenly spaced")
        )
        self.frames.setValue(min(remembered.frames, offer.states) if offer.of == "chain" else offer.states)
        self.fps = FloatField(1, 50, 1, tr("Frames a second"), tr("How many pictures a second the film shows"))
        self.fps.setValue(min(50.0, max(1.0, offer.fps if offer.fps is not None else remembered.fps)))
        self.seconds = FloatField(0.1, 3600, 0.5, tr("Duration"), tr("How long the film is; it changes the frames a second"))
        self.seconds.setSuffix(" s")
        self.labels = QCheckBox(tr("Names of lanes, and a caption"))
        self.labels.setToolTip(tr("Which lane is which, and which step and quantity is shown"))
        self.labels.setChecked(remembered.labels)
        for field in (self.samples, self.scale, self.frames, self.fps, self.seconds):
            field.setMinimumWidth(FIELD_WIDTH)
        self.path = QLineEdit()
        self.path.setAccessibleName(tr("File"))
        self.path.setToolTip(tr("Where it is written; the ending says as what"))
        self.browse = QPushButton(tr("Browse…"))
        self.browse.setToolTip(tr("Choose the folder and the name"))
        self.told = QLabel(wordWrap=True)
        self.told.setAccessibleName(tr("What will happen"))
        mark(self.told, "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        mark(self.go, "primary")

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(4 * GRID)
        self._form.setVerticalSpacing(2 * GRID)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            (tr("&Kind"), self.kind), (tr("&Quantity"), self.quantity), (tr("Pla&ne"), self.plane),
            (tr("&Samples"), self.samples), (tr("Si&ze"), self.scale),
            (tr("&Pictures"), self.frames), (tr("&Frames a second"), self.fps), (tr("&Duration"), self.seconds), (tr("&Labels"),
            self.labels),
        )  # fmt: skip
        for name, field in rows:
            self._form.addRow(name, field)
        left = QVBoxLayout()
        left.addLayout(self._form)
        left.addStretch(1)
        upper = QHBoxLayout()
        upper.setSpacing(6 * GRID)
        upper.addLayout(left)
        upper.addWidget(self.preview, 1)
        where = QHBoxLayout()
        where.setSpacing(2 * GRID)
        where.addWidget(self.path, 1)
        where.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(upper, 1)
        column.addLayout(where)
        column.addWidget(self.told)
        column.addWidget(self.buttons)
        self.go.setDefault(True)  # only what lies in the dialog can be: before, Return would browse
        self.resize(780, 500)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.quantity.currentIndexChanged.connect(self._changed)
        self.plane.currentIndexChanged.connect(self._changed)
        self.samples.valueChanged.connect(self._changed)
        self.scale.valueChanged.connect(self._changed)
        self.frames.valueChanged.connect(self._paced)
        self.fps.valueChanged.connect(self._paced)
        self.seconds.valueChanged.connect(self._timed)
        self.labels.toggled.connect(self._changed)
        self.path.textEdited.connect(self._named)
        self.path.editingFinished.connect(self._take_ending)
        self.browse.clicked.connect(self._browse)
        self.buttons.accepted.connect(self._export)
        self.buttons.rejected.connect(self.reject)

    # --- what is chosen

    @property
    def choice(self) -> ExportChoice:
        """What the fields say."""
        return ExportChoice(
            self.kind.currentData(), self.quantity.currentData() or "", self.samples.value(), self.scale.value(), self.frames.value(),
            self.fps.value(), self.labels.isChecked(), self.plane.currentData() or 0,
        )  # fmt: skip

    @property
    def target(self) -> Path:
        """The file that will be written, with the ending that it will have."""
        return Path(with_ending(self.path.text().strip(), self.choice.ending)).expanduser()

    @property
    def _pictures(self) -> int:
        """Of a film."""
        return min(self.frames.value(), self._offer.states) if self._offer.of == "chain" else self._offer.states

    def _show_kind(self) -> None:
        """The fields that this kind has; the name gets its ending."""
        kind, chain = self._offer.kinds[self.kind.currentData()], self._offer.of == "chain"
        picture = isinstance(kind, Drawn)
        film = isinstance(kind, Drawn) and kind.film
        page = isinstance(kind, Stored) and kind.page
        for field, there in (
            (self.quantity, picture and chain), (self.samples, (picture or page) and chain), (self.scale, picture),
            (self.labels, picture and chain), (self.plane, page and len(self._offer.planes) > 1),
            (self.frames, (film or page) and chain), (self.fps, film), (self.seconds, film),
        ):  # fmt: skip
            self._form.setRowVisible(field, there)
        self._paced()

    def _paced(self) -> None:
        """Pictures or speed are others: so is the duration."""
        blocked = self.seconds.blockSignals(True)
        self.seconds.setValue(self._pictures / self.fps.value())
        self.seconds.blockSignals(blocked)
        self._changed()

    def _timed(self) -> None:
        """The duration is another: so is the speed, as far as films go."""
        blocked = self.fps.blockSignals(True)
        self.fps.setValue(self._pictures / self.seconds.value())
        self.fps.blockSignals(blocked)
        self._paced()

    def _changed(self) -> None:
        if self._own_name:
            self.path.setText(with_ending(self.path.text().strip(), self.choice.ending))
        else:
            folder = Path(self._store.session.exporting.folder or _pictures_folder())
            self.path.setText(str(free_path(folder, self._offer.stem(self.choice), self.choice.ending)))
        self._tell()
        self._questions.ask("look", self._offer.preview(self.choice), self._take, on_failure=self._failed)

    # --- the file

    def _named(self) -> None:
        self._own_name = True
        self._tell()

    def _take_ending(self) -> None:
        """Another kind's ending in the name chooses that kind."""
        index = self.kind.findData(Path(self.path.text().strip()).suffix.lower())
        if index >= 0:
            self.kind.setCurrentIndex(index)
        self._tell()

    def _browse(self) -> None:
        kinds = self._offer.kinds
        own = self.kind.currentData()
        said = filters([(self._offer.title(own), patterns([own])), (tr("All kinds"), patterns(kinds))], others=False)
        # whether the file is there is asked here, with the ending that it will have
        path, _ = QFileDialog.getSaveFileName(self, tr("Export"), str(self.target), said, options=QFileDialog.Option.DontConfirmOverwrite)
        if path:
            self._own_name = True
            self.path.setText(path)
            self._take_ending()

    def _tell(self) -> None:
        """What will happen, and whether it replaces a file."""
        target = self.target
        there = bool(self.path.text().strip()) and target.exists()
        self.go.setText(tr("Replace") if there else tr("Export"))
        self.go.setEnabled(bool(self.path.text().strip()) and not target.is_dir())
        self.told.setText(
            tr("{name} is there already: Replace writes over it.", name=target.name) if there else tr("Writes {name}.", name=target.name)
        )
        set_warning(self.told, there, self._theme)

    def _export(self) -> None:
        target, choice = self.target, self.choice
        if target.exists() and self.go.text() != tr("Replace"):  # it has come since: asked about, not written over
            self._tell()
            return
        before = self._store.session.exporting
        kind = {"strip" if self._offer.of == "strip" else "chain": choice.ending}
        fields: dict[str, object] = {"folder": str(target.parent), "scale": choice.scale, "labels": choice.labels, **kind}
        if self._offer.of == "chain":
            fields |= {"fps": choice.fps, "frames": max(2, choice.frames)}
        self._store.update(exporting=msgspec.structs.replace(before, **fields))
        self._offer.write(str(target), choice)
        self.accept()

    def done(self, result: int) -> None:
        """Ask nothing more."""
        self._questions.drop()
        super().done(result)

    # --- the look

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, ExportPreviewed):
            self.preview.show_picture(outcome.picture, self._words(outcome))

    def _failed(self, failed: Failed) -> None:
        self.preview.show_picture(None, failed.message)

    def _words(self, made: ExportPreviewed) -> str:
        if made.states:
            return tr(
                "{samples} samples and {states} states in a page of at most {size}, which opens in any browser, offline",
                samples=made.samples, states=made.states, size=_size(made.nbytes),
            )  # fmt: skip
        if made.nbytes and self._offer.of == "strip":
            return tr(
                "The plane with its codes, points and strokes, and its decoder: a page of about {size} that opens in any browser, offline",
                size=_size(made.nbytes),
            )
        if made.nbytes:
            return tr("x_t, x̂₀, ε̂, mean and z of every step, with the recipe: {size} before packing", size=_size(made.nbytes))
        if made.picture is None:
            return tr("There is no look at it before the chain is sampled.")
        size = tr("{size} × {size2} pixels", size=made.size[1], size2=made.size[0])
        return (
            size
            if made.pictures == 1
            else tr(
                "{pictures} pictures of {size}, {pictures2:.1f} s",
                pictures=grouped(made.pictures),
                size=size,
                pictures2=made.pictures / self.fps.value(),
            )
        )


def _combo(name: str, words: Mapping[str, str] | Mapping[int, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    for value, word in words.items():
        box.addItem(word, value)
    return box


def _titled(name: str) -> str:
    """A quantity in words: its symbol, and what it is."""
    row = QUANTITIES[name]
    return tr(row.tip).partition(";")[0] if row.symbol is not None else tr(row.title or row.label)


def _pictures_folder() -> str:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return place if place and Path(place).is_dir() else str(Path.home())


def _size(nbytes: int) -> str:
    return next((f"{nbytes / unit:.1f} {word}" for unit, word in UNITS if nbytes >= unit), tr("{nbytes} bytes", nbytes=nbytes))
