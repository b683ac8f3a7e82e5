"""The Objective workspace in the real window with the real engine."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.engine.engine import Engine
from explorer.engine.objective.likelihood_messages import LikelihoodShown, MeasureLikelihood
from explorer.engine.objective.messages import Estimate, MeasureBound
from explorer.recipe import BoundRecipe, ExactProcess, Lane, Sampler, ScheduleChoice
from explorer.recipe.objective import FlowChoice
from explorer.state.objective import ObjectiveState
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.compare.view import CompareWorkspace
from explorer.views.objective.figures import running, with_error
from explorer.views.objective.table import TO_LAST
from explorer.views.objective.view import ObjectiveWorkspace

WAIT = 60_000
LaneMaker = Callable[..., Lane]
Opener = Callable[..., ObjectiveWorkspace]


@pytest.fixture
def open_objective(qtbot: QtBot) -> Iterator[Opener]:
    """Opens the app's window on the Objective workspace: `open_objective(lanes, images=4, curve="error")`."""
    made: list[Explorer] = []

    def build(lanes: tuple[Lane, ...], wait: bool = True, images: int = 4, strata: int = 3, **state: Any) -> ObjectiveWorkspace:
        recipe = BoundRecipe(lanes, images=images, strata=strata)
        session = Session(workspace="objective", theme="dark", objective=ObjectiveState(recipe=recipe, **state))
        kinds = [CompareWorkspace.facts, ObjectiveWorkspace.facts]
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None, kinds, beginning=lambda kept, _entries: (kept, ""))
        qtbot.addWidget(explorer.window)
        explorer.window.resize(1280, 800)
        made.append(explorer)
        explorer.show()
        workspace = explorer.window.workspaces["objective"]
        assert isinstance(workspace, ObjectiveWorkspace)
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        qtbot.waitUntil(lambda: explorer.has_begun, timeout=WAIT)
        if wait:
            settle(qtbot, workspace)
        return workspace

    yield build
    assert all(explorer.shutdown() for explorer in made)


def settle(qtbot: QtBot, workspace: ObjectiveWorkspace) -> None:
    """Wait until all that is asked for is shown."""
    qtbot.waitUntil(lambda: workspace.idle and workspace.controller.complete, timeout=WAIT)


def test_bars_and_totals_of_every_lane(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    lanes = (lane("A"), lane("C"))
    page = open_objective(lanes, images=8)
    *_, known = Engine().handle(MeasureBound(page.controller.state.recipe))
    assert known is not None
    for bars, bound in zip(page.chart.figure.bars, known.lanes, strict=True):  # type: ignore[union-attr]
        np.testing.assert_allclose(bars.values, bound.terms, rtol=1e-4)
    assert [bars.name for bars in page.chart.figure.bars] == ["Option A", "Option C"]
    assert page.table.rows == 2
    for row, bound in enumerate(known.lanes):  # type: ignore[union-attr]
        assert page.table.text(row, "L").startswith(f"{bound.total.value:.1f}"[:3])
        assert "±" in page.table.text(row, "bits/dim")
    assert page.inspector.title.text().startswith("IMAGE ")
    assert sum(tile.isVisible() for tile in page.inspector.tiles) == 4, "x_0, x_t and what both lanes take it for"
    assert page.strip.images


def test_every_part_has_its_standard_error(open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), images=8)
    prior = page.controller.bound.lanes[0].prior
    assert page.table.text(0, "L_T") == with_error(prior)
    assert all("±" in page.table.text(0, column) for column in ("L_T", "Σ Lₜ₋₁", "L₀", "L", "bits/dim"))


