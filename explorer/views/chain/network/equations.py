"""The equation of a step, from the description of what makes it."""

from __future__ import annotations

import math

from explorer.engine.chain.messages import LanePlanned
from explorer.recipe import Sampler
from explorer.state.edits.words import step_words
from explorer.views.chain.network.steps import (
    TIPS,
    Part,
    Relation,
    StepDescription,
    coefficients,
    describe,
    formula_of,
    number,
    plan_at,
    symbol_of,
)
from explorer.views.shared.labels import term_colours
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Tokens
from explorer.widgets.pictures.equation import Equation, Term

PICTURED = ("eps_hat", "mean", "own_mean")
"""Quantities whose picture the derivation has even where space is scarce: the others are in the step itself."""
__all__ = ["TIPS", "equation_of", "log_snr", "number"]


def log_snr(alpha_bar: float) -> float:
    """ln( alpha_bar / (1 - alpha_bar) ); infinite at t = 0."""
    return math.inf if alpha_bar >= 1 else math.log(alpha_bar / (1 - alpha_bar))


def equation_of(plan: LanePlanned, k: int, tokens: Tokens) -> Equation:
    """Equation of the step that starts at state k; at the last state, what led to it.

    Source: x_{t-1} = a0 x0_hat + at x_t + sigma z (lecture, sampling; MATH.md, Property 2).
    """
    if k >= len(plan.sigma):
        return _end(plan)
    lane, timesteps = plan.key.lane, plan.timesteps.tolist()
    done = step_words(lane, timesteps, k)
    plan = plan_at(plan, k)
    told = describe(plan, k)
    writer = _Writer(plan, k, told, term_colours(tokens))
    sampler = plan.key.lane.sampler
    step = writer.sum(told.step, "=")
    said = (in_one_line(plan, k, told), _guided(lane.guidance), limit_words(sampler), variance_words(sampler), done)
    note = ", ".join(filter(None, said))
    return Equation(step, writer.derivation(told.derivation, sampler.clip and told.derivation.result == "x0_hat"), told.title, note)


def in_one_line(plan: LanePlanned, k: int, told: StepDescription) -> str:
    """The mean of Option C's ancestral steps as Property 3 has it.

    mean = ( x_t - (1 - alpha_t) / sqrt(1 - alpha_bar_t) eps_hat ) / sqrt(alpha_t), and no more than that is told.
    Empty of other steps, and where x0_hat is limited: then the mean does not follow from eps_hat in that way.
    """
    sampler = plan.key.lane.sampler
    if told.output != "eps_hat" or sampler.method != "ancestral" or sampler.eta != 1 or sampler.clip:
        return ""
    values = coefficients(plan, k)
    return tr(
        "in one line (Property 3): mean = (xₜ − {share} ε̂) / {root}",
        share=number(values["eps_share"]), root=number(values["root_alpha"]),
    )  # fmt: skip


def limit_words(sampler: Sampler) -> str:
    """What is done to x0_hat, for the equation's note; empty if nothing."""
    if not sampler.clip:
        return ""
    reach = f"{sampler.clip_range:g}"
    said = tr("x̂₀ clipped to [−{reach}, {reach}]", reach=reach)
    if sampler.threshold is not None:
        said = tr(
            "x̂₀ cut off at its quantile {threshold:.4g}, at most {reach}, and divided by it", threshold=sampler.threshold, reach=reach
        )
    return f"{said}, ε̂ {'as it was' if sampler.method == 'ddim' else 'follows from it'}"


def variance_words(sampler: Sampler) -> str:
    """Which variance the noise has where it is not the posterior's."""
    learned = tr("σ² as the network has learned it, another in each pixel; the number is the posterior's")
    return {"small": "", "large": "σ² = β", "learned": learned}[sampler.variance]


def _guided(w: float) -> str:
    """What eps_hat is made of where it is guided: eps = (1 + w) eps_c - w eps_null."""
    return tr("guided: ε̂ = {w:g} ε̂c {value} {abs:g} ε̂∅", w=1 + w, value="−" if w > 0 else "+", abs=abs(w)) if w else ""


def _end(plan: LanePlanned) -> Equation:
    last = int(plan.timesteps[-2])
    x0, x0_hat = (Term(name, formula_of(name, 0, 0), before=sign, tip=TIPS[name]) for name, sign in (("x_t", ""), ("x0_hat", "=")))
    note = tr("The sample. The last step, from t = {last}, has a₀ = 1, aₜ = 0 and σ = 0: x₀ is its x̂₀, and no noise is added.", last=last)
    if float(plan.alpha_bar[-1]) < 1:
        level = f"{float(plan.alpha_bar[-1]):.4f}"
        note = tr(
            "The sample. The last step, from t = {last}, ends at ᾱ = {level}, that of t = 1, as its sampler is set to: some noise is left.",
            last=last,
            level=level,
        )
    return Equation((x0, x0_hat), note=note.replace(" = ", "\u00a0=\u00a0"))  # a line does not end within "σ = 0"


class _Writer:
    """Writes relations of one step as terms."""

    def __init__(self, plan: LanePlanned, k: int, told: StepDescription, colours: dict[str, str]) -> None:
        self._told, self._colours = told, colours
        self._values = coefficients(plan, k)
        self._t, self._t_prev = int(plan.timesteps[k]), int(plan.timesteps[k + 1])
        self._called = "t−1" if self._t_prev == self._t - 1 else "s"

    def _term(self, part: Part, before: str, after: str = "", picture: bool = True, after_symbol: str = "") -> Term:
        name = "mean" if part.name == "own_mean" else part.name
        factor = number(self._values[part.factor]) if part.factor else ""
        network = self._told.source == "network" and part.name == self._told.output
        formula = formula_of(part.name, self._t, self._t_prev)
        return Term(
            name, formula, factor, before, after, self._colours.get(name, ""), network, picture, TIPS.get(part.name, ""),
            formula_of(part.name, "t", self._called), symbol_of(part.factor, self._called), after_symbol,
        )  # fmt: skip

    def sum(self, relation: Relation, equals: str, after: str = "", all_pictured: bool = True, after_symbol: str = "") -> tuple[Term, ...]:
        """result = part + part ..., the last with what stands after it."""
        pictured = [all_pictured or part.name in PICTURED for part in (Part(relation.result), *relation.parts)]
        terms = [self._term(Part(relation.result), "", picture=pictured[0])]
        last = len(relation.parts) - 1
        for i, part in enumerate(relation.parts):
            before = (equals if part.sign == "+" else f"{equals} −") if i == 0 else part.sign
            ends = (after, after_symbol) if i == last else ("", "")
            terms.append(self._term(part, before, ends[0], pictured[i + 1], ends[1]))
        return tuple(terms)

    def derivation(self, relation: Relation, clip: bool) -> tuple[Term, ...]:
        """How x0_hat follows from the output, or eps_hat from x0_hat."""
        clipped = tr("clipped") if clip else ""
        if relation.words:
            output, result = relation.parts[0], Part(relation.result)
            return self._term(output, ""), self._term(result, relation.words, clipped, picture=False)
        ends = []
        for over in (number(self._values[relation.over]), symbol_of(relation.over, self._called)) if relation.over else ("", ""):
            divided = f") / {over}" if over else ""
            ends.append(", ".join(part for part in (divided, clipped) if part))
        return self.sum(relation, "= (" if relation.over else "=", ends[0], all_pictured=False, after_symbol=ends[1])
