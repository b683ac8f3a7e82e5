"""The schedule of a lane, named ones and one that was bent."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from explorer.recipe import ScheduleChoice
from explorer.views.shared.schedule_field import ScheduleField

BENT = ScheduleChoice("betas", 3, (0.1, 0.2, 0.3))


def choose(field: ScheduleField, index: int) -> None:
    field.names.setCurrentIndex(index)
    field.names.activated.emit(index)


def test_a_schedule_without_a_name_is_called_bent_while_it_is_walked(qtbot: QtBot) -> None:
    field = ScheduleField()
    qtbot.addWidget(field)
    field.show_choice(BENT, "")
    assert field.names.currentText() == "bent, T = 3"
    assert field.length.isHidden(), "its T is not for changing"
    told: list[ScheduleChoice | None] = []
    field.committed.connect(told.append)
    choose(field, field.names.findText("cosine"))
    choose(field, field.names.findText("bent, T = 3"))
    choose(field, 0)
    assert [choice and choice.title for choice in told] == ["cosine", "bent", None]
    assert told[1] == BENT
    field.show_choice(None, "linear 1000")
    assert field.names.currentText() == "own: linear 1000"
    assert field.names.findText("bent, T = 3") == -1
    field.show_choice(ScheduleChoice("linear", 400), "")
    assert (field.names.currentText(), field.length.value(), field.length.isHidden()) == ("linear", 400, False)
