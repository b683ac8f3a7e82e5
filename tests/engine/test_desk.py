"""What handlers have at hand: made once, shared by all channels, new with a new start."""

from __future__ import annotations

from typing import Self

import pytest

from explorer.engine.chain.chains import Chains
from explorer.engine.chain.frames import FrameStore
from explorer.engine.desk import Desk
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import SetFrameBudget, StartEngine
from explorer.errors import BadInput


class Pile:
    """Something that a wing keeps."""

    @classmethod
    def at(cls, desk: Desk) -> Self:
        return cls()


def test_a_thing_is_made_once_and_lies_there_for_every_channel() -> None:
    desk = Desk()
    asked = desk.for_channel("compare")
    assert asked.channel == "compare"
    pile = asked.of(Pile)
    assert desk.of(Pile) is pile
    assert desk.for_channel("export").of(Pile) is pile


def test_beginning_clears_the_desk_for_all() -> None:
    desk = Desk()
    asked, old, new = desk.for_channel("a"), desk.of(Pile), Pile()
    desk.begin(new)
    assert asked.of(Pile) is new is not old
    desk.begin()
    assert asked.of(Pile) is not new


def test_an_engine_that_is_started_again_has_new_models_and_lanes_and_one_that_cannot_be_keeps_its_own() -> None:
    engine = Engine()
    list(engine.handle(StartEngine("cpu", frame_budget=1000)))
    chains = engine.of(Chains)
    assert (chains.models, chains.store) == (engine.of(Models), engine.of(FrameStore))
    assert chains.store.budget == 1000
    list(engine.handle(SetFrameBudget(2000)))
    assert chains.store.budget == 2000
    with pytest.raises(BadInput):
        list(engine.handle(StartEngine("nonsense")))
    assert engine.of(Chains) is chains
    list(engine.handle(StartEngine("cpu")))
    assert engine.of(Chains) is not chains
    assert engine.of(Chains).models is engine.of(Models) is not chains.models
