"""What makes x_{t-1}, for every option: one description, from which the equation and the graph of a step are made."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from explorer.diffusion.samplers.steps import half_log_snr, has_second_slope
from explorer.engine.chain.messages import LanePlanned
from explorer.recipe import BackUp, Inpaint, Lane
from explorer.recipe.sampler import METHOD_TITLES
from explorer.state.edits.words import lane_at, place
from explorer.views.chain.network.step_graph import Edge, Graph, Node
from explorer.views.shared.labels import term_colours
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.theme import Tokens

Source = Literal["network", "data set"]
TIPS = {
    "x_prev": tr("the state that this step leads to"),
    "x0_hat": tr("the clean image that the output implies"),
    "x_t": tr("the state that this step starts from"),
    "z": tr("the fresh noise of this step"),
    "eps_hat": tr("the noise that is seen in the state"),
    "mean": tr("where the step goes without fresh noise"),
    "own_mean": tr("the mean of the network's own step, t to t−1"),
    "drawn": tr("the image of the data set that is drawn in this step, by its weight"),
    "component": tr("the mean of q(x_{t−1} | x_t, x₀) for the image drawn: where the step goes without fresh noise"),
    "v": tr("the velocity: signal · ε − noise · x₀"),
    "slope": tr("the mean of both slopes, along which the step goes"),
    "eps_next": tr("the noise that is seen where Euler's step would lead: the second slope"),
    "towards": tr("the clean image that the step goes towards: x̂₀ carried on from the state before"),
    "x0_before": tr("the clean image that was seen at the state before"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a sum: a quantity times a coefficient.

    Attributes
    ----------
    name : str
        The quantity.
    factor : str
        Name of the coefficient in `coefficients`; empty for 1.
    sign : "+" or "−"
    """

    name: str
    factor: str = ""
    sign: Literal["+", "−"] = "+"


@dataclass(frozen=True, slots=True)
class Relation:
    """A quantity as a sum of others.

    Attributes
    ----------
    result : str
    parts : tuple of Part
    over : str
        Name of the coefficient that the sum is divided by; empty for none.
    beside : bool
        It is told, but the step does not need it.
    words : str
        Said in the place of arithmetic.
    """

    result: str
    parts: tuple[Part, ...]
    over: str = ""
    beside: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class StepDescription:
    """How one step is made.

    Attributes
    ----------
    title : str
    output : str
        The quantity that is put out.
    source : "network" or "data set"
        By whom.
    relations : tuple of Relation
        From the output on, in the order of computation; the last one makes x_prev.
    told : Relation or None
        The one that is told beside it, where that is not the first.
    """

    title: str
    output: str
    source: Source
    relations: tuple[Relation, ...]
    told: Relation | None = None

    @property
    def derivation(self) -> Relation:
        """What else is told beside x_prev: how x0_hat follows from the output, or eps_hat from it; of second order, what it goes along."""
        return self.told or self.relations[0]

    @property
    def step(self) -> Relation:
        """x_prev with the mean written out: a0 x0_hat + at x_t + sigma z (MATH.md, Property 2), or as its sampler writes it."""
        return inlined(DRAWN_LAST, DRAWN_MEAN) if self.output == "drawn" else inlined(self.relations[-1], MEAN)


MEAN = Relation("mean", (Part("x0_hat", "a0"), Part("x_t", "at")))
LAST = Relation("x_prev", (Part("mean"), Part("z", "sigma")))
DRAWN_MEAN = Relation("component", (Part("drawn", "a0"), Part("x_t", "at")))
DRAWN_LAST = Relation("x_prev", (Part("component"), Part("z", "sigma")))
DRAWN = Relation("x0_hat", (Part("drawn"),), beside=True, words=tr("~ w(xₜ); its mean is"))
X0_FROM_EPS = Relation("x0_hat", (Part("x_t"), Part("eps_hat", "noise", "−")), over="signal")
EPS_FROM_X0 = Relation("eps_hat", (Part("x_t"), Part("x0_hat", "signal", "−")), over="noise", beside=True)
X0_FROM_MEAN = Relation("x0_hat", (Part("mean"), Part("x_t", "at", "−")), over="a0", beside=True)
X0_FROM_OWN_MEAN = Relation("x0_hat", (Part("own_mean"),), words=tr("of its own step t → t−1 implies"))
X0_FROM_V = Relation("x0_hat", (Part("x_t", "signal"), Part("v", "noise", "−")))