def test_lanes_of_another_T_say_so(qtbot: QtBot, open_objective: Opener, tmp_path: Path) -> None:
    path = tmp_path / "five.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8))
    long, short = (
        Lane("", str(path), exact=ExactProcess(str(path), follow="mean"), schedule=ScheduleChoice("cosine", T)) for T in (60, 30)
    )
    page = open_objective((long, short), images=8, t=20)
    first, last = (page.table._cells[row][TO_LAST] for row in (0, 1))
    assert (first.text(), last.text()) == ("T differs", "")
    assert "T = 60, the last T = 30" in first.toolTip()
    assert not last.toolTip()
    names = [bars.name for bars in page.chart.figure.bars]
    assert all(name.endswith(f"T = {T}") for name, T in zip(names, (60, 30), strict=True))
    rows = [value for _, _, value in page.inspector._term_rows]
    assert all("±" in value.text() for value in rows)
    page.chart.scrubbed.emit(45)
    qtbot.waitUntil(lambda: page.inspector.title.text().endswith("t = 45") and page.idle)
    assert "±" in rows[0].text()
    assert rows[1].text() == "–  (T = 30)"
    assert page.chart.accessibleDescription().endswith("T = 30 –")
    assert "its own x_30" in page.inspector.tiles[3].toolTip()
    assert "from this x_t" in page.inspector.tiles[2].toolTip()
    recipe = msgspec.structs.replace(page.controller.state.recipe, lanes=(long, msgspec.structs.replace(long, sampler=Sampler(clip=True))))
    page.context.store.update_objective("open", recipe=recipe)
    settle(qtbot, page)
    assert "±" in page.table._cells[0][TO_LAST].text()
    assert not page.table._cells[0][TO_LAST].toolTip()
    assert not any(bars.name.endswith("T = 60, T = 60") for bars in page.chart.figure.bars)


def test_it_streams_and_stops_and_goes_on(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), wait=False, images=4000)
    qtbot.waitUntil(lambda: page.controller.bound is not None and page.controller.bound.lanes[0].rounds > 0, timeout=WAIT)
    statuses: list[Any] = []
    page.status_changed.connect(statuses.append)
    page.actions_["stop"].trigger()
    assert page.idle
    assert statuses[-1].text.startswith("stopped after")
    stopped_at = page.controller.bound.lanes[0].seen
    assert "±" in page.table.text(0, "L") or page.controller.bound.lanes[0].rounds == 1
    page.actions_["resume"].trigger()
    qtbot.waitUntil(lambda: page.controller.bound.lanes[0].seen > stopped_at, timeout=WAIT)
    page.cancel()


def test_more_images_go_on_from_what_is_known(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), images=4)
    first = page.controller.bound.lanes[0]
    page.toolbar.more.click()
    assert page.controller.state.recipe.images == 8
    settle(qtbot, page)
    second = page.controller.bound.lanes[0]
    assert (first.images, second.images, second.seen) == (4, 8, 2 * first.seen)
    page.context.store.undo()
    assert page.controller.state.recipe.images == 4


def test_one_image_alone(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), images=3)
    image = page.controller.images.indices[1]
    qtbot.mouseClick(page.strip, Qt.MouseButton.LeftButton, pos=page.strip.rect_of(1).center().toPoint())
    settle(qtbot, page)
    assert page.controller.state.recipe.image == image
    assert page.toolbar.of.current == "one"
    assert page.controller.bound.lanes[0].rounds == 3
    assert f"IMAGE {image}" in page.inspector.title.text()
    page.actions_["one"].trigger()
    settle(qtbot, page)
    assert page.controller.state.recipe.image is None
    assert page.controller.bound.lanes[0].images == 4, "images come in rounds"


def test_the_cursor_is_that_of_the_chain_workspaces(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),))
    store = page.context.store
    qtbot.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=page.chart.point_of(700).toPoint())
    t = store.session.objective.t
    assert abs(t - 700) <= 7, "a pixel is about one percent of t"
    assert (store.session.reverse.t, store.session.compare.t) == (t, t)
    qtbot.waitUntil(lambda: f"t = {t}" in page.inspector.title.text(), timeout=WAIT)
    store.update(workspace="compare")
    store.update_compare(t=123)
    store.update(workspace="objective")
    assert store.session.objective.t == 123


