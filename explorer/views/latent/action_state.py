"""Which of the Latent workspace's actions are on, and which can be done now."""

from __future__ import annotations

from explorer.recipe import MAX_BESIDE, Point, Stroke
from explorer.state.edits.encoding import is_centred, something
from explorer.state.edits.latent import item_named, strip_of
from explorer.state.session import LatentState
from explorer.widgets.controls.actions import Actions


def show_actions(
    a: Actions, state: LatentState, known: bool, has_prior: bool, off: bool, sliced: bool, marked: bool, coded: bool,
    exact: bool,
) -> None:  # fmt: skip
    """Check and enable.

    Parameters
    ----------
    a : Actions
    state : LatentState
    known : bool
        There is a model.
    has_prior : bool
        It is a VAE.
    off : bool
        What is encoded has a code off the plane that is steered.
    sliced, marked : bool
        The plane that is steered is a slice; it was laid through at least two pictures or images.
    coded : bool
        There is a ddpm of the first plane's codes.
    exact : bool
        The model's p(z|x) can be summed over the plane.
    """
    item, points, encoded = item_named(state.recipe, state.selected), state.recipe.points, something(state)
    stroke, point, paths = isinstance(item, Stroke), isinstance(item, Point), strip_of(state) == "paths"
    chains = strip_of(state) == "chains"
    checked = {
        **{tool: state.tool == tool for tool in a.choice("tool")},
        "codes": state.codes, "manifold": state.manifold, "prior": state.prior and has_prior, "loop": state.loop,
        "lock": isinstance(item, Point) and item.locked, "paths": paths, "centre": is_centred(state), "arrows": state.arrows and chains,
        "truth": state.truth and exact,
    }  # fmt: skip
    enabled = {
        "delete": item is not None, "play": stroke or paths or chains, "back": stroke or chains, "on": stroke or chains, "prior": has_prior,
        "no_picture": encoded, "all_classes": bool(state.hidden_classes), "add_point": known, "sample": known,
        "lock": point, "copy": item is not None or bool(points), "paths": len(points) >= 2,
        "no_samples": state.recipe.prior is not None, "resample": encoded,
        "beside": len(state.recipe.beside) < MAX_BESIDE, "export": known, "through_code": off,
        "pictures": sliced, "walk": marked, "truth": exact, "walk_codes": coded, "no_chains": state.recipe.chains is not None,
        **dict.fromkeys(("arrows", "last_chain", "next_chain"), chains),
    }  # fmt: skip
    for name, on in checked.items():
        a[name].setChecked(on)
    for name, on in enabled.items():
        a[name].setEnabled(on)
