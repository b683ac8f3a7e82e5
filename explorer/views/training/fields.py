"""Fields of the form of a new run, as the settings of a run describe them, reporting what the person makes of each."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from explorer.recipe.training import TrainRecipe, widths_of
from explorer.recipe.training.field import ChoiceField, Field, NumberField, TextField, TickField
from explorer.recipe.training.field import SeedField as SeedSetting
from explorer.recipe.training.rows import Row, fields
from explorer.widgets.controls.number_fields import IntField, SeedField, with_point
from explorer.widgets.look.language import tr

BENT = "bent"
TICK_HEIGHT = 28
MOST_WIDTH = 100_000


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
        for row, field in fields(TrainRecipe):
            self.by_name[row.name] = self._made(row, field, getattr(recipe, row.name))
        if recipe.knots:
            schedule = self.choice("schedule")
            schedule.addItem(tr(BENT), BENT)
            schedule.setItemData(schedule.count() - 1, tr("Bent in Forward: {count} control points", count=len(recipe.knots)), 3)
            schedule.setCurrentIndex(schedule.findData(recipe.schedule))

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
        field = self.number(name)
        field.show_value(field.minimum() if value is None else value)

    def take(self) -> None:
        """Take what is being typed."""
        seed = self.by_name["seed"]
        assert isinstance(seed, SeedField)
        seed.take()

    def _made(self, row: Row, field: Field, value: Any) -> QWidget:
        match field:
            case NumberField():
                return self._number(row.name, field, value)
            case SeedSetting():
                return self._seed(row.name, field, value)
            case ChoiceField():
                return self._choice(row.name, field, value)
            case TickField():
                return self._tick(row.name, field, value)
            case TextField():
                return self._text(row, field, value)
        raise TypeError(f"{row.name}: there is no such field as {type(field).__name__}")

    def _number(self, name: str, field: NumberField, value: int | None) -> QWidget:
        made = IntField(field.least, field.most, _name_of(field), tr(field.tip))
        made.show_value(field.least if value is None else value)
        made.setKeyboardTracking(True)
        if field.none:
            made.setSpecialValueText(tr(field.none))
        made.valueChanged.connect(lambda number: self.changed.emit(name, None if field.none and number == field.least else number))
        return made

    def _seed(self, name: str, field: Field, value: int) -> QWidget:
        made = SeedField()
        made.setToolTip(tr(field.tip))
        made.show_value(value)
        made.committed.connect(partial(self.changed.emit, name))
        return made

    def _choice(self, name: str, field: ChoiceField, value: str) -> QWidget:
        made = QComboBox()
        for choice in field.choices:
            made.addItem(tr(choice), choice)
        made.setCurrentIndex(made.findData(value))
        made.currentIndexChanged.connect(lambda index: self.changed.emit(name, made.itemData(index)))
        return named(made, _name_of(field), tr(field.tip))

    def _tick(self, name: str, field: TickField, value: bool) -> QWidget:
        made = QCheckBox(tr(field.words))
        made.setChecked(value)
        made.setMinimumHeight(TICK_HEIGHT)
        made.toggled.connect(partial(self.changed.emit, name))
        return named(made, _name_of(field), tr(field.tip))

    def _text(self, row: Row, field: TextField, value: Any) -> QWidget:
        made = QLineEdit(f"{value:g}" if isinstance(value, float) else row.typed(value)[1])
        made.setPlaceholderText(tr(field.usual))

        def typed(text: str) -> None:
            try:
                read = _number_within(text, row, field) if row.type is float else text.strip() if row.type is str else _widths(text)
            except ValueError as error:
                self.troubled.emit(row.name, str(error))
            else:
                self.troubled.emit(row.name, "")
                self.changed.emit(row.name, read)

        made.textChanged.connect(typed)
        return named(made, _name_of(field), tr(field.tip))


def named(widget: QWidget, name: str, tip: str) -> QWidget:
    """Give a widget its accessible name and its tooltip."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip)
    return widget


def _name_of(field: Field) -> str:
    return tr(field.label).replace("&", "")


def _number_within(text: str, row: Row, field: Field) -> float:
    try:
        value = float(with_point(text))
        row.check(value)
    except ValueError:
        name, about = _name_of(field).lower(), row.about
        raise ValueError(
            tr(
                "{name}: {text} is not a number in [{least:g}, {most:g}]",
                name=name,
                text=text or tr("nothing"),
                least=about.least,
                most=about.most,
            )
        ) from None
    return value


def _widths(text: str) -> tuple[int, ...]:
    try:
        widths = widths_of(text) if text.strip() else ()
    except ValueError:
        widths = (0,)
    if not all(1 <= width <= MOST_WIDTH for width in widths):
        raise ValueError(tr("hidden widths: {text} is no list of whole numbers with commas between them, such as 1000,500,250", text=text))
    return widths