def test_leaving_pauses_and_coming_back_goes_on(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), wait=False, images=4000)
    qtbot.waitUntil(lambda: page.controller.bound is not None, timeout=WAIT)
    store, client = page.context.store, page.context.client
    store.update(workspace="compare")
    assert not page.controller.running
    qtbot.waitUntil(lambda: not client.busy, timeout=WAIT)
    seen = page.controller.bound.lanes[0].seen
    store.update(workspace="objective")
    assert page.controller.running
    qtbot.waitUntil(lambda: page.controller.bound.lanes[0].seen > seen, timeout=WAIT)
    page.cancel()


def test_curves_and_scales(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),))
    bound = page.controller.bound.lanes[0]
    qtbot.keyClick(page.chart, Qt.Key.Key_2)
    (bars,) = page.chart.figure.bars
    assert bars.values[0] == pytest.approx(bound.total.value)
    assert (np.diff(bars.values) <= 0).all()
    page.toolbar.curves.button("error").click()
    np.testing.assert_array_equal(page.chart.figure.bars[0].values, bound.x0_error)
    page.toolbar.scales.button("log").click()
    page.toolbar.scales.button("log_t").click()
    assert (page.chart.figure.log, page.chart.figure.log_t) == (False, False)
    page.toolbar.panels.button("stacked").click()
    assert page.chart.figure.panels == "stacked"
    assert page.actions_["stacked"].isChecked()


def test_excess_is_measured_when_it_is_looked_at(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), strata=2)
    assert page.controller.bound.lanes[0].excess is None
    page.actions_["training"].trigger()
    page.actions_["excess"].trigger()
    settle(qtbot, page)
    assert page.chart.figure.signed
    values = page.chart.figure.bars[0].values
    assert np.isfinite(values).all()
    assert values[0] > 0
    assert "training" in page.inspector.facts.said("of")


def test_lanes_are_added_clipped_compared_and_taken_away(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),))
    entry = page.context.library.named("mnist-ddpm-a")
    assert entry is not None
    assert page.accept_entry(entry)
    settle(qtbot, page)
    assert [b.lane.option for b in page.controller.bound.lanes] == ["A", "C"], "the last one stays the one to compare with"
    assert page.table.text(0, "") != ""
    clip, compare, *_rest, away = page.table.menu_of(0).actions()
    compare.trigger()
    settle(qtbot, page)
    assert [b.lane.option for b in page.controller.bound.lanes] == ["C", "A"]
    clip = page.table.menu_of(0).actions()[0]
    clip.trigger()
    settle(qtbot, page)
    assert page.controller.bound.lanes[0].lane.sampler.clip
    away = page.table.menu_of(1).actions()[-1]
    away.trigger()
    away = page.table.menu_of(0).actions()[-1]
    away.trigger()
    qtbot.waitUntil(lambda: page.idle, timeout=WAIT)
    assert page.table.rows == 0
    assert "Add a lane" in page.chart.message
    assert not page.accept_entry(page.context.library.named("mnist-vae-2d"))  # type: ignore[arg-type]


def test_what_cannot_be_measured_is_said_and_nothing_is_lost(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),))
    store = page.context.store
    window = page.window()
    gone = msgspec.structs.replace(lane("C"), checkpoint="0" * 64, source="/nowhere/gone.safetensors")
    recipe = msgspec.structs.replace(page.controller.state.recipe, lanes=(gone,))
    store.update_objective("open", recipe=recipe)
    # the denoised image asks for the lane too, and the banner may come with its answer
    qtbot.waitUntil(lambda: "gone.safetensors" in page.chart.message, timeout=WAIT)
    assert window.banner.isVisible()  # type: ignore[attr-defined]
    store.undo()
    settle(qtbot, page)
    assert page.chart.message == ""
    assert page.chart.figure.bars


