"""What is known of the Latent workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts
from explorer.widgets.look.language import tr

FACTS = Facts(
    name="latent",
    title=tr("Latent"),
    icon_name="ph.share-network",
    tooltip=tr("Latent plane: drag points, paint strokes and encode pictures in the 2-D codes of a VAE or an AE"),
    menu_title=tr("&Plane"),
    built_by="explorer.views.latent.view:LatentWorkspace",
    actions="explorer.views.latent.actions:GROUPS",
    gestures=(
        (tr("Double-click"), tr("add a point")),
        (tr("Drag"), tr("move a point or a stroke; paint with the brush")),
        (tr("Shift+drag"), tr("paint a straight line")),
        (tr("Click a code"), tr("encode that test image")),
        (tr("Drag a square"), tr("bend the selected stroke; Shift: move this node alone")),
        (tr("Pad, right button"), tr("erase")),
        (tr("Middle or right drag"), tr("pan")),
        (tr("Space+drag"), tr("pan")),
        (tr("Wheel"), tr("zoom towards the pointer")),
        (tr("Arrow keys"), tr("nudge the selected point; step along the stroke")),
        (tr("Alt+click on a class"), tr("this class alone")),
        ("Esc", tr("give up; select nothing")),
    ),
    kinds=("vae", "ae"),
    takes_pictures=True,
)
