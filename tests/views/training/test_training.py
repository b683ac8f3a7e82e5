"""The Training workspace in the real window, with the real engine and real runs of `train`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.cli.main import main
from explorer.datasets.images import load_images
from explorer.processors import LOW_PRIORITY, share
from explorer.recipe.forward import ForwardSchedule
from explorer.recipe.training import TrainRecipe
from explorer.resources import resource
from explorer.state.edits.forward import use_in_training
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.state.training import TrainingState
from explorer.training.control import read_status, write_status
from explorer.training.runs import Run, listed, look, runs_folder
from explorer.views.compare.view import CompareWorkspace
from explorer.views.latent.view import LatentWorkspace
from explorer.views.training.estimate import beside, memory_words, time_words
from explorer.views.training.launcher import go_on
from explorer.views.training.view import BY_TIMESTEP_NOT_KEPT, TrainingWorkspace

WAIT = 120_000
SMALL = TrainRecipe("C", epochs=2, batch=16, images=256, width=8, timesteps=50)
ENDLESS = TrainRecipe("vae", epochs=100_000, batch=16, images=256)
Opener = Callable[..., TrainingWorkspace]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small finished runs."""
    made = {}
    for name, kind, more in (("A", "ddpm", ["--option", "A"]), ("C", "ddpm", ["--option", "C"]), ("vae", "vae", [])):
        made[name] = tmp_path_factory.mktemp("runs") / name
        usual = [
            "--images",
            "256",
            "--batch",
            "16",
            "--epochs",
            "2",
            "--warmup",
            "4",
            "--device",
            "cpu",
            "--json",
            "--out",
            str(made[name]),
        ]
        few = ["--width", "8", "--timesteps", "50"] if kind == "ddpm" else []
        assert main(["train", kind, *more, *few, *usual]) == 0
    return made


@pytest.fixture
def open_training(qtbot: QtBot) -> Iterator[Opener]:
    """Opens the app's window on the Training workspace."""
    made: list[Explorer] = []

    def build(*folders: Path, **state: Any) -> TrainingWorkspace:
        names = tuple(str(folder) for folder in folders)
        session = Session(workspace="training", theme="dark", training=TrainingState(names, names, **state))
        kinds = [CompareWorkspace.facts, LatentWorkspace.facts, TrainingWorkspace.facts]
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None, kinds, beginning=lambda kept, _entries: (kept, ""))
        qtbot.addWidget(explorer.window, before_close_func=lambda window: window.leave())
        explorer.window.resize(1280, 800)
        made.append(explorer)
        explorer.show()
        page = explorer.window.workspaces["training"]
        assert isinstance(page, TrainingWorkspace)
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        qtbot.waitUntil(lambda: explorer.has_begun and page.idle, timeout=WAIT)
        return page

    yield build
    for run in listed():
        if run.live:
            made[0].window.workspaces["training"].controller.stop_all([run])  # type: ignore[attr-defined]
            qtbot.waitUntil(lambda run=run: not any(r.live for r in listed() if r.folder == run.folder), timeout=WAIT)  # type: ignore[misc]
    assert all(explorer.shutdown() for explorer in made)


def until_phase(qtbot: QtBot, page: TrainingWorkspace, phase: str) -> Run:
    """Wait until the run in front is there."""
    qtbot.waitUntil(lambda: bool(page.controller.chosen) and page.controller.chosen[0].phase == phase, timeout=WAIT)
    return page.controller.chosen[0]


