"""The lines of Algorithm 1, for every option and for all timesteps, with what each makes and this step's numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.engine.training.messages import TrainingStepShown
from explorer.recipe.step import StepRecipe
from explorer.state.training import LAST_LINE
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words

X0, XT, EPS, THETA, LOSS = var("x", 0), var("x", "t"), var("ε"), var("θ"), var("ℓ", "t")
BAR = var("α", "t", "bar")
OUTPUT: dict[str, Formula] = {
    "A": (var("μ", "θ"),), "B": (var("x", "θ"), words("⁽⁰⁾")), "C": (var("ε", "θ"),), "V": (var("v", "θ"),),
}  # fmt: skip
TARGET: dict[str, Formula] = {"A": (var("μ", "q"),), "B": (X0,), "C": (EPS,), "V": (var("v"),)}
TITLES = {
    "A": tr("Algorithm 1, Option A: the posterior mean"), "B": tr("Algorithm 1, Option B: the clean image"),
    "C": tr("Algorithm 1, Option C: the noise"), "V": tr("Algorithm 1, Option V: the velocity"),
}  # fmt: skip
MADE_TARGET = ("A", "V")
"""Options whose target has a line of its own; that of the others is there already."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the algorithm.

    Attributes
    ----------
    formula : Formula
    depth : int
        How far it stands in.
    makes : str
        What it makes: a node of the graph; empty for a loop.
    numbers : str
        Of this step.
    brief : str
        Less of them, where there is not room for all; empty where they are cut.
    """

    formula: Formula
    depth: int
    makes: str
    numbers: str = ""
    brief: str = ""


def line_count(option: str) -> int:
    """Lines of the algorithm under an option."""
    return LAST_LINE if option in MADE_TARGET else LAST_LINE - 1


def lines_of(option: str, all_timesteps: bool, shown: TrainingStepShown | None, recipe: StepRecipe) -> tuple[Line, ...]:
    """Algorithm 1 as the lecture has it, its formulas corrected."""
    numbers = _numbers(shown, recipe)
    depth = 3 if all_timesteps else 2
    over_t = Line((words(tr("for ")), var("t"), words(" ∈ {1, …, T} "), words(tr("do"))), 2, "t", numbers["t"])
    drawn_t = Line((var("t"), words(" ~ Uniform(1, …, T)")), 2, "t", numbers["t"])
    lines = [
        Line((words(tr("initialize ")), THETA), 0, "theta", numbers["theta"]),
        Line((words(tr("for ")), var("e"), words(" ∈ {1, …, E} "), words(tr("do"))), 0, ""),
        Line((words(tr("for ")), X0, words(" ∈ "), var("D"), words(" "), words(tr("do"))), 1, "x0", numbers["x0"]),
        over_t if all_timesteps else drawn_t,
        Line((EPS, words(" ~ N(0, I)")), depth, "eps", numbers["eps"]),
        Line((XT, words(" ← √"), BAR, words(" "), X0, words(" + √(1 − "), BAR, words(") "), EPS), depth, "x_t", numbers["x_t"]),
    ]
    if option == "A":
        made = (*TARGET["A"], words(" ← "), var("a", 0), words(" "), X0, words(" + "), var("a", "t"), words(" "), XT)
        lines.append(Line(made, depth, "target", numbers["target"]))
    elif option == "V":
        made = (*TARGET["V"], words(" ← √"), BAR, words(" "), EPS, words(" − √(1 − "), BAR, words(") "), X0)
        lines.append(Line(made, depth, "target", numbers["target"]))
    asked = (*OUTPUT[option], words("("), XT, words(", "), var("t"), words(")"))
    squared = (LOSS, words("("), THETA, words(") ← ‖"), *TARGET[option], words(" − "), *asked, words("‖²"))
    lines.append(Line(squared, depth, "loss", numbers["loss"], numbers["brief"]))
    summed = (words("Σ"), LOSS) if all_timesteps else (LOSS,)
    lines.append(
        Line((THETA, words(" ← "), THETA, words(" − η ∇ "), *summed, words("("), THETA, words(")")), 2, "update", numbers["update"])
    )
    return tuple(lines)


def short(value: float) -> str:
    """Four significant digits, with a real minus; "…" while it is not known."""
    if not math.isfinite(value):
        return "…"
    return f"{value:.4g}".replace("-", "−")


def change(before: float, after: float) -> str:
    """Such as "−2.1 %", which no line breaks; empty while one of them is not known."""
    if not (math.isfinite(before) and math.isfinite(after)) or before == 0:
        return ""
    return f"{100 * (after / before - 1):+.1f}\N{NO-BREAK SPACE}%".replace("-", "−")


def after_updates(updates: int) -> str:
    """How far the copy is."""
    return tr("after one update") if updates == 1 else tr("after {updates} updates", updates=updates)


def _numbers(shown: TrainingStepShown | None, recipe: StepRecipe) -> dict[str, str]:
    names = ("theta", "x0", "t", "eps", "x_t", "target", "loss", "brief", "update")
    if shown is None:
        return dict.fromkeys(names, "")
    signal, noise = math.sqrt(shown.alpha_bar), math.sqrt(1 - shown.alpha_bar)
    made = {"A": (shown.a0, "x₀", shown.at, "xₜ"), "V": (signal, "ε", -noise, "x₀")}.get(shown.option)
    before = float(shown.losses[shown.recipe.updates])
    after = float(shown.losses[-1]) if len(shown.losses) > shown.recipe.updates + 1 else math.nan
    target = "" if made is None else f"{short(made[0])} {made[1]} + {short(made[2])} {made[3]}".replace("+ −", "− ")
    return {
        "theta": shown.model + (tr(", {after}", after=after_updates(shown.recipe.updates)) if shown.recipe.updates else ""),
        "x0": _image_words(shown, recipe),
        "t": tr("t = {t} of {T}", t=shown.t, T=shown.T),
        "eps": tr("seed {seed}", seed=recipe.seed),
        "x_t": f"{short(signal)} x₀ + {short(noise)} ε",
        "target": target,
        "loss": f"{short(shown.loss_t * shown.pixels)} = {shown.pixels} × {short(shown.loss_t)}",
        "brief": short(shown.loss_t * shown.pixels),
        "update": f"{short(before)} → {short(after)}",
    }


def _image_words(shown: TrainingStepShown, recipe: StepRecipe) -> str:
    if recipe.image.picture is not None:
        return recipe.image.picture.name or tr("your picture")
    of = tr(", of class {label}", label=shown.label) if shown.label >= 0 else ""
    return tr("test image {index}", index=recipe.image.index) + of
