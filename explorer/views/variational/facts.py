"""What is known of the Variational workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts

FACTS = Facts(
    name="variational",
    title="Variational",
    icon_name="ph.intersect",
    tooltip="Variational inference: KL between densities, and the true p(z|x) beside the encoder's q(z|x)",
    menu_title="&Variational",
    built_by="explorer.views.variational.view:VariationalWorkspace",
    actions="explorer.views.variational.actions:GROUPS",
    gestures=(
        ("Drag a handle", "move a density; at its rim, make it wider or turn it"),
        ("Double-click the plot, a part", "one part of p more; take it away"),
        ("[ and ]", "select the density before or after"),
        ("Arrow keys, with Shift", "move the selected density; make it wider"),
        ("Wheel over the curves", "one step of the fit"),
    ),
    kinds=("vae",),
    takes_pictures=True,
)
