"""What is known of the Objective workspace before it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from explorer.views.workspace import Context, Facts, Workspace

if TYPE_CHECKING:
    from explorer.widgets.controls.actions import Do


def _make(context: Context, parent: QWidget) -> Workspace:
    from explorer.views.objective.view import ObjectiveWorkspace

    return ObjectiveWorkspace(context, parent)


def _groups() -> Sequence[Sequence[Do]]:
    from explorer.views.objective.actions import GROUPS

    return GROUPS


FACTS = Facts(
    name="objective",
    title="Objective",
    icon_name="ph.chart-bar",
    tooltip="Objective: every term of the bound against t for each option, on held-out images",
    menu_title="&Objective",
    make=_make,
    package=__package__,
    groups=_groups,
    gestures=(
        ("Click or drag in the plot", "go to a timestep; Reverse chain and Compare follow"),
        ("Arrow keys, PgUp, PgDn", "one or ten timesteps on; in the strip the next image"),
        ("Wheel", "one timestep on"),
        ("Click an image", "its terms alone"),
    ),
    kinds=("ddpm",),
    takes_data_sets=True,
)
