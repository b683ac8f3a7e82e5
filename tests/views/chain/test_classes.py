"""Classes in the window: labels and guidance of a lane, the class on each picture, the two predictions, sweeps; undone as everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import file_sha256, load, save
from explorer.recipe import NO_CLASS, ExactProcess, FreshNoise, Lane, Sampler
from explorer.recipe.quantities import of_classes
from explorer.state.edits import branches
from explorer.views.chain.page import ChainPage
from explorer.views.compare.sweep_dialog import SweepDialog
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.labels import lane_titles

Opener = Callable[..., ChainPage]


@pytest.fixture
def lane(conditional: Path) -> Lane:
    return Lane(file_sha256(conditional), str(conditional), "C", Sampler(steps=4, clip=True))


def opened(kind: type[ChainPage], lanes: tuple[Lane, ...], open_page: Opener, qtbot: QtBot, **more: object) -> ChainPage:
    """A page whose library knows the network."""
    page = open_page(kind, lanes, **more)
    page.context.library.scan((lanes[0].source,))
    qtbot.waitUntil(lambda: page.display.classes.of(lanes[0]) is not None)
    settle(page, qtbot)
    return page


def settle(page: ChainPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.idle)


def typed(page: ChainPage, text: str, qtbot: QtBot) -> None:
    """Write labels as a person does."""
    line = page.widgets.inspector.labels.line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(page, qtbot)


def test_each_picture_says_its_class_and_a_label_is_undone(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (lane,), open_page, qtbot)
    inspector, grid = page.widgets.inspector, page.panels[0].grid
    assert inspector.labels.isVisible()
    assert inspector.labels.line.text() == ""
    assert grid.names == ("0", "1", "2", "0")
    assert grid.pointed_at(grid.centre_of(2)).words == "sample 2 · 2"  # type: ignore[union-attr]
    typed(page, "2,none", qtbot)
    assert page.part.recipe.lanes[0].labels == (2, NO_CLASS)
    assert grid.names == ("2", "–", "2", "–")
    typed(page, "1", qtbot)
    assert grid.names == (), "all are of one class, which the head says"
    assert page.panels[0].subtitle.endswith("class 1 · 4 steps, clipped")
    assert page.context.store.undo_label == "label 1"
    page.context.store.undo()
    settle(page, qtbot)
    assert (inspector.labels.line.text(), page.part.recipe.lanes[0].labels) == ("2,none", (2, NO_CLASS))


def test_what_is_no_label_goes_back(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (lane,), open_page, qtbot)
    before = page.part.recipe
    for text in ("seven", "3..1"):
        typed(page, text, qtbot)
        assert page.part.recipe == before
        assert page.widgets.inspector.labels.line.text() == ""
    typed(page, "9", qtbot)
    assert "takes the labels 0 to 3, of which 3 is for no class; not 9" in page.panels[0].grid.message


def test_one_sample_of_each_class_is_a_choice_of_the_menu(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (lane,), open_page, qtbot)
    menu = page.widgets.inspector.labels.menu
    menu.aboutToShow.emit()
    rows = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert rows == ["Each class in turn", "One sample of each class", "Class 0", "Class 1", "Class 2", "No class"]
    menu.actions()[1].trigger()
    settle(page, qtbot)
    assert page.part.recipe.samples == 3
    assert page.panels[0].grid.names == ("0", "1", "2")


def test_guidance_changes_the_chain_and_every_branch_of_it(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (lane,), open_page, qtbot)
    page.part.put(branches.with_branch(page.part.state, FreshNoise(10, 1)))
    settle(page, qtbot)
    before = page.panels[0].grid.tiles
    assert before is not None
    field = page.widgets.inspector.guidance
    field.setValue(3.0)
    field.take()
    settle(page, qtbot)
    recipe = page.part.recipe
    assert {each.guidance for each in (*recipe.lanes, *(branch.lane for branch in recipe.branches))} == {3.0}
    after = page.panels[0].grid.tiles
    assert after is not None
    assert np.abs(after.astype(int) - before.astype(int)).max() > 20
    assert "w 3" in page.panels[0].subtitle


def test_keys_show_both_predictions_and_what_guidance_adds(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(ReverseChainWorkspace, (lane,), open_page, qtbot, t=10)
    bar = page.widgets.quantities
    assert all(bar.button(name).isVisible() for name in of_classes())
    seen = {}
    for key, name in zip((Qt.Key.Key_8, Qt.Key.Key_9, Qt.Key.Key_Y), of_classes(), strict=True):
        QTest.keyClick(QApplication.focusWidget() or page, key)
        assert page.part.state.quantity == name
        settle(page, qtbot)
        (frame,) = page.display.frames.values()
        seen[name] = frame.values
    np.testing.assert_allclose(seen["guidance"], seen["eps_class"] - seen["eps_null"], atol=1e-5)
    assert np.abs(seen["guidance"]).max() > 0.05


def test_a_network_without_classes_has_none_of_it(open_page: Opener, checkpoints: dict[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-c"]
    page = open_page(ReverseChainWorkspace, (Lane(file_sha256(path), str(path), "C", Sampler(steps=2)),))
    assert not page.widgets.inspector.labels.isVisible()
    assert not page.widgets.inspector.guidance.isVisible()
    for name in of_classes():
        assert page.widgets.quantities.button(name).isHidden()
        assert not page.chain_actions[name].isEnabled()
        assert "Not now: no lane is of a network that is told classes" in page.chain_actions[name].toolTip()


def test_an_exact_lane_is_of_one_class_or_of_all(open_page: Opener, qtbot: QtBot) -> None:
    exact = Lane("", "mnist", sampler=Sampler(steps=3), exact=ExactProcess("mnist", images=40))
    page = open_page(CompareWorkspace, (exact,), samples=2)
    inspector = page.widgets.inspector
    assert inspector.labels.isVisible()
    assert not inspector.guidance.isVisible()
    assert inspector.labels.line.placeholderText() == "all classes"
    typed(page, "1,2", qtbot)
    assert page.part.recipe.lanes[0].exact == exact.exact
    typed(page, "4", qtbot)
    assert page.part.recipe.lanes[0].exact == ExactProcess("mnist", images=40, label=4)
    assert "class 4" in page.panels[0].subtitle


def test_a_sweep_over_classes_and_one_over_guidance(lane: Lane, open_page: Opener, qtbot: QtBot) -> None:
    page = opened(CompareWorkspace, (lane,), open_page, qtbot, samples=2)
    assert isinstance(page, CompareWorkspace)
    page.ask_sweep()
    (dialog,) = page.findChildren(SweepDialog)
    assert {"label", "guidance"} <= {dialog.setting.itemData(i) for i in range(dialog.setting.count())}
    dialog.setting.setCurrentIndex(dialog.setting.findData("label"))
    assert dialog.values.text() == "0..2"
    assert dialog.told == "3: class 0, class 1, class 2"
    dialog.values.setText("0..2,none")
    dialog.accept()
    settle(page, qtbot)
    assert [each.labels for each in page.part.recipe.lanes] == [(0,), (1,), (2,), (NO_CLASS,)]
    assert page.widgets.quantities.button("guidance").isVisible()
    assert page.window().minimumSizeHint().width() <= 1280, "a narrow screen has the whole row of what can be shown"
    page.context.store.undo()
    assert page.part.recipe.lanes == (lane,)


def test_a_plain_lane_is_not_swept_over_classes(open_page: Opener, checkpoints: dict[str, Path], qtbot: QtBot) -> None:
    path = checkpoints["mnist-ddpm-c"]
    page = open_page(CompareWorkspace, (Lane(file_sha256(path), str(path), "C", Sampler(steps=2)),), samples=1)
    assert isinstance(page, CompareWorkspace)
    page.ask_sweep()
    (dialog,) = page.findChildren(SweepDialog)
    assert not {"label", "guidance"} & {dialog.setting.itemData(i) for i in range(dialog.setting.count())}
    dialog.reject()


def test_classes_have_their_names_in_heads_legends_sweeps_and_exports(
    lane: Lane, conditional: Path, open_page: Opener, tmp_path: Path, qtbot: QtBot
) -> None:
    known = load(conditional)
    assert known.card.classes is not None
    path = tmp_path / "named.safetensors"
    save(path, replace(known.card, classes=replace(known.card.classes, names=("cat", "dog", "owl"))), known.network.state_dict())
    named = replace(lane, checkpoint=file_sha256(path), source=str(path))
    page = opened(
        CompareWorkspace, (replace(named, labels=(1,)), replace(named, labels=(2,)), replace(named, labels=(0, 2))), open_page, qtbot
    )
    assert [panel.title for panel in page.panels] == ["Option C · class dog", "Option C · class owl", "Option C · classes cat, owl"]
    dialog = SweepDialog(
        named, "Option C", 1, (), 20, lambda *_: None, page, page.display.classes.of(named), page.controller.called
    )  # fmt: skip
    qtbot.addWidget(dialog)
    dialog.setting.setCurrentIndex(dialog.setting.findData("label"))
    assert dialog.told == "3: class cat, class dog, class owl"
    assert page.exporting.offer() is not None
    assert page.exporting._look(None).labels == ("Option C · class dog", "Option C · class owl", "Option C · classes cat, owl")


def test_the_exact_process_of_a_class_is_called_by_its_data_set() -> None:
    lanes = tuple(Lane("", "emoji", exact=ExactProcess("emoji", label=label)) for label in (0, 8))
    assert lane_titles(lanes) == ("Exact · class smileys", "Exact · class flags")
