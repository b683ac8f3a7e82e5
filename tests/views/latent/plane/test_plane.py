"""The latent plane: what it draws and what gestures report, with real events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.latent.strokes import distance
from explorer.recipe import Point, Stroke
from explorer.views.latent.plane import paint
from explorer.views.latent.plane.chain_marks import Walked
from explorer.views.latent.plane.overlays import draw_code
from explorer.views.latent.plane.plane import Plane
from explorer.views.latent.plane.viewport import Viewport
from explorer.widgets.look.theme import CLASS_COLOURS, DARK, Theme

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@pytest.fixture
def plane(qtbot: QtBot) -> Plane:
    """A plane of 600 x 400 pixels that shows -3..3 x -2..2."""
    made = Plane(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.set_home((-2.84, 2.84, -1.84, 1.84))
    assert made.view.scale == pytest.approx(100)
    return made


def at(plane: Plane, x: float, y: float) -> QPoint:
    """Pixel of a code."""
    px, py = plane.view.to_screen(x, y)
    return QPoint(round(px), round(py))


def picture(plane: Plane) -> QImage:
    """What is drawn, without the pointer."""
    return plane.grab().toImage()


def drag(plane: Plane, *codes: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first code, move over the others, release at the last."""
    QTest.mousePress(plane, button, pos=at(plane, *codes[0]))
    places = [at(plane, *code) for code in codes[1:]]
    for place in places:
        QTest.mouseMove(plane, place)
    QTest.mouseRelease(plane, button, pos=places[-1])


