"""What is known of the Compare workspace before it is looked at."""

from __future__ import annotations

from explorer.views.chain.facts import CHAIN_GESTURES
from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="compare",
    title=tr("Compare"),
    icon_name="mdi6.view-column-outline",
    tooltip=tr("Compare: several models or samplers side by side, from the same noise"),
    menu_title=tr("&Chain"),
    built_by="explorer.views.compare.view:CompareWorkspace",
    actions="explorer.views.compare.actions:EVERY",
    gestures=CHAIN_GESTURES,
    kinds=("ddpm",),
    takes_data_sets=True,
)
