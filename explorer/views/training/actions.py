"""The Training workspace's actions: its menu and its keys."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do

RELATIVE = (
    "Each run's loss divided by its own scale s², the mean square of what the network has to add to its skip: "
    "1 before anything is learnt, whatever the option. An autoencoder's is divided by its pixels"
)
GROUPS = (
    (
        Do("new", "&New run…", "N", "Choose a model, a data set and settings, and train"),
        Do("open", "&Open run…", "O", "Watch a run whose folder is elsewhere"),
    ),
    (
        Do(
            "hold", "&Pause", "Space", "Pause at the next update; the state is kept", needs="the chosen runs have ended"
        ),  # or resume, or go on, whichever there is to do
        Do(
            "stop", "&Stop", "Shift+S", "Stop at the next update; the state is kept, and Resume goes on", needs="the chosen runs have ended"
        ),
        Do("folder", "Show &folder", "F", "Show the run's folder in the system's file manager", needs="no run is chosen"),
        Do(
            "delete",
            "&Delete run…",
            "Del",
            "Move the folder of a run that has ended to the trash; asks first",
            needs="recorded runs, and those at work, are kept",
        ),
    ),
    (
        Do("loss", "&Loss", "1", "Loss against the updates: as reported every ten updates, and smoothed", one_of="curve"),
        Do("gradient_norm", "&Gradient norm", "2", "L2 norm of the gradient before it is clipped", one_of="curve"),
        Do("learning_rate", "Learning &rate", "3", "Warm-up, then half a cosine to 0", one_of="curve"),
    ),
    (
        Do("log", "Lo&garithmic values", "G", "Values on a logarithmic scale", checkable=True),
        Do("raw", "As repor&ted", "R", "Draw the values as they were reported behind the smoothed ones", checkable=True),
        Do("relative", "Re&lative to its scale", "E", RELATIVE, checkable=True),
    ),
    (
        Do("earlier", "&Earlier snapshot", "Left", "What the model made earlier in training", needs="it is the first snapshot"),
        Do("later", "La&ter snapshot", "Right", "What the model made later in training", needs="it is the last snapshot"),
        Do("newest", "Ne&west snapshot", "End", "Follow the training", needs="the newest is shown"),
    ),
)