def wheel(plane: Plane, notches: int, pos: QPoint) -> None:
    """Turn the wheel over a pixel."""
    event = QWheelEvent(
        QPointF(pos), QPointF(plane.mapToGlobal(pos)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plane, event)


# --- drawing


def test_codes_have_their_classes_colours(plane: Plane) -> None:
    plane.set_codes(np.array([[-1.0, 0.5], [1.0, -0.5]], np.float32), np.array([3, 7], np.uint8))
    image = picture(plane)
    for code, label in (((-1.0, 0.5), 3), ((1.0, -0.5), 7)):
        found, wanted = QColor(image.pixel(at(plane, *code))), QColor(CLASS_COLOURS["bright"][label])
        assert abs(found.red() - wanted.red()) < 50
        assert abs(found.green() - wanted.green()) < 50
        assert abs(found.blue() - wanted.blue()) < 50


GROUND = {
    "codes": lambda plane: plane.set_codes(np.array([[0.4, 0.5], [1.0, -0.5]], np.float32), np.array([1, 2], np.uint8)),
    "opacities": lambda plane: plane.set_codes(*CODES, np.array([0.2, 0.9])),
    "hidden": lambda plane: plane.set_hidden_classes((3,)),
    "layers": lambda plane: plane.set_layers(codes=False, manifold=True, prior=True),
    "prior": lambda plane: plane.set_prior_centre((1.0, 1.0)),
    "manifold": lambda plane: plane.set_manifold(np.full((56, 56, 3), 90, np.uint8), (0.0, 2.0, 0.0, 2.0)),
    "field": lambda plane: plane.set_field(np.full((8, 8, 3), 90, np.uint8), (-1.0, 1.0, -1.0, 1.0), 8),
    "no field": lambda plane: plane.set_field(None),
    "chains": lambda plane: plane.set_chains((Walked("learned", np.zeros((2, 1, 2))),)),
    "pan": lambda plane: drag(plane, (0.0, 0.0), (0.3, 0.4), button=MIDDLE),
    "zoom": lambda plane: plane.zoom(1.5),
    "size": lambda plane: plane.resize(520, 460),
    "theme": lambda plane: plane._theme.choose("light"),
    "colours": lambda plane: plane._theme.choose_classes("safe"),
}
CODES = np.array([[-1.0, 0.5], [1.0, -0.5]], np.float32), np.array([3, 7], np.uint8)


def with_ground(plane: Plane) -> None:
    """All that lies behind the rest."""
    plane.set_codes(*CODES)
    plane.set_layers(codes=True, manifold=True, prior=True)
    plane.set_field(np.full((4, 4, 3), 160, np.uint8), (-1.0, 1.0, -1.0, 1.0), 4)


@pytest.mark.parametrize("name", GROUND)
def test_what_is_kept_of_the_drawing_is_never_shown_after_it_has_changed(plane: Plane, name: str) -> None:
    with_ground(plane)
    before = picture(plane)
    GROUND[name](plane)
    after = picture(plane)
    plane._forget_ground()
    assert after == picture(plane)
    assert after != before


def test_codes_are_not_drawn_again_for_a_pointer_that_moves(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    with_ground(plane)
    before = picture(plane)
    monkeypatch.setattr(paint, "draw_codes", lambda *_: pytest.fail("drawn again"))
    plane.point_at_code(0, np.zeros((28, 28, 3), np.uint8), "7")
    assert picture(plane) != before
    plane.point_at_code(None)
    assert picture(plane) == before


def test_hidden_classes_and_a_hidden_layer_are_not_drawn(plane: Plane) -> None:
    plane.set_codes(np.array([[-1.3, 0.6], [1.3, -0.6]], np.float32), np.array([3, 7], np.uint8))
    plane.set_hidden_classes((3,))
    image = picture(plane)
    assert QColor(image.pixel(at(plane, -1.3, 0.6))).name() == DARK.card
    assert QColor(image.pixel(at(plane, 1.3, -0.6))).name() != DARK.card
    np.testing.assert_allclose(plane.codes_drawn, [[1.3, -0.6]], rtol=1e-6)
    plane.set_layers(codes=False, manifold=False, prior=False)
    assert QColor(picture(plane).pixel(at(plane, 1.3, -0.6))).name() == DARK.card
    assert len(plane.codes_drawn) == 0


def test_the_manifold_lies_where_its_extent_says(plane: Plane) -> None:
    cells = np.zeros((2, 2, 3), np.uint8)
    cells[0, 1] = 255  # top right
    plane.set_manifold(cells, (-1.0, 1.0, -1.0, 1.0))
    plane.set_layers(codes=True, manifold=True, prior=False)
    image = picture(plane)
    levels = {code: QColor(image.pixel(at(plane, *code))).lightness() for code in ((0.55, 0.55), (-0.55, 0.55), (0.55, -0.55))}
    assert levels[0.55, 0.55] > 100
    assert levels[-0.55, 0.55] < 20
    assert levels[0.55, -0.55] < 20
    plane.set_layers(codes=True, manifold=False, prior=False)
    assert QColor(picture(plane).pixel(at(plane, 0.55, 0.55))).name() == DARK.card


def test_prior_contours_are_at_their_radii(plane: Plane) -> None:
    def lit(radius: float) -> bool:
        """Whether any dash is drawn on a circle."""
        angles = np.linspace(0.1, 1.4, 200)
        image = picture(plane)
        return any(QColor(image.pixel(at(plane, radius * np.cos(a), radius * np.sin(a)))).lightness() > 90 for a in angles)

    assert not lit(1.1774)
    plane.set_layers(codes=True, manifold=False, prior=True)
    assert lit(1.1774)  # half of the prior
    assert not lit(1.5)
    plane.set_prior_centre((-0.3, -0.4))  # of a slice whose origin is not the nearest place to the latent space's
    assert not lit(1.1774)


def test_an_empty_plane_says_what_to_do(plane: Plane) -> None:
    before = picture(plane)
    plane.set_message("Open a model")
    assert picture(plane) != before


# --- view


def test_the_wheel_zooms_towards_the_pointer(plane: Plane) -> None:
    pos = QPoint(130, 90)
    code = plane.view.to_plane(130, 90)
    wheel(plane, 3, pos)
    assert plane.view.scale > 150
    assert plane.view.to_plane(130, 90) == pytest.approx(code)
    wheel(plane, -3, pos)
    assert plane.view.scale == pytest.approx(100)


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_middle_and_right_drag_pan(plane: Plane, button: Qt.MouseButton) -> None:
    menus: list[object] = []
    plane.menu_wanted.connect(lambda *a: menus.append(a))
    drag(plane, (0.0, 0.0), (0.3, 0.0), (1.0, 0.5), button=button)
    assert (plane.view.x, plane.view.y) == pytest.approx((-1.0, -0.5))
    assert not menus


def test_a_right_click_asks_for_a_menu_at_the_code(plane: Plane, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plane.menu_wanted) as menu:
        QTest.mouseClick(plane, RIGHT, pos=at(plane, 1.0, 0.5))
    assert menu.args[1:] == pytest.approx([1.0, 0.5])


def test_space_drag_pans_and_space_alone_plays(plane: Plane) -> None:
    played: list[bool] = []
    plane.play_wanted.connect(lambda: played.append(True))
    plane.setFocus()
    QTest.keyPress(plane, Qt.Key.Key_Space)
    drag(plane, (0.0, 0.0), (-0.5, 0.25))
    QTest.keyRelease(plane, Qt.Key.Key_Space)
    assert (plane.view.x, plane.view.y) == pytest.approx((0.5, -0.25))
    assert not played
    QTest.keyClick(plane, Qt.Key.Key_Space)
    assert played == [True]


def test_fit_shows_the_home_again_and_a_fitted_view_follows_the_size(plane: Plane) -> None:
    fitted = plane.view
    wheel(plane, 5, QPoint(100, 100))
    plane.fit()
    assert plane.view == fitted
    plane.resize(900, 600)
    assert plane.view.scale == pytest.approx((900 - 32) / 5.68)
    wheel(plane, 1, QPoint(100, 100))
    scale = plane.view.scale
    plane.resize(800, 500)
    assert plane.view.scale == scale


# --- items


def test_a_double_click_wants_a_point_where_there_is_none(plane: Plane) -> None:
    wanted: list[tuple[float, float]] = []
    plane.point_wanted.connect(lambda x, y: wanted.append((x, y)))
    withdrawn: list[bool] = []
    plane.click_withdrawn.connect(lambda: withdrawn.append(True))
    QTest.mouseDClick(plane, LEFT, pos=at(plane, 0.5, -0.5))
    assert withdrawn == [True]
    plane.set_items((Point("P1", 0.5, -0.5),), (), "")
    QTest.mouseDClick(plane, LEFT, pos=at(plane, 0.5, -0.5))
    assert wanted == [pytest.approx((0.5, -0.5))]


def test_clicks_select_what_is_under_them(plane: Plane) -> None:
    plane.set_items((Point("P1", 1.0, 1.0),), (Stroke("S", ((-2.0, -1.0), (2.0, -1.0))),), "")
    selected: list[str] = []
    plane.item_selected.connect(selected.append)
    for code in ((1.0, 1.0), (0.3, -0.98), (-1.5, 0.5)):
        QTest.mouseClick(plane, LEFT, pos=at(plane, *code))
    assert selected == ["P1", "S", ""]


def test_a_drag_carries_a_point_by_as_much_as_the_pointer_goes(plane: Plane) -> None:
    plane.set_items((Point("P1", 1.0, 1.0),), (), "P1")
    items: list[Point] = []
    ends: list[bool] = []
    plane.item_carried.connect(items.append)
    plane.carry_ended.connect(lambda: ends.append(True))
    drag(plane, (1.03, 0.98), (0.5, 0.5), (-0.97, -0.52))
    assert (items[-1].name, items[-1].x, items[-1].y) == ("P1", pytest.approx(-1.0), pytest.approx(-0.5))
    assert len(items) == 2
    assert ends == [True]


def test_a_click_that_wanders_a_little_moves_nothing(plane: Plane) -> None:
    plane.set_items((Point("P1", 1.0, 1.0),), (), "P1")
    items: list[Point] = []
    plane.item_carried.connect(items.append)
    drag(plane, (1.0, 1.0), (1.01, 1.01))
    assert items == []


def test_escape_puts_a_carried_item_back(plane: Plane) -> None:
    plane.set_items((), (Stroke("S", ((-2.0, -1.0), (2.0, -1.0))),), "S")
    items: list[Stroke] = []
    plane.item_carried.connect(items.append)
    QTest.mousePress(plane, LEFT, pos=at(plane, 0.0, -1.0))
    QTest.mouseMove(plane, at(plane, 0.0, 0.5))
    assert items[-1].path == (pytest.approx((-2.0, 0.5)), pytest.approx((2.0, 0.5)))
    QTest.keyClick(plane, Qt.Key.Key_Escape)
    assert items[-1].path == ((-2.0, -1.0), (2.0, -1.0))
    QTest.mouseRelease(plane, LEFT, pos=at(plane, 0.0, 0.5))


def test_arrow_keys_nudge(plane: Plane) -> None:
    nudges: list[tuple[int, int]] = []
    plane.nudged.connect(lambda dx, dy: nudges.append((dx, dy)))
    QTest.keyClick(plane, Qt.Key.Key_Right)
    QTest.keyClick(plane, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert nudges == [(1, 0), (0, 10)]


# --- brush


def test_the_brush_paints_a_smooth_path_through_where_the_pointer_went(plane: Plane) -> None:
    grown: list[np.ndarray] = []
    painted: list[np.ndarray] = []
    plane.stroke_growing.connect(grown.append)
    plane.stroke_painted.connect(painted.append)
    plane.set_tool("stroke")
    codes = [(x, 0.8 * np.sin(2 * x)) for x in np.linspace(-2, 2, 60)]
    drag(plane, *codes)
    assert len(painted) == 1
    assert len(grown) == 59
    path = painted[0]
    np.testing.assert_allclose(path[[0, -1]], [codes[0], codes[-1]], atol=0.01)
    assert max(distance(path, *code) for code in codes) < 0.06
    assert len(path) < 100


def test_shift_paints_a_straight_line(plane: Plane) -> None:
    painted: list[np.ndarray] = []
    plane.stroke_painted.connect(painted.append)
    plane.set_tool("stroke")
    QTest.mousePress(plane, LEFT, Qt.KeyboardModifier.ShiftModifier, at(plane, -1.0, 0.0))
    for code in ((0.0, 1.0), (1.0, 0.5)):
        place = at(plane, *code)
        QApplication.sendEvent(plane, _shifted_move(plane, place))
    QTest.mouseRelease(plane, LEFT, Qt.KeyboardModifier.ShiftModifier, at(plane, 1.0, 0.5))
    np.testing.assert_allclose(painted[0], [(-1.0, 0.0), (1.0, 0.5)], atol=1e-9)


def _shifted_move(plane: Plane, place: QPoint) -> QEvent:
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), QPointF(plane.mapToGlobal(place)), LEFT, LEFT, Qt.KeyboardModifier.ShiftModifier
    )


def test_a_click_with_the_brush_selects_instead(plane: Plane) -> None:
    painted: list[object] = []
    selected: list[str] = []
    plane.stroke_painted.connect(painted.append)
    plane.item_selected.connect(selected.append)
    plane.set_items((), (Stroke("S", ((-2.0, -1.0), (2.0, -1.0))),), "")
    plane.set_tool("stroke")
    QTest.mouseClick(plane, LEFT, pos=at(plane, 0.5, -1.0))
    assert painted == []
    assert selected == ["S"]


def test_escape_gives_a_stroke_up(plane: Plane) -> None:
    grown: list[object] = []
    painted: list[object] = []
    plane.stroke_growing.connect(grown.append)
    plane.stroke_painted.connect(painted.append)
    plane.set_tool("stroke")
    QTest.mousePress(plane, LEFT, pos=at(plane, -1.0, 0.0))
    QTest.mouseMove(plane, at(plane, 1.0, 0.0))
    QTest.keyClick(plane, Qt.Key.Key_Escape)
    QTest.mouseRelease(plane, LEFT, pos=at(plane, 1.0, 0.0))
    assert grown[-1] is None
    assert painted == []


def test_hover_says_the_code_under_the_pointer_and_its_leaving(plane: Plane) -> None:
    codes: list[object] = []
    plane.hovered.connect(codes.append)
    QTest.mouseMove(plane, at(plane, 0.7, -1.2))
    QApplication.sendEvent(plane, QEvent(QEvent.Type.Leave))
    assert codes[0] == pytest.approx((0.7, -1.2))
    assert codes[-1] is None


def test_another_view_under_a_pointer_that_lies_still_is_another_place(plane: Plane) -> None:
    places: list[object] = []
    plane.hovered.connect(places.append)
    QTest.mouseMove(plane, at(plane, 1.0, 0.5))
    plane.zoom(2)
    assert places[-1] == pytest.approx((0.5, 0.25), abs=0.01)
    QApplication.sendEvent(plane, QEvent(QEvent.Type.Leave))
    plane.zoom(2)
    assert places[-1] is None


def test_the_words_under_a_codes_image_stay_on_their_plate(qtbot: QtBot) -> None:
    view, frame = Viewport(300, 200), QColor("#ff0000")
    picture, bare = (QImage(300, 200, QImage.Format.Format_RGB32) for _ in range(2))
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    for canvas, words in ((picture, "#6272 · digit number three"), (bare, "")):
        canvas.fill(QColor("#00ff00"))
        painter = QPainter(canvas)
        draw_code(painter, view, (0.0, 0.0), image, words, frame)
        painter.end()
    row = 100 + 12 + 56 + 8
    drawn = [x for x in range(300) if picture.pixelColor(x, row) != QColor("#00ff00")]
    assert max(drawn) - min(drawn) > 100, "all of it"
    edge = [picture.pixelColor(x, row) for x in drawn[-4:]]
    assert any(colour.red() > 200 and colour.blue() < 60 for colour in edge), "what is furthest right is its frame"
    assert bare.pixelColor(150 + 14 + 80, row) == QColor("#00ff00")
