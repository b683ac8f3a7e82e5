"""The real window with its real workspaces; where no computation is looked at, the engine thread is not started."""

from __future__ import annotations

import contextlib
import os
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.datasets.images import load_images
from explorer.endings import DATA_SETS, DOCUMENT, PICTURES, SESSIONS, TABLES
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed
from explorer.exports.kinds import KINDS
from explorer.recipe import ChainRecipe, ExactProcess, Lane, PlaneRecipe, Point, Recipe, encode_recipe
from explorer.state.persistence import Loaded, Saved, WindowState
from explorer.state.session import MEGABYTE, Session
from explorer.views.window.key_sheet import KeySheet, keys_of_menus, keys_of_workspaces
from explorer.views.window.main_window import MainWindow
from explorer.views.window.preferences import Preferences
from explorer.views.workspace import Status
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import CLASS_COLOURS, DARK, LIGHT

Maker = Callable[..., Explorer]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Maker]:
    """Explorers without an engine, closed at the end."""
    made: list[Explorer] = []

    def build(session: Session | None = None, window: WindowState | None = None) -> Explorer:
        saved = Saved(session=session or Session(theme="dark"), window=window or WindowState())
        explorer = Explorer(Loaded(saved, fresh=True), None)
        qtbot.addWidget(explorer.window)
        made.append(explorer)
        return explorer

    yield build
    assert all(explorer.shutdown() for explorer in made)


@pytest.fixture
def explorer(make: Maker, qtbot: QtBot) -> Explorer:
    made = make()
    made.window.show()
    made.window.opener.begin()  # nothing more will be known of this machine
    return made


@pytest.fixture
def window(explorer: Explorer) -> MainWindow:
    return explorer.window


def dialogs(window: MainWindow, kind: type[QDialog]) -> list[QDialog]:
    return [d for d in window.findChildren(kind) if d.isVisible()]


def test_the_rail_and_the_keys_change_the_workspace(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    assert list(window.workspaces) == ["reverse-chain", "compare", "latent", "forward", "objective", "training", "variational"]
    qtbot.mouseClick(window.rail.button("latent"), Qt.MouseButton.LeftButton)
    assert explorer.store.session.workspace == "latent"
    assert window.current.isVisible()
    assert not window.workspaces["compare"].isVisible()
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current.workspace_name == "compare"
    assert window.rail.button("compare").isChecked()
    assert not window.rail.button("latent").isChecked()
    assert window.inspector.currentWidget().isAncestorOf(window.current.inspector)


def test_only_the_current_workspaces_menu_is_shown(window: MainWindow) -> None:
    def titles() -> list[str]:
        return [menu.title() for menu in window.menus.shown()]

    assert titles() == ["File", "Edit", "View", "Chain", "Bookmarks", "Help"]
    window.choose("latent")
    assert titles() == ["File", "Edit", "View", "Plane", "Bookmarks", "Help"]


def test_no_two_actions_in_force_have_the_same_key(window: MainWindow) -> None:
    for name in window.workspaces:
        window.choose(name)
        keys = [key for _, group in keys_of_menus(window.menus.shown()) for key, _ in group]
        assert len(keys) == len(set(keys)), name


def test_undo_says_what_it_undoes(explorer: Explorer) -> None:
    menus, store = explorer.window.menus, explorer.store
    assert not menus.actions["undo"].isEnabled()
    assert menus.actions["undo"].text() == "&Undo"
    plane = PlaneRecipe(checkpoint="a" * 64, source="x", points=(Point("P1", 0.0, 1.0),))
    store.update_latent("add point", recipe=plane)
    assert (menus.actions["undo"].text(), menus.actions["undo"].isEnabled()) == ("&Undo add point", True)
    menus.actions["undo"].trigger()
    assert store.session.latent.recipe == PlaneRecipe()
    assert (menus.actions["redo"].text(), menus.actions["undo"].isEnabled()) == ("&Redo add point", False)
    menus.actions["redo"].trigger()
    assert store.session.latent.recipe == plane


def test_the_theme_changes_live_and_is_kept(explorer: Explorer) -> None:
    window = explorer.window
    corner = QPoint(20, window.height() // 2)

    def colour() -> str:
        return window.grab().toImage().pixelColor(corner).name()

    assert colour() == DARK.panel
    window.menus.actions["light"].trigger()
    assert colour() == LIGHT.panel
    assert explorer.store.session.theme == "light"
    assert window.menus.actions["light"].isChecked()
    assert not explorer.store.can_undo


def test_a_file_that_is_not_there_is_told_of(explorer: Explorer) -> None:
    explorer.window.open_paths(["/nowhere/model.safetensors"])
    assert explorer.window.banner.message == "/nowhere/model.safetensors: no such file"


def test_a_folder_is_told_of(explorer: Explorer, tmp_path: Path) -> None:
    explorer.window.open_paths([str(tmp_path)])
    assert "is a folder without pictures" in explorer.window.banner.message


def test_a_training_state_without_a_network_is_told_of_as_what_it_is(explorer: Explorer, tmp_path: Path) -> None:
    (tmp_path / "optimizer.bin").write_bytes(b"x")
    explorer.window.open_paths([str(tmp_path)])
    assert explorer.window.banner.message.startswith(f"{tmp_path}: is a training state (optimizer.bin) without a network")


def test_a_folder_of_idx_files_is_a_data_set_as_it_is_for_the_engine(explorer: Explorer, tmp_path: Path) -> None:
    explorer.store.update(workspace="latent")
    folder = tmp_path / "digits"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 1, 2, 2) + bytes(4))
    explorer.window.open_paths([str(folder)])
    assert load_images(str(folder)).image_shape == (1, 2, 2)
    assert explorer.window.banner.message == "digits: a data set is of no use in Latent"


