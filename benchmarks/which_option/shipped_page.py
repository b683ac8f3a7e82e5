"""The page of shipped.py: two tables, two figures, and what can be read off them without judging."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MultipleLocator, NullLocator, PercentFormatter, ScalarFormatter

from explorer.exports.colours import OPTION_COLOURS

BEGIN, END = "<!-- figures: written by benchmarks/which_option/shipped.py -->", "<!-- end of figures -->"
ASIDE, CLIPPED_ASIDE = 0.09, 0.03
"""Between options at one number of steps, and to what is clipped, in octaves: intervals would hide each other."""
INK = "#888888"
"""Seen on a light page and on a dark one."""
STYLE: dict[Any, Any] = {  # matplotlib's own type is a Literal of all its names
    "svg.fonttype": "none", "svg.hashsalt": "which-option", "font.family": "sans-serif", "font.sans-serif": ["Inter", "DejaVu Sans"],
    "font.size": 10, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "axes.titlesize": 10, "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False, "xtick.color": INK, "ytick.color": INK, "grid.color": INK, "grid.alpha": 0.3,
    "legend.frameon": False,
}  # fmt: skip
SKELETON = f"""# Which option is best?

The lecture says of its three parameterizations that Option C (the noise) is the best empirically. Here A, B and C, trained at equal
budget (see which-option.md), are sampled at several numbers of steps, with x0_hat clipped to [-1, 1] and not.

{BEGIN}
{END}

## What they say
"""


def write_page(page: Path, report: dict[str, Any]) -> None:
    """Put tables and figures between the page's markers; what is written around them stays."""
    text = page.read_text(encoding="utf-8") if page.exists() else SKELETON
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{page}: has no lines {BEGIN!r} and {END!r} to write between")
    images = page.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    names = {"fid": "which-option-fid.svg", "confident_share": "which-option-confident.svg"}
    for key, name in names.items():
        draw(report, key, images / name)
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    pictures = [f"![{key.replace('_', ' ')} against the number of steps](images/{name})" for key, name in names.items()]
    parts = [words(report), *pictures, table(report), between(report)]
    page.write_text(f"{before}{BEGIN}\n" + "\n\n".join(parts) + f"\n{END}{after}", encoding="utf-8")


def words(report: dict[str, Any]) -> str:
    """How it was measured."""
    return (
        f"Measured by `python benchmarks/which_option/shipped.py --samples {report['samples']} --seed {report['seed']} --precision "
        f"{report['precision']} --page docs/which-option-is-best.md`: {report['samples']:,} samples in each cell, the same noise for every "
        f"option, eta = 1. As many real images, against the others, have a Fréchet distance of {report['real_fid']:.2f}, and "
        f"{report['real_confident_share']:.2%} of them are read with confidence over 0.9. Intervals are 95 % bootstrap intervals of 200 "
        "resamples; they are about other samples of the same networks, not about networks trained again."
    )


def table(report: dict[str, Any]) -> str:
    """A row for each number of steps, clipped or not."""
    options = sorted({cell["option"] for cell in report["cells"]})
    head = ["steps", "x0_hat"] + [f"{option}: distance" for option in options] + [f"{option}: confident" for option in options]
    rows = []
    for (steps, clip), group in groups(report["cells"]):
        by_option = {cell["option"]: cell for cell in group}
        shown = [by_option.get(option) for option in options]
        rows.append(
            [str(steps), _clipped(clip)]
            + ["" if c is None else f"{c['fid']:.1f} {_interval(c['fid_interval'], '.1f')}" for c in shown]
            + ["" if c is None else f"{c['confident_share']:.1%}" for c in shown]
        )
    return _markdown(head, rows)


def between(report: dict[str, Any]) -> str:
    """A row for each number of steps, clipped or not: by how much one option's distance is larger than another's."""
    pairs = sorted({(gap["option"], gap["than"]) for gap in report["differences"]})
    rows = []
    for (steps, clip), group in groups(report["differences"]):
        by_pair = {(gap["option"], gap["than"]): gap for gap in group}
        shown = [by_pair.get(pair) for pair in pairs]
        rows.append([str(steps), _clipped(clip), *("" if gap is None else _difference(gap) for gap in shown)])
    sure = sum(gap["low"] > 0 or gap["high"] < 0 for gap in report["differences"])
    return (
        "Distance of one option less that of another, over resamples of the same noise. Below zero, the first of the two is nearer to the "
        f"data. **Bold** where the interval leaves zero out: {sure} of {len(report['differences'])}.\n\n"
        + _markdown(["steps", "x0_hat", *(f"{option} - {than}" for option, than in pairs)], rows)
    )


def groups(found: Sequence[dict[str, Any]]) -> list[tuple[tuple[int, bool], list[dict[str, Any]]]]:
    """Cells or differences by steps and clipping."""
    keys = sorted({(one["steps"], one["clip"]) for one in found})
    return [(key, [one for one in found if (one["steps"], one["clip"]) == key]) for key in keys]


def draw(report: dict[str, Any], key: str, path: Path) -> None:
    """A figure as SVG: against the number of steps, a line for each option, dashed where x0_hat is clipped."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 4.4), layout="constrained")
        axes = figure.subplots()
        _lines(axes, report["cells"], key)
        real = report["real_fid" if key == "fid" else "real_confident_share"]
        axes.axhline(real, color=INK, linestyle=":", label="real images")
        axes.plot([], [], color=INK, linestyle="--", marker="o", markersize=4, markerfacecolor="none", label="x0_hat clipped")
        steps = sorted({cell["steps"] for cell in report["cells"]})
        axes.set_xscale("log", base=2)
        axes.set_xticks(steps, [str(count) for count in steps])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("steps")
        if key == "fid":
            axes.set_title("Fréchet distance to the training images, 95 % intervals")
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7), numticks=20))
            axes.yaxis.set_major_formatter(ScalarFormatter())
            axes.yaxis.set_minor_locator(NullLocator())
        else:
            axes.set_title("Share read with confidence over 0.9, 95 % intervals")
            axes.yaxis.set_major_locator(MultipleLocator(0.05))
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.grid(axis="y")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _lines(axes: Axes, cells: Sequence[dict[str, Any]], key: str) -> None:
    bounds = "fid_interval" if key == "fid" else "share_interval"
    options = sorted({cell["option"] for cell in cells})
    for place, option in enumerate(options):
        for clip in (False, True):
            line = sorted((c for c in cells if c["option"] == option and c["clip"] == clip), key=lambda c: c["steps"])
            aside = 2 ** (ASIDE * (place - (len(options) - 1) / 2) + (CLIPPED_ASIDE if clip else 0))
            colour = OPTION_COLOURS.get(option, INK)
            axes.errorbar(
                [c["steps"] * aside for c in line], [c[key] for c in line],
                yerr=[[c[key] - c[bounds][0] for c in line], [c[bounds][1] - c[key] for c in line]],
                color=colour, linestyle="--" if clip else "-", marker="o", markersize=4, elinewidth=1,
                markerfacecolor="none" if clip else colour, label="_" if clip else f"Option {option}",
            )  # fmt: skip


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def _difference(gap: dict[str, Any]) -> str:
    text = f"{gap['difference']:+.1f} {_interval((gap['low'], gap['high']), '+.1f')}"
    return f"**{text}**" if gap["low"] > 0 or gap["high"] < 0 else text


def _interval(bounds: Sequence[float], form: str) -> str:
    return f"({bounds[0]:{form}} to {bounds[1]:{form}})"


def _clipped(clip: bool) -> str:
    return "clipped" if clip else "as it is"
