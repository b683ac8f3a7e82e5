"""What is known of the Forward workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="forward",
    title=tr("Forward"),
    icon_name="mdi6.arrow-right",
    tooltip=tr("Forward process: noise any image, bend the schedule, and see what becomes of it"),
    menu_title=tr("F&orward"),
    built_by="explorer.views.forward.view:ForwardWorkspace",
    actions="explorer.views.forward.actions:GROUPS",
    gestures=(
        (tr("Wheel"), tr("One timestep, over the film strip, the map or the timeline")),
        (tr("Wheel over curves; +, −"), tr("Zoom in t, or out; with Shift one timestep")),
        (tr("Right or middle button in curves; 0"), tr("Drag along t; all of t")),
        (tr("Click or drag in the curves"), tr("Go to that timestep")),
        (tr("Drag a control point"), tr("Bend the schedule; double-click adds or removes one")),
        (tr("[ and ], Up and Down"), tr("Choose a control point, and move it")),
        (tr("Drag a or b, or W A S D"), tr("Look at other pixels")),
        (tr("Drag a mode, double-click"), tr("Move a mode of q(x₀); add or remove one")),
        (tr("Drag a point, double-click"), tr("In two dimensions: move a point of q(x₀); add or remove one")),
        (tr("Draw with the pen; Shift"), tr("In two dimensions: leave points behind; rub them out")),
    ),
    kinds=("ddpm",),
    takes_pictures=True,
    takes_data_sets=True,
)