@pytest.mark.parametrize("ending", PICTURES)
def test_where_a_data_set_is_of_no_use_it_is_said_where_it_is(explorer: Explorer, tmp_path: Path, ending: str) -> None:
    explorer.store.update(workspace="latent")
    Image.new("L", (28, 28)).save(tmp_path / f"one{ending}")
    explorer.window.open_paths([str(tmp_path)])
    banner = explorer.window.banner
    assert banner.message == f"{tmp_path.name}: a data set is of no use in Latent"
    assert banner.hint == "Choose Reverse chain, Compare, Forward or Objective in the rail, then open it again."


def test_a_data_set_that_waits_for_the_engine_is_for_what_is_shown_then(make: Maker, tmp_path: Path) -> None:
    explorer = make()
    explorer.window.show()
    Image.new("L", (28, 28)).save(tmp_path / "one.png")
    explorer.window.open_paths([str(tmp_path)])
    explorer.store.update(workspace="latent")
    assert not explorer.window.banner.message
    explorer.window.opener.begin()
    assert explorer.window.banner.message == f"{tmp_path.name}: a data set is of no use in Latent"


def test_escape_takes_the_message_away(window: MainWindow, qtbot: QtBot) -> None:
    window.banner.say("something")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.banner.message == ""


def test_a_failure_of_the_engine_is_told_with_its_details(explorer: Explorer) -> None:
    explorer.client.failed.emit(Failed("something went wrong in the engine: boom", "Traceback\n  boom"))
    banner = explorer.window.banner
    assert banner.message == "something went wrong in the engine: boom"
    assert banner.detail == "Traceback\n  boom"
    assert "report" in banner.hint


def test_a_file_that_is_no_session_changes_nothing(explorer: Explorer, tmp_path: Path) -> None:
    before = explorer.store.session
    (tmp_path / "odd.json").write_text('{"version": 99}')
    explorer.window.open_paths([str(tmp_path / "odd.json")])
    assert explorer.store.session == before
    assert "version 99" in explorer.window.banner.message


def test_another_file_with_a_version_is_no_session(explorer: Explorer, tmp_path: Path) -> None:
    explorer.store.update_reverse(recipe=ChainRecipe(seed=77))
    before = explorer.store.session
    (tmp_path / "pl.json").write_text('{"version": 1, "name": "anything"}')
    explorer.window.open_paths([str(tmp_path / "pl.json")])
    assert explorer.store.session == before
    assert "pl.json: not a session" in explorer.window.banner.message


def test_a_recipe_is_opened_as_what_was_exported_with_it(explorer: Explorer, tmp_path: Path) -> None:
    explorer.store.update_latent(recipe=PlaneRecipe("b" * 64, "x"))
    before = explorer.store.session
    (tmp_path / "chain.json").write_text(
        encode_recipe(Recipe(chain=ChainRecipe((Lane("", "mnist", exact=ExactProcess("mnist")),), seed=7)))
    )
    explorer.window.open_paths([str(tmp_path / "chain.json")])
    assert explorer.store.session.reverse.recipe.seed == 7
    assert explorer.store.session.latent == before.latent
    lane = Lane("0" * 64, "gone.safetensors", "B")
    (tmp_path / "lost.json").write_text(encode_recipe(Recipe(chain=ChainRecipe((lane,)))))
    explorer.window.open_paths([str(tmp_path / "lost.json")])
    assert explorer.store.session.reverse.recipe.seed == 7
    assert "lost.json: its checkpoint" in explorer.window.banner.message


