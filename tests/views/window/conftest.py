"""The whole window on shipped models, with chains and bounds so short that they are there at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer, shipped_beginning
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ChainRecipe, Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import ChainState, Session

STEPS, SAMPLES = 4, 1


def _short(state: ChainState) -> ChainState:
    replace = msgspec.structs.replace
    lanes = tuple(replace(lane, sampler=Sampler(steps=STEPS)) for lane in state.recipe.lanes)
    recipe: ChainRecipe = replace(state.recipe, lanes=lanes, samples=SAMPLES)
    return replace(state, recipe=recipe, t=0)


def _beginning(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, str]:
    filled, told = shipped_beginning(session, entries)
    few = msgspec.structs.replace(filled.objective.recipe, images=4, strata=3)
    objective = msgspec.structs.replace(filled.objective, recipe=few)
    return msgspec.structs.replace(filled, reverse=_short(filled.reverse), compare=_short(filled.compare), objective=objective), told


class Strays(QObject):
    """Notes widgets that were shown before they had a place: each was a window of its own for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ParentAboutToChange and isinstance(watched, QWidget) and watched.isWindow() and watched.isVisible():
            self.found.append(type(watched).__name__)
        return False


@pytest.fixture(autouse=True)
def _no_strays(qapp: QApplication) -> Iterator[None]:
    strays = Strays()
    qapp.installEventFilter(strays)
    yield
    qapp.removeEventFilter(strays)
    assert strays.found == [], "shown before they were laid out"


@pytest.fixture
def open_app(qtbot: QtBot, checkpoints: Mapping[str, Path]) -> Iterator[Callable[..., Explorer]]:
    """Opens the app: `open_app(workspace="latent")`, or on a fresh home: `open_app(fresh=True, file=path)`."""
    made: list[Explorer] = []

    def build(fresh: bool = False, file: Path | None = None, **fields: object) -> Explorer:
        session = Session(**{"theme": "dark", **fields})  # type: ignore[arg-type]
        explorer = Explorer(Loaded(Saved(session=session), fresh=fresh), file, beginning=_beginning)
        qtbot.addWidget(explorer.window)
        explorer.window.resize(1280, 800)
        made.append(explorer)
        explorer.show()
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        qtbot.waitUntil(lambda: explorer.has_begun and explorer.window.current.idle)
        return explorer

    yield build
    assert all(explorer.shutdown() for explorer in made)