DDIM = Relation("x_prev", (Part("x0_hat", "signal_prev"), Part("eps_hat", "direction"), Part("z", "sigma")))
EULER = Relation("x_prev", (Part("x0_hat", "signal_prev"), Part("eps_hat", "direction")))
SLOPE = Relation("slope", (Part("eps_hat", "half"), Part("eps_next", "half")))
HEUN = Relation("x_prev", (Part("x_t", "ratio"), Part("slope", "fall", "−")))
TOWARDS = Relation("towards", (Part("x0_hat", "further"), Part("x0_before", "ahead", "−")))
DPM = Relation("x_prev", (Part("towards", "a0"), Part("x_t", "at")))
DPM_FIRST = Relation("x_prev", (Part("x0_hat", "a0"), Part("x_t", "at")))

DATA_SET_TIPS = {
    False: tr("The data set: the average of its images, weighted by x_t"),
    True: tr("The data set: one of its images, drawn by its weight at x_t"),
}
DESCRIPTIONS = {
    "A": StepDescription(tr("Option A: the network puts out the mean"), "mean", "network", (X0_FROM_MEAN, LAST)),
    "A, another step": StepDescription(
        tr("Option A: the network puts out the mean"), "own_mean", "network", (X0_FROM_OWN_MEAN, MEAN, LAST)
    ),
    "B": StepDescription(tr("Option B: the network puts out x̂₀"), "x0_hat", "network", (EPS_FROM_X0, MEAN, LAST)),
    "C": StepDescription(tr("Option C: the network puts out ε̂"), "eps_hat", "network", (X0_FROM_EPS, MEAN, LAST)),
    "V": StepDescription(tr("Option V: the network puts out v"), "v", "network", (X0_FROM_V, MEAN, LAST)),
    "exact": StepDescription(tr("Exact: an image xⁱ of the data set is drawn"), "drawn", "data set", (DRAWN, DRAWN_MEAN, DRAWN_LAST)),
    "exact mean": StepDescription(tr("Ideal: the mean of the data set, x̂₀ = E[x₀ | xₜ]"), "x0_hat", "data set", (EPS_FROM_X0, MEAN, LAST)),
}  # fmt: skip
"""By option; "A, another step" is Option A where the step is not the one whose mean it learned."""


SYMBOLS = {
    "a0": "a_0", "at": "a_t", "sigma": "σ_t", "signal": r"√\bar{α}_t", "noise": r"√(1 − \bar{α}_t)", "signal_prev": r"√\bar{α}_{s}",
    "direction": r"√(1 − \bar{α}_{s} − σ_t²)", "half": "½", "ratio": r"√(\bar{α}_{s} / \bar{α}_t)",
    "fall": r"√\bar{α}_{s} (√((1 − \bar{α}_t) / \bar{α}_t) − √((1 − \bar{α}_{s}) / \bar{α}_{s}))", "further": "(1 + 1/(2r))",
    "ahead": "1/(2r)",
}  # fmt: skip
"""What the numbers of `coefficients` are; s is the timestep that the step leads to."""

FROM_BELOW = ("z", "eps_next", "x0_before")
"""Quantities that come into a step and that no relation of it makes."""


def inlined(outer: Relation, inner: Relation) -> Relation:
    """`outer` with the part that `inner` makes written out; only where that part has no coefficient of its own."""
    parts: list[Part] = []
    for part in outer.parts:
        parts += inner.parts if part == Part(inner.result) else (part,)
    return replace(outer, parts=tuple(parts))


def plan_at(plan: LanePlanned, k: int) -> LanePlanned:
    """The plan of a lane as it walks step k: a branch may have another network or sampler there."""
    return replace(plan, key=replace(plan.key, lane=lane_at(plan.key.lane, plan.timesteps.tolist(), k)))


