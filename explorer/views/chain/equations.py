"""The equation of a step, from the plan of its lane."""

from __future__ import annotations

import dataclasses
import math

from explorer.engine.messages import LanePlanned
from explorer.recipe import OptionName
from explorer.views.chain.labels import term_colours
from explorer.widgets.equation import Equation, Term
from explorer.widgets.math_text import Formula, var, words
from explorer.widgets.theme import Tokens

TIPS = {
    "x_prev": "the state that this step leads to",
    "x0_hat": "the clean image that the output implies",
    "x_t": "the state that this step starts from",
    "z": "the fresh noise of this step",
    "eps_hat": "the noise that is seen in the state",
    "mean": "where the step goes without fresh noise",
}


OUTPUTS = {
    "A": "the network puts out the mean",
    "B": "the network puts out x̂₀",
    "C": "the network puts out ε̂",
    "V": "the network puts out v",
}


def number(value: float) -> str:
    """Four decimals; more where these would say little."""
    if value == 0 or abs(value) >= 0.001:
        return f"{value:.4f}"
    return f"{value:.6f}" if abs(value) >= 1e-5 else f"{value:.1e}"


def log_snr(alpha_bar: float) -> float:
    """ln( alpha_bar / (1 - alpha_bar) ); infinite at t = 0."""
    return math.inf if alpha_bar >= 1 else math.log(alpha_bar / (1 - alpha_bar))


def equation_of(plan: LanePlanned, k: int, tokens: Tokens) -> Equation:
    """Equation of the step that starts at state k; at the last state, what led to it.

    Source: x_{t-1} = a0 x0_hat + at x_t + sigma z (lecture, sampling; MATH.md, Property 2).
    """
    option, clip = plan.key.lane.option, plan.key.lane.sampler.clip
    title = f"Option {option}: {OUTPUTS[option]}" if option is not None else "Exact: no network"
    if k >= len(plan.sigma):
        last = int(plan.timesteps[-2])
        end = (_term("x_t", (var("x", 0),)), _term("x0_hat", (var("x", 0, "hat"),), before="="))
        note = f"The sample. The last step, from t = {last}, has a₀ = 1, aₜ = 0 and σ = 0: x₀ is its x̂₀, and no noise is added."
        note = note.replace(" = ", "\u00a0=\u00a0")  # a line does not end within "σ = 0"
        return Equation(end, note=note)
    t, t_prev = int(plan.timesteps[k]), int(plan.timesteps[k + 1])
    colours = term_colours(tokens)
    step = (
        _term("x_prev", (var("x", t_prev),)),
        _term("x0_hat", (var("x", 0, "hat"),), number(plan.a0[k]), "=", colour=colours["x0_hat"], network=option == "B"),
        _term("x_t", (var("x", t),), number(plan.at[k]), "+", colour=colours["x_t"]),
        _term("z", (var("z"),), number(plan.sigma[k]), "+", colour=colours["z"]),
    )
    derivation = _derivation(plan, k, option, colours)
    if clip:
        tail = derivation[-1]
        derivation = (*derivation[:-1], dataclasses.replace(tail, after=f"{tail.after}, clipped".lstrip(", ")))
    return Equation(step, derivation, title, "x̂₀ clipped to [−1, 1]" if clip else "")


def _native(plan: LanePlanned) -> bool:
    """Whether the step is the one whose mean an Option A network was trained to predict."""
    sampler = plan.key.lane.sampler
    return sampler.eta == 1.0 and not sampler.clip and sampler.steps in (None, int(plan.timesteps[0]))


def _derivation(plan: LanePlanned, k: int, option: OptionName | None, colours: dict[str, str]) -> tuple[Term, ...]:
    t = int(plan.timesteps[k])
    alpha_bar = float(plan.alpha_bar[k])
    signal, noise = number(math.sqrt(alpha_bar)), number(math.sqrt(1 - alpha_bar))
    x_t: Formula = (var("x", t),)
    x0: Formula = (var("x", 0, "hat"),)
    eps: Formula = (var("ε", "", "hat"),)
    if option == "C":
        return (
            _term("x0_hat", x0, picture=False),
            _term("x_t", x_t, before="= (", picture=False),
            _term("eps_hat", eps, noise, "−", f") / {signal}", colours["eps_hat"], network=True),
        )
    if option == "A" and _native(plan):
        return (
            _term("x0_hat", x0, picture=False),
            _term("mean", (words("mean"),), before="= (", network=True),
            _term("x_t", x_t, number(plan.at[k]), "−", f") / {number(plan.a0[k])}", picture=False),
        )
    if option == "A":
        return (_term("mean", (words("mean"),), network=True), _term("x0_hat", x0, before="of its own step t → t−1 implies", picture=False))
    if option == "V":
        return (
            _term("x0_hat", x0, picture=False),
            _term("x_t", x_t, signal, "=", picture=False),
            _term("v", (var("v"),), noise, "−", network=True, picture=False),
        )
    return (
        _term("eps_hat", eps),
        _term("x_t", x_t, before="= (", picture=False),
        _term("x0_hat", x0, signal, "−", f") / {noise}", picture=False, network=option == "B"),
    )


def _term(
    name: str, variable: Formula, factor: str = "", before: str = "", after: str = "", colour: str = "",
    network: bool = False, picture: bool = True,
) -> Term:  # fmt: skip
    return Term(name, variable, factor, before, after, colour, network, picture, TIPS.get(name, ""))
