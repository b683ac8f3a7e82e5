"""Which of the Latent workspace's actions are on, and which can be done now."""

from __future__ import annotations

from explorer.recipe import MAX_BESIDE, Point, Stroke
from explorer.state.edits.latent import item_named
from explorer.state.session import LatentState
from explorer.views.latent.actions import LatentActions
from explorer.views.latent.encoding import something
from explorer.views.latent.strip.strip_name import strip_of


def show_actions(a: LatentActions, state: LatentState, known: bool, has_prior: bool, pictures: bool, off: bool) -> None:
    """Check and enable.

    Parameters
    ----------
    a : LatentActions
    state : LatentState
    known : bool
        There is a model.
    has_prior : bool
        It is a VAE.
    pictures : bool
        There are pictures in the strip.
    off : bool
        What is encoded has a code off the plane that is steered.
    """
    item, points, encoded = item_named(state.recipe, state.selected), state.recipe.points, something(state)
    stroke, point, paths = isinstance(item, Stroke), isinstance(item, Point), strip_of(state) == "paths"
    checked = {
        **{action: state.tool == tool for tool, action in a.tools().items()},
        a.codes: state.codes, a.manifold: state.manifold, a.prior: state.prior and has_prior, a.loop: state.loop,
        a.lock: isinstance(item, Point) and item.locked, a.paths: paths, a.centre: state.recipe.encoded.centre,
    }  # fmt: skip
    enabled = {
        a.delete: item is not None, a.play: stroke or paths, a.back: stroke, a.on: stroke, a.prior: has_prior,
        a.no_picture: encoded, a.all_classes: bool(state.hidden_classes), a.add_point: known, a.sample: known,
        a.lock: point, a.copy: item is not None or bool(points), a.paths: len(points) >= 2,
        a.no_samples: state.recipe.prior is not None, a.resample: encoded, a.centre: encoded,
        a.beside: len(state.recipe.beside) < MAX_BESIDE, a.export: pictures, a.through_code: off,
    }  # fmt: skip
    for action, on in checked.items():
        action.setChecked(on)
    for action, on in enabled.items():
        action.setEnabled(on)
