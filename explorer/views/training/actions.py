"""The Training workspace's actions: its menu and its keys."""

from __future__ import annotations

from explorer.widgets.controls.actions import Do, Under
from explorer.widgets.look.language import tr

RELATIVE = tr(
    "Each run's loss divided by its own scale s², the mean square of what the network has to add to its skip: "
    "1 before anything is learnt, whatever the option. An autoencoder's is divided by its pixels"
)
NOT_ON_STEP = tr("the Step page is not in front")
NO_MODEL = tr("a snapshot of a diffusion model is not shown")
CURVES, ONE_STEP = tr("&Curves"), tr("Tra&ining step")
GROUPS = (
    (
        Do("runs", tr("Show r&uns"), "4", tr("Runs, their curves, and what their snapshots make"), one_of="page"),
        Do("step", tr("Show one s&tep"), "5", tr("One training step laid open: Algorithm 1 on one image"), one_of="page"),
        Do("lay_open", tr("A st&ep of this snapshot"), "L", tr("One training step of the snapshot that is shown"), needs=NO_MODEL),
    ),
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
    Under(
        CURVES,
        Do("loss", tr("&Loss"), "1", tr("Loss against the updates: as reported every ten updates, and smoothed"), one_of="curve"),
        Do("gradient_norm", tr("&Gradient norm"), "2", tr("L2 norm of the gradient before it is clipped"), one_of="curve"),
        Do("learning_rate", tr("Learning &rate"), "3", tr("Warm-up, then half a cosine to 0"), one_of="curve"),
    ),
    Under(
        CURVES,
        Do("log", tr("Lo&garithmic values"), "G", tr("Values on a logarithmic scale"), checkable=True),
        Do("raw", tr("As repor&ted"), "R", tr("Draw the values as they were reported behind the smoothed ones"), checkable=True),
        Do("relative", tr("Re&lative to its scale"), "E", RELATIVE, checkable=True),
    ),
    (
        Do("earlier", tr("&Earlier snapshot"), "Left", tr("What the model made earlier in training"), needs=tr("it is the first snapshot")),
        Do("later", tr("La&ter snapshot"), "Right", tr("What the model made later in training"), needs=tr("it is the last snapshot")),
        Do("newest", tr("Ne&west snapshot"), "End", tr("Follow the training"), needs=tr("the newest is shown")),
    ),
    Under(
        ONE_STEP,
        Do("first_line", tr("&First line"), "Home", tr("Before anything is computed"), "mdi6.skip-backward", label=tr("First"),
        needs=NOT_ON_STEP),
        Do("line_back", tr("Line &back"), ",", tr("One line of Algorithm 1 back"), "mdi6.step-backward", label=tr("Back"),
        needs=NOT_ON_STEP),
        Do("line_on", tr("Line &on"), ".", tr("One line of Algorithm 1 on"), "mdi6.step-forward", label=tr("On"), needs=NOT_ON_STEP),
        Do("last_line", tr("L&ast line"), "Shift+End", tr("The whole step"), "mdi6.skip-forward", label=tr("Last"), needs=NOT_ON_STEP),
    ),
    Under(
        ONE_STEP,
        Do("update", tr("&Update"), "U", tr("θ ← θ − η ∇ℓ on the copy, and the step that comes then"), needs=NOT_ON_STEP),
        Do("back_update", tr("Update &back"), "Shift+U", tr("One update less"), needs=tr("no update was made")),
        Do("restart", tr("&As it was"), "Backspace", tr("The copy as the checkpoint is: no update"), needs=tr("no update was made")),
        Do("all", tr("All t&imesteps"), "T", tr("One update goes down the loss of every t: the lecture's first form"), checkable=True),
    ),
    Under(
        ONE_STEP,
        Do("before", tr("Output &before the update"), "B", tr("Output and error as the weights are now"), one_of="after"),
        Do("after", tr("Output a&fter the update"), "A", tr("Output and error as the update leaves them"), one_of="after"),
    ),
    Under(
        ONE_STEP,
        Do("image", tr("Random i&mage"), "I", tr("Any of the test images"), "mdi6.shuffle-variant", label=tr("Random")),
        Do("open_image", tr("Open ima&ge…"), "Shift+E", tr("Train on a picture file; dropping it does the same"), "ph.image",
        label=tr("Open")),
        Do("paste", tr("&Paste image"), "Ctrl+V", tr("Train on the picture in the clipboard"), "ph.clipboard", label=tr("Paste")),
        Do("export_step", tr("E&xport the step…"), "X", tr("The page as a picture with its recipe, which opens as that step"),
        "ph.export", label=tr("Export")),
        Do("noise", tr("Other noi&se"), "D", tr("Draw another seed"), "ph.dice-five", label=tr("Other")),
    ),
)  # fmt: skip