def test_what_could_not_be_measured_is_asked_for_again(
    qtbot: QtBot, open_objective: Opener, lane: LaneMaker, tmp_path: Path, checkpoints: Mapping[str, Path]
) -> None:
    late = tmp_path / "late.safetensors"
    page = open_objective((msgspec.structs.replace(lane("C"), source=str(late)),), wait=False)
    qtbot.waitUntil(lambda: page.idle and "late.safetensors" in page.chart.message)
    assert not page.strip.images
    shutil.copyfile(checkpoints["mnist-ddpm-c"], late)
    page.context.store.update_objective(t=2)
    settle(qtbot, page)
    assert page.chart.message == ""
    assert page.chart.figure.bars
    assert page.strip.images


def test_it_is_measured_on_any_images_that_fit(
    qtbot: QtBot, open_objective: Opener, lane: LaneMaker, tmp_path: Path, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    page = open_objective((lane("C"),))
    assert page.inspector.data.text() == "MNIST, test"
    mine, odd = tmp_path / "mine.npy", tmp_path / "odd.npy"
    np.save(mine, mnist_test[0][:12, 0])
    np.save(odd, np.zeros((3, 10, 10), np.uint8))
    window = page.window()
    window.opener.open_path(str(mine))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.controller.state.recipe.dataset == str(mine), timeout=WAIT)
    settle(qtbot, page)
    assert page.inspector.data.text() == "mine.npy"
    assert page.controller.images is not None
    assert page.controller.images.known == 12
    assert not page.actions_["training"].isEnabled()
    known = page.controller.bound
    window.opener.open_path(str(odd))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: window.banner.isVisible(), timeout=WAIT)  # type: ignore[attr-defined]
    assert "odd.npy: its images are 1 × 10 × 10" in window.banner.message  # type: ignore[attr-defined]
    assert page.controller.state.recipe.dataset == str(mine)
    assert page.controller.bound is known
    menu = page.inspector.data.menu()
    menu.aboutToShow.emit()
    assert [a.text().partition("\t")[0] for a in menu.actions() if a.isChecked()] == ["mine.npy"]
    next(a for a in menu.actions() if a.text().startswith("MNIST, training")).trigger()
    qtbot.waitUntil(lambda: page.controller.state.recipe.split == "train", timeout=WAIT)
    settle(qtbot, page)
    assert page.inspector.data.text() == "MNIST, training"
    assert page.context.store.undo_label == "measure on mnist"


def test_fields_of_the_inspector(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),))
    page.inspector.seed.setText("7")
    page.inspector.seed.take()
    settle(qtbot, page)
    assert page.controller.bound.recipe.seed == 7
    page.inspector.images.setValue(6)
    page.inspector.images.take()
    settle(qtbot, page)
    assert page.controller.bound.lanes[0].images == 8


