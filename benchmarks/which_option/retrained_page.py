"""The page of retrained.py: samples, a figure, tables and what they show, between the page's markers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from comparing import ENOUGH_SEEDS, MEASURES, Measured, Panel, panels, seeds_words
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from networks import BUDGET, FAMILIES, LECTURE, RESULTS, SEEDS, Network
from PIL import Image
from shipped_page import INK, STYLE
from verdicts import TITLES, chance_words, claim, with_interval, would_tell

from explorer.exports.colours import OPTION_COLOURS

BEGIN, END = "<!-- trained anew: written by benchmarks/which_option/retrained.py -->", "<!-- end of trained anew -->"
COMMAND = "python benchmarks/which_option/retrained.py --page docs/which-option-is-best.md"
FIGURE, SAMPLES = "which-option-seeds.svg", "which-option-samples-{family}.png"
SCALE = 2


def write_page(page: Path) -> None:
    """Put what is known between the page's markers; what is written around them stays.

    Raises
    ------
    SystemExit
        If too little is known, or the page has no such markers.
    """
    known = panels()
    if not known:
        raise SystemExit(f"{RESULTS}: no family has {ENOUGH_SEEDS} seeds of each of {', '.join(LECTURE)} yet: {page} stays as it is")
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{page}: has no lines {BEGIN!r} and {END!r} to write between")
    images = page.parent / "images"
    draw(known, images / FIGURE)
    parts = ["## Trained anew, from several seeds", words(known), f"![KID and FID extrapolated, of each option and seed](images/{FIGURE})"]
    for family in dict.fromkeys(panel.family for panel in known):
        own = [panel for panel in known if panel.family == family]
        name = SAMPLES.format(family=family)
        contact_sheet(own[-1], images / name)
        rows = ", ".join(one.option for one in own[-1].options)
        parts += [
            f"### {TITLES[family]}", "\n".join(f"- {claim(panel)}" for panel in own), table(own),
            f"![Samples in {own[-1].steps} steps](images/{name})",
            f"The first samples of seed 0 in {own[-1].steps} steps, the same noise in each column; rows from above: {rows}.",
            differences(own),
        ]  # fmt: skip
    before, rest = text.split(BEGIN, 1)
    page.write_text(before + BEGIN + "\n" + "\n\n".join(parts) + "\n" + END + rest.split(END, 1)[1], encoding="utf-8")


def words(known: Sequence[Panel]) -> str:
    """How it was measured, on how much it rests, and how sure it is."""
    missing = [TITLES[family].lower() for family in FAMILIES if family not in {panel.family for panel in known}]
    seeds = {len(one.cells) for panel in known for one in panel.options}
    later = f" Not measured with {ENOUGH_SEEDS} seeds yet: {', '.join(missing)}." if missing else ""
    b = BUDGET
    return "\n\n".join(
        [
            f"Written by `{COMMAND}`, which also trains what is missing. It rests on **{seeds_words(known)}**: {_range(seeds)} seeds "
            f"of each option, of {len(SEEDS)} that are planned.{later}",
            f"Every network has width {b.width} and saw {b.epochs * b.images:,} images in batches of {b.batch}, in float32, unweighted, "
            f"with one learning rate ({b.learning_rate:g} after {b.warmup} updates, cosine to 0). Of each, {b.samples:,} samples are "
            "drawn, x0_hat clipped to [-1, 1] (chains of plain A overflow where it is not), eta = 1. "
            "Networks of one seed share initial weights, order of images, t and eps, and the noise of their samples; two seeds share "
            "nothing.",
            "KID and FID∞ (FID extrapolated to infinitely many samples) have no bias from the number of samples; both are 0 for real "
            "images, but for chance. Means and intervals are of their logarithms, as seeds differ in proportion (a choice made when two "
            "seeds had been seen). Intervals are Student's 95 % over seeds: they cover other samples *and* networks trained again. "
            f"{chance_words(known)}. The classifier can be sure of what is no digit: that share stands beside distances.",
            "It is about this network at this budget: a wider one, or a longer training, may order the options otherwise.",
        ]
    )


def table(own: Sequence[Panel]) -> str:
    """A row for each number of steps and option."""
    rows = []
    for panel in own:
        for one in panel.options:
            figures = [one.over_seeds(key) for key in MEASURES]
            shares = one.over_seeds("confident")
            cells = [with_interval(figure) for figure in figures]
            rows.append([str(panel.steps), one.option, str(len(one.cells)), *cells, f"{100 * shares.mean:.0f} ± {100 * shares.half:.0f} %"])
    return _markdown(["steps", "option", "seeds", *MEASURES.values(), "read with confidence"], rows)


def differences(own: Sequence[Panel]) -> str:
    """A row for each number of steps and two options."""
    rows = []
    for panel in own:
        for one, other in panel.pairs():
            gaps = [one.against(other, key) for key in MEASURES]
            cells = [text for gap in gaps for text in (_bold(gap.tells, with_interval(gap)), would_tell(gap))]
            rows.append([str(panel.steps), f"{one.option} / {other.option}", *cells])
    head = [text for name in MEASURES.values() for text in (name, "would tell")]
    return (
        "Distance of one option through that of another, on the same seeds; below one the first is nearer to the data, **bold** where "
        "the interval leaves one out. Where it does not: how many seeds, or how many samples of each of the networks that there are, "
        'would tell, were the ratio what it is here ("no samples": the seeds differ by more than samples could mend).\n\n'
        + _markdown(["steps", "", *head], rows)
    )


def contact_sheet(panel: Panel, path: Path) -> None:
    """A row of samples of each option, as the results keep them."""
    rows = [np.array(Image.open(Network(panel.family, one.option, min(one.cells)).path.with_suffix(".png"))) for one in panel.options]
    sheet = Image.fromarray(np.concatenate(rows))
    sheet.resize((SCALE * sheet.width, SCALE * sheet.height), Image.Resampling.NEAREST).save(path, optimize=True)


def draw(known: Sequence[Panel], path: Path) -> None:
    """KID above FID_inf, a column for each family and number of steps: a dot for each seed, a bar for their mean and its interval."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(2.6 * len(known), 5.2), layout="constrained")
        axes = figure.subplots(len(MEASURES), len(known), squeeze=False)
        for row, (key, name) in zip(axes, MEASURES.items(), strict=True):
            first = {panel.family: place for place, panel in reversed([*zip(row, known, strict=True)])}
            for place, panel in zip(row, known, strict=True):
                if place is not first[panel.family]:
                    place.sharey(first[panel.family])
                    place.tick_params(labelleft=False)
                for at, one in enumerate(panel.options):
                    _dots(place, at, one, key)
                place.set_xticks(range(len(panel.options)), [one.option for one in panel.options])
                place.set_xlim(-0.6, len(panel.options) - 0.4)
                place.set_yscale("log")
                place.grid(axis="y")
            for place in first.values():
                low, high = place.get_ylim()
                place.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 4, 5, 7) if high < 10 * low else (1,)))
                place.yaxis.set_major_formatter("{x:,.0f}")
                place.yaxis.set_minor_locator(NullLocator())
            row[0].set_ylabel(name)
        for place, panel in zip(axes[0], known, strict=True):
            place.set_title(f"{panel.family}, {panel.steps} steps")
        figure.savefig(path, transparent=True, metadata={"Date": None})


def _dots(axes: Axes, at: int, one: Measured, key: str) -> None:
    found, colour = one.over_seeds(key), OPTION_COLOURS.get(one.option, INK)
    values = [cell[key] for cell in one.cells.values()]
    aside = np.linspace(-0.12, 0.12, len(values))
    axes.plot(at + aside, values, "o", color=colour, markersize=4)
    axes.plot([at, at], np.exp(found.interval), color=colour, linewidth=1)
    axes.plot([at - 0.2, at + 0.2], [np.exp(found.mean)] * 2, color=colour, linewidth=2)


def _range(counts: set[int]) -> str:
    return str(min(counts)) if len(counts) == 1 else f"{min(counts)} to {max(counts)}"


def _bold(is_bold: bool, text: str) -> str:
    return f"**{text}**" if is_bold else text


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
