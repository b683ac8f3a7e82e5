"""What is known of the Forward workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts

FACTS = Facts(
    name="forward",
    title="Forward",
    icon_name="mdi6.arrow-right",
    tooltip="Forward process: noise any image, bend the schedule, and see what becomes of it",
    menu_title="F&orward",
    built_by="explorer.views.forward.view:ForwardWorkspace",
    actions="explorer.views.forward.actions:GROUPS",
    gestures=(
        ("Wheel", "One timestep, over the film strip, the map or the timeline"),
        ("Wheel over curves; +, −", "Zoom in t, or out; with Shift one timestep"),
        ("Right or middle button in curves; 0", "Drag along t; all of t"),
        ("Click or drag in the curves", "Go to that timestep"),
        ("Drag a control point", "Bend the schedule; double-click adds or removes one"),
        ("[ and ], Up and Down", "Choose a control point, and move it"),
        ("Drag a or b, or W A S D", "Look at other pixels"),
        ("Drag a mode, double-click", "Move a mode of q(x₀); add or remove one"),
    ),
    kinds=("ddpm",),
    takes_pictures=True,
    takes_data_sets=True,
)
