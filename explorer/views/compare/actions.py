"""What Compare's menu has beside that of every chain workspace."""

from __future__ import annotations

from explorer.views.chain.actions import LOOKS, groups
from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr

SWEEP_TIP = tr("One lane many times, each with another value of one setting")
OVER_TIP = tr("The lane once for each snapshot of its run, from the first updates to the end, as a grid")
THROUGH_TIP = tr("The ideal denoiser, taken through the output of Options A, B and C: three lanes that must be the same up to rounding")
GRID_TIP = tr("Small multiples: lanes against samples, each labelled; up again for a sheet a lane")
GROUPS = (
    (
        Do("sweep", tr("S&weep…"), "W", SWEEP_TIP, needs=tr("there is no lane, or its checkpoint is missing")),
        Do(
            "over_training",
            tr("Lanes over training &time"),
            "Shift+W",
            OVER_TIP,
            needs=tr("no snapshots of this lane's training are known"),
        ),
        Do("through", tr("Same predictor through A, B, &C"), "T", THROUGH_TIP, checkable=True),
        Do("grid", tr("&Grid of lanes and samples"), "G", GRID_TIP, checkable=True),
    ),
)

EVERY = (*groups(several=True), *LOOKS, *GROUPS)
"""With what every chain has."""
