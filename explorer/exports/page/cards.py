"""A lane on a page: its pictures, of which one is seen at a time, the equation of its step, and the scales of what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from explorer.exports.colours import OPTION_COLOURS
from explorer.exports.page.drawn import Drawn
from explorer.exports.sprites import grid_size, sprite
from explorer.recipe import Lane
from explorer.recipe.quantities import QUANTITIES

WIDTH = 330
"""Of the picture of a lane, in pixels of the page: the nearest multiple of its own."""
LETTERS = {"x_t": "x<sub>t</sub>", "x0_hat": "x̂<sub>0</sub>", "eps_hat": "ε̂", "difference": "difference"}
"""Quantities of a page, as they are set on its buttons."""


def towards(lane: Lane) -> str:
    """The image that a step of the lane goes towards, in HTML: x0_hat, or what the sampler has in its place."""
    sampler = lane.sampler
    if lane.exact is not None and lane.exact.follow == "draw":
        return "x<sup>i</sup>"
    if sampler.method in ("heun", "dpm++2m") or (sampler.method == "ddim" and sampler.clip):
        return "D"
    return LETTERS["x0_hat"]


TOWARDS = {
    "x<sup>i</sup>": "xⁱ is the image of the data set that is drawn in this step; x̂₀ is their mean by weight.",
    "D": "D is the image that the step goes towards: x̂₀ as the sampler carries it on, or as its clipping leaves it.",
    LETTERS["x0_hat"]: "",
}


def card_of(index: int, name: str, own: Lane, drawn: Sequence[Drawn], begins: str) -> str:
    """A lane: its name, its pictures of which one is seen, the equation of its step."""
    pictures = "".join(_picture(index, name, one, begins) for one in drawn if one.quantity != "decoded")
    pictures += f'<p class="nothing" hidden data-lane="{index}" style="{_window(drawn[0])[1]}"></p>'
    decoded = next((one for one in drawn if one.quantity == "decoded"), None)
    if decoded is not None:
        pictures += f'<p class="small">x<sub>0</sub> decoded</p>{_picture(index, name, decoded, "decoded")}'
    note = f'<p class="small">{TOWARDS[towards(own)]}</p>' if TOWARDS[towards(own)] else ""
    mark = f'<i class="mark" style="background:{OPTION_COLOURS[own.option or "exact"]}"></i>'
    return (
        f'<article aria-label="{escape(name, quote=True)}"><h2>{mark}{escape(name)}</h2>{pictures}'
        f'<div class="equation" data-lane="{index}" aria-live="off"></div>{note}</article>'
    )


def _window(one: Drawn) -> tuple[int, str]:
    """Columns of the samples, and the size of the window behind which a state is seen: whole pixels of its images."""
    _, samples, _, height, width = one.images.shape
    columns = math.ceil(math.sqrt(samples))
    wide, tall = grid_size(samples, height, width, columns)
    return columns, f"width:{wide * max(1, round(WIDTH / wide))}px;aspect-ratio:{wide}/{tall};"


def _picture(index: int, name: str, one: Drawn, begins: str) -> str:
    columns, size = _window(one)
    drawn = sprite(one.images, columns)
    signed = " signed" if one.scale and one.images.shape[2] == 1 else ""
    style = (
        f"{size}background-size:{drawn.size};background-position:{drawn.position(len(one.images) - 1)};background-image:url({drawn.uri})"
    )
    words = escape(f"{one.words} of {name}", quote=True)
    hidden = "" if one.quantity == begins else " hidden"
    return (
        f'<div class="picture{signed}" role="img" aria-label="{words}" data-what="{words}" data-lane="{index}" '
        f'data-quantity="{one.quantity}" data-across="{drawn.across}" data-down="{drawn.down}" '
        f'data-by="{"place" if one.by_place else "state"}"{hidden} style="{style}"></div>'
    )


def legend_of(drawn: Sequence[Sequence[Drawn]]) -> str:
    """What the greys and the colours of each quantity mean."""
    found: dict[str, str] = {}
    for one in (one for each in drawn for one in each if one.quantity not in (*found, "decoded")):
        end, signed = f"{one.scale or 1:g}", " signed" if one.scale else " grey"
        bar = f'<span>−{end}</span><i class="bar{signed}"></i><span>{end}</span>'
        if one.images.shape[2] == 3:
            bar = f"<span>red, green and blue each by itself, from −{end} to {end}" + (": grey is 0</span>" if one.scale else "</span>")
        words = one.words if one.quantity == "difference" else QUANTITIES[one.quantity].tip.partition(";")[0]
        found[one.quantity] = f'<p class="scale" data-quantity="{one.quantity}" hidden>{bar}<span>{escape(words)}</span></p>'
    return f'<div class="scales">{"".join(found.values())}</div>'
