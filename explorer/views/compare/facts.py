"""What is known of the Compare workspace before it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.views.chain.facts import CHAIN_GESTURES, chain_groups
from explorer.views.workspace import Facts

if TYPE_CHECKING:
    from explorer.widgets.controls.actions import Do


def _groups() -> Sequence[Sequence[Do]]:
    from explorer.views.compare.actions import GROUPS

    return (*chain_groups(several=True), *GROUPS)


FACTS = Facts(
    name="compare",
    title="Compare",
    icon_name="mdi6.view-column-outline",
    tooltip="Compare: several models or samplers side by side, from the same noise",
    menu_title="&Chain",
    built_by="explorer.views.compare.view:CompareWorkspace",
    groups=_groups,
    gestures=CHAIN_GESTURES,
    kinds=("ddpm",),
    takes_data_sets=True,
)
