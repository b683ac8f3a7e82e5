"""The form of what a file does not say: by mouse and by keys, on a trained network in a file that says nothing of its training."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.app import Explorer
from explorer.recipe.told import NO_NULL, Told
from explorer.sources import remembered
from explorer.views.window.drop_overlay import what_drops
from explorer.views.window.telling.form import TellingForm
from explorer.views.window.telling.schedule_answer import ScheduleAnswer
from explorer.views.window.telling.words import answer_words

RIGHT = Told("C", "linear", None, 1000, 1)
Key = Qt.Key


@pytest.fixture
def path(silent: Callable[..., Path]) -> Path:
    return silent("mnist-ddpm-c")


@pytest.fixture
def asked(open_app: Callable[..., Explorer], qtbot: QtBot, path: Path) -> tuple[Explorer, TellingForm]:
    """The app, and the form that the file has it show."""
    explorer = open_app(workspace="reverse-chain")
    explorer.window.open_paths([str(path)])
    qtbot.waitUntil(lambda: explorer.window.opener.asks.form is not None)
    form = explorer.window.opener.asks.form
    assert form is not None
    return explorer, form


def is_gone(explorer: Explorer) -> bool:
    return explorer.window.opener.asks.form is None


@pytest.mark.parametrize("field", sorted({*Told.__struct_fields__} - {"betas", "schedule"}))
def test_every_question_has_a_field_that_holds_every_answer(qtbot: QtBot, field: str) -> None:
    of_few = typing.get_args(typing.get_args(typing.get_type_hints(Told)[field])[0])
    for answer in {"image_size": ((32, 48),), "null_label": (NO_NULL, 10)}.get(field, of_few or (7,)):
        made, told = TellingForm._field(field, None, {}), Told(**{field: answer})  # type: ignore[arg-type]
        qtbot.addWidget(made)
        made.show_answer(told)
        assert made.said() == {field: answer}
        assert answer_words(told, field)


def test_it_is_answered_by_keys_alone(asked: tuple[Explorer, TellingForm], qtbot: QtBot, path: Path) -> None:
    explorer, form = asked
    with qtbot.waitActive(form):
        form.activateWindow()
    assert form.focusWidget() is form.go
    form.fields["timesteps"].setFocus()
    assert form.go.isDefault(), "Return opens it from every field"
    form.go.setFocus()
    names = []
    for _ in range(9):
        qtbot.keyClick(form.focusWidget(), Key.Key_Tab)
        names.append(form.focusWidget().accessibleName())
    for wanted in ("the noise ε", "linear", "Take the betas of a file or of an open lane", "Timesteps T", "0"):
        assert wanted in names
    while form.focusWidget().accessibleName() != "0":
        qtbot.keyClick(form.focusWidget(), Key.Key_Tab)
    qtbot.keyClick(form.focusWidget(), Key.Key_Right)
    assert form.told == RIGHT
    qtbot.keyClick(form.focusWidget(), Key.Key_Return)
    qtbot.waitUntil(lambda: is_gone(explorer))
    lane = explorer.store.session.reverse.recipe.lanes[0]
    assert (lane.source, lane.told, lane.option) == (str(path), RIGHT, "C")
    assert remembered.told_of(sources.source_for(path).sha256(path)) == RIGHT  # type: ignore[union-attr]
    explorer.window.open_paths([str(path)])  # which was told it once
    with qtbot.waitSignal(explorer.library.opened):
        pass
    assert is_gone(explorer)


def test_given_up_nothing_is_changed(asked: tuple[Explorer, TellingForm], qtbot: QtBot, path: Path) -> None:
    explorer, form = asked
    before = explorer.store.session
    qtbot.keyClick(form, Key.Key_Escape)
    qtbot.waitUntil(lambda: is_gone(explorer))
    assert explorer.store.session == before
    assert not sources.knows(path)


def test_it_says_how_plausible_answers_are_and_gives_better_ones(asked: tuple[Explorer, TellingForm], qtbot: QtBot) -> None:
    _, form = asked
    qtbot.mouseClick(form.fields["predicts"].bar.button("V"), Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: form.check.idle)
    assert form.check.says.text().startswith(("Doubtful: it finds", "Hardly: it finds"))
    assert form.check.adds.text().startswith("It finds 96 % if it predicts the noise and it counts t = 1 as 1.")
    qtbot.mouseClick(form.check.use, Qt.MouseButton.LeftButton)
    assert form.told == RIGHT
    qtbot.waitUntil(lambda: form.check.idle)
    assert form.check.says.text() == "Plausible: it finds 96 % of the noise in 16 pictures of MNIST."
    assert form.check.use.isHidden()


def test_what_is_refused_is_said_in_the_form(asked: tuple[Explorer, TellingForm], qtbot: QtBot) -> None:
    explorer, form = asked
    form.show_answers(Told("A", "linear", None, 1000, 1))
    qtbot.mouseClick(form.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.problem.isVisible)
    assert "nobody writes such files for the posterior mean" in form.problem.text()
    assert form.go.isEnabled()
    assert not explorer.window.banner.message
    form.show_answers(RIGHT)
    qtbot.mouseClick(form.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_gone(explorer))
    assert explorer.store.session.reverse.recipe.lanes[0].told == RIGHT


def test_betas_are_taken_from_a_file_and_from_a_lane(asked: tuple[Explorer, TellingForm], qtbot: QtBot, tmp_path: Path) -> None:
    explorer, form = asked
    field = form.fields["schedule"]
    assert isinstance(field, ScheduleAnswer)
    assert [action.text() for action in field.menu.actions()][:2] == ["A file…", "mnist-ddpm-c"]
    (tmp_path / "betas.json").write_text(json.dumps([0.1, 0.2, 0.3]))
    field.take_file(str(tmp_path / "betas.json"))
    qtbot.waitUntil(lambda: form.told.betas is not None)
    assert (form.told.betas, form.told.timesteps, form.told.schedule) == ((0.1, 0.2, 0.3), 3, None)
    assert not form.fields["timesteps"].isEnabled()
    field.take_lane("the lane", explorer.store.session.reverse.recipe.lanes[0])
    qtbot.waitUntil(lambda: form.told.timesteps == 1000)
    assert field.note.text() == "the lane, T = 1000"
    field.take_file(str(tmp_path / "none.txt"))
    qtbot.waitUntil(lambda: "none.txt" in field.note.text())
    assert form.told.timesteps == 1000


def test_what_was_told_is_told_otherwise_later(asked: tuple[Explorer, TellingForm], qtbot: QtBot, path: Path) -> None:
    explorer, form = asked
    form.show_answers(Told("B", "linear", None, 1000, 1))
    qtbot.mouseClick(form.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_gone(explorer))
    page = explorer.window.current
    page.opener.ask_again(str(path), 0)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not is_gone(explorer))
    again = explorer.window.opener.asks.form
    assert again is not None
    assert again.told.predicts == "B"
    again.show_answers(RIGHT)
    qtbot.mouseClick(again.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_gone(explorer))
    assert explorer.store.session.reverse.recipe.lanes[0].told == RIGHT
    explorer.window.show_library()
    explorer.window.library.cards.choose(str(path))
    words = explorer.window.library.model_card.words()
    assert "a silent checkpoint, written by a test" in words
    assert "the network predicts" in words
    assert explorer.window.library.told_button.isVisible()
    assert explorer.window.menus.recent.actions()[0].text() == "x.silent\tsilent checkpoint"


def test_opening_is_given_up_and_what_waits_with_it(
    open_app: Callable[..., Explorer], qtbot: QtBot, path: Path, checkpoints: dict[str, Path]
) -> None:
    explorer = open_app(workspace="reverse-chain")
    before, shown, came = explorer.store.session, [], []
    explorer.library.opening.connect(shown.append)
    explorer.library.opened.connect(came.append)
    explorer.window.open_paths([str(path), str(checkpoints["mnist-ddpm-a"])])
    assert explorer.library.waiting == 1
    qtbot.mouseClick(explorer.window.opener.card.cancel, Qt.MouseButton.LeftButton)
    assert shown[-1] is None
    assert explorer.library.waiting == 0
    explorer.library.open(str(checkpoints["mnist-ddpm-b"]))
    qtbot.waitUntil(lambda: len(came) == 1)
    assert came[0].name == "mnist-ddpm-b"
    assert is_gone(explorer)
    assert explorer.store.session == before


def test_a_drop_says_what_it_opens(path: Path, tmp_path: Path) -> None:
    assert what_drops([str(path)]) == "x.silent, a silent checkpoint"
    assert what_drops([str(path), str(tmp_path / "a.png")]) == "x.silent, a silent checkpoint and 1 more"
    assert what_drops([str(tmp_path / "a.png")]) == ""


def test_a_lane_is_checked(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    page = explorer.window.current
    page.chain_actions["check_noise"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(explorer.window.banner.message))
    assert explorer.window.banner.message == "mnist-ddpm-c: Plausible: it finds 96 % of the noise in 16 pictures of MNIST."
    assert QApplication.activeModalWidget() is None