def describe(plan: LanePlanned, k: int) -> StepDescription:
    """Description of step k of a lane."""
    lane = plan.key.lane
    if lane.option is None:
        found = DESCRIPTIONS["exact" if lane.exact is not None and lane.exact.follow == "draw" else "exact mean"]
    else:
        found = DESCRIPTIONS["A, another step" if lane.option == "A" and not native(plan) else lane.option]
    if lane.exact is not None and lane.option is not None:
        found = replace(found, source="data set", title=tr("Exact, through Option {option}", option=lane.option))
    return stepped(found, plan, k)


def stepped(told: StepDescription, plan: LanePlanned, k: int) -> StepDescription:
    """The description with the step of its sampler, where that is not the posterior's: from x0_hat and eps_hat on."""
    method = plan.key.lane.sampler.method
    if method == "ancestral":
        return told
    said = tuple(replace(relation, beside=False) for relation in told.relations if relation.result in ("x0_hat", "eps_hat"))
    if told.output != "eps_hat" and "eps_hat" not in {relation.result for relation in said}:
        said = (*said, replace(EPS_FROM_X0, beside=False))
    told = replace(told, title=f"{told.title} · {tr(METHOD_TITLES[method])}")
    if method == "heun" and has_second_slope(k, len(plan.sigma), float(plan.alpha_bar[k])):
        return replace(told, relations=(*said, SLOPE, HEUN), told=SLOPE)
    if method == "dpm++2m":
        if is_second_order(plan, k):
            return replace(told, relations=(*said, TOWARDS, DPM), told=TOWARDS)
        return replace(told, relations=(*said, DPM_FIRST))
    return replace(told, relations=(*said, DDIM if method == "ddim" else EULER))


def is_second_order(plan: LanePlanned, k: int) -> bool:
    """Whether a step of DPM-Solver++ knows what was said of the state before it: not at first, at last, or where a branch begins anew."""
    timesteps = plan.timesteps.tolist()
    edits = (edit for edit in plan.key.lane.edits if isinstance(edit, BackUp) or (isinstance(edit, Inpaint) and edit.anew))
    anew = {place(timesteps, edit.t) for edit in edits}
    return 0 < k < len(plan.sigma) - 1 and k not in anew


def native(plan: LanePlanned) -> bool:
    """Whether the step is the one whose mean an Option A network was trained to predict."""
    lane: Lane = plan.key.lane
    sampler = lane.sampler
    whole = sampler.steps in (None, len(plan.levels) - 1)
    return sampler.method == "ancestral" and sampler.eta == 1.0 and not sampler.clip and whole and getattr(lane, "schedule", None) is None


def coefficients(plan: LanePlanned, k: int) -> dict[str, float]:
    """Numbers of the step from state k, by name.

    a0, at, sigma; signal = sqrt(alpha_bar), noise = sqrt(1 - alpha_bar); of the state that it leads to signal_prev, and the weight
    `direction` of eps_hat there. With s = noise / signal, Heun's step is x_prev = ratio x_t - fall slope, ratio = signal_prev / signal,
    fall = signal_prev (s - s_prev). DPM-Solver++ has D = further x0_hat - ahead x0_before, ahead = 1 / (2 r).
    Property 3 has mean = (x_t - eps_share eps_hat) / root_alpha.
    """
    alpha_bar, alpha_bar_prev, sigma = float(plan.alpha_bar[k]), float(plan.alpha_bar[k + 1]), float(plan.sigma[k])
    signal, noise, signal_prev = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar), math.sqrt(alpha_bar_prev)
    alpha = alpha_bar / alpha_bar_prev
    found = {
        "eps_share": (1 - alpha) / noise, "root_alpha": math.sqrt(alpha),
        "a0": float(plan.a0[k]), "at": float(plan.at[k]), "sigma": sigma, "signal": signal, "noise": noise, "signal_prev": signal_prev,
        "direction": math.sqrt(max(1 - alpha_bar_prev - sigma**2, 0)), "ratio": signal_prev / signal, "half": 0.5,
        "fall": signal_prev * noise / signal - math.sqrt(1 - alpha_bar_prev),
    }  # fmt: skip
    if 0 < k < len(plan.sigma) - 1:
        before, here, there = (half_log_snr(float(level)) for level in plan.alpha_bar[k - 1 : k + 2])
        ahead = (there - here) / (2 * (here - before))
        found |= {"ahead": ahead, "further": 1 + ahead}
    return found


