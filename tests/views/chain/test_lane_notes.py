"""What is said in a lane's head of the state that it shows."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from explorer.recipe import Lane
from explorer.views.chain.page import ChainPage
from explorer.views.reverse_chain.view import ReverseChainWorkspace


def test_a_lane_says_which_state_is_still_seen_once_the_engine_has_lost_them(
    open_page: Callable[..., ChainPage], lane: Callable[..., Lane], qtbot: QtBot
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=4),))
    page.playback.scrub(0)
    qtbot.waitUntil(lambda: page.idle)
    assert page.panels[0].note == ""
    run = page.controller.run
    assert run.lose()
    page.playback.scrub(500)
    assert page.panels[0].note == "t = 0", "before an engine is there to answer"
    run.start(run.recipe)
    qtbot.waitUntil(lambda: page.idle and page.panels[0].note == "")
    assert not run.gone
