"""A workspace is registered by its name: what the rail, the session and the command line know of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from explorer.app import Explorer, standard_workspaces
from explorer.cli.render.options import WorkspaceChoice
from explorer.cli.render.rooms import room_of
from explorer.recipe import PlaneRecipe, Point
from explorer.state.persistence import load, session_file
from explorer.state.session import WORKSPACES
from explorer.views.workspace import Facts, Workspace
from explorer.widgets.controls.actions import Actions, Do


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The window as the app makes it, without its engine."""
    made = Explorer(load(session_file()), session_file())
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    assert made.shutdown()


def test_each_name_has_its_workspace_in_the_rails_order() -> None:
    assert [facts.name for facts in standard_workspaces()] == list(WORKSPACES)


@pytest.mark.parametrize("name", WORKSPACES)
def test_each_can_be_rendered(name: str) -> None:
    assert name in [choice.value for choice in WorkspaceChoice]
    room = room_of(name)
    assert all(option.startswith("--") for option in room.TAKES)
    assert ("--checkpoint" in room.TAKES) == bool(room.KINDS)


def test_only_what_is_looked_at_is_built(explorer: Explorer) -> None:
    window = explorer.window
    assert list(window.workspaces.built) == ["reverse-chain"]
    assert window.rail.button("latent").text() == "Latent"
    window.choose("latent")
    assert list(window.workspaces.built) == ["reverse-chain", "latent"]
    assert window.current.isVisible()
    window.menus.actions["keys"].trigger()
    assert window.close()
    assert len(window.workspaces.built) == 2


def test_the_part_of_one_that_was_never_looked_at_survives_undo_and_autosave(explorer: Explorer, qtbot: QtBot) -> None:
    plane = PlaneRecipe(checkpoint="a" * 64, source="x", points=(Point("P1", 0.0, 1.0),))
    store = explorer.store
    store.update_latent("add point", recipe=plane)
    store.undo()
    assert store.session.latent.recipe == PlaneRecipe()
    store.redo()
    assert store.session.latent.recipe == plane
    qtbot.waitUntil(lambda: session_file().exists() and load(session_file()).saved.session.latent.recipe == plane)
    assert "latent" not in explorer.window.workspaces.built
    assert explorer.shutdown()
    assert load(session_file()).saved.session.latent.recipe == plane


def test_its_keys_act_on_the_first_visit(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    with qtbot.waitActive(window):
        window.activateWindow()
    window.choose("latent")
    assert explorer.store.session.latent.tool == "move"
    qtbot.keyClick(window.focusWidget(), "b")
    assert explorer.store.session.latent.tool == "stroke"
    assert [menu.title() for menu in window.menus.shown()] == ["File", "Edit", "View", "Plane", "Bookmarks", "Help"]


def test_a_form_that_a_session_left_open_opens_over_the_window(explorer: Explorer) -> None:
    training = msgspec.structs.replace(explorer.store.session.training, asking=True)
    explorer.store.update(workspace="training", training=training)
    form = explorer.window.current.form  # type: ignore[attr-defined]
    assert form.isVisible()
    assert form.parentWidget() is explorer.window
    form.reject()


@pytest.mark.parametrize("facts", standard_workspaces(), ids=WORKSPACES)
def test_what_is_known_before_is_what_is_built(explorer: Explorer, facts: Facts) -> None:
    made = explorer.window.workspaces[facts.name]
    assert made.facts is facts
    rows = {row.name: row for group in facts.groups() for row in group}
    actions = {name: action for each in made.findChildren(Actions) for name, action in each.by_name.items()}
    assert set(actions) == set(rows)
    assert {row.keys for row in rows.values() if isinstance(row.keys, str) and row.keys} <= keys_of(actions.values(), rows)
    assert facts.takes_pictures == (type(made).accept_picture is not Workspace.accept_picture)
    assert facts.takes_data_sets == (type(made).accept_data_set is not Workspace.accept_data_set)
    assert bool(facts.kinds) == (type(made).accept_entry is not Workspace.accept_entry)


def keys_of(actions: object, rows: dict[str, Do]) -> set[str]:
    """Keys in force, as the rows write them."""
    written = {QKeySequence(row.keys): row.keys for row in rows.values() if isinstance(row.keys, str)}
    return {written[key] for action in actions for key in action.shortcuts() if key in written}  # type: ignore[attr-defined]


def test_what_cannot_take_a_checkpoint_is_not_built_to_say_so(explorer: Explorer, checkpoints: dict[str, Path]) -> None:
    from explorer.checkpoints.files import read_card
    from explorer.engine.models.messages import LibraryEntry

    path = checkpoints["mnist-vae-2d"]
    entry = LibraryEntry(str(path), path.stem, True, 0, "a" * 64, read_card(path))
    assert explorer.window.opener.open_entry(entry)
    assert set(explorer.window.workspaces.built) == {"reverse-chain", "latent"}
