"""A workspace is registered by its name: what the rail, the session and the command line know of it."""

from __future__ import annotations

import pytest

from explorer.app import standard_workspaces
from explorer.cli.render.options import WorkspaceChoice
from explorer.cli.render.rooms import room_of
from explorer.state.session import WORKSPACES


def test_each_name_has_its_workspace_in_the_rails_order() -> None:
    assert [made.name for made in standard_workspaces()] == list(WORKSPACES)


@pytest.mark.parametrize("name", WORKSPACES)
def test_each_can_be_rendered(name: str) -> None:
    assert name in [choice.value for choice in WorkspaceChoice]
    room = room_of(name)
    assert all(option.startswith("--") for option in room.TAKES)
    assert ("--checkpoint" in room.TAKES) == bool(room.KINDS)
