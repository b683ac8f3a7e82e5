"""The Step page in the real window, with the real engine and shipped networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.files import load
from explorer.cli.main import main
from explorer.engine.training.messages import TrainingStepShown
from explorer.exports.embedded import read_recipe
from explorer.recipe.forward import ForwardImage
from explorer.recipe.step import StepRecipe
from explorer.state.persistence import Loaded, Saved, decode_saved, encode_saved
from explorer.state.session import Session
from explorer.state.training import TrainingState
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.training.step.algorithm import lines_of
from explorer.views.training.step.graph_layout import label_area, lay_out, line_of, made_by
from explorer.views.training.view import TrainingWorkspace
from explorer.views.workspace import Status
from explorer.widgets.look.math_text import plain

WAIT = 120_000
Opener = Callable[..., TrainingWorkspace]


@pytest.fixture
def open_step(qtbot: QtBot) -> Iterator[Opener]:
    """Opens the app's window on the page: `open_step(recipe=StepRecipe(t=20))`."""
    made: list[Explorer] = []

    def build(workspace: str = "training", **state: object) -> TrainingWorkspace:
        training = TrainingState(page="step", **state)  # type: ignore[arg-type]
        session = Session(workspace=workspace, theme="dark", training=training)
        kinds = [ReverseChainWorkspace.facts, TrainingWorkspace.facts]
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None, kinds)
        qtbot.addWidget(explorer.window)
        explorer.window.resize(1280, 800)
        made.append(explorer)
        explorer.show()
        page = explorer.window.workspaces["training"]
        assert isinstance(page, TrainingWorkspace)
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        qtbot.waitUntil(lambda: explorer.has_begun and (workspace != "training" or page.idle), timeout=WAIT)
        return page

    yield build
    assert all(explorer.shutdown() for explorer in made)


def state_of(page: TrainingWorkspace) -> TrainingState:
    return page.context.store.session.training


def settled(qtbot: QtBot, page: TrainingWorkspace, **wanted: object) -> TrainingStepShown:
    """The whole step of a recipe with these fields."""

    def there() -> bool:
        shown = page.step.page.shown
        if shown is None or shown.partial or not page.idle:
            return False
        return shown.recipe == state_of(page).recipe and all(getattr(shown.recipe, name) == value for name, value in wanted.items())

    qtbot.waitUntil(there, timeout=WAIT)
    shown = page.step.page.shown
    assert shown is not None
    return shown


def source(checkpoints: Mapping[str, Path], name: str) -> str:
    return str(checkpoints[name])


def test_updates_are_made_on_a_copy_taken_back_and_undone(qtbot: QtBot, open_step: Opener) -> None:
    page = open_step()
    first = settled(qtbot, page, updates=0)
    assert first.losses[1] < first.losses[0]
    qtbot.keyClick(page, Qt.Key.Key_U)
    qtbot.keyClick(page, Qt.Key.Key_U)
    second = settled(qtbot, page, updates=2)
    assert second.losses.tolist()[:2] == first.losses.tolist()[:2]
    assert second.losses[3] < second.losses[2]
    words = page.step.page.facts["losses"].text()
    assert "This update:" in words
    assert "From the start:" in words
    page.context.store.undo()
    settled(qtbot, page, updates=1)
    qtbot.keyClick(page, Qt.Key.Key_Backspace)
    assert settled(qtbot, page, updates=0).losses.tolist() == first.losses.tolist()
    assert not page.actions_["restart"].isEnabled()


def test_the_keys_go_line_by_line_and_what_a_line_makes_appears(qtbot: QtBot, open_step: Opener) -> None:
    page = open_step()
    settled(qtbot, page)
    view = page.step.page
    assert (view.line, view.lines) == (8, 8), "Option C has no line for its target, and all of it is shown first"
    assert view.graph.reached == made_by("C", 8)
    assert view.bars.blocks
    assert len(view.losses.figure.curves[0].x) == 2
    said: list[str] = []
    page.step.status_changed.connect(lambda status: said.append(status.text))
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert len(view.losses.figure.curves[0].x) == 1, "the loss is there, the update not yet"
    assert view.facts["losses"].text() == "The last line makes the update."
    assert said[-1] == "line 7 of 8"
    qtbot.keyClick(page, Qt.Key.Key_Home)
    assert not view.losses.figure.curves
    assert view.line == 1
    assert view.graph.reached == {"unet"}
    assert not view.bars.blocks
    for _ in range(5):
        qtbot.keyClick(page, Qt.Key.Key_Right)
    assert view.line == 6
    assert view.graph.reached == {"unet", "x0", "t", "eps", "x_t", "target"}
    qtbot.keyClick(page, Qt.Key.Key_Comma)
    assert view.line == 5
    page.inspector.step.models.setFocus()  # as after choosing a network: it leaves these keys to the page
    qtbot.keyClick(page.inspector.step.models, Qt.Key.Key_Right)
    qtbot.keyClick(page.inspector.step.models, Qt.Key.Key_Right)
    qtbot.keyClick(page.inspector.step.models, Qt.Key.Key_Left)
    assert view.line == 6
    qtbot.mouseClick(view.algorithm, Qt.MouseButton.LeftButton, pos=view.algorithm.area_of(7).center().toPoint())
    assert view.line == 7
    placed = view.graph.placed
    assert placed is not None
    qtbot.mouseClick(view.graph, Qt.MouseButton.LeftButton, pos=placed.rects["x_t"].center().toPoint())
    assert view.line == line_of("C", "x_t") == 6
    view.show_step(None)
    qtbot.waitUntil(lambda: view.graph.isHidden() and view.titles["graph"].height() < 40, timeout=WAIT)  # at the top, over nothing