def test_a_bar_for_every_timestep(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    T = 60
    page = open_objective((msgspec.structs.replace(lane("C"), schedule=ScheduleChoice("linear", T)),), images=1)
    assert len(page.chart.figure.bars[0].values) == 3
    qtbot.keyClick(page.chart, Qt.Key.Key_E)
    settle(qtbot, page)
    (bars,) = page.chart.figure.bars
    (bound,) = page.controller.bound.lanes
    assert page.actions_["every"].isChecked()
    assert page.inspector.bars.value() == T
    np.testing.assert_array_equal(bars.starts, np.arange(1, T + 1))
    assert np.isfinite(bars.values).all(), "one draw of each is a term of each"
    assert bound.seen == 4 * T
    assert running(bound)[0] == pytest.approx(bound.total.value)
    page.context.store.undo()
    settle(qtbot, page)
    assert not page.actions_["every"].isChecked()
    page.inspector.bars.setValue(5)
    page.inspector.bars.take()
    settle(qtbot, page)
    assert len(page.chart.figure.bars[0].values) == 5


def test_every_control_is_named_and_explained(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    from PySide6.QtWidgets import QAbstractButton

    page = open_objective((lane("C"),))
    for button in (*page.findChildren(QAbstractButton), *page.inspector.findChildren(QAbstractButton)):
        assert button.accessibleName(), button
        assert button.toolTip(), button.text()
    for widget in (page.chart, page.strip, page.inspector.images, page.inspector.bars, page.inspector.seed):
        assert widget.toolTip()
        assert widget.accessibleName()
    assert all(action.toolTip() for action in page.menu_actions() if not action.isSeparator())


def test_numbers_with_their_errors() -> None:
    assert with_error(Estimate(847.61, 26.6)) == "847.6 ± 26.6"
    assert with_error(Estimate(4307.9, 115.2)) == "4\u202f308 ± 115"
    assert with_error(Estimate(0.0147, math.nan)) == "0.015"
    assert with_error(Estimate(2e-7, math.nan)) == "2.0e−7"
    assert with_error(Estimate(2e-7, 1e-9)) == "2.00e−7 ± 1e−9"
    assert with_error(Estimate(0.0147256, 1.14e-5)) == "0.01473 ± 1e−5"
    assert with_error(Estimate(0.5, 0.2)) == "0.50 ± 0.2"
    assert with_error(Estimate(0.0151863, 1.2e-18)) == "0.015", "of one image it is closed form"
    assert with_error(Estimate()) == "–"
    assert with_error(Estimate(-5.25, 3.1)) == "−5.2 ± 3.1"


def test_the_running_sum_waits_for_every_term(lane: LaneMaker) -> None:
    *_, shown = Engine().handle(MeasureBound(BoundRecipe((lane("C"),), images=4, strata=3)))
    (bound,) = shown.lanes  # type: ignore[union-attr]
    found = running(bound)
    assert found[-1] == pytest.approx(bound.prior.value + bound.terms[-1] * bound.sizes[-1])
    assert found[0] == pytest.approx(bound.total.value)


def test_log_p_by_the_ode_is_beside_the_bound_and_undone(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("A"), lane("C")), images=4, flow=FlowChoice(images=2, steps=4, probes=2))
    section, controller = page.inspector.likelihood, page.controller
    assert "about" in section.measure.text(), "how long it takes is said before it begins"
    section.measure.click()
    assert controller.state.likelihood
    qtbot.waitUntil(lambda: page.idle and controller.all_done, timeout=WAIT)
    *_, known = (
        outcome
        for outcome in Engine().handle(MeasureLikelihood(msgspec.structs.replace(controller.state.recipe, images=1), controller.state.flow))
        if outcome is not None
    )
    assert isinstance(known, LikelihoodShown)
    for row, found in enumerate(known.lanes):
        bits = found.total.value / 784 / math.log(2)
        assert float(page.table.text(row, "ODE").split(" ± ")[0]) == pytest.approx(bits, abs=2e-3)
        assert f"{found.probe_error:.2g}" in section.text(row)
    page.actions_["likelihood"].trigger()
    assert not controller.state.likelihood
    assert not page.table._cells[0][-1].isVisible()
    page.context.store.undo()
    page.context.store.undo()
    assert controller.state.flow.images == 2
    assert not controller.state.likelihood


def test_the_ode_is_stopped_and_goes_on(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("C"),), images=4, flow=FlowChoice(images=4000, steps=4, probes=1))
    page.actions_["likelihood"].trigger()
    controller = page.controller
    qtbot.waitUntil(lambda: controller.likelihood is not None and controller.likelihood.done > 0, timeout=WAIT)
    assert controller.running
    page.actions_["stop"].trigger()
    assert page.idle
    done = controller.likelihood.done
    assert page.actions_["resume"].isEnabled()
    page.actions_["resume"].trigger()
    qtbot.waitUntil(lambda: controller.likelihood.done > done, timeout=WAIT)
    page.cancel()


def test_the_figures_of_the_ode_make_no_window_wider(qtbot: QtBot, open_objective: Opener, lane: LaneMaker) -> None:
    page = open_objective((lane("A"), lane("B"), lane("C")), wait=False, likelihood=True)
    window = page.window()
    qtbot.waitUntil(lambda: page.table.text(2, "L") != "–" and page.table._cells[2][-1].isVisible(), timeout=WAIT)
    assert window.minimumSizeHint().width() <= 1280
    assert (window.width(), window.height()) == (1280, 800)
