"""While chains are being made, in Reverse chain as in Compare: what the networks expect gives way to what the person looks at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from explorer.recipe import Lane
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace

Page = ReverseChainWorkspace | CompareWorkspace


@pytest.fixture(params=[ReverseChainWorkspace, CompareWorkspace])
def page(request: pytest.FixtureRequest, open_page: Callable[..., Page], lane: Callable[..., Lane]) -> Page:
    """Over all 1000 steps, which no test waits for."""
    lanes = (lane("C"),) if request.param is ReverseChainWorkspace else (lane("B"), lane("C"))
    return open_page(request.param, lanes, wait=False)


@pytest.mark.parametrize("end", ["cursor", "quantity", "stop"])
def test_they_go_where_the_person_looks_at_something_else(page: Page, qtbot: QtBot, end: str) -> None:
    qtbot.waitUntil(lambda: page.expected.shown)
    if end == "cursor":
        page.playback.scrub(500)
    elif end == "quantity":
        page.part.update(quantity="eps_hat")
    else:
        page.cancel()
    assert not page.expected.shown
    assert page.widgets.plot.isVisible()