def test_all_timesteps_tell_how_far_they_are_and_show_what_belongs_together(
    qtbot: QtBot, open_step: Opener, checkpoints: Mapping[str, Path]
) -> None:
    lecture = source(checkpoints, "mnist-ddpm-lecture")
    page = open_step(recipe=StepRecipe(load(Path(lecture)).sha256, lecture))
    settled(qtbot, page)
    view, said = page.step.page, list[Status]()

    def heard(status: Status) -> None:
        said.append(status)
        if status.total:  # nothing of it has come yet
            assert plain(view.algorithm.lines[3].formula).startswith("t ~"), "the lines are those of the numbers beside them"
            assert "test image 0" in view.algorithm.lines[2].numbers

    page.step.status_changed.connect(heard)
    page.context.store.update_training(recipe=StepRecipe(load(Path(lecture)).sha256, lecture, image=ForwardImage(4), all_timesteps=True))
    qtbot.waitUntil(lambda: any(status.total for status in said), timeout=WAIT)
    counted = next(status for status in said if status.total)
    assert (counted.done, counted.total, counted.cancellable) == (1, 100, True)
    page.step.status_changed.disconnect(heard)
    shown = settled(qtbot, page, all_timesteps=True)
    assert plain(view.algorithm.lines[3].formula).startswith("for t")
    assert "test image 4" in view.algorithm.lines[2].numbers
    falls = int((shown.by_timestep_after < shown.by_timestep).sum())
    assert f"It falls at {falls} of 1000 timesteps." in view.facts["losses"].text()
    figure = view.losses.figure
    assert [curve.name for curve in figure.curves] == ["before", "after"]
    assert next(value for value, _ in figure.rows) == 0
    assert len(figure.rows) > 1, "the axis has numbers"


def test_a_number_that_has_no_room_is_told_in_brief(qtbot: QtBot, open_step: Opener, checkpoints: Mapping[str, Path]) -> None:
    """Of Option A the loss has an exponent, and its line is the longest one."""
    path = source(checkpoints, "mnist-ddpm-a-small")
    page = open_step(recipe=StepRecipe(load(Path(path)).sha256, path))
    settled(qtbot, page)
    view = page.step.page.algorithm
    line = view.lines[7]
    assert line.numbers.startswith(f"{line.brief} = 784 × ")
    whole, brief = view.numbers_in(1000, line), view.numbers_in(120, line)
    assert (whole, brief) == (line.numbers, line.brief)
    assert view.numbers_in(20, line).endswith("…")


def test_another_network_image_t_and_noise(qtbot: QtBot, open_step: Opener, checkpoints: Mapping[str, Path]) -> None:
    page = open_step()
    before = settled(qtbot, page)
    inspector = page.inspector.step
    b = inspector.models.findText("mnist-ddpm-b", Qt.MatchFlag.MatchStartsWith)
    inspector.models.setCurrentIndex(b)
    inspector.models.activated.emit(b)
    shown = settled(qtbot, page)
    assert (shown.option, shown.model) == ("B", "mnist-ddpm-b")
    assert inspector.rows.said("output") == "h alone, of its head"
    inspector.choice.chosen.emit(4)
    inspector.t.slider.setValue(99)
    inspector.seed.setText("12")
    inspector.seed.take()
    shown = settled(qtbot, page, t=100, seed=12)
    assert shown.recipe.image.index == 4
    assert shown.label == 4
    assert shown.tiles["eps"].tolist() != before.tiles["eps"].tolist()
    inspector.rate.setText("1e-4")
    inspector.rate.editingFinished.emit()
    assert settled(qtbot, page, learning_rate=1e-4).rate == 1e-4
    inspector.rate.setText("much")
    inspector.rate.editingFinished.emit()
    assert inspector.rate.text() == "0.0001"


