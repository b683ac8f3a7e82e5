"""The part of the inspector that is about the data set: what x_t could have come from, and what was memorized."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from explorer.engine.chain.data_set.messages import DataSetOpened, NearestShown, WeightsShown
from explorer.views.chain.controller import ChainController
from explorer.views.chain.data_set.data_sets import DataSets
from explorer.views.chain.data_set.exact_controller import ExactController
from explorer.views.chain.lanes.weight_tiles import WeightTile, WeightTiles
from explorer.views.shared.labels import formula
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.rows import NOTHING, Rows, capitals, heading
from explorer.widgets.controls.actions import with_keys
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import give_menu, mark
from explorer.widgets.pictures.picture_tile import PictureTile

IDEAL: Formula = (words(tr("ideal")),)
CLOSED_TIP = tr("Show which images of the data set this state could have come from")
OPEN_TIP = tr("Hide the data set; nothing of it is computed then")
USUAL_TIP = tr("That of an exact lane if there is one, else the one that the network learned")
BESIDE_TIP = tr("See this workspace's networks beside the training images of this data set")


class ExactPanel(QWidget):
    """A heading that opens and closes it; below, weights, the ideal x0_hat and the nearest image.

    Parameters
    ----------
    chain : ChainController
    action : QAction
        Opens and closes it; checkable.
    data_sets : DataSets
        What networks can be seen beside.

    Attributes
    ----------
    controller : ExactController

    Signals
    -------
    toggled(bool)
        The person opened or closed it at its heading.
    """

    toggled = Signal(bool)

    def __init__(self, chain: ChainController, action: QAction, data_sets: DataSets) -> None:
        super().__init__()
        self._theme, self._part, self._action, self._data_sets = chain.context.theme, chain.part, action, data_sets
        self._open = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._build_heading())
        self._body = QWidget()
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        self._message = QLabel(wordWrap=True)
        mark(self._message, "muted")
        inside.addWidget(self._message)
        self._build_weights(inside)
        self._build_ideal(inside)
        self._build_nearest(inside)
        column.addWidget(self._body)
        self._theme.changed.connect(self._dress)
        self._connect()
        self.controller = ExactController(chain, self, self)
        self.controller.show_state()

    # --- parts ---

    def _build_heading(self) -> QHBoxLayout:
        self._heading = heading(tr("Data set"))
        self.button = QToolButton()
        mark(self.button, "quiet")
        self.button.setFixedSize(24, 20)
        self.button.setAccessibleName(tr("Data set"))
        self.button.clicked.connect(lambda _checked=False: self.toggled.emit(not self._open))
        self.choice = QToolButton()
        mark(self.choice, "quiet")
        self.choice.setFixedSize(24, 20)
        self.choice.setAccessibleName(tr("Choose the data set"))
        self.choice.setToolTip(tr("Choose the images that the networks are seen beside"))
        self.choice.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        give_menu(self.choice, QMenu(self.choice))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._heading, 1)
        row.addWidget(self.choice)
        row.addWidget(self.button)
        return row

    def _build_weights(self, column: QVBoxLayout) -> None:
        self.tiles = WeightTiles(self._theme)
        self.tiles.setAccessibleName(tr("Images with the largest weights"))
        rows = Rows(self._theme)
        self._entropy = rows.text(tr("entropy"))
        self._entropy.setToolTip(tr("Of the images' weights: how undecided x₀ still is, in nats"))
        self._effective = rows.text(tr("as many as"))
        self._effective.setToolTip(tr("e to the entropy: the number of images that would be as undecided if they weighed the same"))
        rows.setContentsMargins(0, 4, 0, 0)
        self._weights = self._group(column, self.tiles, rows)

    def _build_ideal(self, column: QVBoxLayout) -> None:
        self.own_tile, self.ideal_tile, self.difference_tile = (PictureTile(self._theme) for _ in range(3))
        self.own_tile.setToolTip(tr("The clean image that this lane sees in x_t"))
        self.ideal_tile.setToolTip(tr("E[x₀ | x_t] over the data set: the ideal denoiser's answer to the same x_t"))
        self.difference_tile.setToolTip(
            tr("The first minus the second, from −1 to 1: blue to orange; of coloured images each channel by itself around grey")
        )
        rows = Rows(self._theme)
        self._distance = rows.text(tr("distance"))
        self._distance.setToolTip(tr("‖x̂₀ − E[x₀ | x_t]‖ of the selected sample"))
        self._ideal = self._group(column, self._row(self.own_tile, self.ideal_tile, self.difference_tile), rows)

    def _build_nearest(self, column: QVBoxLayout) -> None:
        self.made_tile, self.nearest_tile = PictureTile(self._theme), PictureTile(self._theme, to_right=True)
        self.made_tile.setToolTip(tr("What the chain has made of the selected sample"))
        self.nearest_tile.setToolTip(tr("The image of the data set that is nearest to it: does the network memorize?"))
        rows = Rows(self._theme)
        self._nearest_distance = rows.text(tr("distance"))
        self._nearest_distance.setToolTip(tr("L2 distance of the two pictures, values in [−1, 1]; then that to the second nearest image"))
        self._nearest_image = rows.text(tr("image"))
        self._nearest_note = QLabel(wordWrap=True)
        mark(self._nearest_note, "muted")
        self._nearest_note.hide()
        title = heading(tr("Nearest image"))
        self._nearest = self._group(column, title, self._row(self.made_tile, self.nearest_tile), rows, self._nearest_note)

    @staticmethod
    def _row(*tiles: QWidget) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for tile in tiles:
            row.addWidget(tile)
        return widget

    @staticmethod
    def _group(column: QVBoxLayout, *parts: QWidget | Rows) -> QWidget:
        widget = QWidget()
        inside = QVBoxLayout(widget)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        for part in parts:
            if isinstance(part, Rows):
                inside.addLayout(part)
            else:
                inside.addWidget(part)
        column.addWidget(widget)
        return widget

    # --- gestures ---

    def _connect(self) -> None:
        self._action.triggered.connect(self.set_open)
        self.toggled.connect(self.set_open)
        self.choice.menu().aboutToShow.connect(self._fill_choice)

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self._part.update(data_set=is_open)

    def choose(self, opened: DataSetOpened) -> None:
        """See the networks beside this data set."""
        self._part.update(beside=opened.exact)

    def _fill_choice(self) -> None:
        """What the lanes that are no exact ones can be seen beside."""
        menu = self.choice.menu()
        emptied(menu)
        usual = verb(menu, tr("As the lanes say"), partial(self._part.update, beside=None), tip=USUAL_TIP)
        usual.setCheckable(True)
        usual.setChecked(self._part.state.beside is None)
        self._data_sets.add_to(menu, self.choose, BESIDE_TIP)
        beside = self._part.state.beside
        if beside is not None:
            self._data_sets.add_reading(menu, beside, self.choose)

    # --- what is shown ---

    @property
    def capacity(self) -> int:
        """How many images there is room for."""
        return self.tiles.capacity

    @property
    def is_open(self) -> bool:
        """Whether what is below the heading is shown."""
        return self._open

    @property
    def title(self) -> str:
        """The heading."""
        return self._heading.text()

    @property
    def message(self) -> str:
        """What is said in the place of pictures; empty if they are there."""
        return "" if self._message.isHidden() else self._message.text()

    @property
    def texts(self) -> dict[str, str]:
        """Numbers shown."""
        return {
            "entropy": self._entropy.text(), "effective": self._effective.text(), "distance": self._distance.text(),
            "nearest": self._nearest_distance.text(), "image": self._nearest_image.text(),
        }  # fmt: skip

    def show_open(self, is_open: bool, name: str) -> None:
        """Open or close; `name` is that of the data set."""
        self._open = is_open
        self._action.setChecked(is_open)
        self._heading.setText(tr("DATA SET · {name}", name=capitals(name)) if name else tr("DATA SET"))
        self._body.setVisible(is_open)
        self.choice.setVisible(is_open)
        self.button.setToolTip(with_keys(OPEN_TIP if is_open else CLOSED_TIP, self._action))
        self._dress()

    def _dress(self, _tokens: object = None) -> None:
        self.choice.setIcon(icon("mdi6.database-outline", self._theme.tokens))
        self.button.setIcon(icon("mdi6.chevron-down" if self._open else "mdi6.chevron-right", self._theme.tokens))

    def say(self, message: str) -> None:
        """Words in the place of pictures."""
        self._message.setText(message)
        self._message.show()
        for group in (self._weights, self._ideal, self._nearest):
            group.hide()

    def show_weights(self, shown: WeightsShown) -> None:
        """Show the images that weigh most, and the ideal x0_hat where it may differ from the lane's."""
        self._message.hide()
        self._weights.show()
        self.tiles.set_tiles(tuple(_tile(shown, i) for i in range(len(shown.weights))))
        self._entropy.setText(tr("{entropy:.3f} nats", entropy=shown.entropy))
        among = tr("{total} images", total=grouped(shown.total)) + (tr(" of its class") if shown.of_class else "")
        self._effective.setText(tr("{count} of {among}", count=_count(math.exp(shown.entropy)), among=among))
        lane = shown.key.lane
        self._ideal.setVisible(lane.exact is None or lane.option is not None)
        self.own_tile.show_picture(shown.x0_hat, formula("x0_hat"))
        self.ideal_tile.show_picture(shown.ideal, IDEAL)
        self.difference_tile.show_picture(shown.difference, (*formula("x0_hat"), words(tr(" − ideal"))))
        self._distance.setText(f"{shown.distance:.3f}" if shown.distance >= 0.001 else _power(shown.distance))

    def show_nearest(self, shown: NearestShown) -> None:
        """Show the sample beside the image that is nearest to it."""
        self._nearest.show()
        self._nearest_note.hide()
        self.made_tile.show_picture(shown.made, (var("x", "0"),))
        self.nearest_tile.show_picture(shown.nearest, (words(tr("nearest")),))
        second = "" if shown.second is None else tr("; the next {second:.2f}", second=shown.second)
        self._nearest_distance.setText(f"{shown.distance:.2f}{second}")
        self._nearest_image.setText(_image_words(shown.index, shown.label))

    def no_nearest(self, reason: str) -> None:
        """There is no nearest image yet: why."""
        self._nearest.show()
        self.made_tile.show_picture(None, (var("x", "0"),))
        self.nearest_tile.show_picture(None, (words(tr("nearest")),))
        self._nearest_distance.setText(NOTHING)
        self._nearest_image.setText(NOTHING)
        self._nearest_note.setText(reason)
        self._nearest_note.show()


def _tile(shown: WeightsShown, i: int) -> WeightTile:
    weight, index = float(shown.weights[i]), int(shown.indices[i])
    label = None if shown.labels is None else shown.labels[i]
    drawn = index == shown.drawn
    caption = _weight(weight) if label is None else f"{_weight(weight)} · {label}"
    tip = tr("{image_words}: weight {weight:.6f}", image_words=_image_words(index, label), weight=weight)
    return WeightTile(shown.tiles[i], weight, caption, tip + (tr(", the one drawn in this step") if drawn else ""), drawn)


def _weight(weight: float) -> str:
    return f"{weight:.3f}" if weight >= 0.0005 else _power(weight)


def _power(value: float) -> str:
    """A small number as 4e−6."""
    if value == 0:
        return "0"
    digits, _, exponent = f"{value:.0e}".partition("e")
    return f"{digits}e{int(exponent)}".replace("-", "−")


def _count(number: float) -> str:
    return grouped(number) if number >= 100 else f"{number:.2f}"


def _image_words(index: int, label: int | None) -> str:
    number = tr("no. {index}", index=grouped(index))
    return number if label is None else tr("{number}, class {label}", number=number, label=label)
