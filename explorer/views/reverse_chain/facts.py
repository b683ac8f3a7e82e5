"""What is known of the Reverse chain workspace before it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.views.chain.facts import CHAIN_GESTURES, chain_groups
from explorer.views.workspace import Facts

if TYPE_CHECKING:
    from explorer.widgets.controls.actions import Do


def _groups() -> Sequence[Sequence[Do]]:
    from explorer.views.reverse_chain.actions import GROUPS

    return (*chain_groups(several=False), *GROUPS)


FACTS = Facts(
    name="reverse-chain",
    title="Reverse chain",
    icon_name="mdi6.arrow-left",
    tooltip="Reverse chain: scrub one model's chain from noise to samples",
    menu_title="&Chain",
    built_by="explorer.views.reverse_chain.view:ReverseChainWorkspace",
    groups=_groups,
    gestures=(
        *CHAIN_GESTURES,
        ("Up, Down in the tree", "Another branch"),
        ("F2 in the tree", "Rename the branch"),
        ("Wheel on the canvas", "Size of the brush"),
        ("Backspace while painting", "Take the last mark back"),
    ),
    kinds=("ddpm",),
    takes_data_sets=True,
    takes_pictures=True,
)
