"""Fields of the form of a new run: one for each field of its recipe, reporting what the person makes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from explorer.recipe.training import MOST_EMA, TrainRecipe
from explorer.widgets.controls.number_fields import IntField, SeedField

NUMBERS: dict[str, tuple[int, int, str, str]] = {
    "epochs": (1, 100_000, "", "Passes over the images"),
    "batch": (1, 65_536, "", "Images an update"),
    "images": (0, 100_000_000, "all", "Use only the first so many images; 0 is all"),
    "warmup": (-1, 1_000_000, "usual", "Updates until the learning rate's peak; usual is 500, or a tenth of a shorter run"),
    "size": (0, 1024, "as they are", "A folder's pictures: made squares of this side; 0 leaves them as they are"),
    "width": (8, 512, "", "Channels of the U-Net's first level; cost and quality grow with it"),
    "timesteps": (2, 10_000, "", "T of the forward process"),
    "code": (1, 512, "", "Dimensions of the latent space"),
    "devices": (1, 64, "", "Processes, each with a device of its own, that share every batch evenly"),
    "threads": (0, 1024, "its share", "Of a process on the CPU; its share is all of them, or what leaves other runs theirs"),
}
"""Least, most, what the least is called where it stands for None, and what it is."""

CHOICES: dict[str, tuple[tuple[str, ...], str]] = {
    "schedule": (("linear", "cosine"), "The forward process; one that was bent in Forward comes from there"),
    "fit": (("resize", "crop"), "With a side: squeeze pictures, or cut out their middle"),
    "loss": (
        ("simple", "min-snr", "bound"),
        "Plain squared error; that of x₀ times min(SNR, 5), so that the middle of the chain counts most; or as in the bound",
    ),
    "skip": (
        ("constant", "linear", "none"),
        "What is added to the network: xₜ; the best linear prediction of its target from xₜ; nothing, so that its output is the target",
    ),
    "architecture": (("mlp", "conv"), "Layers: all to all, or convolutions"),
    "precision": (
        ("fp32", "bf16"),
        "Arithmetic of the network; bf16 is about twice as fast where there are units for it",
    ),
    "stored": (("fp32", "fp16"), "In which the checkpoints keep the weights; fp16 halves their size"),
}
TICKS: dict[str, tuple[str, str]] = {
    "attention": ("at the coarsest level", "Self-attention at the U-Net's coarsest level"),
}
BENT = "bent"
TICK_HEIGHT = 28


class Fields(QObject):
    """The fields by name of what they set.

    Signals
    -------
    changed(str, object)
        A field of the recipe, and its value.
    troubled(str, str)
        A field whose text is none of its values, and why; an empty reason takes that back.

    Attributes
    ----------
    by_name : dict of QWidget
    """

    changed = Signal(str, object)
    troubled = Signal(str, str)

    def __init__(self, recipe: TrainRecipe, parent: QObject) -> None:
        super().__init__(parent)
        self.by_name: dict[str, QWidget] = {}
        for name in NUMBERS:
            self.by_name[name] = self._number(recipe, name)
        for name in CHOICES:
            self.by_name[name] = self._choice(recipe, name)
        for name, (text, tip) in TICKS.items():
            box = QCheckBox(text)
            box.setChecked(getattr(recipe, name))
            box.setMinimumHeight(TICK_HEIGHT)
            box.toggled.connect(partial(self.changed.emit, name))
            self.by_name[name] = named(box, name, tip)
        seed = SeedField()
        seed.setToolTip("Determines weights, order and noise: runs of one seed see the same")
        seed.show_value(recipe.seed)
        seed.committed.connect(partial(self.changed.emit, "seed"))
        self.by_name["seed"] = seed
        for name, shown, read, tip in (
            ("learning_rate", f"{recipe.learning_rate:g}", _rate, "Peak of warm-up and cosine decay, in [1e-8, 1]"),
            ("ema", f"{recipe.ema:g}", _decay, f"Decay of the averaged weights, which the checkpoints hold, in [0, {MOST_EMA}]"),
            ("hidden", ",".join(map(str, recipe.hidden)), _widths, "Widths of the hidden layers from the image inwards, as 1000,500,250"),
        ):
            self.by_name[name] = self._text(name, shown, read, tip)
        self.text("hidden").setPlaceholderText("usual")

    def number(self, name: str) -> IntField:
        """A field of a whole number."""
        field = self.by_name[name]
        assert isinstance(field, IntField)
        return field

    def choice(self, name: str) -> QComboBox:
        """A field of some values."""
        field = self.by_name[name]
        assert isinstance(field, QComboBox)
        return field

    def text(self, name: str) -> QLineEdit:
        """A field that is typed."""
        field = self.by_name[name]
        assert isinstance(field, QLineEdit)
        return field

    def show_number(self, name: str, value: int | None) -> None:
        """Show a value; does not report."""
        self.number(name).show_value(NUMBERS[name][0] if value is None else value)

    def take(self) -> None:
        """Take what is being typed."""
        seed = self.by_name["seed"]
        assert isinstance(seed, SeedField)
        seed.take()

    def _number(self, recipe: TrainRecipe, name: str) -> QWidget:
        low, high, stands_for_none, tip = NUMBERS[name]
        field = IntField(low, high, name.capitalize(), tip)
        value = getattr(recipe, name)
        field.show_value(low if value is None else value)
        field.setKeyboardTracking(True)
        if stands_for_none:
            field.setSpecialValueText(stands_for_none)
        field.valueChanged.connect(lambda number: self.changed.emit(name, None if stands_for_none and number == low else number))
        return field

    def _choice(self, recipe: TrainRecipe, name: str) -> QWidget:
        choices, tip = CHOICES[name]
        field = QComboBox()
        field.addItems(choices)
        if name == "schedule" and recipe.knots:
            field.addItem(BENT)
            field.setItemData(field.count() - 1, f"Bent in Forward: {len(recipe.knots)} control points", 3)
        field.setCurrentText(getattr(recipe, name))
        field.currentTextChanged.connect(partial(self.changed.emit, name))
        return named(field, name, tip)

    def _text(self, name: str, shown: str, read: Callable[[str], object], tip: str) -> QWidget:
        field = QLineEdit(shown)

        def typed(text: str) -> None:
            try:
                value = read(text)
            except ValueError as error:
                self.troubled.emit(name, str(error))
            else:
                self.troubled.emit(name, "")
                self.changed.emit(name, value)

        field.textChanged.connect(typed)
        return named(field, name, tip)


def named(widget: QWidget, name: str, tip: str) -> QWidget:
    """Give a widget its accessible name and its tooltip."""
    widget.setAccessibleName(name.replace("_", " ").capitalize())
    widget.setToolTip(tip)
    return widget


def _rate(text: str) -> float:
    return _within(text, "learning rate", 1e-8, 1)


def _decay(text: str) -> float:
    return _within(text, "averaging", 0, MOST_EMA)


def _within(text: str, name: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ValueError(f"{name}: {text or 'nothing'} is not a number in [{low:g}, {high}]")
    return value


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isdecimal() and 1 <= int(part) <= 100_000 for part in parts):
        raise ValueError(f"hidden widths: {text} is no list of whole numbers with commas between them, such as 1000,500,250")
    return tuple(map(int, parts))