def test_a_picture_goes_to_the_workspace_that_takes_it(explorer: Explorer, tmp_path: Path) -> None:
    path = tmp_path / "digit.png"
    assert explorer.window.grab().scaled(28, 28).save(str(path))
    explorer.window.open_paths([str(path)])
    assert "digit.png: there is no lane yet" in explorer.window.banner.message
    explorer.window.choose("latent")
    explorer.window.open_paths([str(path)])
    assert explorer.store.session.latent.recipe.encoded.picture == str(path)


def test_a_file_that_is_of_no_use_here_is_opened_where_it_is_at_a_press(explorer: Explorer, qtbot: QtBot, tmp_path: Path) -> None:
    path, banner = tmp_path / "digit.png", explorer.window.banner
    Image.new("L", (28, 28)).save(path)
    explorer.window.choose("compare")
    explorer.window.open_paths([str(path)])
    assert banner.message == "digit.png: a picture is of no use in Compare"
    assert banner.hint == "Choose Reverse chain, Latent, Forward, Training or Variational in the rail, then drop it again."
    assert banner.offer is not None
    assert banner.offer.text() == "Open in Reverse chain"
    qtbot.mouseClick(banner.offer, Qt.MouseButton.LeftButton)
    assert explorer.window.current.workspace_name == "reverse-chain"
    assert "digit.png: there is no lane yet" in banner.message


def test_what_is_opened_before_the_library_is_known_waits_for_it(make: Maker, tmp_path: Path) -> None:
    explorer = make(Session(workspace="latent"))
    explorer.window.show()
    Image.new("L", (28, 28)).save(tmp_path / "digit.png")
    lane = Lane("", "mnist", exact=ExactProcess("mnist"))
    (tmp_path / "chain.json").write_text(encode_recipe(Recipe(chain=ChainRecipe((lane,), seed=7))))
    explorer.window.open_paths([str(tmp_path / "digit.png"), str(tmp_path / "chain.json")])
    session = explorer.store.session
    assert session.latent.recipe.encoded.picture == ""
    assert session.reverse.recipe.seed != 7
    explorer.window.opener.begin()
    session = explorer.store.session
    assert session.latent.recipe.encoded.picture == str(tmp_path / "digit.png")
    assert session.reverse.recipe.seed == 7


