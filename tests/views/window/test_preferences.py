"""Preferences of chains: their steps, and the disk for those that are kept."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.errors import BadInput
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import MEGABYTE, Session
from explorer.state.store import Store
from explorer.views.window.preferences import Preferences
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


@pytest.mark.parametrize("bad", [{"default_steps": 0}, {"kept_budget": -1}])
def test_a_session_that_cannot_be_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="out of range"):
        decode_saved(encode_saved(Saved(session=Session(**bad))), "test")  # type: ignore[arg-type]