def number(value: float) -> str:
    """Four decimals; more where these would say little."""
    if value == 0 or abs(value) >= 0.001:
        return f"{value:.4f}"
    return f"{value:.6f}" if abs(value) >= 1e-5 else f"{value:.1e}"


def symbol_of(factor: str, t_prev: str) -> str:
    """What the number of a coefficient is, as markup; `t_prev` is what the timestep is called that the step leads to."""
    return SYMBOLS[factor].replace("_{s}", f"_{{{t_prev}}}") if factor else ""


def formula_of(name: str, t: int | str, t_prev: int | str) -> Formula:
    """A quantity as it is written, at these timesteps or, with letters, at any."""
    named: dict[str, Formula] = {
        "x_prev": (var("x", t_prev),), "x_t": (var("x", t),), "x0_hat": (var("x", 0, "hat"),), "eps_hat": (var("ε", "", "hat"),),
        "slope": (var("ε", "", "bar"),), "eps_next": (var("ε", "", "hat"), words("′")), "towards": (var("D"),),
        "x0_before": (var("x", 0, "hat"), words(tr(" before"))),
        "z": (var("z"),), "v": (var("v"),), "drawn": (var("xⁱ"),), "component": (var("μ"), words("(xⁱ)")),
    }  # fmt: skip
    return named.get(name, (words(tr("mean")),))


def graph_of(plan: LanePlanned, k: int, tokens: Tokens) -> Graph:
    """Graph of the step that starts at state k: x_t and t, the network, its output, and what is made of it."""
    told, values = describe(plan, k), coefficients(plan, k)
    t, t_prev = int(plan.timesteps[k]), int(plan.timesteps[k + 1])
    colours, clip = term_colours(tokens), plan.key.lane.sampler.clip

    def quantity(name: str, column: int, below: bool = False) -> Node:
        formula = (words(tr("own mean")),) if name == "own_mean" else formula_of(name, t, t_prev)
        return Node(name, "picture", formula, column, below, TIPS.get(name, ""))

    network = told.source == "network"
    asked = tr("The network: x_t and t in, one picture out") if network else DATA_SET_TIPS[told.output == "drawn"]
    nodes = [
        quantity("x_t", 0), Node("source", "box", (words(tr("U-Net") if network else tr("data set")),), 1, tip=asked),
        Node("t", "box", (var("t"), words(f" = {t}")), 1, below=True, tip=tr("The timestep: an input like x_t")), quantity(told.output, 2),
    ]  # fmt: skip
    edges = [
        Edge("x_t", "source"),
        Edge("t", "source"),
        Edge("source", told.output, tr("clipped") if clip and told.output == "x0_hat" else ""),
    ]
    column = 2
    for relation in told.relations:
        if relation.beside:
            continue
        sign = tr("make {result}", result=relation.result)
        glyph = "→" if relation.words else "−" if any(part.sign == "−" for part in relation.parts) else "+"
        tip = relation.words or tr("the sum of what comes in, each with its factor")
        nodes.append(Node(sign, "sign", (words(glyph),), column + 1, tip=tip))
        column += 2
        for part in relation.parts:
            if part.name in FROM_BELOW:
                nodes.append(quantity(part.name, column - 1, below=True))
            factor = number(values[part.factor]) if part.factor else ""
            edges.append(Edge(part.name, sign, factor, colours.get(part.name, ""), over=part.name == "x_t"))
        nodes.append(quantity(relation.result, column))
        after = [f"/ {number(values[relation.over])}"] if relation.over else []
        after += ["clipped"] if clip and relation.result == "x0_hat" else []
        edges.append(Edge(sign, relation.result, ", ".join(after)))
    return Graph(tuple(nodes), tuple(edges), told.title)
