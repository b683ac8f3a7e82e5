"""What is known of the Variational workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="variational",
    title=tr("Variational"),
    icon_name="ph.intersect",
    tooltip=tr("Variational inference: KL between densities, the true p(z|x) beside q(z|x), the ELBO's terms, from AE to VAE"),
    menu_title=tr("Va&riational"),
    built_by="explorer.views.variational.view:VariationalWorkspace",
    actions="explorer.views.variational.actions:GROUPS",
    gestures=(
        (tr("Drag a handle"), tr("move a density; at its rim, make it wider or turn it")),
        (tr("Double-click the plot, a part"), tr("one part of p more; take it away")),
        (tr("[ and ]"), tr("select the density before or after, or the number of the code")),
        (tr("Drag on the ladder's plane"), tr("move the probe, which is decoded; double-click a code: look at its image")),
        (tr("Arrow keys, with Shift"), tr("move the selected density; make it wider")),
        (tr("Wheel over the curves"), tr("one step of the fit")),
    ),
    kinds=("vae",),
    takes_pictures=True,
)
