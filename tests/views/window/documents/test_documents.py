"""Documents in the window: saved, opened, left, shared by two windows, and with files that are not here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.autosave import OwnFile
from explorer.checkpoints.files import file_sha256
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.state.document import read_document, write_document
from explorer.state.persistence import Loaded, Saved, load, session_file, write
from explorer.state.session import ChainState, Session

Maker = Callable[..., Explorer]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Maker]:
    """Explorers without an engine; `make(saved, file)`."""
    made: list[Explorer] = []

    def build(saved: Saved | None = None, file: Path | None = None) -> Explorer:
        explorer = Explorer(Loaded(saved or Saved(session=Session(theme="dark")), fresh=False), file)
        qtbot.addWidget(explorer.window, before_close_func=lambda window: window.leave())  # nothing is asked at the end
        made.append(explorer)
        explorer.window.show()
        return explorer

    yield build
    for explorer in made:
        explorer.window.documents.let_go()
        assert explorer.shutdown()


def answer(words: str) -> list[str]:
    """Press that button of the next question; the list has what it asked once it is answered."""
    asked: list[str] = []
    timer = QTimer(interval=10)

    def press() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            timer.stop()
            asked.append(box.text())
            next(button for button in box.buttons() if button.text().replace("&", "") == words).click()

    timer.timeout.connect(press)
    timer.start()
    return asked


def set_seed(explorer: Explorer, seed: int) -> None:
    recipe = msgspec.structs.replace(explorer.store.session.reverse.recipe, seed=seed)
    explorer.store.update_reverse("change seed", recipe=recipe)


def test_a_session_becomes_a_document_and_its_title_says_whether_it_is_saved(make: Maker, tmp_path: Path) -> None:
    explorer = make()
    window, path = explorer.window, tmp_path / "lecture.gexplore"
    assert (window.windowTitle(), window.isWindowModified()) == ("Generative Explorer", False)
    set_seed(explorer, 5)
    assert not window.isWindowModified(), "the untitled session is kept by itself"
    assert window.documents.save_to(str(tmp_path / "lecture"))
    assert (window.windowTitle(), window.top_bar.document_text) == ("lecture.gexplore[*]", "lecture.gexplore")
    assert read_document(path).session.reverse.recipe.seed == 5
    assert explorer.store.session.documents == (str(path),)
    set_seed(explorer, 6)
    assert window.isWindowModified()
    assert "•" in window.top_bar.document_text
    explorer.store.undo()
    assert not window.isWindowModified()
    explorer.store.update_reverse(t=3)
    assert not window.isWindowModified(), "to look elsewhere is no change"
    set_seed(explorer, 7)
    window.menus.actions["save"].trigger()
    assert (read_document(path).session.reverse.recipe.seed, window.isWindowModified()) == (7, False)
    assert [action.text() for action in window.menus.recent.actions()] == ["lecture.gexplore"]


def test_the_untitled_session_is_there_again_when_the_document_is_closed(make: Maker, tmp_path: Path) -> None:
    explorer = make()
    write_document(tmp_path / "a.gexplore", Session(workspace="latent", reverse=ChainState(ChainRecipe(seed=77))))
    set_seed(explorer, 1)
    set_seed(explorer, 2)
    explorer.store.update(theme="light")
    explorer.window.open_paths([str(tmp_path / "a.gexplore")])
    assert explorer.store.session.reverse.recipe.seed == 77
    assert (explorer.window.current.workspace_name, explorer.store.session.theme) == ("latent", "light")
    assert not explorer.store.can_undo, "what was open before is no part of the document"
    explorer.window.menus.actions["close_document"].trigger()
    assert explorer.store.session.reverse.recipe.seed == 2
    assert explorer.window.windowTitle() == "Generative Explorer"
    explorer.store.undo()
    assert explorer.store.session.reverse.recipe.seed == 1
    assert not explorer.window.menus.actions["close_document"].isEnabled()


def test_a_new_session_is_untitled_and_undo_brings_back_what_was_there(make: Maker) -> None:
    explorer = make()
    set_seed(explorer, 9)
    explorer.window.menus.actions["new_session"].trigger()
    assert explorer.store.session.reverse.recipe.seed == 0
    assert explorer.store.undo_label == "new session"
    explorer.store.undo()
    assert explorer.store.session.reverse.recipe.seed == 9


@pytest.fixture
def changed(make: Maker, tmp_path: Path) -> Explorer:
    """A document with a change that is not saved."""
    explorer = make()
    explorer.window.documents.save_to(str(tmp_path / "mine.gexplore"))
    set_seed(explorer, 3)
    return explorer


def test_closing_asks_of_a_document_alone(make: Maker, changed: Explorer, tmp_path: Path) -> None:
    asked = answer("Cancel")
    assert not changed.window.close()
    assert asked == ["Save the changes to mine.gexplore?"]
    answer("Save")
    assert changed.window.close()
    assert read_document(tmp_path / "mine.gexplore").session.reverse.recipe.seed == 3
    untitled = make()
    set_seed(untitled, 4)
    assert untitled.window.close(), "nothing is asked"


def test_what_is_not_saved_is_gone_if_the_person_says_so(changed: Explorer, tmp_path: Path) -> None:
    before = (tmp_path / "mine.gexplore").read_bytes()
    answer("Do not save")
    assert changed.window.close()
    assert changed.store.session.reverse.recipe.seed == 0
    assert (tmp_path / "mine.gexplore").read_bytes() == before


def test_opening_another_asks_first_and_a_spoilt_one_asks_nothing(changed: Explorer, tmp_path: Path) -> None:
    window = changed.window
    (tmp_path / "spoilt.gexplore").write_text('{"document": 7}')
    window.open_paths([str(tmp_path / "spoilt.gexplore")])
    assert "spoilt.gexplore: a document of version 7, which a newer version of the app wrote" in window.banner.message
    write_document(tmp_path / "b.gexplore", Session(reverse=ChainState(ChainRecipe(seed=8))))
    asked = answer("Cancel")
    window.open_paths([str(tmp_path / "b.gexplore")])
    assert len(asked) == 1
    assert (window.documents.name, changed.store.session.reverse.recipe.seed) == ("mine.gexplore", 3)
    answer("Do not save")
    window.open_paths([str(tmp_path / "b.gexplore")])
    assert (window.documents.name, changed.store.session.reverse.recipe.seed) == ("b.gexplore", 8)


def test_a_file_that_another_has_written_is_not_replaced_unasked(changed: Explorer, tmp_path: Path) -> None:
    path = tmp_path / "mine.gexplore"
    write_document(path, Session(reverse=ChainState(ChainRecipe(seed=50))))
    asked = answer("Cancel")
    assert not changed.window.documents.save()
    assert asked == ["mine.gexplore was changed by another program."]
    assert read_document(path).session.reverse.recipe.seed == 50
    answer("Replace it")
    assert changed.window.documents.save()
    assert read_document(path).session.reverse.recipe.seed == 3


def test_a_second_window_on_the_same_document_is_told(make: Maker, changed: Explorer, tmp_path: Path) -> None:
    second = make()
    second.window.open_paths([str(tmp_path / "mine.gexplore")])
    assert second.window.banner.message == "mine.gexplore is open in another window, too"
    second.window.documents.close()
    second.window.banner.dismiss()
    changed.window.documents.let_go()
    second.window.open_paths([str(tmp_path / "mine.gexplore")])
    assert second.window.banner.message == ""


def test_a_session_of_an_earlier_version_opens_and_is_saved_as_a_document(make: Maker, tmp_path: Path) -> None:
    explorer = make()
    write(tmp_path / "old.json", Saved(session=Session(reverse=ChainState(ChainRecipe(seed=12)), text_size=150)))
    explorer.window.open_paths([str(tmp_path / "old.json")])
    assert (explorer.window.documents.name, explorer.store.session.reverse.recipe.seed) == ("old.json", 12)
    assert explorer.store.session.text_size == 100, "the size of text is the person's"
    assert explorer.window.documents.save_to(str(tmp_path / "old"))
    assert explorer.window.documents.name == "old.gexplore"


def test_a_window_that_was_killed_has_its_document_with_its_changes(qtbot: QtBot, make: Maker, tmp_path: Path) -> None:
    path = tmp_path / "mine.gexplore"
    write_document(path, Session())
    kept = Session(theme="dark", workspace="training", reverse=ChainState(ChainRecipe(seed=31)))
    write(session_file(), Saved(session=kept, document_path=str(path), untitled=Session(reverse=ChainState(ChainRecipe(seed=2)))))
    explorer = make(load(session_file()).saved, session_file())
    with qtbot.waitSignal(explorer.began):
        explorer.start()
    assert (explorer.window.documents.path, explorer.window.isWindowModified()) == (path, True)
    explorer.save()
    again = load(session_file()).saved
    assert (again.document_path, again.session.reverse.recipe.seed) == (str(path), 31)
    answer("Do not save")
    explorer.window.documents.close()
    assert explorer.store.session.reverse.recipe.seed == 2
    explorer.save()
    assert load(session_file()).saved.document_path == ""


def test_a_second_window_begins_with_what_is_no_document(tmp_path: Path) -> None:
    first = tmp_path / "session.json"
    untitled = Session(reverse=ChainState(ChainRecipe(seed=2)))
    write(first, Saved(session=Session(theme="light", documents=("/a",)), document_path="/a", untitled=untitled))
    holder = OwnFile(first)
    other = OwnFile(first)
    try:
        found = other.load().saved
    finally:
        holder.let_go()
        other.let_go()
    assert (found.document_path, found.session.reverse.recipe.seed) == ("", 2)
    assert (found.session.theme, found.session.documents) == ("light", ("/a",))


def test_recent_documents_are_found_by_their_words(make: Maker, changed: Explorer, qtbot: QtBot) -> None:
    finder = changed.window.finder
    finder.open()
    finder.line.setText("mine gexplore")
    assert (finder.shown[0].title, finder.shown[0].where) == ("mine.gexplore", "Recent documents")


def test_a_missing_checkpoint_is_asked_for_while_the_rest_is_open(
    open_app: Maker, qtbot: QtBot, tmp_path: Path, checkpoints: Mapping[str, Path]
) -> None:
    moved = {}
    for letter in "ac":
        moved[letter] = tmp_path / "elsewhere" / f"{letter}.safetensors"
        moved[letter].parent.mkdir(exist_ok=True)
        shutil.copy(checkpoints[f"mnist-ddpm-{letter}"], moved[letter])
        with moved[letter].open("r+b") as file:  # another file than the shipped one: another hash
            _another_hash(file)
    shipped = checkpoints["mnist-ddpm-b"]
    lanes = (
        Lane(file_sha256(shipped), "mnist-ddpm-b", "B", Sampler(2)),
        *(Lane(file_sha256(path), str(tmp_path / path.name), letter.upper(), Sampler(2)) for letter, path in moved.items()),  # type: ignore[arg-type]
    )
    write_document(tmp_path / "a.gexplore", Session(workspace="compare", compare=ChainState(ChainRecipe(lanes, samples=1), t=0)))
    explorer = open_app(workspace="training")
    explorer.window.open_paths([str(tmp_path / "a.gexplore")])
    missing = explorer.window.documents.missing
    assert missing.dialog is not None
    assert [Path(file.source).name for file in missing.files] == ["a.safetensors", "c.safetensors"]
    run = explorer.window.current.controller.run  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: explorer.window.current.idle and len(run.failed) == 2)
    assert [key.lane.option for key, done in run.done.items() if done == 2] == ["B"], "the rest can be scrubbed"
    a, _c = missing.files
    missing.locate(a, str(checkpoints["mnist-ddpm-a"]))
    said = missing.dialog.rows[0][1].said
    qtbot.waitUntil(lambda: "is another checkpoint: its hash begins with" in said.text())
    missing.locate(a, str(moved["a"]))  # and the other one, which lies beside it, is found with it
    qtbot.waitUntil(lambda: missing.files == () and explorer.window.current.idle and len(run.done) == 3)
    assert missing.dialog is None
    assert not run.failed
    assert [lane.source for lane in explorer.store.session.compare.recipe.lanes[1:]] == [str(moved["a"]), str(moved["c"])]
    assert not explorer.window.isWindowModified(), "where a file lies is no change"


def _another_hash(file) -> None:  # type: ignore[no-untyped-def]
    """Change one letter of the training command in a checkpoint's card."""
    head = file.read(1 << 16)
    place = head.index(b"generative-explorer train")
    file.seek(place)
    file.write(b"Generative")


