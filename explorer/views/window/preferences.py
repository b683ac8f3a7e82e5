"""Preferences: language, looks, transparent pictures, steps of new chains, memory for frames, kept chains, device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from explorer import backends
from explorer.recipe import MAX_STEPS
from explorer.state.persistence import MIN_FRAME_BUDGET
from explorer.state.session import MEGABYTE
from explorer.state.store import Store
from explorer.views.window.actions import THEMES
from explorer.widgets.look import language
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import inset_numbers, mark
from explorer.widgets.look.theme import CLASSES, GRID, TEXT_SIZES, Theme, text_pixels

TEXT_WORDS = (tr("Small"), tr("Normal"), tr("Large"), tr("Larger"))
CLASS_WORDS = {"bright": tr("Bright"), "safe": tr("Safe for the colour-blind")}
BACKGROUND_TIP = tr("What is seen where a picture that you open, drop or paste is transparent")
BACKGROUNDS = {"white": tr("on white"), "black": tr("on black")}
DOT, DOTS_STEP, DOTS_HEIGHT = 10, 26, 16
LEAST_WIDTH = 440
MAX_MEGABYTES = 1_048_576


class Preferences(QDialog):
    """Reads the session, writes the store."""

    def __init__(self, store: Store, theme: Theme, device_in_force: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._theme = store, theme
        self.setWindowTitle(tr("Preferences"))
        self.theme_box = _choice(THEMES, store.session.theme, tr("Dark, light, or as the system has it"))
        sizes = {percent: f"{word} ({percent} %)" for percent, word in zip(TEXT_SIZES, TEXT_WORDS, strict=True)}
        self.text_box = _choice(sizes, store.session.text_size, tr("Size of all text in the window"))
        self.classes_box = _choice(CLASS_WORDS, store.session.class_colours, tr("Colours of the digits 0 to 9, wherever they are drawn"))
        self.frames_box = QSpinBox(minimum=MIN_FRAME_BUDGET // MEGABYTE, maximum=MAX_MEGABYTES, singleStep=64, suffix=tr(" MB"))
        self.frames_box.setValue(store.session.frame_budget // MEGABYTE)
        self.frames_box.setToolTip(tr("Memory for the frames of chains; beyond it frames are computed again when scrubbed to"))
        self.steps_box = QSpinBox(minimum=1, maximum=MAX_STEPS, singleStep=10)
        self.steps_box.setValue(store.session.default_steps)
        self.steps_box.setToolTip(tr("Steps of chains that are new; those that are open stay as they are"))
        self.kept_box = QSpinBox(minimum=0, maximum=MAX_MEGABYTES, singleStep=256, suffix=tr(" MB"))
        self.kept_box.setSpecialValueText(tr("none"))
        self.kept_box.setValue(store.session.kept_budget // MEGABYTE)
        self.kept_box.setToolTip(tr("Finished chains on disk; beyond it those that were not looked at for longest go"))
        self.background_box = _choice(BACKGROUNDS, store.session.background, BACKGROUND_TIP)
        words = {place: ": ".join(map(tr, title.split(": "))) for place, title in backends.places().items()}
        self.device_box = _choice(words, store.session.device, tr("What the models run on, from the next start on"))
        self.theme_box.currentIndexChanged.connect(self._take_theme)
        self.text_box.currentIndexChanged.connect(self._take_text)
        self.classes_box.currentIndexChanged.connect(self._take_classes)
        self.frames_box.valueChanged.connect(self._take_frames)
        self.device_box.currentIndexChanged.connect(self._take_device)
        self.steps_box.valueChanged.connect(lambda steps: self._store.update(default_steps=steps))
        self.kept_box.valueChanged.connect(lambda megabytes: self._store.update(kept_budget=megabytes * MEGABYTE))
        self.background_box.currentIndexChanged.connect(lambda _row: self._store.update(background=self.background_box.currentData()))
        self._lay_out(device_in_force)
        inset_numbers(self)

    def _lay_out(self, device_in_force: str) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(6 * GRID)
        form.setVerticalSpacing(3 * GRID)
        if len(language.languages()) > 1:
            self._add_language(form)
        form.addRow(tr("&Theme"), self.theme_box)
        form.addRow(tr("Te&xt size"), self.text_box)
        form.addRow(tr("&Class colours"), self.classes_box)
        form.addRow("", ClassDots(self._theme))
        form.addRow(tr("Transparent &pictures"), self.background_box)
        form.addRow(tr("&Steps of new chains"), self.steps_box)
        form.addRow("", _note(tr("Few are quick; all 1000 are what the networks were trained for.")))
        form.addRow(tr("&Frame memory"), self.frames_box)
        form.addRow("", _note(tr("More lets longer chains be scrubbed without computing frames again.")))
        form.addRow(tr("&Kept chains"), self.kept_box)
        form.addRow("", _note(tr("Finished chains are kept on disk, and are there at once at the next start.")))
        form.addRow(tr("&Device"), self.device_box)
        now = tr("Now: {device_in_force}.", device_in_force=device_in_force) if device_in_force else tr("The engine is starting.")
        form.addRow("", _note(tr("{now} Another choice takes effect at the next start.", now=now)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(5 * GRID)
        column.addLayout(form)
        column.addStretch()
        column.addWidget(buttons)
        self._fit()
        self._theme.changed.connect(self._fit)  # after everything is dressed: text may have another size

    def _fit(self) -> None:
        """Notes in two lines have room for both, in whatever size of text."""
        column = self.layout()
        least = text_pixels(LEAST_WIDTH)
        self.setMinimumWidth(least)
        width = max(least, column.sizeHint().width())
        self.resize(width, column.totalHeightForWidth(width))

    def _add_language(self, form: QFormLayout) -> None:
        words = {language.SYSTEM: tr("As the system has it"), **language.languages()}
        self.language_box = _choice(words, language.chosen(), tr("Language of the window"))
        self.language_box.currentIndexChanged.connect(self._take_language)
        self.language_note = _note(tr("Another language is spoken from the next start on."))
        form.addRow(tr("&Language"), self.language_box)
        form.addRow("", self.language_note)

    def _take_theme(self) -> None:
        self._store.update(theme=self.theme_box.currentData())

    def _take_text(self) -> None:
        self._store.update(text_size=self.text_box.currentData())

    def _take_classes(self) -> None:
        self._store.update(class_colours=self.classes_box.currentData())

    def _take_frames(self, megabytes: int) -> None:
        self._store.update(frame_budget=megabytes * MEGABYTE)

    def _take_language(self) -> None:
        try:
            language.choose(self.language_box.currentData())
        except OSError as error:
            self.language_note.setText(tr("This cannot be kept: {why}.", why=error.strerror))

    def _take_device(self) -> None:
        self._store.update(device=self.device_box.currentData())


class ClassDots(QWidget):
    """The ten colours that are in force, each with its digit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(tr("Colours of the digits 0 to 9"))
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumSize(text_pixels(CLASSES * DOTS_STEP), text_pixels(DOTS_HEIGHT))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dots in a row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step, middle = self.width() / CLASSES, self.height() / 2
        for digit, colour in enumerate(self._theme.class_colours):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(digit * step, middle - DOT / 2, DOT, DOT))
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(QRectF(digit * step + DOT + 4, 0, step, self.height()), Qt.AlignmentFlag.AlignVCenter, str(digit))


def _choice(words: Mapping[Any, str], chosen: object, tooltip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tooltip)
    for value, word in words.items():
        box.addItem(word, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))  # a place that is not here any more: the first is in force
    return box


def _note(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    mark(label, "faint")
    return label
