"""What is known of the Objective workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts

FACTS = Facts(
    name="objective",
    title="Objective",
    icon_name="ph.chart-bar",
    tooltip="Objective: every term of the bound against t for each option, on held-out images",
    menu_title="&Objective",
    built_by="explorer.views.objective.view:ObjectiveWorkspace",
    actions="explorer.views.objective.actions:GROUPS",
    gestures=(
        ("Click or drag in the plot", "go to a timestep; Reverse chain and Compare follow"),
        ("Arrow keys, PgUp, PgDn", "one or ten timesteps on; in the strip the next image"),
        ("Wheel", "one timestep on"),
        ("Click an image", "its terms alone"),
    ),
    kinds=("ddpm",),
    takes_data_sets=True,
)
