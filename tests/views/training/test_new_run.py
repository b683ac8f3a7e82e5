"""The form of a new run has a field for every setting that says so, and what is made of it is in the recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.thread.messages import Failed
from explorer.engine.training.messages import TrainingMeasured
from explorer.recipe.training import TrainRecipe, widths_of
from explorer.recipe.training.field import ChoiceField, Field, Group, NumberField, TextField, TickField
from explorer.recipe.training.rows import Row, fields, rows
from explorer.state.training import TrainingState
from explorer.views.training.new_run import NewRun
from explorer.widgets.controls.number_fields import IntField, SeedField

SHOWN = fields(TrainRecipe)
Maker = Callable[[TrainRecipe], NewRun]
KNOTS = ((0.0, 9.2), (0.5, -0.25), (1.0, -10.0))


@pytest.fixture
def form_of(qtbot: QtBot) -> Maker:
    """The form with all its settings, over a window that is there as long as the test."""
    parent = QWidget()
    qtbot.addWidget(parent)

    def make(recipe: TrainRecipe) -> NewRun:
        form = NewRun(recipe, [], lambda recipes, wish: None, parent)
        form.more.setChecked(True)
        form.show()
        return form

    return make


def label_of(form: NewRun, widget: QWidget) -> str:
    """Of its row."""
    for layout in form.findChildren(QFormLayout):
        label = layout.labelForField(widget)
        if isinstance(label, QLabel):
            return label.text()
    return ""


def recipe_for(row: Row) -> TrainRecipe:
    """Of a model that has this setting, with data that have it."""
    model = "C" if "ddpm" in row.about.kinds else "vae" if "vae" in row.about.kinds else "ae"
    classes, codes = row.name == "drop_labels", "mnist-vae-2d" if row.name in ("codes", "units", "depth") else ""
    return TrainRecipe(model, dataset="/some/folder", size=16, batch=64, classes=classes, codes_of=codes)  # type: ignore[arg-type]


def change(widget: QWidget, field: Field, kind: type) -> object:
    """Make something of a field as a person would; the value that is meant."""
    match field:
        case NumberField():
            assert isinstance(widget, IntField)
            widget.setValue(field.most)
            return field.most
        case ChoiceField():
            assert isinstance(widget, QComboBox)
            widget.setCurrentText(field.choices[-1])
            return field.choices[-1]
        case TickField():
            assert isinstance(widget, QCheckBox)
            widget.toggle()
            return widget.isChecked()
        case TextField():
            assert isinstance(widget, QLineEdit)
            widget.setText("0.5" if widget.text() else "3,2")
            return widget.text() if kind is str else widths_of("3,2") if "," in widget.text() else 0.5
    assert isinstance(widget, SeedField)
    widget.setText("77")
    widget.take()
    return 77


@pytest.mark.parametrize(("row", "field"), SHOWN, ids=[row.name for row, _ in SHOWN])
def test_every_setting_that_says_so_has_its_field(form_of: Maker, row: Row, field: Field) -> None:
    form = form_of(recipe_for(row))
    widget = form.fields.by_name[row.name]
    assert label_of(form, widget) == field.label
    assert widget.isVisible()
    assert field.tip in widget.toolTip()
    if isinstance(field, NumberField):
        assert isinstance(widget, IntField)
        widget.setValue(field.least)
        assert getattr(form.recipe, row.name) == (None if field.none else field.least)
    meant = change(widget, field, row.type)
    assert getattr(form.recipe, row.name) == meant, "within the bounds of the recipe, too"
    if not row.about.switches:
        assert row.option in form.typed or meant == row.default
    form.reject()


def test_there_are_no_other_fields(form_of: Maker) -> None:
    form = form_of(TrainRecipe())
    assert set(form.fields.by_name) == {row.name for row in rows(TrainRecipe) if row.about.field is not None}
    assert set(form.fields.by_name) == {row.name for group in get_args(Group) for row, _ in fields(TrainRecipe, group)}
    form.reject()


def test_what_matters_most_comes_first() -> None:
    order = {group: [row.name for row, _ in fields(TrainRecipe, group)] for group in get_args(Group)}
    assert order["data"] + order["first"] == ["size", "fit", "range", "member", "labels", "background", "epochs", "batch", "seed"]
    assert order["learning"][:3] == ["learning_rate", "warmup", "images"]
    latent = [row.name for row, _ in fields(TrainRecipe, "network") if "vae" in row.about.kinds]
    assert latent[:3] == ["code", "architecture", "hidden"]


def test_what_means_nothing_for_a_data_set_is_hidden_and_forgotten(form_of: Maker, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 8, 8), np.uint8))
    form = form_of(TrainRecipe())
    data = {row.name for row, _ in fields(TrainRecipe, "data")}
    of_archives, array = {"member", "labels"}, str(tmp_path / "a.npy")
    shown = {str(tmp_path): data - of_archives, array: {"range", *of_archives}, str(tmp_path / "gone"): data, "emoji": set()}
    for dataset, expected in shown.items():
        form.data.setText(dataset)
        assert {name for name in data if form.fields.by_name[name].isVisible()} == expected
    form.data.setText(str(tmp_path / "a.npy"))
    form.fields.choice("range").setCurrentText("0,255")
    form.fields.text("member").setText(" faces ")
    assert "--range 0,255 --member faces" in form.typed
    form.data.setText(str(tmp_path))
    form.fields.text("learning_rate").setText("0,0005")
    assert form.recipe.learning_rate == 0.0005, "as it is typed in other languages"
    assert "--range" not in form.typed
    assert "--member" not in form.typed
    form.reject()


@pytest.mark.parametrize(
    ("model", "classes", "codes"), [("C", False, ""), ("C", True, ""), ("C", False, "mnist-vae-2d"), ("vae", False, "")]
)
def test_what_means_nothing_for_a_model_is_hidden(form_of: Maker, model: str, classes: bool, codes: str) -> None:
    recipe = TrainRecipe(model, classes=classes, codes_of=codes)  # type: ignore[arg-type]
    form = form_of(recipe)
    visible = {name for name, widget in form.fields.by_name.items() if widget.isVisible()}
    expected = {row.name for row, field in SHOWN if recipe.kind in row.about.kinds and field.group != "data"}
    if not classes:
        expected -= {"drop_labels"}
    expected -= {"network", "levels", "width", "attention", "classes"} if codes else {"codes", "units", "depth"}
    assert visible == expected, "and MNIST's pictures have their size"
    form.reject()


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("learning_rate", "fast", "learning rate: fast is not a number in [1e-08, 1]"),
        ("learning_rate", "nan", "learning rate: nan is not a number in [1e-08, 1]"),
        ("learning_rate", "1,5", "learning rate: 1,5 is not a number in [1e-08, 1]"),
        ("learning_rate", "1.5", "learning rate: 1.5 is not a number in [1e-08, 1]"),
        ("ema", "", "averaging: nothing is not a number in [0, 0.999999]"),
        ("hidden", "3,0", "hidden widths: 3,0 is no list of whole numbers with commas between them, such as 1000,500,250"),
        ("hidden", "3,", "hidden widths: 3, is no list of whole numbers with commas between them, such as 1000,500,250"),
    ],
)
def test_a_text_that_is_none_of_its_values_is_told_until_it_is_mended(form_of: Maker, name: str, text: str, why: str) -> None:
    form = form_of(TrainRecipe("vae"))
    field = form.fields.text(name)
    good = field.text()
    field.setText(text)
    assert form.time.text() == why
    assert not form.ok.isEnabled()
    field.setText(good)
    assert form.ok.isEnabled()
    form.reject()


def test_a_schedule_that_was_bent_is_a_choice_where_there_is_one(form_of: Maker) -> None:
    plain, bent = (form_of(recipe) for recipe in (TrainRecipe(), TrainRecipe(schedule="bent", knots=KNOTS)))
    assert plain.fields.choice("schedule").findText("bent") < 0
    assert bent.fields.choice("schedule").currentText() == "bent"
    for form in (plain, bent):
        form.reject()


def measured(recipe: TrainRecipe, seconds_per_image: float) -> TrainingMeasured:
    return TrainingMeasured(recipe, seconds_per_image, 2**28)


def test_a_quick_look_is_under_two_minutes_by_what_an_image_costs(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    form = NewRun(TrainRecipe(), [], lambda recipes, wish: None, parent, TrainingState().length)
    form.show()
    assert form.lengths.currentData() == "quick"
    assert not form.ok.isEnabled()  # nothing is known yet of what goes into it
    form.show_measured(measured(form.recipe, 1 / 400))
    assert form.ok.isEnabled()
    steps = form.recipe.steps
    assert steps is not None
    assert 60 < steps * form.recipe.batch / 400 < 110
    assert (form.fields.number("images").value(), form.fields.number("epochs").value()) == (form.recipe.images, 1)
    assert "--images" in form.typed
    for name, least, most in (("quarter", 700, 900), ("hours", 6000, 7200)):
        form.lengths.setCurrentIndex(form.lengths.findData(name))
        assert form.recipe.images is None
        assert least < form.recipe.epochs * 60_000 / 400 < most
        assert f"{form.recipe.epochs} epochs" in form.lengths.currentText()
    form.fields.number("epochs").setValue(3)
    assert (form.lengths.currentData(), form.recipe.epochs) == ("own", 3)
    form.close()


def test_three_runs_share_the_time_of_a_quick_look(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    form = NewRun(TrainRecipe(), [], lambda recipes, wish: None, parent, "quick")
    form.model.setCurrentIndex(form.model.findData("ABC"))
    form.show_measured(measured(form.recipes[0], 1 / 400))
    assert len(form.recipes) == 3
    steps = form.recipe.steps
    assert steps is not None
    assert 60 < 3 * steps * form.recipe.batch / 400 < 110
    form.close()


def test_where_nothing_can_be_measured_the_settings_say_how_long(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    form = NewRun(TrainRecipe(), [], lambda recipes, wish: None, parent, "quick")
    form.show_measured(Failed("no such network"))
    assert form.lengths.currentData() == "own"
    assert form.ok.isEnabled()
    form.close()


def test_with_all_settings_the_form_stays_on_its_screen_and_scrolls(form_of: Maker, qtbot: QtBot) -> None:
    form = form_of(TrainRecipe())
    form.more.setChecked(False)
    form.show()
    low = form.height()
    form.more.setChecked(True)
    room = form.screen().availableGeometry().height()
    assert low < form.height() < room
    wanted = form._settings.sizeHint().height()
    form.resize(form.width(), 500)  # as on a lower screen
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert form.height() == 500, "it may be as low as that"
    assert form.ok.mapTo(form, form.ok.rect().bottomLeft()).y() < 500, "with what starts it in sight"
    assert form._settings.height() < wanted
    assert form._settings.verticalScrollBar().maximum() > 0
    form.more.setChecked(False)
    assert form.height() == low
