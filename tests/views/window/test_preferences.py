"""Preferences of chains: their steps, and the disk for those that are kept."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.errors import BadInput
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import MEGABYTE, Session
from explorer.state.store import Store
from explorer.views.window.preferences import Preferences
from explorer.widgets.look.style import apply_theme
from explorer.widgets.look.theme import Theme


def test_steps_and_kept_chains_are_chosen_and_kept(qtbot: QtBot) -> None:
    store = Store(Session())
    dialog = Preferences(store, Theme("dark"), "")
    qtbot.addWidget(dialog)
    assert (dialog.steps_box.value(), dialog.kept_box.value()) == (50, 1024)
    dialog.steps_box.setValue(1000)
    dialog.kept_box.setValue(256)
    assert (store.session.default_steps, store.session.kept_budget) == (1000, 256 * MEGABYTE)
    again = decode_saved(encode_saved(Saved(session=store.session)), "test").session
    assert (again.default_steps, again.kept_budget) == (1000, 256 * MEGABYTE)
    dialog.kept_box.setValue(0)
    assert dialog.kept_box.text() == "none"


def test_what_is_behind_transparent_pictures_is_chosen_and_kept(qtbot: QtBot) -> None:
    store = Store(Session())
    dialog = Preferences(store, Theme("dark"), "")
    qtbot.addWidget(dialog)
    assert dialog.background_box.currentText() == "on white"
    dialog.background_box.setCurrentIndex(1)
    assert store.session.background == "black"
    assert decode_saved(encode_saved(Saved(session=store.session)), "test").session.background == "black"


def test_another_size_of_text_has_room_at_once(qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    store, theme = Store(Session()), Theme("dark")
    apply_theme(app, theme)
    dialog = Preferences(store, theme, "CPU")
    qtbot.addWidget(dialog)
    dialog.show()
    store.changed.connect(lambda _old, new: theme.choose_text(new.text_size))
    sizes = []
    for row in (3, 0):
        dialog.text_box.setCurrentIndex(row)
        app.processEvents()
        notes = [label for label in dialog.findChildren(QLabel) if label.wordWrap()]
        assert notes
        assert not [label.text() for label in notes if label.height() < label.heightForWidth(label.width())]
        sizes.append(dialog.height())
    theme.choose_text(100)
    assert sizes[0] > sizes[1], "and no more of it than is needed"


@pytest.mark.parametrize("bad", [{"default_steps": 0}, {"kept_budget": -1}])
def test_a_session_that_cannot_be_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="out of range"):
        decode_saved(encode_saved(Saved(session=Session(**bad))), "test")  # type: ignore[arg-type]