def test_every_button_says_what_it_does(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    assert not page.actions_["hold"].isEnabled()
    assert not page.actions_["stop"].isEnabled()
    for button in (*page.findChildren(QAbstractButton), *page.inspector.findChildren(QAbstractButton)):
        assert button.accessibleName(), button
        assert button.toolTip(), button.text()


def test_runs_beside_each_other(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["A"], trained["C"])
    assert [series.name for series in page.plot.figure.series] == ["Option A", "Option C"]
    assert all(series.steps[-1] == 32 for series in page.plot.figure.series)
    assert page.plot.figure.marks == (16, 32)
    assert [bars.name for bars in page.bars.figure.bars] == ["Option A", "Option C"]
    assert page.bars.figure.T == 50
    assert sum(page.bars.figure.bars[0].sizes) == 50
    assert [row.name for row in page.rows.rows] == ["Option A", "Option C"]
    assert all(row.tiles is not None and row.tiles.shape == (8, 28, 28, 3) for row in page.rows.rows)
    page.toolbar.curves.button("gradient_norm").click()
    assert page.plot.figure.unit.startswith("‖gradient‖")
    qtbot.keyClick(page, Qt.Key.Key_G)
    assert not page.plot.figure.log


def test_the_slider_goes_over_training_time(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["C"])
    newest = page.rows.rows[0].tiles
    assert (page.training_time.slider.maximum(), page.training_time.slider.value()) == (1, 1)
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert page.context.store.session.training.snapshot == 16
    qtbot.waitUntil(lambda: page.idle, timeout=WAIT)
    assert page.rows.rows[0].tiles is not None
    assert newest is not None
    assert (page.rows.rows[0].tiles != newest).any()
    assert page.training_time.when.text() == "update 16, 1 of 2"
    place = page.plot.x_of(31)
    qtbot.mouseClick(page.plot, Qt.MouseButton.LeftButton, pos=page.plot.area().center().toPoint().__class__(round(place), 60))
    assert page.context.store.session.training.snapshot is None, "the newest is followed"
    np.testing.assert_array_equal(page.rows.rows[0].tiles, newest)


def test_codes_and_reconstructions_of_a_vae_and_its_way_to_latent(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["vae"])
    assert [row.name for row in page.rows.rows] == ["test images", "VAE"]
    assert page.scatter.codes.shape == (1000, 2)
    assert page.scatter.title == "Codes of 1\u202f000 images"
    page.scatter.show_codes(page.scatter.codes[:0], None)
    assert page.scatter.title == "Codes are computed…"
    assert page.codes_card.isVisible()
    assert not page.bars_card.isVisible()
    page.inspector.places["latent"].click()
    store = page.context.store
    qtbot.waitUntil(lambda: store.session.workspace == "latent", timeout=WAIT)
    assert store.session.latent.recipe.source.endswith("epoch-002.safetensors")


def test_snapshots_of_all_chosen_runs_open_in_compare(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["A"], trained["C"])
    page.inspector.places["compare"].click()
    store = page.context.store
    qtbot.waitUntil(lambda: len(store.session.compare.recipe.lanes) == 2, timeout=WAIT)
    assert {lane.option for lane in store.session.compare.recipe.lanes} == {"A", "C"}


def test_choosing_runs_in_the_list(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["A"], trained["C"])
    by_name = {card.folder.name: card for card in page.list.cards}
    qtbot.mouseClick(by_name["C"], Qt.MouseButton.LeftButton)
    assert [run.folder.name for run in page.controller.chosen] == ["C"]
    qtbot.mouseClick(by_name["A"], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert [run.folder.name for run in page.controller.chosen] == ["C", "A"]
    qtbot.keyClick(page.list.cards[0], Qt.Key.Key_Down)
    assert [run.folder for run in page.controller.chosen] == [page.list.cards[1].folder]


def test_a_run_is_started_paused_stopped_and_gone_on_with(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.actions_["new"].trigger()
    form = page.form
    form.model.setCurrentIndex(form.model.findData("vae"))
    form.more.setChecked(True)
    form.fields.number("epochs").setValue(ENDLESS.epochs)
    form.fields.number("batch").setValue(ENDLESS.batch)
    form.fields.number("images").setValue(256)
    assert f"train vae --out {runs_folder()}" in form.typed
    assert "--epochs 100000 --batch 16 --seed 0 --images 256" in form.typed
    typed = form.typed
    qtbot.waitUntil(lambda: "as a few updates took now" in form.time.text(), timeout=WAIT)
    assert form.memory.text().startswith("about 0.")
    form.copy.click()
    assert QGuiApplication.clipboard().text() == form.typed
    form.ok.click()
    assert until_phase(qtbot, page, "starting").folder.parent == runs_folder()
    assert page.controller.chosen[0].command == typed, "the command that was shown"
    process = psutil.Process(until_phase(qtbot, page, "running").status.pid)  # type: ignore[union-attr]
    assert process.nice() == getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", LOW_PRIORITY), "it gives way to who explores"
    assert {recipe.threads for recipe in beside((ENDLESS,), page.controller.runs)} == {share(2)}, "another has half of the threads"
    assert page.context.store.session.training.form.threads is None, "the next form begins without"
    qtbot.waitUntil(lambda: bool(page.rows.rows) and page.rows.rows[-1].tiles is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: page.toolbar.hold.isEnabled() and page.toolbar.hold.text() == "Pause", timeout=WAIT)
    assert page.controller.memory[page.controller.chosen[0].folder] > 0
    qtbot.waitUntil(lambda: bool(page.controller.speeds), timeout=WAIT)
    page.toolbar.hold.click()
    paused = until_phase(qtbot, page, "paused")
    assert page.toolbar.hold.text() == "Resume"
    page.toolbar.hold.click()
    until_phase(qtbot, page, "running")
    page.toolbar.stop.click()
    stopped = until_phase(qtbot, page, "stopped")
    assert stopped.status is not None
    assert paused.status is not None
    assert stopped.status.step >= paused.status.step
    assert stopped.launch is not None
    page.toolbar.hold.click()
    assert until_phase(qtbot, page, "running").status.step >= stopped.status.step  # type: ignore[union-attr]
    page.toolbar.stop.click()
    until_phase(qtbot, page, "stopped")
    qtbot.waitUntil(lambda: "about" in time_words(ENDLESS, page.controller.runs), timeout=WAIT)
    assert memory_words(ENDLESS, page.controller.runs).endswith(stopped.folder.name)
    assert "trying" in time_words(SMALL, page.controller.runs)


def test_a_typed_run_goes_on_from_where_it_was_typed(
    qtbot: QtBot, open_training: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data set was named by a relative path; the window finds it there too, for codes and reconstructions."""
    monkeypatch.chdir(tmp_path)
    np.save("pictures.npy", load_images("mnist", "test").images[:64])
    words = "generative-explorer train vae --dataset pictures.npy --hidden 16 --epochs 1 --batch 16 --device cpu --json --out typed"
    monkeypatch.setattr(sys, "argv", words.split())
    assert main() == 0
    page = open_training(tmp_path / "typed")
    assert [row.name for row in page.rows.rows] == ["images", "VAE"]
    assert page.scatter.codes.shape == (64, 2)
    run = page.controller.chosen[0]
    assert run.status is not None
    go_on(run)
    qtbot.waitUntil(lambda: (now := look(run.folder)) is not None and now.launch is not None and not now.live, timeout=WAIT)
    now = look(run.folder)
    assert now is not None
    assert now.status is not None
    assert (now.phase, now.message) == ("finished", "")
    assert now.status.pid != run.status.pid


def test_a_run_whose_images_are_gone_says_so(qtbot: QtBot, open_training: Opener, tmp_path: Path, trained: dict[str, Path]) -> None:
    folder = tmp_path / "run"
    shutil.copytree(trained["vae"], folder)
    known = read_status(folder)
    assert known is not None
    write_status(folder, msgspec.structs.replace(known, dataset=str(tmp_path / "gone.npy")))
    page = open_training(folder)
    assert "not where they were" in page.rows.rows[-1].words


def test_a_run_that_cannot_be_says_why(qtbot: QtBot, open_training: Opener, tmp_path: Path) -> None:
    page = open_training()
    page.controller.start((TrainRecipe(dataset=str(tmp_path / "gone.npy")),))
    failed = until_phase(qtbot, page, "failed")
    assert "gone.npy" in failed.message
    assert "gone.npy" in page.inspector.message.text()
    assert page.inspector.message.isVisible()
    assert page.plot.message.startswith("It ended")


def test_closing_asks_and_can_leave_a_run_that_is_found_again(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.controller.start((ENDLESS,))
    run = until_phase(qtbot, page, "running")
    window = page.window()

    def answer(text: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert run.folder.name in box.text()
        next(button for button in box.buttons() if button.text() == text).click()

    QTimer.singleShot(0, lambda: answer("Cancel"))
    assert not window.close()
    assert window.isVisible()
    QTimer.singleShot(0, lambda: answer("Leave running"))
    assert window.close()
    again = open_training()
    assert until_phase(qtbot, again, "running").folder == run.folder
    QTimer.singleShot(0, lambda: answer("Stop and close"))
    assert again.window().close()
    qtbot.waitUntil(lambda: listed()[0].phase == "stopped", timeout=WAIT)


def test_closing_asks_no_longer_once_the_run_has_ended(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.controller.start((ENDLESS,))
    run = until_phase(qtbot, page, "running")
    asked = []

    def end() -> None:
        asked.append(QApplication.activeModalWidget())
        page.controller.stop_all([run])

    given_up = QTimer(singleShot=True, interval=WAIT)
    given_up.timeout.connect(lambda: asked[0].reject())
    given_up.start()
    QTimer.singleShot(0, end)
    assert page.window().close()
    assert isinstance(asked[0], QMessageBox)
    assert given_up.isActive()


def test_a_folder_without_a_run_is_told_of(qtbot: QtBot, open_training: Opener, tmp_path: Path, trained: dict[str, Path]) -> None:
    page = open_training()
    page.open_folder(str(tmp_path))
    window: Any = page.window()
    assert window.banner.isVisible()
    page.open_folder(str(trained["C"]))
    qtbot.waitUntil(lambda: page.idle and bool(page.rows.rows), timeout=WAIT)
    assert page.inspector.command.isVisible()


def test_the_form_knows_all_timesteps_and_three_options_together(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.actions_["new"].trigger()
    form = page.form
    form.lengths.setCurrentIndex(form.lengths.findData("own"))
    form.model.setCurrentIndex(form.model.findData("A all"))
    assert "--all-timesteps" in form.typed
    assert "--threads" not in form.typed, "alone it has them all"
    assert form.recipe.batch == 1
    form.model.setCurrentIndex(form.model.findData("ABC"))
    assert [recipe.model for recipe in form.recipes] == ["A", "B", "C"]
    assert {recipe.threads for recipe in form.recipes} == {share(3)}, "three runs do not wait for each other's threads"
    assert form.typed.count(f"--threads {share(3)}") == 3
    assert form.recipe.batch == 128
    assert len(form.typed.splitlines()) == 3
    form.more.setChecked(True)
    rate = form.fields.text("learning_rate")
    rate.setText("fast")
    assert not form.ok.isEnabled()
    assert "fast" in form.time.text()
    form.fields.number("width").setValue(16)
    assert not form.ok.isEnabled(), "the rate is still none"
    rate.setText("0.01")
    assert form.ok.isEnabled()
    form.fields.number("devices").setValue(3)
    assert "cannot be shared evenly by 3 processes" in form.time.text()
    form.fields.number("devices").setValue(2)
    assert form.ok.isEnabled()
    form.fields.number("images").setValue(100)
    assert not form.ok.isEnabled(), "fewer images than a batch"
    form.reject()
    assert not page.context.store.session.training.asking


def test_rarely_used_settings_are_in_the_form_and_in_the_command(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.actions_["new"].trigger()
    form = page.form
    assert not form.fields.by_name["precision"].isVisible()
    form.more.setChecked(True)
    fields = form.fields
    assert fields.by_name["precision"].isVisible()
    assert not fields.by_name["hidden"].isVisible(), "of an autoencoder"
    fields.choice("precision").setCurrentText("bf16")
    fields.choice("loss").setCurrentText("bound")
    fields.choice("skip").setCurrentText("none")
    assert "--loss bound --no-outer-skip" in form.typed
    fields.choice("skip").setCurrentText("linear")
    fields.by_name["attention"].setChecked(True)  # type: ignore[attr-defined]
    fields.text("ema").setText("0.99")
    assert "--ema 0.99 --precision bf16 --loss bound --attention --linear-skip" in form.typed
    form.model.setCurrentIndex(form.model.findData("ae"))
    fields.text("hidden").setText("300, 100")
    fields.choice("architecture").setCurrentText("conv")
    assert "--architecture conv --hidden 300,100" in form.typed
    assert "--attention" not in form.typed
    fields.text("hidden").setText("300,ten")
    assert not form.ok.isEnabled()
    assert form.height() <= 800 - 40
    for widget in fields.by_name.values():
        assert widget.accessibleName()
        assert widget.toolTip()
    form.reject()


def test_losses_are_read_beside_each_other_on_their_own_scales(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["A"], trained["C"])
    raw = [series.raw.copy() for series in page.plot.figure.series]
    page.toolbar.scales.button("relative").click()
    scales = [run.status.loss_scale for run in page.controller.chosen if run.status is not None]
    assert scales[0] < scales[1] / 10, "the mean is within a tenth of x_t, the noise is not"
    for series, values, scale in zip(page.plot.figure.series, raw, scales, strict=True):
        np.testing.assert_allclose(series.raw, values / scale)
    assert page.plot.figure.unit == "loss / s²"
    assert page.bars.figure.unit.startswith("loss / s²")
    page.toolbar.scales.button("relative").click()
    np.testing.assert_array_equal(page.plot.figure.series[0].raw, raw[0])


def copied(run: Path) -> Path:
    """A finished run among the app's own."""
    folder = runs_folder() / run.name
    shutil.copytree(run, folder)
    return folder


def answering(qtbot: QtBot, text: str, said: list[str] | None = None) -> None:
    """Press a button of the question that comes next."""

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        if said is not None:
            said.append(f"{box.text()} {box.informativeText()}")
        next(button for button in box.buttons() if button.text() == text).click()

    QTimer.singleShot(0, answer)


def test_a_snapshot_that_could_not_be_opened_is_no_longer_for_a_workspace(
    qtbot: QtBot, open_training: Opener, trained: dict[str, Path]
) -> None:
    page = open_training(copied(trained["C"]))
    (run,) = page.controller.chosen
    snapshot = page.controller.shown_snapshot(run)
    assert snapshot is not None
    path, store = Path(snapshot.path), page.context.store
    whole = path.read_bytes()
    path.write_bytes(b"no checkpoint")
    page.inspector.places["compare"].click()
    qtbot.waitUntil(lambda: page.window().banner.isVisible(), timeout=WAIT)
    path.write_bytes(whole)
    with qtbot.waitSignal(page.context.library.opened, timeout=WAIT):
        page.context.library.open(str(path))
    assert store.session.workspace == "training"
    assert not store.session.compare.recipe.lanes


def test_a_run_is_deleted_when_the_person_says_so(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    folder, kept = copied(trained["C"]), copied(trained["A"])
    page = open_training(folder)
    said: list[str] = []
    answering(qtbot, "Cancel", said)
    page.actions_["delete"].trigger()
    assert folder.exists()
    assert "Option C (C)" in said[0]
    assert "trash" in said[0]
    answering(qtbot, "Delete for good")
    page.actions_["delete"].trigger()
    assert not folder.exists()
    assert kept.exists()
    assert [run.folder for run in page.controller.runs if not run.recorded] == [kept]
    assert str(folder) not in page.context.store.session.training.chosen


def test_a_run_elsewhere_only_leaves_the_list(qtbot: QtBot, open_training: Opener, trained: dict[str, Path]) -> None:
    page = open_training(trained["C"])
    answering(qtbot, "Take off the list")
    page.actions_["delete"].trigger()
    assert (trained["C"] / "final.safetensors").exists()
    assert all(run.recorded for run in page.controller.runs)
    assert page.context.store.session.training.folders == ()


def test_a_run_at_work_is_not_deleted(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    page.controller.start((ENDLESS,))
    run = until_phase(qtbot, page, "running")
    assert not page.actions_["delete"].isEnabled()
    page.controller.delete([run], "for good")
    assert run.folder.exists()
    window: Any = page.window()
    assert window.banner.isVisible()


def test_a_schedule_bent_in_forward_fills_the_form(qtbot: QtBot, open_training: Opener) -> None:
    page = open_training()
    store = page.context.store
    knots = ((0.0, 9.2), (0.5, 0.0), (1.0, -10.0))
    recipe = msgspec.structs.replace(store.session.forward.recipe, schedule=ForwardSchedule("bent", 60, knots))
    store.update_forward(recipe=recipe)
    store.replace(use_in_training(store.session))
    form = page.form
    assert form.isVisible()
    assert form.fields.choice("schedule").currentText() == "bent"
    assert "--timesteps 60 --schedule bent --knots 0:9.2,0.5:0,1:-10" in form.typed
    form.fields.choice("schedule").setCurrentText("linear")
    assert "--knots" not in form.typed
    form.reject()


def test_training_opens_on_a_recorded_run_that_is_only_read(open_training: Opener, qtbot: QtBot) -> None:
    page = open_training()
    (run,) = page.controller.chosen
    assert (run.recorded, run.kind, run.folder.name) == (True, "vae", "mnist-vae-2d")
    qtbot.waitUntil(lambda: page.idle and len(page.scatter.codes) > 0, timeout=WAIT)
    steps, losses = page.controller.curves[run.folder].curve("loss")
    assert steps[-1] == run.status.steps  # type: ignore[union-attr]
    assert losses[-1] < losses[0] / 3
    assert len(page.controller.snapshots_of(run)) == 9
    assert page.controller.snapshots_of(run)[-1].path.endswith("mnist-vae-2d.safetensors")
    assert not any(page.actions_[name].isEnabled() for name in ("delete", "hold", "stop"))
    with qtbot.waitSignal(page.open_wanted, timeout=WAIT) as wanted:
        page.inspector.places["latent"].click()
    assert wanted.args[0].name == "mnist-vae-2d"
    assert wanted.args[1] == "latent"


def test_of_a_recorded_run_of_a_diffusion_model_it_is_told_what_was_not_kept(open_training: Opener, qtbot: QtBot) -> None:
    page = open_training()
    page.context.store.update_training(chosen=(str(resource("checkpoints", "mnist-ddpm-a-small")),))
    qtbot.waitUntil(lambda: page.idle, timeout=WAIT)
    assert page.bars_card.isVisible()
    assert page.bars.message == BY_TIMESTEP_NOT_KEPT
