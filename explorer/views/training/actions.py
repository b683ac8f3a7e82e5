"""The Training workspace's actions: its menu and its keys."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr

RELATIVE = tr(
    "Each run's loss divided by its own scale s², the mean square of what the network has to add to its skip: "
    "1 before anything is learnt, whatever the option. An autoencoder's is divided by its pixels"
)
GROUPS = (
    (
        Do("new", tr("&New run…"), "N", tr("Choose a model, a data set and settings, and train")),
        Do("open", tr("&Open run…"), "O", tr("Watch a run whose folder is elsewhere")),
    ),
    (
        Do(
            "hold", tr("&Pause"), "Space", tr("Pause at the next update; the state is kept"), needs=tr("the chosen runs have ended")
        ),  # or resume, or go on, whichever there is to do
        Do(
            "stop",
            tr("&Stop"),
            "Shift+S",
            tr("Stop at the next update; the state is kept, and Resume goes on"),
            needs=tr("the chosen runs have ended"),
        ),
        Do("folder", tr("Show &folder"), "F", tr("Show the run's folder in the system's file manager"), needs=tr("no run is chosen")),
        Do(
            "delete",
            tr("&Delete run…"),
            "Del",
            tr("Move the folder of a run that has ended to the trash; asks first"),
            needs=tr("recorded runs, and those at work, are kept"),
        ),
    ),
    (
        Do("loss", tr("&Loss"), "1", tr("Loss against the updates: as reported every ten updates, and smoothed"), one_of="curve"),
        Do("gradient_norm", tr("&Gradient norm"), "2", tr("L2 norm of the gradient before it is clipped"), one_of="curve"),
        Do("learning_rate", tr("Learning &rate"), "3", tr("Warm-up, then half a cosine to 0"), one_of="curve"),
    ),
    (
        Do("log", tr("Lo&garithmic values"), "G", tr("Values on a logarithmic scale"), checkable=True),
        Do("raw", tr("As repor&ted"), "R", tr("Draw the values as they were reported behind the smoothed ones"), checkable=True),
        Do("relative", tr("Re&lative to its scale"), "E", RELATIVE, checkable=True),
    ),
    (
        Do("earlier", tr("&Earlier snapshot"), "Left", tr("What the model made earlier in training"), needs=tr("it is the first snapshot")),
        Do("later", tr("La&ter snapshot"), "Right", tr("What the model made later in training"), needs=tr("it is the last snapshot")),
        Do("newest", tr("Ne&west snapshot"), "End", tr("Follow the training"), needs=tr("the newest is shown")),
    ),
)
