"""Reverse chain in the real window, on shipped models."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import Lane, Sampler
from explorer.state.edits import chain as edits
from explorer.state.session import ChainState
from explorer.views.chain.page import ChainPage
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.pictures.picture_popup import PicturePopup

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
STEPS = 20
Opener = Callable[..., ReverseChainWorkspace]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> ReverseChainWorkspace:
    """Option C over 20 steps, sampled, at t = 0."""
    return open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),))


def settle(page: ChainPage, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)


def state(page: ChainPage) -> ChainState:
    return page.part.state


def press(page: ChainPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, to whatever has the focus."""
    QTest.keyClick(QApplication.focusWidget() or page, key, modifier)


def turn(widget: QWidget, notches: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Turn the wheel over the middle of a widget; towards the person if positive."""
    middle = QPointF(widget.rect().center())
    spot = QPointF(widget.mapToGlobal(middle.toPoint()))
    event = QWheelEvent(
        middle, spot, QPoint(), QPoint(0, -120 * notches), LEFT & ~LEFT, modifier, Qt.ScrollPhase.NoScrollPhase, False
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def pictures(values: np.ndarray, quantity: str = "x_t") -> np.ndarray:
    return tiles_of(values, quantity, "dark")[0]


def test_it_ends_at_the_sample_with_all_of_it_scrubbable(page: ReverseChainWorkspace, own_chain: Callable) -> None:
    own = own_chain(page.controller.key)
    assert state(page).t == 0
    np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[-1]))
    assert [c.reached for c in page.widgets.transport.timeline.coverage] == [0]


def test_dragging_the_timeline_shows_the_frame_of_each_t(page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    timeline, own = page.widgets.transport.timeline, own_chain(page.controller.key)
    y = timeline.height() // 3
    QTest.mousePress(timeline, LEFT, pos=QPoint(round(timeline.x_of(300)), y))
    for t in (1000, 750, 500, 50, 0, 450):
        QTest.mouseMove(timeline, QPoint(round(timeline.x_of(t)), y))
        assert state(page).t == t
        settle(page, qtbot)
        np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[own.k(t)]))
        assert page.widgets.transport.text == f"t = {t}"
    QTest.mouseRelease(timeline, LEFT, pos=QPoint(round(timeline.x_of(450)), y))
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(900)), y))
    assert state(page).t == 450, "the drag has ended"


def test_number_keys_choose_the_quantity(page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    own = own_chain(page.controller.key)
    page.playback.scrub(500)
    k = own.k(500)
    for key, quantity, values, off in [
        (Qt.Key.Key_2, "x0_hat", own.x0_hat[k], 0), (Qt.Key.Key_3, "eps_hat", own.eps_hat[k], 2), (Qt.Key.Key_4, "mean", own.mean[k], 1),
        (Qt.Key.Key_5, "z", own.z[k], 0), (Qt.Key.Key_1, "x_t", own.x[k], 0),
    ]:  # fmt: skip
        press(page, key)
        settle(page, qtbot)
        assert state(page).quantity == page.widgets.quantities.current == quantity
        difference = np.abs(page.grid.tiles.astype(int) - pictures(values, quantity).astype(int))
        assert difference.max() <= off, "frames keep x_t and x0_hat; what follows from them may differ by rounding"
        assert page.widgets.scale.diverging == (quantity in ("eps_hat", "z"))


def test_the_quantity_buttons_choose_it_too(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.widgets.quantities.button("eps_hat"), LEFT)
    assert state(page).quantity == "eps_hat"


def test_keys_step_leap_and_jump(page: ReverseChainWorkspace) -> None:
    seen = []
    for key, modifier in [
        (Qt.Key.Key_Home, None), (Qt.Key.Key_Right, None), (Qt.Key.Key_PageDown, None), (Qt.Key.Key_Left, None),
        (Qt.Key.Key_Right, SHIFT), (Qt.Key.Key_PageUp, None), (Qt.Key.Key_End, None), (Qt.Key.Key_Left, SHIFT), (Qt.Key.Key_Right, None),
    ]:  # fmt: skip
        press(page, key, modifier or Qt.KeyboardModifier.NoModifier)
        seen.append(state(page).t)
    assert seen == [1000, 950, 450, 500, 0, 500, 0, 500, 450]


def test_the_wheel_steps_everywhere(page: ReverseChainWorkspace) -> None:
    widgets = page.widgets
    for widget in (page.grid, widgets.film, widgets.transport.timeline, widgets.plot.plot):
        page.playback.scrub(500)
        modifier = SHIFT if widget is widgets.plot.plot else Qt.KeyboardModifier.NoModifier  # alone it zooms over curves
        turn(widget, 2, modifier)
        assert state(page).t == 400
        turn(widget, -1, modifier)
        assert state(page).t == 450


def test_clicking_and_dragging_in_the_curves_scrubs(page: ReverseChainWorkspace) -> None:
    plot = page.widgets.plot.plot
    QTest.mousePress(plot, LEFT, pos=plot.point_of(700, 20).toPoint())
    assert state(page).t == 700
    QTest.mouseMove(plot, plot.point_of(250, 20).toPoint())
    QTest.mouseRelease(plot, LEFT, pos=plot.point_of(250, 20).toPoint())
    assert state(page).t == 250
    assert plot.cursor_t == 250


def test_the_film_shows_the_selected_sample_and_jumps(page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    own, film = own_chain(page.controller.key), page.widgets.film
    QTest.mouseClick(page.grid, LEFT, pos=page.grid.centre_of(2).toPoint())
    settle(page, qtbot)
    assert state(page).selected == 2
    assert film.timesteps[0] == 1000
    assert film.timesteps[-1] == 0
    index = 4
    expected = pictures(own.x[own.k(int(film.timesteps[index])), 2:3])[0]
    shown = film.images[index]
    assert [shown.pixelColor(x, 9).red() for x in range(28)] == expected[9, :, 0].tolist()
    QTest.mouseClick(film, LEFT, pos=film.rect_of(index).center().toPoint())
    assert state(page).t == film.timesteps[index]
    assert film.framed == index


def test_arrow_keys_move_the_selection_while_the_samples_have_the_focus(page: ReverseChainWorkspace) -> None:
    page.playback.scrub(500)
    page.grid.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        press(page, key)
    assert state(page).selected == page.grid.grid.columns
    assert state(page).t == 500
    press(page, Qt.Key.Key_Up)
    press(page, Qt.Key.Key_Up)
    assert state(page).selected == 0


def test_the_pixel_under_the_mouse(page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    own, grid = own_chain(page.controller.key), page.grid
    page.playback.scrub(500)
    settle(page, qtbot)
    rect, s = grid.grid.rect(1), grid.grid.scale
    QTest.mouseMove(grid, QPointF(rect.x() + 7.5 * s, rect.y() + 12.5 * s).toPoint())
    value = f"{own.x[own.k(500), 1, 0, 12, 7]:.4f}".replace("-", "−")
    assert page.widgets.inspector.pixel_text == f"row 12, column 7; xₜ = {value}"
    press(page, Qt.Key.Key_2)
    settle(page, qtbot)
    value = f"{own.x0_hat[own.k(500), 1, 0, 12, 7]:.4f}".replace("-", "−")
    assert page.widgets.inspector.pixel_text == f"row 12, column 7; x̂₀ = {value}"


def test_typing_a_seed_samples_anew_and_undo_brings_the_pictures_back(
    page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot
) -> None:
    before, field = page.grid.tiles.copy(), page.widgets.inspector.seed
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "123")
    assert state(page).recipe.seed == 3
    assert state(page).quantity == "x_t", "a digit that is typed is no key"
    press(page, Qt.Key.Key_Return)
    assert state(page).recipe.seed == 123
    settle(page, qtbot)
    own = own_chain(page.controller.key)
    np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[-1]))
    assert not np.array_equal(page.grid.tiles, before)
    store = page.context.store
    assert store.undo_label == "change seed"
    store.undo()
    settle(page, qtbot)
    np.testing.assert_array_equal(page.grid.tiles, before)
    assert field.text() == "3"
    store.redo()
    settle(page, qtbot)
    np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[-1]))


def test_enter_gives_the_keys_back_to_the_pictures(page: ReverseChainWorkspace) -> None:
    page.widgets.inspector.samples.setFocus()
    press(page, Qt.Key.Key_Return)
    press(page, Qt.Key.Key_Home)
    assert state(page).t == 1000


def test_keys_act_in_the_inspector_but_are_not_taken_from_its_fields(page: ReverseChainWorkspace) -> None:
    page.playback.scrub(500)
    field = page.widgets.inspector.samples
    field.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_2, Qt.Key.Key_Space):
        press(page, key)
    assert (state(page).t, state(page).quantity, page.playback.playing) == (500, "x_t", False)
    page.widgets.inspector.clip.setFocus()
    press(page, Qt.Key.Key_Right)
    assert state(page).t == 450


def test_numbers_of_the_sampler_are_one_undo_each(page: ReverseChainWorkspace) -> None:
    for name, typed, wanted in (("steps", "5", 5), ("steps", "1000", None), ("eta", "0.5", 0.5)):
        field = getattr(page.widgets.inspector, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        press(page, Qt.Key.Key_Return)
        assert getattr(state(page).recipe.lanes[0].sampler, name) == wanted
        page.context.store.undo()
        assert state(page).recipe.lanes[0].sampler == Sampler(steps=STEPS)
        assert not page.context.store.can_undo
    assert page.widgets.inspector.eta.value() == 1.0


def test_clipping_keeps_x0_hat_in_range(page: ReverseChainWorkspace, qtbot: QtBot, own_chain: Callable) -> None:
    clip = page.widgets.inspector.clip
    qtbot.mouseClick(clip, LEFT, pos=QPoint(8, clip.height() // 2))
    assert state(page).recipe.lanes[0].sampler.clip
    page.playback.scrub(500)
    settle(page, qtbot)
    assert abs(own_chain(page.controller.key).x0_hat).max() <= 1
    assert "clipped" in page.widgets.equation.equation.note


def test_the_equation_has_the_numbers_of_the_step(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(500)
    settle(page, qtbot)
    plan = page.controller.run.plans[page.controller.key]
    k = plan.timesteps.tolist().index(500)
    shown = page.widgets.equation.equation
    assert [term.factor for term in shown.step] == ["", *(f"{getattr(plan, name)[k]:.4f}" for name in ("a0", "at", "sigma"))]
    assert [term.variable[0].sub for term in shown.step] == ["450", "0", "500", ""]
    signal, noise = np.sqrt(plan.alpha_bar[k]), np.sqrt(1 - plan.alpha_bar[k])
    assert shown.derivation[2].factor == f"{noise:.4f}"
    assert shown.derivation[2].after == f") / {signal:.4f}"
    assert set(page.widgets.equation.pictures) >= {"x_prev", "x_t", "x0_hat", "z", "eps_hat", "mean"}
    press(page, Qt.Key.Key_End)
    settle(page, qtbot)
    assert [term.name for term in page.widgets.equation.equation.step] == ["x_t", "x0_hat"]
    assert "The sample" in page.widgets.equation.equation.note


def test_the_terms_are_pictures_and_norms_of_the_step_that_is_looked_at(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(500)
    settle(page, qtbot)
    terms = page.display.terms
    frame = page.display.frames[terms.key]
    assert terms.t == frame.t == 500
    assert {"x_t", "x0_hat", "z", "x_prev"} <= terms.tiles.keys()
    assert terms.norms["x_t"] == pytest.approx(np.linalg.norm(frame.values[terms.sample]), rel=1e-5)
    assert not terms.values, "a window shows none: engine/test_engine.py adds them up"


def test_a_term_shows_its_picture_large_and_is_chosen_by_a_click(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(500)
    settle(page, qtbot)
    strip = page.widgets.equation
    place = strip.area_of("z").center().toPoint()
    QTest.mouseMove(strip, place)
    popup = page.window().findChild(PicturePopup)
    assert popup is not None
    assert popup.isVisible()
    QTest.mouseClick(strip, LEFT, pos=place)
    assert state(page).quantity == "z"
    QTest.mouseMove(strip, QPoint(strip.width() - 2, strip.height() - 2))
    assert not popup.isVisible()
    QTest.mouseClick(strip, LEFT, pos=strip.area_of("x_prev").center().toPoint())
    assert state(page).t == 450


def test_playing_goes_from_T_to_0_and_pauses(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    seen: list[int] = []
    page.controller.state_changed.connect(lambda _before, after: seen.append(after.t))
    press(page, Qt.Key.Key_Space)
    assert seen == [1000]
    assert page.playback.playing
    qtbot.waitUntil(lambda: len(seen) > 1)
    assert seen == sorted(seen, reverse=True)
    press(page, Qt.Key.Key_Space)
    assert not page.playback.playing
    page.playback.scrub(50)
    press(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.playback.playing, timeout=30_000)
    assert state(page).t == 0


def test_a_loop_starts_again_at_T(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    press(page, Qt.Key.Key_L)
    assert state(page).loop
    assert page.window().findChild(QToolButton, "loopButton").isChecked()
    page.playback.scrub(100)
    seen: list[int] = []
    page.controller.state_changed.connect(lambda _before, after: seen.append(after.t))
    press(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: 1000 in seen, timeout=30_000)
    assert 0 in seen[: seen.index(1000)]
    page.playback.pause()


def test_the_buttons_do_what_the_keys_do(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    seen = []
    for name in ("start", "forward", "forward", "back", "end"):
        qtbot.mouseClick(page.window().findChild(QToolButton, f"{name}Button"), LEFT)
        seen.append(state(page).t)
    assert seen == [1000, 950, 900, 950, 0]


def test_space_on_a_button_presses_the_button(page: ReverseChainWorkspace) -> None:
    button = page.widgets.quantities.button("mean")
    button.setFocus()
    press(page, Qt.Key.Key_Space)
    assert state(page).quantity == "mean"
    assert not page.playback.playing


def test_the_cursor_follows_while_sampling_until_it_is_moved(open_page: Opener, lane: LaneMaker, own_chain: Callable, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=400),), wait=False)
    followed: list[int] = []
    page.controller.state_changed.connect(lambda _before, after: followed.append(after.t))
    qtbot.waitUntil(lambda: len(set(followed)) > 5, timeout=120_000)
    assert followed == sorted(followed, reverse=True)
    assert page.controller.following
    page.playback.scrub(1000)
    assert page.controller.run.sampling
    qtbot.waitUntil(lambda: page.idle, timeout=120_000)
    assert state(page).t == 1000, "the person stands where they went"
    own = own_chain(page.controller.key)
    np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[0]))


def test_frames_computed_so_far_are_scrubbed_while_the_rest_is_sampled(
    open_page: Opener, lane: LaneMaker, own_chain: Callable, qtbot: QtBot
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=500),), wait=False)
    qtbot.waitUntil(lambda: (page.controller.run.newest or 1000) < 960, timeout=120_000)
    page.playback.scrub(980)
    qtbot.waitUntil(lambda: page.display.frames[page.controller.key].t == 980, timeout=60_000)
    assert page.controller.run.sampling
    own = own_chain(page.controller.key, 11)
    np.testing.assert_array_equal(page.grid.tiles, pictures(own.x[own.k(980)]))
    page.playback.scrub(0)
    qtbot.waitUntil(lambda: page.panels[0].note.startswith("t = "), timeout=60_000)
    assert page.controller.run.sampling
    assert "so far" in page.widgets.transport.note
    page.cancel()


def test_a_kept_cursor_ahead_of_what_is_computed_shows_the_newest_state(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    """As after a restart in the middle of a chain."""
    page = open_page(ReverseChainWorkspace, (lane("C", steps=500),), wait=False, t=100)
    qtbot.waitUntil(lambda: page.panels[0].note.startswith("t = "), timeout=60_000)
    assert page.controller.run.sampling, "shown before the chain is whole"
    assert page.grid.tiles is not None
    assert state(page).t == 100
    page.cancel()


def test_escape_stops_and_resume_goes_on(open_page: Opener, lane: LaneMaker, own_chain: Callable, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=60),), samples=1, wait=False)
    run = page.controller.run
    statuses: list = []
    page.status_changed.connect(statuses.append)
    qtbot.waitUntil(lambda: bool(run.done) and max(run.done.values()) > 3, timeout=120_000)
    assert statuses[-1].cancellable
    assert statuses[-1].total == 60
    press(page, Qt.Key.Key_Escape)
    assert not run.sampling
    page.playback.scrub(0)
    settle(page, qtbot)
    done = dict(run.done)
    assert max(done.values()) < 60
    assert page.widgets.resume.isVisible()
    assert statuses[-1].text.startswith("stopped after")
    for t in (1000, 0):
        page.playback.scrub(t)
        settle(page, qtbot)
    assert run.done == done, "nothing is sampled any more"
    qtbot.mouseClick(page.widgets.resume, LEFT)
    settle(page, qtbot)
    assert not page.widgets.resume.isVisible()
    np.testing.assert_array_equal(page.grid.tiles, pictures(own_chain(page.controller.key).x[-1]))


def test_a_checkpoint_that_is_opened_becomes_the_lane(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    library = page.context.library
    entry = library.named("mnist-ddpm-b")
    assert entry is not None
    assert page.accept_entry(entry)
    page.playback.scrub(500)
    settle(page, qtbot)
    assert page.panels[0].title == "Option B"
    assert state(page).recipe.lanes[0].sampler.steps == STEPS
    assert page.widgets.equation.equation.title.startswith("Option B")
    vae = library.named("mnist-vae-2d")
    assert vae is not None
    assert not page.accept_entry(vae)
    page.context.store.undo()
    assert page.panels[0].title == "Option C"


def test_without_a_lane_it_says_what_to_do(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, ())
    assert page.idle
    assert page.panels[0].title == "No model"
    assert page.grid.tiles is None
    press(page, Qt.Key.Key_Space)
    assert not page.playback.playing
    qtbot.waitUntil(lambda: page.context.library.named("mnist-ddpm-c") is not None, timeout=60_000)
    assert page.accept_entry(page.context.library.named("mnist-ddpm-c"))
    qtbot.waitUntil(lambda: page.grid.tiles is not None, timeout=60_000)
    page.cancel()


def test_a_lane_that_cannot_be_sampled_is_told_of_and_the_page_goes_on(page: ReverseChainWorkspace, lane: LaneMaker, qtbot: QtBot) -> None:
    missing = msgspec.structs.replace(lane("C", steps=STEPS), checkpoint="0" * 64, source="gone.safetensors")
    with qtbot.waitSignal(page.context.client.failed, timeout=60_000) as told:
        page.part.put(edits.with_recipe(page.part.state, lanes=(missing,)), "open")
    assert "gone.safetensors" in told.args[0].message
    settle(page, qtbot)
    page.context.store.undo()
    settle(page, qtbot)
    assert page.widgets.film.timesteps[-1] == 0
    assert page.controller.run.done[page.controller.key] == STEPS


def sticking_out(page: ChainPage) -> list[str]:
    """Widgets that are not whole inside their parents; a plot's own surface is Qt's affair."""
    shown = [w for w in page.findChildren(QWidget) if w.isVisible() and w.parentWidget() is not page.widgets.plot.plot]
    return [repr(w) for w in shown if not w.parentWidget().rect().adjusted(-1, -1, 1, 1).contains(w.geometry())]


def test_nothing_is_cut_off(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    for size, quantity in (((1280, 800), "eps_hat"), ((1920, 1080), "x_t")):
        page.part.update(quantity=quantity)
        page.window().resize(*size)
        settle(page, qtbot)
        qtbot.waitUntil(lambda: not sticking_out(page))
        assert page.window().size().toTuple() == size


def test_another_number_of_samples_shares_the_window_anew(
    open_page: Callable[..., ReverseChainWorkspace], lane: LaneMaker, qtbot: QtBot
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=1),), samples=16)
    before = page._panel.width()
    page.part.put(edits.with_recipe(page.part.state, samples=1), "change samples")
    after = page._panel.width()
    page._middle.arrange()
    assert page._panel.width() == after != before
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)
