"""The whole window on shipped models, with chains so short that they are there at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
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
    return msgspec.structs.replace(filled, reverse=_short(filled.reverse), compare=_short(filled.compare)), told


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
