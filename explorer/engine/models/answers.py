"""What the library answers: requests for the checkpoints known here, for their pictures, and to open them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.models import library, opening
from explorer.engine.models.messages import (
    AllowPython,
    MakeThumbnail,
    OpenCheckpoint,
    PythonAllowed,
    ReadSchedule,
    ScanLibrary,
    ScheduleRead,
)
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.sources.from_python import permission
from explorer.training.schedules import schedule_of


def scan_library(request: ScanLibrary, desk: Desk) -> Steps:
    """Entries of all checkpoints."""
    return library.scan(request.paths, request.runs)


def make_thumbnail(request: MakeThumbnail, desk: Desk) -> Steps:
    """A picture of what a checkpoint makes."""
    return library.thumbnail(request.path, desk.of(Models))


def open_checkpoint(request: OpenCheckpoint, desk: Desk) -> Steps:
    """Load a checkpoint."""
    return opening.open_checkpoint(request, desk.of(Models))


def allow_python(request: AllowPython, desk: Desk) -> Steps:
    """Have a file run when it is opened."""
    permission.allow_known(Path(request.path), request.sha256)
    library.forget_what_was_read()  # what was said of it was that it may not be
    yield PythonAllowed(request.path)


def read_schedule(request: ReadSchedule, desk: Desk) -> Steps:
    """Betas that a person chose for a checkpoint."""
    try:
        found = yield from aside(partial(schedule_of, request.path))
    except BadInput as error:
        raise BadInput(str(error).removeprefix("--schedule ")) from None  # of the command line
    yield ScheduleRead(request.path, tuple(found.betas.tolist()))
