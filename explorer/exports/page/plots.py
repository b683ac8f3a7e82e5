"""Curves of a page: lines of SVG over the slider's places, which the page's script gives a cursor and values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from explorer.exports.page.drawn import Curve

WIDE, HIGH = 400, 120


def plot_of(index: int, curve: Curve, names: Sequence[str], looks: Sequence[tuple[str, str]]) -> str:
    """A plot with its legend; `looks` are colour and dashes of each lane."""
    top = _top([line for line in curve.lines if np.isfinite(line).any()])
    lines = "".join(
        f'<path d="{_path(line, top)}" stroke="{colour}" stroke-dasharray="{dashes}"/>'
        for line, (colour, dashes) in zip(curve.lines, looks, strict=True)
    )
    values = "".join(
        f'<li><svg viewBox="0 0 22 8" aria-hidden="true"><path d="M0 4H22" stroke="{colour}" stroke-dasharray="{dashes}"/></svg>'
        f'{escape(name)} <output data-curve="{index}" data-lane="{i}"></output></li>'
        for i, (name, (colour, dashes)) in enumerate(zip(names, looks, strict=True))
        if np.isfinite(curve.lines[i]).any()
    )
    return (
        f'<figure><figcaption title="{escape(curve.tip, quote=True)}">{escape(curve.title)}</figcaption>'
        f'<div class="plot"><span class="top">{top:.3g}</span><span class="zero">0</span>'
        f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" aria-label="{escape(curve.tip, quote=True)}">'
        f'{lines}<line class="cursor" x1="0" x2="0" y1="0" y2="{HIGH}"/></svg></div>'
        f'<p class="ends"><span>x<sub>T</sub></span><span>x<sub>0</sub></span></p><ul>{values}</ul></figure>'
    )


def _top(lines: Sequence[np.ndarray]) -> float:
    """Of the axis, which begins at 0."""
    highest = max((float(np.nanmax(line[np.isfinite(line)])) for line in lines), default=1.0)
    return highest if highest > 0 else 1.0


def _path(line: np.ndarray, top: float) -> str:
    """The line, broken where there is no value."""
    parts, pen = [], "M"
    for i, value in enumerate(line):
        if not np.isfinite(value):
            pen = "M"
            continue
        parts.append(f"{pen}{WIDE * i / max(1, len(line) - 1):.1f} {HIGH * (1 - value / top):.1f}")
        pen = "L"
    return "".join(parts)
