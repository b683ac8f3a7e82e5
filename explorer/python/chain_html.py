"""A chain in a notebook: the states beside x0_hat, and a slider over the timesteps. One piece of HTML, which needs nothing else.

The slider moves sprites (`explorer/exports/sprites.py`): no Qt, no library, no network. Where a page runs no scripts the samples are
shown, and the slider does nothing. A page of its own, with all that is known of a chain, is `explorer/exports/page`.
"""

from __future__ import annotations

import html
import json
import math

import numpy as np

from explorer.exports.pixels import drawable
from explorer.exports.sprites import Sprite, evenly, sprite

MOST_BYTES = 3_000_000
"""Of all pixels together, before they are packed; noise hardly packs."""
MOST_SAMPLES, MOST_STATES = 16, 51
WANTED_STATES, FEWEST_STATES = 16, 8
"""Fewer samples are shown rather than fewer states than wanted; of very large images fewer states than that."""
WIDTH = 288
"""Of each of the two pictures on the page, in its pixels, where they are not larger by themselves."""

_MOVE = (
    "var f=this.closest('figure'),d=JSON.parse(f.dataset.states),i=+this.value;"
    "f.querySelectorAll('[role=img]').forEach(function(p){if(+p.dataset.states>1)p.style.backgroundPosition=d.at[i];"
    "p.setAttribute('aria-label',p.dataset.what+' at t = '+(+p.dataset.states>1?d.t[i]:d.t[d.t.length-1]));});"
    "f.querySelector('output').textContent='t = '+d.t[i];this.setAttribute('aria-valuetext','t = '+d.t[i]);"
)


def html_of(
    title: str, all_timesteps: np.ndarray, all_x: np.ndarray, all_x0_hat: np.ndarray, decoded: np.ndarray | None = None
) -> str:  # fmt: skip
    """HTML of a chain, at most a few MB; colours are those of the page, dark or light.

    Parameters
    ----------
    title : str
    all_timesteps : ndarray, shape (K+1,)
    all_x, all_x0_hat : ndarray, shapes (K+1, N, C, H, W) and (K, N, C, H, W)
    decoded : ndarray, shape (N, C, H, W), or None
        The samples as images, where the states are codes.
    """
    samples, states = _shown(all_x)
    timesteps = [int(all_timesteps[k]) for k in states]
    columns = math.ceil(math.sqrt(samples))
    coded = decoded is not None
    x = sprite(drawable(all_x[states][:, :samples], coded), columns)
    # x_0 has no x0_hat: there the samples themselves stand
    clean = drawable(np.concatenate([all_x0_hat, all_x[-1:]])[states][:, :samples], coded)
    of = f"{samples} of {all_x.shape[1]} samples" if samples < all_x.shape[1] else f"{samples} samples"
    label = html.escape(title, quote=True)
    last = len(states) - 1
    pictures = "".join(
        (_picture("x_t", f"x_t of {label}", x, timesteps), _picture("x̂₀", f"x0_hat of {label}", sprite(clean, columns), timesteps))
    )
    if decoded is not None:
        pictures += _picture("x₀ decoded", f"decoded samples of {label}", sprite(decoded[None, :samples], columns), timesteps[-1:])
    slider = (
        f'<input type="range" min="0" max="{last}" value="{last}" step="1" aria-label="timestep, from x_T to x_0" '
        f'aria-valuetext="t = {timesteps[-1]}" oninput="{html.escape(_MOVE, quote=True)}" style="flex:1;min-width:0">'
    )
    data = html.escape(json.dumps({"t": timesteps, "at": [x.position(i) for i in range(len(states))]}), quote=True)
    return (
        f'<figure data-states="{data}" style="margin:0.5em 0;max-width:max-content;color:inherit;font-family:inherit">'
        f'<div style="display:flex;flex-wrap:wrap;gap:16px">{pictures}</div>'
        f'<div style="display:flex;align-items:center;gap:12px;margin-top:8px">{slider}'
        f'<output style="min-width:5em;font-variant-numeric:tabular-nums">t = {timesteps[-1]}</output></div>'
        f'<figcaption style="opacity:0.75;font-size:90%">{label}: {of}</figcaption></figure>'
    )


def _shown(x: np.ndarray) -> tuple[int, list[int]]:
    """How many samples, and which states: as many of both as the bytes allow, the last one always."""
    of_sample = int(np.prod(x.shape[2:]))
    samples = max(1, min(x.shape[1], MOST_SAMPLES, MOST_BYTES // (2 * WANTED_STATES * of_sample)))
    most = max(FEWEST_STATES, MOST_BYTES // (2 * samples * of_sample))
    return samples, evenly(len(x) - 1, min(MOST_STATES, most))


def _picture(title: str, what: str, drawn: Sprite, timesteps: list[int]) -> str:
    scale = max(1, round(WIDTH / drawn.width))
    states = len(timesteps)
    style = (
        f"width:{drawn.width * scale}px;max-width:100%;aspect-ratio:{drawn.width}/{drawn.height};"
        f"background:url({drawn.uri}) {drawn.position(states - 1)}/{drawn.size};image-rendering:pixelated"
    )
    return (
        f'<div><div style="font-size:90%;opacity:0.75;margin-bottom:4px">{title}</div>'
        f'<div role="img" data-what="{what}" data-states="{states}" aria-label="{what} at t = {timesteps[-1]}" style="{style}"></div></div>'
    )
