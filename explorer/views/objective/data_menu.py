"""Which images the objective is measured on: the menu, the dialogs, and the words of the button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.datasets.reading import AS_FOUND
from explorer.datasets.shipped import SHIPPED, shipped
from explorer.endings import DATA_SET_FILES
from explorer.recipe import BoundRecipe
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.reading_menu import add_reading
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped

Choose = Callable[..., object]
"""Gets a source and its split, and a Reading where it is told how its images are taken."""
HELD_OUT_TIP = tr("Held out: no shipped model has seen them")
TRAINING_TIP = tr("What the shipped models of this data set were trained on  (I)")
FILE_TIP = tr("An IDX file, or an .npy or .npz array of images; dropping one on the window does the same")
FOLDER_TIP = tr("A folder of pictures of one size; dropping one on the window does the same")
OWN_TIP = tr("The images that the first lane's card names")


def data_words(recipe: BoundRecipe, own: str) -> str:
    """What the button says: "MNIST, test", or the name of a file or a folder.

    Parameters
    ----------
    own : str
        The data that the first lane was trained on; empty if that is not known.
    """
    source = recipe.dataset or own
    if (known := shipped(source)) is not None:
        return f"{known.title}, {tr('test') if recipe.split == 'test' else tr('training')}"
    return Path(source).name or "–"


def fill_data_menu(menu: QMenu, recipe: BoundRecipe, own: str, choose: Choose, window: QWidget) -> None:
    """Every data set that can be named; `choose` gets it.

    Parameters
    ----------
    own : str
        As of `data_words`.
    """
    emptied(menu)
    source = recipe.dataset or own
    for name, known in SHIPPED.items():
        for split, images, tip in (("test", known.test, HELD_OUT_TIP), ("train", known.train, TRAINING_TIP)):
            text = tr(
                "{title}, {value} images\t{images}",
                title=known.title,
                value=tr("test") if split == "test" else tr("training"),
                images=grouped(images),
            )
            action = verb(menu, text, partial(choose, name, split), tip=tip)
            action.setCheckable(True)
            action.setChecked(shipped(source) is known and recipe.split == split)
    for other in dict.fromkeys(name for name in (recipe.dataset, own) if name and shipped(name) is None):
        action = verb(
            menu,
            Path(other).name,
            partial(choose, other, "test", recipe.read if other == recipe.dataset else AS_FOUND),
            tip=OWN_TIP if other == own else other,
        )
        action.setCheckable(True)
        action.setChecked(other == source)
    add_reading(menu, source, recipe.read, partial(choose, source, recipe.split))
    menu.addSeparator()
    verb(menu, tr("Images from a file…"), partial(_ask_file, choose, window), tip=FILE_TIP)
    verb(menu, tr("Images from a folder…"), partial(_ask_folder, choose, window), tip=FOLDER_TIP)


def _ask_file(choose: Choose, window: QWidget) -> None:
    path, _ = QFileDialog.getOpenFileName(window, tr("Measure on the images of a file"), "", DATA_SET_FILES)
    if path:
        choose(path, "test")


def _ask_folder(choose: Choose, window: QWidget) -> None:
    path = QFileDialog.getExistingDirectory(window, tr("Measure on the pictures of a folder"))
    if path:
        choose(path, "test")
