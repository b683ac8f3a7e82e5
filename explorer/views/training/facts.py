"""What is known of the Training workspace before it is looked at."""

from __future__ import annotations

from explorer.state.session import Session
from explorer.views.workspace import Facts


def _has_live_runs(session: Session) -> bool:
    """Closing asks what becomes of those of this machine."""
    from explorer.training.runs import listed

    return any(run.live and not run.elsewhere for run in listed(session.training.folders))


FACTS = Facts(
    name="training",
    title="Training",
    icon_name="ph.graduation-cap",
    tooltip="Training: train DDPMs, VAEs and AEs, and watch them learn",
    menu_title="&Training",
    built_by="explorer.views.training.view:TrainingWorkspace",
    actions="explorer.views.training.actions:GROUPS",
    gestures=(
        ("Click a run, Up, Down", "look at it"),
        ("Ctrl+click a run", "show it beside the others, up to four"),
        ("Click or drag in the plot", "the snapshot nearest to that update"),
    ),
    minds_closing=_has_live_runs,
)
