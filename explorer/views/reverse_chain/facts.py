"""What is known of the Reverse chain workspace before it is looked at."""

from __future__ import annotations

from explorer.views.chain.facts import CHAIN_GESTURES
from explorer.views.workspace import Facts

FACTS = Facts(
    name="reverse-chain",
    title="Reverse chain",
    icon_name="mdi6.arrow-left",
    tooltip="Reverse chain: scrub one model's chain from noise to samples",
    menu_title="&Chain",
    built_by="explorer.views.reverse_chain.view:ReverseChainWorkspace",
    actions="explorer.views.reverse_chain.actions:EVERY",
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