def open_and_wait(explorer: Explorer, qtbot: QtBot, path: Path) -> str:
    """Open a document of a chain of three steps; what is said of its frames when it is shown."""
    explorer.window.open_paths([str(path)])
    page = explorer.window.current
    run = page.controller.run  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.idle and not explorer.client.busy and list(run.done.values()) == [3])
    return str(run.status.right)


def test_a_document_that_is_opened_again_shows_its_chains_at_once(open_app: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    path, first = tmp_path / "a.gexplore", open_app(workspace="training")
    lane = msgspec.structs.replace(first.store.session.reverse.recipe.lanes[0], sampler=Sampler(3, eta=0.5))
    write_document(path, Session(reverse=ChainState(ChainRecipe((lane,), seed=11, samples=1), t=0)))
    assert "frames" in open_and_wait(first, qtbot, path)
    first.window.documents.let_go()
    assert first.shutdown()
    tomorrow = open_app(workspace="training")
    assert open_and_wait(tomorrow, qtbot, path) == "", "what was kept on the disk takes no memory: nothing was sampled"
    tomorrow.window.documents.let_go()


def test_what_the_person_skips_is_not_asked_for_again(make: Maker, qtbot: QtBot, tmp_path: Path) -> None:
    explorer = make()
    lane = Lane("1" * 64, "/nowhere/x.safetensors", "C")
    write_document(tmp_path / "a.gexplore", Session(reverse=ChainState(ChainRecipe((lane,)))))
    explorer.window.open_paths([str(tmp_path / "a.gexplore")])
    missing = explorer.window.documents.missing
    assert missing.dialog is not None
    qtbot.mouseClick(missing.dialog.rows[0][1].skip, Qt.MouseButton.LeftButton)
    assert (missing.files, missing.dialog) == ((), None)
    assert explorer.window.documents.name == "a.gexplore"
