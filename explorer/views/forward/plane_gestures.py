"""What the person's hands do with the two-dimensional chain: each gesture is one edit of the session, with its words for undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import POINT_FILES
from explorer.engine.forward.chain2d_messages import PointsTaken
from explorer.errors import BadInput
from explorer.recipe.chain2d import PointShape
from explorer.state.edits import chain2d as edits
from explorer.state.edits.forward import with_recipe
from explorer.state.forward import ForwardState, Layer2D
from explorer.state.store import Store
from explorer.views.forward.actions import ForwardActions
from explorer.views.forward.plane_controls import SHAPES, PlaneControls
from explorer.views.forward.plane_page import LAYERS, SAMPLERS, PlanePage
from explorer.views.forward.plane_questions import PlaneQuestions
from explorer.widgets.controls.save_file import ask_where
from explorer.widgets.look.language import tr
from explorer.widgets.pictures.picture_file import write_picture

KINDS = (("NumPy (*.npz)", ".npz"), ("CSV (*.csv)", ".csv"), ("PNG (*.png)", ".png"))


class PlaneGestures(QObject):
    """Connects the page, its part of the inspector and its actions to the store."""

    def __init__(self, store: Store, page: PlanePage, controls: PlaneControls, questions: PlaneQuestions, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._page, self._controls, self._questions, self._window = store, page, controls, questions, parent
        self._take_map()
        self._take_controls()

    @property
    def _state(self) -> ForwardState:
        return self._store.session.forward

    def _put(self, state: ForwardState, label: str, merge: str = "") -> None:
        self._store.update(label, merge, forward=state)

    @property
    def _shown(self) -> list[tuple[float, float]]:
        """The points on the map."""
        shown = self._page.shown
        return [] if shown is None else [(x, y) for x, y in shown.points.tolist()]

    # --- the map ---

    def _take_map(self) -> None:
        chart = self._page.exact
        chart.point_dragged.connect(self._drag)
        chart.drawn.connect(self._draw)
        chart.rubbed.connect(
            lambda x, y: self._put(edits.rub_out(self._state, self._shown, (x, y)), tr("take points away"), "forward.plane.rub")
        )
        chart.point_added.connect(lambda x, y: self._put(edits.add_point(self._state, self._shown, (x, y)), tr("add a point")))
        chart.released.connect(self._store.end_merge)
        self._page.samplers.chosen.connect(lambda name: self.set_walk("sampler", name))
        self._page.options.chosen.connect(self._choose_option)
        self._page.layers.chosen.connect(self._toggle)

    def _drag(self, index: int, x: float, y: float) -> None:
        self._put(edits.move_point(self._state, self._shown, index, (x, y)), tr("move a point"), f"forward.plane.point.{index}")

    def _draw(self, places: tuple[tuple[float, float], ...]) -> None:
        """With the pen: on what there is, if that is the person's own; else on a blank plane."""
        self._put(edits.draw_points(self._state, places), tr("draw points"), "forward.plane.draw")

    # --- the inspector ---

    def _take_controls(self) -> None:
        controls = self._controls
        controls.shape_chosen.connect(self.choose_shape)
        controls.points_changed.connect(self._set_points)
        controls.network_changed.connect(
            lambda name, value: self._put(edits.with_network(self._state, **{name: value}), tr("small network"), f"forward.plane.{name}")
        )
        controls.walk_changed.connect(self.set_walk)
        controls.seed_committed.connect(lambda seed: self._put(with_recipe(self._state, seed=seed), tr("change seed")))
        controls.released.connect(self._store.end_merge)

    def choose_shape(self, shape: PointShape) -> None:
        """Points along a shape."""
        self._put(edits.choose_shape(self._state, shape), tr("points: {shape}", shape=SHAPES[shape]))

    def _set_points(self, name: str, value: object) -> None:
        if getattr(self._state.recipe.plane.points, name) != value:
            self._put(edits.with_points(self._state, **{name: value}), tr("two-dimensional points"), f"forward.plane.{name}")

    def set_walk(self, name: str, value: object) -> None:
        """How particles walk."""
        self._put(edits.with_walk(self._state, **{name: value}), tr("particles"), f"forward.plane.{name}")

    # --- actions ---

    def take_actions(self, a: ForwardActions) -> None:
        """Keys, menu and buttons."""
        for layer in LAYERS:
            a.on(f"layer_{layer}", lambda *_, layer=layer: self._toggle(layer))
        for name in SAMPLERS:
            a.on(f"by_{name}", lambda *_, name=name: self.set_walk("sampler", name))
        for option in "ABCV":
            a.on(f"option_{option}", lambda *_, option=option: self._choose_option(option))
        a.on("learn", lambda *_: self._store.update_forward(learn=not self._state.learn))
        a.on_toggled("pen", lambda on: self._store.update_forward(pen=on))
        a.on("open_points", lambda *_: self.ask_for_points())
        a.on("clear", lambda *_: self._clear())
        a.on("export_plane", lambda *_: self.ask_where_to())

    def show_actions(self, a: ForwardActions, on_page: bool) -> None:
        """What is chosen, and that what is of this page can be done on it alone."""
        state = self._state
        plane = state.recipe.plane
        names = [f"layer_{layer}" for layer in LAYERS] + [f"by_{name}" for name in SAMPLERS] + [f"option_{name}" for name in "ABCV"]
        for name in (*names, "learn", "pen", "open_points", "clear", "export_plane"):
            a[name].setEnabled(on_page)
        for layer in LAYERS:
            a[f"layer_{layer}"].setChecked(layer in state.layers)
        a[f"by_{plane.walk.sampler}"].setChecked(True)
        a[f"option_{plane.network.option}"].setChecked(True)
        a["learn"].setChecked(state.learn)
        a["pen"].setChecked(state.pen)

    def _toggle(self, layer: Layer2D) -> None:
        self._store.update(forward=edits.toggle_layer(self._state, layer))

    def _choose_option(self, option: str) -> None:
        self._put(edits.with_network(self._state, option=option), tr("Option {option}", option=option))

    def _clear(self) -> None:
        self._put(edits.clear(self._state), tr("no points"))
        self._store.update_forward(pen=True)

    # --- files ---

    def ask_for_points(self) -> None:
        """Open a file of points."""
        path, _ = QFileDialog.getOpenFileName(self._window, tr("Open points"), "", POINT_FILES)
        if path:
            self.open_points(path)

    def open_points(self, path: str) -> None:
        """Points of a file, once they are read."""
        self._questions.take_points(path, self._take_points)

    def _take_points(self, taken: PointsTaken) -> None:
        self._put(edits.take_points(self._state, taken.placed, taken.name), tr("points of {name}", name=taken.name))

    def ask_where_to(self) -> None:
        """Export points and paths, or the picture."""
        kinds = ";;".join(tr(kind) for kind, _ in KINDS)
        path, _ = ask_where(self._window, tr("Export points and paths"), "two-dimensions.npz", kinds, KINDS[0][1])
        if path:
            self.export(path)

    def export(self, path: str) -> None:
        """Write what its ending says."""
        if Path(path).suffix.lower() == ".png":
            try:
                write_picture(self._page.picture(), Path(path))
            except BadInput as error:
                self._questions.say(str(error), tr("Choose another folder."))
            return
        self._questions.export(path)
