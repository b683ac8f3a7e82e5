"""How the images of a file are taken: what was found and what can be told, as a part of the menu that names the data set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import msgspec
from PySide6.QtWidgets import QMenu

from explorer.datasets.arrays import is_array, label_members_of, members_of
from explorer.datasets.reading import NO_LABELS, RANGE_WORDS, Background, RangeName, Reading
from explorer.datasets.shipped import shipped
from explorer.views.shared.lane_menu import verb
from explorer.widgets.look.language import tr

VALUES_TIP = tr("Which numbers of the array are black and white")
ARRAY_TIP = tr("Which array of the file has the images")
LABELS_TIP = tr("Which array of the file has the classes of the images")
BACKGROUND_TIP = tr("What is seen where pictures are transparent")


def add_reading(menu: QMenu, source: str, read: Reading, choose: Callable[[Reading], object]) -> None:
    """What a file of the person's leaves open, with what is told now; nothing of what comes with the app, or leaves nothing open.

    Parameters
    ----------
    source : str
        The data set that is chosen.
    read : Reading
        How its images are taken.
    choose : callable
        Gets another way.
    """
    if not source or shipped(source) is not None:
        return
    path = Path(source).expanduser()
    if path.is_dir():
        words = {name: tr("on {name}", name=name) for name in get_args(Background)}
        _add(menu, tr("Transparent pictures"), BACKGROUND_TIP, words, read, "background", choose)
    elif is_array(path):
        _add(menu, tr("Values"), VALUES_TIP, {name: RANGE_WORDS[name] for name in get_args(RangeName)}, read, "range", choose)
        members = members_of(path)
        if len(members) > 1 or read.member:
            named = {"": tr("the likeliest of images")} | {name: name for name in dict.fromkeys((*members, read.member)) if name}
            _add(menu, tr("Array"), ARRAY_TIP, named, read, "member", choose)
        labels = label_members_of(path)
        if labels or read.labels:
            told = {name: name for name in dict.fromkeys((*labels, read.labels)) if name and name != NO_LABELS}
            named = {"": tr("as they are found")} | told | {NO_LABELS: tr("none")}
            _add(menu, tr("Labels"), LABELS_TIP, named, read, "labels", choose)


def _add(
    menu: QMenu, title: str, tip: str, words: dict[str, str], read: Reading, field: str, choose: Callable[[Reading], object]
) -> None:  # fmt: skip
    inner = menu.addMenu(title)
    inner.setToolTipsVisible(True)
    for value, text in words.items():
        action = verb(inner, text.replace("&", "&&"), partial(choose, msgspec.structs.replace(read, **{field: value})), tip=tip)
        action.setCheckable(True)
        action.setChecked(getattr(read, field) == value)
