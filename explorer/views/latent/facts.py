"""What is known of the Latent workspace before it is looked at."""

from __future__ import annotations

from explorer.views.workspace import Facts

FACTS = Facts(
    name="latent",
    title="Latent",
    icon_name="ph.share-network",
    tooltip="Latent plane: drag points, paint strokes and encode pictures in the 2-D codes of a VAE or an AE",
    menu_title="&Plane",
    built_by="explorer.views.latent.view:LatentWorkspace",
    actions="explorer.views.latent.actions:GROUPS",
    gestures=(
        ("Double-click", "add a point"),
        ("Drag", "move a point or a stroke; paint with the brush"),
        ("Shift+drag", "paint a straight line"),
        ("Click a code", "encode that test image"),
        ("Drag a square", "bend the selected stroke; Shift: move this node alone"),
        ("Pad, right button", "erase"),
        ("Middle or right drag", "pan"),
        ("Space+drag", "pan"),
        ("Wheel", "zoom towards the pointer"),
        ("Arrow keys", "nudge the selected point; step along the stroke"),
        ("Alt+click on a class", "this class alone"),
        ("Esc", "give up; select nothing"),
    ),
    kinds=("vae", "ae"),
    takes_pictures=True,
)