def test_a_picture_and_a_checkpoint_that_are_opened_are_taken(
    qtbot: QtBot, open_step: Opener, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    page = open_step()
    settled(qtbot, page)
    Image.new("L", (40, 40), 30).save(tmp_path / "dark.png")
    assert page.accept_picture(str(tmp_path / "dark.png"))
    qtbot.waitUntil(lambda: state_of(page).recipe.image.picture is not None, timeout=WAIT)
    settled(qtbot, page)
    entry = page.context.library.named("mnist-ddpm-a")
    assert entry is not None
    assert page.accept_entry(entry)
    assert settled(qtbot, page).option == "A"
    page.context.store.update_training(page="runs")
    assert not page.accept_entry(entry)
    assert not page.accept_picture(str(tmp_path / "dark.png"))


def test_an_exported_step_opens_as_that_step(qtbot: QtBot, open_step: Opener, tmp_path: Path) -> None:
    page = open_step(recipe=StepRecipe(t=77, seed=4, updates=1))
    shown = settled(qtbot, page, t=77)
    page.step.export(str(tmp_path / "step.png"))
    recipe = read_recipe(tmp_path / "step.png")
    assert recipe.step is not None
    assert (recipe.step.t, recipe.step.seed, recipe.step.updates) == (77, 4, 1)
    assert recipe.step.checkpoint
    page.context.store.update_training(recipe=StepRecipe(), page="runs")
    page.window().opener.open_path(str(tmp_path / "step.png"))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: state_of(page).recipe == recipe.step, timeout=WAIT)
    assert settled(qtbot, page, t=77).losses.tolist() == shown.losses.tolist()
    assert main(["replay", str(tmp_path / "step.png"), "--out", str(tmp_path / "again.png")]) == 2
    told: list[str] = []
    page.context.client.failed.connect(lambda failed: told.append(failed.message))
    page.step.export(str(tmp_path / "nowhere" / "step.png"))
    assert "nowhere" in told[0]


def test_the_lane_that_is_looked_into_is_laid_open(qtbot: QtBot, open_step: Opener) -> None:
    page = open_step(workspace="reverse-chain")
    explorer_window = page.window()
    reverse = explorer_window.workspaces["reverse-chain"]  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: reverse.idle, timeout=WAIT)
    page.context.store.update_reverse(t=480)
    reverse.unet.set_open(True)
    qtbot.waitUntil(lambda: reverse.unet.panel.shown is not None and reverse.unet.panel.shown.t == 480, timeout=WAIT)
    qtbot.mouseClick(reverse.unet.panel.learning, Qt.MouseButton.LeftButton)
    assert page.context.store.session.workspace == "training"
    shown = settled(qtbot, page, t=480)
    assert shown.recipe.checkpoint == page.context.store.session.reverse.recipe.lanes[0].checkpoint


@pytest.mark.parametrize(("option", "count"), [("A", 9), ("B", 8), ("C", 8), ("V", 9)])
def test_the_algorithm_has_the_lectures_lines(option: str, count: int) -> None:
    lines = [plain(line.formula) for line in lines_of(option, False, None, StepRecipe())]
    assert len(lines) == count
    assert lines[3] == "t ~ Uniform(1, …, T)"
    assert lines[5] == "x_t ← √α̅_t x_0 + √(1 − α̅_t) ε".replace("α̅", "α\u0304")
    target = {"A": "μ_q − μ_θ", "B": "x_0 − x_θ⁽⁰⁾", "C": "ε − ε_θ", "V": "v − v_θ"}[option]
    assert lines[-2] == f"ℓ_t(θ) ← ‖{target}(x_t, t)‖²"
    whole = [plain(line.formula) for line in lines_of(option, True, None, StepRecipe())]
    assert whole[3].startswith("for t ∈ {1, …, T}")
    assert "Σℓ_t" in whole[-1]


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
def test_nothing_is_there_before_what_it_is_made_of(option: str) -> None:
    last = 9 if option in "AV" else 8
    for line in range(1, last + 1):
        there = made_by(option, line)
        assert all(line_of(option, node) <= line for node in there)
        assert "x_t" not in there or {"x0", "eps", "t"} <= there
        assert "output" not in there or {"x_t", "target", "loss"} <= there
    assert len(made_by(option, last)) == 10


def test_no_factor_stands_on_the_way_back() -> None:
    """The velocity has its noise from below, across the way from the gradient to the weights."""
    arrows = lay_out("V", {"signal": 0.63, "noise": 0.78, "a0": 0.1, "at": 0.9}, 890, 380).arrows
    back = next(arrow for arrow in arrows if arrow.role == "backward" and arrow.target == "unet")
    crossed = next(arrow for arrow in arrows if (arrow.source, arrow.target) == ("eps", "target"))
    a, b = crossed.points[:2]
    assert a.x() < back.points[-1].x() < b.x()
    area = label_area(crossed, a, b, arrows)
    assert back.points[-1].x() < area.left()
    assert area.right() == b.x()
    assert area.width() > 60
    assert label_area(back, back.points[1], back.points[2], arrows).left() == back.points[2].x()


def test_a_session_keeps_the_step() -> None:
    session = Session(training=TrainingState(page="step", recipe=StepRecipe(t=7, updates=3), line=4))
    kept = decode_saved(encode_saved(Saved(session=session)), "a file")
    assert kept.session.training == session.training
