"""The page of which_option.py: a table, two figures, and what can be read off them without judging."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: written by benchmarks/which_option.py -->", "<!-- end of figures -->"
COLOURS = {"A": "#E69F00", "B": "#56B4E9", "C": "#009E73", "V": "#B8AE00"}
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 24, 48
SIDE_BY_SIDE, CLIPPED_BESIDE, INSET = 10, 3, 20
"""Pixels between options at one number of steps, to what is clipped, and to the axes: intervals would hide each other."""
SKELETON = f"""# Which option is best?

The lecture says of its three parameterizations that Option C (the noise) is the best empirically. Here A, B and C, trained at equal
budget (see which-option.md), are sampled at several numbers of steps, with x0_hat clipped to [-1, 1] and not.

{BEGIN}
{END}

## What they say
"""


def write_page(page: Path, report: dict[str, Any]) -> None:
    """Put table and figures between the page's markers; what is written around them stays."""
    text = page.read_text(encoding="utf-8") if page.exists() else SKELETON
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{page}: has no lines {BEGIN!r} and {END!r} to write between")
    images = page.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    names = {"fid": "which-option-fid.svg", "confident_share": "which-option-confident.svg"}
    (images / names["fid"]).write_text(chart(report, "fid", "Fréchet distance, 95 % intervals", log=True), encoding="utf-8")
    title = "share read with confidence over 0.9, 95 % intervals"
    (images / names["confident_share"]).write_text(chart(report, "confident_share", title, log=False), encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    pictures = "\n\n".join(f"![{key.replace('_', ' ')} against the number of steps](images/{name})" for key, name in names.items())
    page.write_text(f"{before}{BEGIN}\n{words(report)}\n\n{table(report)}\n\n{pictures}\n{END}{after}", encoding="utf-8")


def words(report: dict[str, Any]) -> str:
    """How it was measured, and which option is first where the intervals allow it to be said."""
    lines = [
        f"Measured by `python benchmarks/which_option.py --samples {report['samples']} --seed {report['seed']} --precision "
        f"{report['precision']} --page docs/which-option-is-best.md`: {report['samples']:,} samples in each cell, the same noise for every "
        f"option, eta = 1. As many real images, against the others, have a Fréchet distance of {report['real_fid']:.2f}, and "
        f"{report['real_confident_share']:.2%} of them are read with confidence. Intervals are 95 % bootstrap intervals of 200 resamples; "
        "they are about other samples of the same networks, not about networks trained again. Differences are over the same noise.",
        "",
    ]  # fmt: skip
    for (steps, clip), group in groups(report["cells"]):
        if len(group) < 2:
            continue
        first, second = sorted(group, key=lambda cell: cell["fid"])[:2]
        gap, low, high = second["to_best"]
        sure = "" if low > 0 else ", which may be chance"
        lines.append(
            f"- {steps} steps, {'clipped' if clip else 'unclipped'}: Option {first['option']} has the smallest distance; that of Option "
            f"{second['option']}, the next, is larger by {gap:.2f} ({low:.2f} to {high:.2f}){sure}."
        )
    return "\n".join(lines)


def table(report: dict[str, Any]) -> str:
    """A row for each number of steps, clipped or not."""
    options = sorted({cell["option"] for cell in report["cells"]})
    head = ["steps", "x0_hat"] + [f"{option}: distance" for option in options] + [f"{option}: confident" for option in options]
    rows = [head, ["---"] * len(head)]
    for (steps, clip), group in groups(report["cells"]):
        by_option = {cell["option"]: cell for cell in group}
        shown = [by_option.get(option) for option in options]
        rows.append(
            [str(steps), "clipped" if clip else "as it is"]
            + ["" if c is None else f"{c['fid']:.1f} ({c['fid_interval'][0]:.1f} to {c['fid_interval'][1]:.1f})" for c in shown]
            + ["" if c is None else f"{c['confident_share']:.1%}" for c in shown]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def groups(cells: Sequence[dict[str, Any]]) -> list[tuple[tuple[int, bool], list[dict[str, Any]]]]:
    """Cells by steps and clipping."""
    keys = sorted({(cell["steps"], cell["clip"]) for cell in cells})
    return [(key, [cell for cell in cells if (cell["steps"], cell["clip"]) == key]) for key in keys]


def chart(report: dict[str, Any], key: str, title: str, log: bool) -> str:
    """A figure as SVG: against the number of steps, a line for each option, dashed where x0_hat is clipped."""
    cells = report["cells"]
    bounds = "fid_interval" if key == "fid" else "share_interval"
    real = report["real_fid" if key == "fid" else "real_confident_share"]
    steps = sorted({cell["steps"] for cell in cells})
    values = [v for cell in cells for v in (cell[key], *cell[bounds])] + [real]
    lowest = min(19, math.floor(20 * min(values)))
    marks = _marks(min(v for v in values if v > 0), max(values)) if log else [k / 20 for k in range(lowest, 21)]
    low, high = marks[0], marks[-1]
    options = sorted({cell["option"] for cell in cells})
    aside = {option: SIDE_BY_SIDE * (place - (len(options) - 1) / 2) for place, option in enumerate(options)}

    def x(count: int) -> float:
        first, last = math.log(steps[0]), math.log(max(steps[-1], steps[0] + 1))
        return LEFT + INSET + (math.log(count) - first) / (last - first) * (WIDTH - LEFT - RIGHT - 2 * INSET)

    def y(value: float) -> float:
        at = (math.log10(max(value, low)) - math.log10(low)) / (math.log10(high) - math.log10(low)) if log else (value - low) / (high - low)
        return HEIGHT - BOTTOM - at * (HEIGHT - TOP - BOTTOM)

    parts = [_text(LEFT, 14, title)]
    for mark in marks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="#888" stroke-opacity="0.3"/>')
        parts.append(_text(LEFT - 8, y(mark) + 4, f"{mark:g}", "end"))
    parts += [_text(x(count), HEIGHT - BOTTOM + 20, str(count), "middle") for count in steps]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "steps", "middle"))
    parts.append(_path([(LEFT, y(real)), (WIDTH - RIGHT, y(real))], "#888", "2 4"))
    parts.append(_text(WIDTH - RIGHT + 8, y(real) + 4, "real images"))
    legend = TOP + 8 if y(real) > TOP + 130 else y(real) + 32
    for option in options:
        for clip in (False, True):
            line = sorted((c for c in cells if c["option"] == option and c["clip"] == clip), key=lambda c: c["steps"])
            if not line:
                continue
            dash, colour = "6 4" if clip else "", COLOURS.get(option, "#888")
            places = [(x(c["steps"]) + aside[option] + (CLIPPED_BESIDE if clip else 0), c) for c in line]
            parts.append(_path([(at, y(c[key])) for at, c in places], colour, dash))
            parts += [_path([(at, y(c[bounds][0])), (at, y(c[bounds][1]))], colour, "", 1) for at, c in places]
            parts += [
                f'<circle cx="{at:.1f}" cy="{y(c[key]):.1f}" r="3" fill="{"none" if clip else colour}" stroke="{colour}"/>'
                for at, c in places
            ]
            parts.append(_path([(WIDTH - RIGHT + 8, legend), (WIDTH - RIGHT + 30, legend)], colour, dash))
            parts.append(_text(WIDTH - RIGHT + 36, legend + 4, f"{option} {'clipped' if clip else 'as it is'}"))
            legend += 18
    style = "font-family: Inter, sans-serif; font-size: 12px; fill: #888"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{style}">\n' + "\n".join(parts) + "\n</svg>\n"


def _marks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of every decade, from the last below `low` to the first above `high`."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = [digit * 10.0**k for k in range(first, last + 1) for digit in (1, 2, 5)]
    begin = max(i for i, mark in enumerate(every) if mark <= low)
    end = min(i for i, mark in enumerate(every) if mark >= high)
    return every[begin : max(end, begin + 1) + 1]


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _path(points: Sequence[tuple[float, float]], colour: str, dash: str = "", width: float = 2) -> str:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
