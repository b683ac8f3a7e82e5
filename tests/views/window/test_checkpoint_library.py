"""The checkpoint library over the real engine and the shipped checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from explorer.checkpoints.locate import shipped
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.client import Client
from explorer.engine.thread.worker import Worker
from explorer.state.library import Library
from explorer.views.window.card_words import figure, file_size, sections, summary
from explorer.views.window.checkpoint_library import CheckpointLibrary
from explorer.widgets.look.theme import Theme

PATIENCE = 120_000


@dataclass
class Shelf:
    """A library dialog with everything behind it."""

    library: Library
    dialog: CheckpointLibrary

    def choose(self, name: str) -> LibraryEntry:
        entry = self.library.named(name)
        assert entry is not None
        self.dialog.cards.choose(entry.path)
        return entry


@pytest.fixture
def shelf(qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path) -> Iterator[Shelf]:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(checkpoints["mnist-vae-2d"].read_bytes()[:1000])
    worker = Worker()
    client = Client(worker)
    library = Library(client)
    dialog = CheckpointLibrary(library, Theme("dark"))
    qtbot.addWidget(dialog)
    worker.start()
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        library.scan((str(broken), str(tmp_path / "gone.safetensors")))
    yield Shelf(library, dialog)
    assert worker.shutdown(60_000)


def test_shipped_and_recent_checkpoints_are_listed(shelf: Shelf) -> None:
    names = [entry.name for entry in shelf.dialog.cards.shown]
    assert names[-2:] == ["broken", "gone"]
    assert sorted(names[:-2]) == sorted(shipped())
    assert {"mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c", "mnist-vae-2d", "mnist-classifier"} <= set(names[:-2])
    assert shelf.dialog.empty_words == ""


def test_a_card_tells_kind_and_option(shelf: Shelf) -> None:
    entry = shelf.choose("mnist-ddpm-b")
    assert summary(entry) == "DDPM · Option B, the image"
    assert summary(shelf.choose("mnist-vae-16d")) == "VAE · 16-D codes"
    entry = shelf.choose("mnist-ddpm-b")
    assert file_size(Path(entry.path).stat().st_size) in shelf.dialog.model_card.words()
    words = shelf.dialog.model_card.words()
    training = entry.card.training if entry.card is not None else None
    assert training is not None
    for expected in ("mnist-ddpm-b", "linear, T = 1000", "the clean image x₀", training.optimizer, training.loss):
        assert expected in words
    assert f"{entry.parameters:,}".replace(",", "\u202f") in words
    assert entry.parameters > 1_000_000


def test_commands_can_be_copied(shelf: Shelf, qtbot: QtBot) -> None:
    entry = shelf.choose("mnist-vae-2d")
    assert entry.card is not None
    assert entry.card.training is not None
    shelf.dialog.show()
    buttons = shelf.dialog.model_card.findChildren(QToolButton)
    by_name = {button.accessibleName(): button for button in buttons}
    qtbot.mouseClick(by_name["Copy command"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == entry.card.training.command


@pytest.mark.parametrize(
    ("name", "workspaces"),
    [("mnist-ddpm-a", ["reverse-chain", "compare"]), ("mnist-ae-2d", ["latent"]), ("mnist-classifier", []), ("broken", [])],
)
def test_a_checkpoint_opens_where_it_fits(shelf: Shelf, qtbot: QtBot, name: str, workspaces: list[str]) -> None:
    entry = shelf.choose(name)
    buttons = shelf.dialog.actions_shown
    assert [button.property("workspace") for button in buttons] == workspaces
    for button, workspace in zip(buttons, workspaces, strict=True):
        with qtbot.waitSignal(shelf.dialog.open_wanted) as told:
            button.click()
        assert told.args == [entry, workspace]


def test_buttons_have_room_for_their_words(shelf: Shelf, qtbot: QtBot) -> None:
    shelf.choose("mnist-ddpm-c")
    shelf.dialog.show()
    qtbot.waitUntil(lambda: len(shelf.dialog.actions_shown) == 2 and shelf.dialog.actions_shown[0].isVisible())
    buttons = [*shelf.dialog.actions_shown, shelf.dialog.findChild(QPushButton, "exportModel")]
    assert [button.text() for button in buttons if button.width() < 1.25 * button.fontMetrics().horizontalAdvance(button.text())] == []


def test_what_cannot_be_opened_says_why(shelf: Shelf) -> None:
    entry = shelf.choose("broken")
    assert entry.problem
    assert entry.problem in shelf.dialog.model_card.words()
    gone = shelf.choose("gone")
    assert "no such file" in gone.problem
    assert gone.problem in shelf.dialog.model_card.words()


def test_a_judge_can_only_be_looked_at(shelf: Shelf) -> None:
    entry = shelf.choose("mnist-classifier")
    assert summary(entry).startswith("judge")
    assert "A judge" in shelf.dialog.model_card.words()


def test_searching_leaves_what_matches(shelf: Shelf, qtbot: QtBot) -> None:
    shelf.choose("mnist-classifier")
    qtbot.keyClicks(shelf.dialog.search_box, "option b")
    assert [entry.name for entry in shelf.dialog.cards.shown] == ["mnist-ddpm-b", "mnist-ddpm-b-small"]
    assert "mnist-ddpm-b" in shelf.dialog.model_card.words()
    qtbot.keyClicks(shelf.dialog.search_box, "zzz")
    assert shelf.dialog.cards.shown == []
    assert "No checkpoint matches" in shelf.dialog.empty_words
    assert shelf.dialog.actions_shown == []
    shelf.dialog.search_box.clear()
    assert shelf.dialog.empty_words == ""
    assert len(shelf.dialog.cards.shown) == len(shelf.library.entries)


def test_return_opens_the_chosen_one(shelf: Shelf, qtbot: QtBot) -> None:
    entry = shelf.choose("mnist-vae-2d")
    shelf.dialog.show()
    with qtbot.waitSignal(shelf.dialog.open_wanted) as told:
        qtbot.keyClick(shelf.dialog.search_box, Qt.Key.Key_Return)
    assert told.args == [entry, "latent"]


def test_thumbnails_come_when_somebody_looks(shelf: Shelf, qtbot: QtBot) -> None:
    entry = shelf.library.named("mnist-ae-2d")
    assert entry is not None
    assert shelf.library.thumbnails == {}
    shelf.dialog.show()
    qtbot.waitUntil(lambda: entry.path in shelf.library.thumbnails, timeout=PATIENCE)
    picture = shelf.library.thumbnails[entry.path]
    assert picture.shape == (56, 56, 3)
    assert picture.std() > 10


def test_a_checkpoint_without_its_weights_has_no_picture_and_raises_no_alarm(
    qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(checkpoints["mnist-ae-2d"].read_bytes()[:-1000])
    worker = Worker()
    client = Client(worker)
    library = Library(client)
    worker.start()
    with qtbot.waitSignal(library.scanned, timeout=PATIENCE):
        library.scan((str(cut),))
    entry = library.named("cut")
    assert entry is not None
    with qtbot.assertNotEmitted(client.failed), qtbot.waitSignal(library.thumbnail_made, timeout=PATIENCE):
        library.want_thumbnail(entry)
    assert library.without_thumbnail == {str(cut)}
    assert worker.shutdown(60_000)


def test_an_empty_library_says_what_to_do(qtbot: QtBot) -> None:
    worker = Worker()
    dialog = CheckpointLibrary(Library(Client(worker)), Theme("light"))
    qtbot.addWidget(dialog)
    assert "Open a .safetensors, " in dialog.empty_words
    assert "file or a diffusers folder, or train one" in dialog.empty_words
    assert dialog.actions_shown == []


def test_figures_and_sections_are_for_people() -> None:
    assert [figure(v) for v in (5.1234567, 0.98765, 1e-7, 12345678.0, 0.0)] == ["5.123", "0.9877", "1e-07", "1.23e+07", "0"]
    assert [file_size(v) for v in (999, 123_456, 5_912_345)] == ["1 kB", "123 kB", "5.9 MB"]
    assert sections(LibraryEntry("/x", "x", False, 0, "", None, "why")) == ()


def test_a_card_of_codes_says_their_shape_and_not_that_they_are_images(shelf: Shelf) -> None:
    (data,) = (section for section in sections(shelf.choose("mnist-ldm-16d")) if section.title == "Data")
    assert [(row.name, row.value) for row in data.rows] == [("data set", "mnist"), ("codes", "16 × 1 × 1"), ("decoded", "1 × 28 × 28")]
    (data,) = (section for section in sections(shelf.choose("mnist-ddpm-c")) if section.title == "Data")
    assert [(row.name, row.value) for row in data.rows] == [("data set", "mnist"), ("images", "1 × 28 × 28, in [-1, 1]")]