def mime(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def test_dropping_a_file_on_the_window_opens_it(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    data = mime("/nowhere/dropped.safetensors")
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 400), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    overlay = window.childAt(400, 400)
    assert overlay is not None
    assert overlay.objectName() == "dropOverlay"
    QApplication.sendEvent(overlay, QDragEnterEvent(QPoint(400, 400), Qt.DropAction.CopyAction, data, buttons, keys))
    QApplication.sendEvent(overlay, QDropEvent(QPointF(400, 400), Qt.DropAction.CopyAction, data, buttons, keys))
    assert not overlay.isVisible()
    assert "dropped.safetensors: no such file" in window.banner.message


def test_text_dragged_over_the_window_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("words")
    enter = QDragEnterEvent(QPoint(400, 400), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_the_status_bar_shows_the_work_and_cancels_it(window: MainWindow, qtbot: QtBot) -> None:
    compare = window.workspaces["compare"]
    status = Status("sampling", 30, 120, "30 / 120", "frames 3 of 512 MB", "900 img·step/s", True)
    window.choose("compare")
    compare.status_changed.emit(status)
    words = [label.text() for label in window.status_bar.findChildren(QLabel)]
    assert {"sampling", "30 / 120", "frames 3 of 512 MB"} <= set(words)
    assert "900 img·step/s" in window.top_bar.device_text
    assert window.status_bar.cancel_button.isVisible()
    window.choose("latent")
    words = [label.text() for label in window.status_bar.findChildren(QLabel)]
    assert "Compare: sampling" in words
    assert "900" not in window.top_bar.device_text
    compare.status_changed.emit(Status("sampled"))
    assert not window.status_bar.cancel_button.isVisible()


def test_the_dot_tells_the_engines_state(explorer: Explorer, qtbot: QtBot) -> None:
    bar = explorer.window.top_bar
    assert bar.state == "starting"
    explorer.window.engine_news.ready(EngineReady("CPU", "fp32", "2.9"))
    assert (bar.state, bar.device_text) == ("ready", "CPU · fp32")
    explorer.client.busy_changed.emit(True)
    assert bar.state == "ready"
    qtbot.waitUntil(lambda: bar.state == "busy")
    explorer.client.busy_changed.emit(False)
    assert bar.state == "ready"
    explorer.window.engine_news.failed(Failed("the engine cannot start: no torch", "trace"))
    assert bar.state == "failed"
    assert "no torch" in explorer.window.banner.message
    assert "could not start" in explorer.window.veil.title


def test_an_engine_that_has_stopped_is_not_said_to_be_unable_to_start(explorer: Explorer) -> None:
    window = explorer.window
    window.engine_news.awaited()
    explorer.client.failed.emit(EngineDown("the engine stopped: boom", "trace", has_started=True))
    assert window.top_bar.state == "failed"
    assert window.veil.title == "The engine stopped"
    assert window.banner.message == "the engine stopped: boom"
    assert "Install" not in window.banner.hint
    assert "goes on" not in window.banner.hint
    explorer.client.failed.emit(EngineDown("the engine cannot start: no torch", "trace"))
    assert window.veil.title == "The engine could not start"
    assert "Install the app again" in window.banner.hint


def test_preferences_take_effect_at_once(explorer: Explorer) -> None:
    explorer.window.menus.actions["preferences"].trigger()
    (dialog,) = dialogs(explorer.window, Preferences)
    assert isinstance(dialog, Preferences)
    dialog.theme_box.setCurrentIndex(dialog.theme_box.findData("light"))
    dialog.frames_box.setValue(256)
    dialog.device_box.setCurrentIndex(dialog.device_box.findData("cpu"))
    dialog.classes_box.setCurrentIndex(dialog.classes_box.findData("safe"))
    session = explorer.store.session
    assert (session.theme, session.frame_budget, session.device) == ("light", 256 * MEGABYTE, "cpu")
    assert explorer.theme.tokens == LIGHT
    assert explorer.theme.class_colours == CLASS_COLOURS["safe"] != CLASS_COLOURS["bright"]
    dialog.close()


def test_the_size_of_text_is_that_of_the_whole_window_at_once(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    explorer.window.menus.actions["preferences"].trigger()
    (dialog,) = dialogs(window, Preferences)
    assert isinstance(dialog, Preferences)
    labels = {label: label.fontInfo().pixelSize() for label in window.findChildren(QLabel) if label.text()}
    lane = next(label for label in labels if label.font().weight() > 500)  # a title with a font of its own
    painted = text_font(10).pixelSize()
    dialog.text_box.setCurrentIndex(dialog.text_box.findData(125))
    assert explorer.store.session.text_size == 125
    assert [(label.text(), label.isVisible()) for label, before in labels.items() if label.fontInfo().pixelSize() <= before] == []
    assert lane in labels
    assert text_font(10).pixelSize() > painted
    dialog.text_box.setCurrentIndex(dialog.text_box.findData(100))
    assert {label: label.fontInfo().pixelSize() for label in labels} == labels
    dialog.close()


def test_the_key_sheet_has_every_key_and_gesture(window: MainWindow) -> None:
    window.menus.actions["keys"].trigger()
    (sheet,) = dialogs(window, KeySheet)
    words = [label.text() for label in sheet.findChildren(QLabel)]
    for expected in ("Ctrl+O", "Ctrl+L", "F9", "FILE", "CHAIN"):
        assert expected in words
    gestures = [key for _, group in keys_of_workspaces(window.workspaces.facts.values()) for key, _ in group]
    assert {"Wheel", "Double-click"} <= set(gestures) <= set(words)
    assert words.count("Double-click") == 1
    assert isinstance(sheet, KeySheet)
    everything = sheet.found
    QTest.keyClicks(sheet.search, "undo")
    assert sheet.found == ["Undo"]
    QTest.keyClicks(sheet.search, " nowhere")
    assert sheet.found == []
    sheet.search.clear()
    assert sheet.found == everything
    sheet.close()


def test_all_keys_of_the_sheet_are_in_line(window: MainWindow) -> None:
    window.menus.actions["keys"].trigger()
    (sheet,) = dialogs(window, KeySheet)
    keys = {action.shortcut().toString() for menu in window.menus.shown() for action in menu.actions() if not action.shortcut().isEmpty()}
    widths = {label.width() for label in sheet.findChildren(QLabel) if label.text() in keys}
    assert len(widths) == 1
    sheet.close()


def test_about_can_be_copied(window: MainWindow) -> None:
    window.engine_news.ready(EngineReady("CPU", "bf16", "2.9.1"))
    window.menus.actions["about"].trigger()
    (sheet,) = dialogs(window, QDialog)
    words = [label.text() for label in sheet.findChildren(QLabel)]
    assert "CPU · bf16" in words
    assert "2.9.1" in words
    copy = next(b for b in sheet.findChildren(type(window.status_bar.cancel_button)) if b.text() == "Copy")
    copy.click()
    assert "PyTorch: 2.9.1" in QGuiApplication.clipboard().text()
    sheet.close()


def test_recent_files_are_offered(make: Maker) -> None:
    explorer = make(Session(recent=("/one/a.safetensors", "/two/b & c.safetensors")))
    actions = explorer.window.menus.recent.actions()
    assert [action.text() for action in actions] == ["a.safetensors", "b && c.safetensors"]
    actions[1].trigger()
    assert explorer.window.banner.message == "/two/b & c.safetensors: no such file"


def test_the_inspector_opens_and_closes(window: MainWindow, qtbot: QtBot) -> None:
    assert window.inspector.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert not window.inspector.isVisible()
    assert not window.placement.state().inspector
    window.menus.actions["inspector"].trigger()
    assert window.inspector.isVisible()


def test_where_the_window_was_comes_back(make: Maker, qtbot: QtBot) -> None:
    first = make().window
    first.resize(1100, 700)  # the screen of the tests is small, and Qt fits the window into it
    first.show()
    first.menus.actions["inspector"].setChecked(False)
    kept = first.placement.state()
    second = make(window=kept).window
    second.show()
    assert second.height() == 700
    assert not second.inspector.isVisible()


def test_a_new_window_fits_the_screen(make: Maker) -> None:
    window = make().window
    room = window.screen().availableGeometry()
    assert window.height() < room.height()
    window.choose("compare")
    assert window.width() <= max(room.width(), window.minimumSizeHint().width())


@pytest.mark.parametrize("geometry", ["not base64!", "AAAA", "é"])
def test_nonsense_about_the_window_is_passed_over(make: Maker, geometry: str) -> None:
    window = make(window=WindowState(geometry, (0, -5), True)).window
    window.show()
    assert window.width() > 500
    assert window.inspector.isVisible()


@pytest.mark.parametrize("text", [100, 125])
@pytest.mark.parametrize("name", ["reverse-chain", "compare", "latent", "forward", "objective", "training", "variational"])
def test_every_workspace_fits_into_1280_by_800(make: Maker, name: str, text: int, qtbot: QtBot) -> None:
    session = msgspec.structs.replace(Session(), workspace=name, text_size=text)
    window = make(session).window
    window.resize(1280, 800)
    window.show()
    assert (window.width(), window.height()) == (1280, 800)
    assert window.minimumSizeHint().width() <= 1280
    assert window.current.width() >= window.current.minimumSizeHint().width()


def test_escape_takes_a_message_away_before_it_stops_a_chain(open_app: Callable[..., Explorer]) -> None:
    window = open_app(workspace="reverse-chain").window
    page, stopped = window.current, list[bool]()
    (stop,) = [each for each in window.findChildren(QAction) if each.text() == "&Stop sampling" and each.shortcut().toString() == "Esc"]
    stop.triggered.connect(lambda: stopped.append(True))
    stop.setEnabled(True)
    window.banner.say("4 samples at once", severity="notice")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert (window.banner.message, stopped) == ("", [])
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert len(stopped) == 1


ENDINGS = sorted({*KINDS, *PICTURES, *DATA_SETS, *TABLES, *SESSIONS, DOCUMENT, ".py", ".safetensors", ".onnx", ".unknown", ""})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_pipe_of_any_name_is_not_waited_for(window: MainWindow, tmp_path: Path, ending: str) -> None:
    pipe, waited = tmp_path / f"a{ending}", []
    os.mkfifo(pipe)

    def let_go() -> None:
        """End the wait of whoever reads it."""
        with contextlib.suppress(OSError):
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
            waited.append(ending)

    timer = threading.Timer(20, let_go)
    timer.start()
    window.open_paths([str(pipe)])
    timer.cancel()
    timer.join()
    assert not waited
