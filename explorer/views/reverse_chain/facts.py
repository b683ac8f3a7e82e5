"""What is known of the Reverse chain workspace before it is looked at."""

from __future__ import annotations

from explorer.views.chain.facts import CHAIN_GESTURES
from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="reverse-chain",
    title=tr("Reverse chain"),
    icon_name="mdi6.arrow-left",
    tooltip=tr("Reverse chain: scrub one model's chain from noise to samples"),
    menu_title=tr("&Chain"),
    built_by="explorer.views.reverse_chain.view:ReverseChainWorkspace",
    actions="explorer.views.reverse_chain.actions:EVERY",
    gestures=(
        *CHAIN_GESTURES,
        (tr("Up, Down in the tree"), tr("Another branch")),
        (tr("F2 in the tree"), tr("Rename the branch")),
        (tr("Wheel on the canvas"), tr("Size of the brush")),
        (tr("Backspace while painting"), tr("Take the last mark back")),
    ),
    kinds=("ddpm",),
    takes_data_sets=True,
    takes_pictures=True,
)
