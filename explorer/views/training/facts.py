"""What is known of the Training workspace before it is looked at."""

from __future__ import annotations

from explorer.state.session import Session
from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr


def _has_live_runs(session: Session) -> bool:
    """Closing asks what becomes of those of this machine."""
    from explorer.training.runs import listed

    return any(run.live and not run.elsewhere for run in listed(session.training.folders))


FACTS = Facts(
    name="training",
    title=tr("Training"),
    icon_name="ph.graduation-cap",
    tooltip=tr("Training: train DDPMs, VAEs and AEs, watch them learn, and see one step from inside"),
    menu_title=tr("&Training"),
    built_by="explorer.views.training.view:TrainingWorkspace",
    actions="explorer.views.training.actions:GROUPS",
    gestures=(
        (tr("Click a run, Up, Down"), tr("look at it")),
        (tr("Ctrl+click a run"), tr("show it beside the others, up to four")),
        (tr("Click or drag in the plot"), tr("the snapshot nearest to that update")),
        (tr("Left, Right on the Step page"), tr("one line of Algorithm 1 back, on")),
        (tr("Click a line or a picture"), tr("the step up to there")),
    ),
    kinds=("ddpm",),
    takes_pictures=True,
    minds_closing=_has_live_runs,
)
