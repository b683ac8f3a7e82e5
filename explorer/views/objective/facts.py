"""What is known of the Objective workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="objective",
    title=tr("Objective"),
    icon_name="ph.chart-bar",
    tooltip=tr("Objective: every term of the bound against t for each option, on held-out images"),
    menu_title=tr("&Objective"),
    built_by="explorer.views.objective.view:ObjectiveWorkspace",
    actions="explorer.views.objective.actions:GROUPS",
    gestures=(
        (tr("Click or drag in the plot"), tr("go to a timestep; Reverse chain and Compare follow")),
        (tr("Arrow keys, PgUp, PgDn"), tr("one or ten timesteps on; in the strip the next image")),
        (tr("Wheel"), tr("one timestep on")),
        (tr("Click an image"), tr("its terms alone")),
    ),
    kinds=("ddpm",),
    takes_data_sets=True,
)
