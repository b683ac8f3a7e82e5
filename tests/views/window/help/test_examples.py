"""The examples that come with the app: each opens, is complete, and loses nothing that was there."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.files import file_sha256
from explorer.recipe import ChainRecipe
from explorer.resources import resource
from explorer.state.session import part_of, undone
from explorer.views.window.help.examples import Example, examples, session_of
from explorer.views.window.help.examples_dialog import ExamplesDialog
from explorer.widgets.look.theme import Theme

App = Callable[..., Explorer]
SECONDS = 1500
"""Image-steps that a slow CPU does in some ten seconds."""


def _models(part: object) -> list[tuple[str, str]]:
    """Hash and source of every checkpoint in a recipe."""
    found: list[tuple[str, str]] = []
    if isinstance(part, msgspec.Struct):
        fields = {name: getattr(part, name) for name in part.__struct_fields__}
        if fields.get("checkpoint"):
            found.append((fields["checkpoint"], fields["source"]))
        parts = list(fields.values())
    else:
        parts = list(part) if isinstance(part, tuple) else []
    return found + [model for inner in parts for model in _models(inner)]


def test_there_are_eleven_each_with_a_title_and_what_to_look_at() -> None:
    found = examples()
    assert len(found) == 11 == len({example.title for example in found})
    assert all(example.look.endswith((".", "?")) for example in found)
    files = {path.stem for path in resource("examples").glob("*.json")} - {"index"}
    assert files == {example.name for example in found}


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_each_is_of_one_workspace_and_of_shipped_models_and_takes_seconds(example: Example) -> None:
    session = session_of(example)
    models = {model for name in undone(session) for model in _models(getattr(session, name).recipe)}
    for sha256, source in models:
        assert file_sha256(resource("checkpoints", f"{source}.safetensors")) == sha256, "run python tools/make_examples.py"
    chain = session.compare.recipe if session.workspace == "compare" else session.reverse.recipe
    assert _image_steps(chain) <= SECONDS
    assert example.picture.is_file(), "run python tools/make_examples.py --pictures"


def _image_steps(chain: ChainRecipe) -> int:
    return sum(chain.samples * (lane.sampler.steps or 1000) for lane in chain.lanes)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_each_opens_in_its_workspace_and_is_shown(example: Example, open_app: App, qtbot: QtBot) -> None:
    explorer = open_app(workspace="training")
    before = explorer.store.session
    explorer.window.help.open_example(example)
    session = explorer.store.session
    assert session.workspace == session_of(example).workspace == explorer.window.current.workspace_name
    changed = [name for name in undone(session) if getattr(session, name).recipe != getattr(before, name).recipe]
    assert [name for name in changed if name != "notes"] == [part_of(session.workspace)]
    qtbot.waitUntil(lambda: explorer.window.banner.message == example.title)  # which goes by itself once it could be read
    qtbot.waitUntil(lambda: explorer.window.current.idle and not explorer.client.busy)
    explorer.store.undo()
    assert all(getattr(explorer.store.session, name).recipe == getattr(before, name).recipe for name in undone(before))


def test_a_card_is_chosen_by_a_click_and_by_enter(qtbot: QtBot) -> None:
    for gesture in (lambda card: qtbot.mouseClick(card, Qt.MouseButton.LeftButton), lambda card: qtbot.keyClick(card, Qt.Key.Key_Return)):
        dialog = ExamplesDialog(Theme("dark"), examples())
        qtbot.addWidget(dialog)
        dialog.show()
        with qtbot.waitSignal(dialog.chosen) as chosen:
            gesture(dialog.cards[3])
        assert chosen.args == [examples()[3]]
        assert not dialog.isVisible()
