"""The description of a step: followed with numbers, it is the step that the sampler takes; drawn, all of it is there."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch

from explorer.diffusion.levels import log_snr
from explorer.diffusion.parameterization import Option, Prediction, complete
from explorer.diffusion.posterior import posterior
from explorer.diffusion.reverse import plan
from explorer.diffusion.samplers.methods import take
from explorer.diffusion.samplers.steps import told_of
from explorer.diffusion.schedule import linear
from explorer.engine.chain.messages import LaneKey, LanePlanned
from explorer.engine.models.predictors import course_of
from explorer.recipe import Change, ExactProcess, Lane, Sampler
from explorer.recipe.sampler import METHOD_TITLES
from explorer.views.chain.network.equations import equation_of
from explorer.views.chain.network.steps import (
    DESCRIPTIONS,
    LAST,
    MEAN,
    Part,
    Relation,
    coefficients,
    describe,
    graph_of,
    inlined,
    plan_at,
)
from explorer.widgets.look.theme import DARK

OUTPUTS = {"A": "mean", "B": "x0_hat", "C": "eps_hat", "V": "v"}


def planned(option: str | None, sampler: Sampler, exact: ExactProcess | None = None) -> LanePlanned:
    course = course_of(linear(1000), sampler)
    levels = np.array([s.alpha_bar for s in course.steps] + [1.0])
    a0, at, sigma = (np.array([getattr(s, name) for s in course.steps]) for name in ("a0", "at", "sigma"))
    lane = Lane("" if exact else "c" * 64, "c.safetensors", option, sampler, exact)  # type: ignore[arg-type]
    snr = log_snr(linear(1000).alpha_bar.numpy())
    return LanePlanned(LaneKey(lane, 0, 4), np.array(course.timesteps), levels, a0, at, sigma, (1, 28, 28), snr)


def follow(relation: Relation, known: dict[str, torch.Tensor], values: dict[str, float]) -> torch.Tensor:
    """The arithmetic that a relation tells."""
    total = torch.zeros((), dtype=torch.float64)
    for part in relation.parts:
        term = known[part.name] * (values[part.factor] if part.factor else 1.0)
        total = total + term if part.sign == "+" else total - term
    return total / values[relation.over] if relation.over else total


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
@pytest.mark.parametrize("sampler", [Sampler(), Sampler(steps=40), Sampler(steps=10, eta=0.0)])
@pytest.mark.parametrize("k", [0, 7, -2])
def test_following_it_takes_the_step_of_the_sampler(option: str, sampler: Sampler, k: int) -> None:
    found = planned(option, sampler)
    k %= len(found.sigma)
    told = describe(found, k)
    generator = torch.Generator().manual_seed(k)
    x_t, output, z = torch.randn(3, 4, 1, 5, 5, dtype=torch.float64, generator=generator)
    levels, course = linear(1000).alpha_bar, plan(linear(1000), sampler.steps, sampler.eta)
    t = int(found.timesteps[k])
    own = posterior(float(levels[t]), float(levels[t - 1]))
    truth = complete(Option(option), output, x_t, course.steps[k], own, clip=False)
    known, values = {"x_t": x_t, "z": z, told.output: output}, coefficients(found, k)
    for relation in told.relations:
        if relation.words:
            known[relation.result] = truth.x0_hat  # Option A over another step: told in words
        elif not relation.beside or relation.result not in known:
            known[relation.result] = follow(relation, known, values)
    torch.testing.assert_close(known["x_prev"], truth.mean + course.steps[k].sigma * z, rtol=1e-9, atol=1e-7)
    torch.testing.assert_close(follow(told.step, {**known, "x0_hat": truth.x0_hat}, values), known["x_prev"], rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
@pytest.mark.parametrize(
    "sampler", [Sampler(20, eta, method=method) for method, eta in (("ddim", 0.4), ("euler", 0.0), ("heun", 0.0), ("dpm++2m", 0.0))]
)  # fmt: skip
@pytest.mark.parametrize("k", [0, 7, 18, 19])
def test_following_it_takes_the_step_of_every_other_sampler(option: str, sampler: Sampler, k: int) -> None:
    found, course, levels = planned(option, sampler), course_of(linear(1000), sampler), linear(1000).alpha_bar
    generator = torch.Generator().manual_seed(k)
    x_t, z, before, *outputs = torch.randn(5, 4, 1, 5, 5, dtype=torch.float64, generator=generator)

    def ask(x: torch.Tensor, j: int, before: torch.Tensor | None) -> Prediction:
        t = course.timesteps[j]
        return complete(Option(option), outputs[j - k], x, course.steps[j], posterior(float(levels[t]), float(levels[t - 1])))

    truth = take(course, ask, k, x_t, before)
    told, values = describe(found, k), coefficients(found, k)
    known = {"x_t": x_t, "z": z, told.output: outputs[0]}
    further = told_of(sampler.method, course, k, x_t, truth.x0_hat, truth.towards)
    known |= {name: further[name] for name in ("eps_next", "x0_before") if name in further}
    for relation in told.relations:
        known[relation.result] = truth.x0_hat if relation.words else follow(relation, known, values)
    torch.testing.assert_close(known["x_prev"], truth.mean + course.steps[k].sigma * z, rtol=1e-9, atol=1e-6)
    if "x0_before" in further:
        torch.testing.assert_close(further["x0_before"], before, rtol=1e-9, atol=1e-8)
    assert (told.told is not None) == (truth.towards is not None), "what a step of second order goes along is told"
    graph, equation = graph_of(found, k, DARK), equation_of(found, k, DARK)
    factors = {(edge.source, edge.factor) for edge in graph.edges if edge.factor}
    assert {(term.name, term.factor) for term in equation.step if term.factor} <= factors
    assert graph.title == equation.title
    assert METHOD_TITLES[sampler.method] in graph.title


def test_what_is_told_beside_the_step_is_true_as_well() -> None:
    for option, name in (("A", "x0_hat"), ("B", "eps_hat")):
        found = planned(option, Sampler())
        told, values = describe(found, 400), coefficients(found, 400)
        generator = torch.Generator().manual_seed(1)
        x_t, output = torch.randn(2, 3, 1, 4, 4, dtype=torch.float64, generator=generator)
        step = plan(linear(1000)).steps[400]
        truth = complete(Option(option), output, x_t, step, step, clip=False)
        made = follow(told.derivation, {"x_t": x_t, told.output: output}, values)
        assert (told.derivation.result, told.derivation.beside) == (name, True)
        torch.testing.assert_close(made, getattr(truth, name), rtol=1e-8, atol=1e-8)


def test_the_mean_is_written_out_in_the_step() -> None:
    assert inlined(LAST, MEAN) == Relation("x_prev", (Part("x0_hat", "a0"), Part("x_t", "at"), Part("z", "sigma")))


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
def test_the_graph_leads_from_x_t_and_t_over_the_network_to_the_next_state(option: str) -> None:
    found = planned(option, Sampler())
    graph = graph_of(found, 400, DARK)
    ways = {(edge.source, edge.target) for edge in graph.edges}
    assert {("x_t", "source"), ("t", "source"), ("source", OUTPUTS[option])} <= ways
    reached, before = {"x_t", "t", "z"}, set()
    while reached != before:
        before = set(reached)
        reached |= {target for source, target in ways if source in before}
    assert reached == {node.name for node in graph.nodes}
    assert not any(source == "x_prev" for source, _ in ways)
    assert {"mean", "z"} <= reached
    passes_x0 = "x0_hat" in reached
    assert passes_x0 == (option != "A"), "the mean of Option A is taken as it is"


@pytest.mark.parametrize("option", ["A", "B", "C", "V"])
@pytest.mark.parametrize("sampler", [Sampler(steps=20), Sampler(steps=20, clip=True)])
def test_graph_and_equation_say_the_same_numbers(option: str, sampler: Sampler) -> None:
    found = planned(option, sampler)
    graph, equation = graph_of(found, 9, DARK), equation_of(found, 9, DARK)
    factors = {(edge.source, edge.factor) for edge in graph.edges if edge.factor}
    assert {(term.name, term.factor) for term in equation.step if term.factor} <= factors
    assert ("clipped" in graph.text) == sampler.clip
    assert graph.title == equation.title


def test_option_a_over_another_step_has_a_mean_of_its_own() -> None:
    graph = graph_of(planned("A", Sampler(steps=20)), 9, DARK)
    names = [node.name for node in graph.nodes]
    assert names.index("own_mean") < names.index("x0_hat") < names.index("mean")
    assert describe(planned("A", Sampler()), 5) is DESCRIPTIONS["A"]
    assert describe(planned("A", Sampler(eta=0.5)), 5) is DESCRIPTIONS["A, another step"]


@pytest.mark.parametrize("option", [None, "C"])
def test_the_exact_lane_asks_the_data_set(option: str | None) -> None:
    found = planned(option, Sampler(), ExactProcess())
    graph, equation = graph_of(found, 400, DARK), equation_of(found, 400, DARK)
    assert "data set" in graph.text
    assert "U-Net" not in graph.text
    assert not any(term.network for term in (*equation.step, *equation.derivation))
    assert "Exact" in equation.title


def test_columns_go_from_left_to_right() -> None:
    for option in "ABCV":
        graph = graph_of(planned(option, Sampler(steps=20)), 5, DARK)
        column = {node.name: node.column for node in graph.nodes}
        line = [node.column for node in graph.nodes if not node.below]
        assert line == sorted(line)
        assert all(column[e.source] < column[e.target] for e in graph.edges if e.source not in ("t", "z"))
        assert all(column[e.source] == column[e.target] for e in graph.edges if e.source in ("t", "z"))


def test_a_branch_walks_each_step_with_what_was_changed_by_then() -> None:
    found = planned("A", Sampler())
    changes = (Change(600, eta=0.5), Change(300, checkpoint="d" * 64, source="d.safetensors", option="C"))
    branch = replace(found, key=replace(found.key, lane=msgspec.structs.replace(found.key.lane, edits=changes)))
    native, other_eta, other_network = (describe(plan_at(branch, k), k) for k in (100, 500, 800))
    assert native == DESCRIPTIONS["A"]
    assert other_eta == DESCRIPTIONS["A, another step"], "with another eta the mean is not the one that it learned"
    assert other_network == DESCRIPTIONS["C"]
