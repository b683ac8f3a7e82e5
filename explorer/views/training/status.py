"""What the status bar says of the training."""

from __future__ import annotations

from explorer.training.runs import Run
from explorer.views.training.estimate import speed_of
from explorer.views.training.figures import clock, phase_words, title
from explorer.views.workspace import Status
from explorer.widgets.look.language import tr


def status_of(run: Run | None) -> Status:
    """How far a run is; None if there is none."""
    if run is None:
        return Status(tr("no runs yet: N trains a model"))
    status = run.status
    if not run.live or status is None or run.phase == "starting":
        return Status(f"{title(run)}: {phase_words(run)}")
    speed = speed_of(run)
    left = tr(" · {clock} left", clock=clock(status.seconds_left)) if status.seconds_left > 0 else ""
    return Status(
        f"{phase_words(run)}: {title(run)}", status.step, status.steps, tr("{step} of {steps}{left}", step=status.step, steps=status.steps,
        left=left),
        speed=tr("{speed:.0f} images/s", speed=speed) if speed and run.phase == "running" else "",
    )  # fmt: skip
