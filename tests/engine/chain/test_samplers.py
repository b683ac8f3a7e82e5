"""Every sampler in the engine: any frame made again from a kept one, branches, kept chains, what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.diffusion.samplers.methods import METHODS, evaluations
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.edited_chain import Draws, walked
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.messages import LaneKey, LanePlanned, SampleChain, ShowStep, ShowTerms, StepShown, TermsShown, lane_key
from explorer.engine.engine import Engine
from explorer.engine.models import predictors
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.recipe import BackUp, ChainRecipe, Change, Dab, Edit, ExactProcess, Inpaint, Lane, Paint, Sampler, mask_of
from explorer.recipe.sampler import METHODS as NAMES

STEPS, SAMPLES = 8, 2
CPU = torch.device("cpu")
TIMES = tuple(1000 * k // STEPS for k in range(STEPS, -1, -1))
T4 = TIMES[4]
FRAME = 2 * SAMPLES * 28 * 28 * 4
DAB = Dab(((10.0, 10.0), (18.0, 12.0)), radius=2.0, value=1.0, noise=0.2)
LOWER = mask_of(np.arange(28)[:, None].repeat(28, 1) >= 14)

SAMPLERS = [
    Sampler(STEPS, variance="large"),
    Sampler(STEPS, 0.5, clip=True, method="ddim"),
    Sampler(STEPS, 0.0, clip=True, method="euler"),
    Sampler(STEPS, 0.0, method="heun"),
    Sampler(STEPS, 0.0, clip=True, clip_range=0.8, method="heun"),
    Sampler(STEPS, 0.0, method="dpm++2m"),
    Sampler(STEPS, 0.0, clip=True, threshold=0.9, clip_range=1.5, method="dpm++2m"),
]
EDITS: dict[str, tuple[Edit, ...]] = {
    "paint": (Paint(T4, (DAB,)),),
    "paint x0": (Paint(T4, (DAB,), "x0_hat", until=TIMES[6]),),
    "inpaint": (Inpaint(T4, LOWER, 2),),
    "anew": (Inpaint(T4, LOWER, 2, anew=True),),
    "change": (Change(T4, clip=True),),
    "back up": (BackUp(T4),),
}


def ask(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, "test") if outcome is not None]


def started(budget: int = 512 * 2**20, kept: int | None = None) -> Engine:
    engine = Engine()
    ask(engine, StartEngine(device="cpu", precision="fp32", frame_budget=budget, kept_budget=kept))
    return engine


@pytest.fixture(scope="module")
def base(checkpoints: Mapping[str, Path]) -> Lane:
    checkpoint = load(checkpoints["mnist-ddpm-c"])
    return Lane(checkpoint.sha256, str(checkpoint.path), "C")


def sampled(engine: Engine, lane: Lane) -> LaneKey:
    recipe = ChainRecipe((lane,), 5, SAMPLES)
    ask(engine, SampleChain(recipe))
    return lane_key(lane, recipe)


def shown(engine: Engine, key: LaneKey, k: int, quantity: str = "x_t") -> np.ndarray:
    (step,) = ask(engine, ShowStep((key,), TIMES[k], quantity))
    assert isinstance(step, StepShown)
    assert step.frames[0].k == k
    return step.frames[0].values


def by_itself(lane: Lane) -> np.ndarray:
    """The same lane walked without an engine: nothing kept, nothing taken up again."""
    predictor = predictors.from_checkpoint(load(Path(lane.source)), CPU)
    draws, course = Draws(5, range(SAMPLES), (1, 28, 28), CPU), predictors.course_of(predictor.schedule, lane.sampler)
    with torch.inference_mode():
        steps = list(walked(lane, predictor, course, draws, lambda other: predictors.from_checkpoint(load(Path(other.source)), CPU)))
    return torch.stack([s.x_t for s in steps] + [steps[-1].x_prev]).numpy()


def test_every_name_of_a_recipe_is_a_sampler() -> None:
    assert set(NAMES) == set(METHODS)
    assert {name for name, method in METHODS.items() if method.noisy} == {"ancestral", "ddim"}


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: f"{s.method} {s.limits}".strip())
def test_a_frame_that_is_made_again_is_the_one_of_the_walk(base: Lane, sampler: Sampler) -> None:
    """With hardly any memory most frames are made again, from one that was kept and what was said before it."""
    lane = msgspec.structs.replace(base, sampler=sampler)
    tiny, truth = started(6 * FRAME), by_itself(lane)
    key = sampled(tiny, lane)
    assert len(tiny.of(FrameStore).lane(key).kept) < STEPS
    for k in (5, 3, 7, 1, STEPS, 6, 2):
        np.testing.assert_array_equal(shown(tiny, key, k), truth[k])


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("sampler", [SAMPLERS[1], SAMPLERS[3], SAMPLERS[5]], ids=["ddim", "heun", "dpm++2m"])
def test_a_branch_is_the_same_however_it_is_made(base: Lane, sampler: Sampler, name: str) -> None:
    lane = msgspec.structs.replace(base, sampler=sampler, edits=EDITS[name])
    truth = by_itself(lane)
    for engine in (started(), started(8 * FRAME)):
        key = sampled(engine, lane)
        for k in (7, 5, STEPS, 4, 6):
            np.testing.assert_array_equal(shown(engine, key, k), truth[k])


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: f"{s.method} {s.limits}".strip())
def test_a_kept_chain_shows_what_was_sampled_and_is_gone_on_from(base: Lane, sampler: Sampler) -> None:
    lane = msgspec.structs.replace(base, sampler=sampler)
    first = started(kept=2**28)
    key = sampled(first, lane)
    first.of(KeptChains).writer.flush()
    again = started(kept=2**28)
    recipe = ChainRecipe((lane,), 5, SAMPLES)
    assert not [outcome for outcome in ask(again, SampleChain(recipe)) if type(outcome).__name__ == "ChainProgress"], "it is there"
    for k in range(STEPS):
        for quantity in ("x_t", "x0_hat", "eps_hat", "mean"):
            np.testing.assert_array_equal(shown(again, key, k, quantity), shown(first, key, k, quantity))
        one, other = (ask(engine, ShowTerms(key, TIMES[k], 1, values=True))[0] for engine in (first, again))
        assert isinstance(one, TermsShown)
        assert isinstance(other, TermsShown)
        assert one.values.keys() == other.values.keys()
        assert all(np.array_equal(one.values[name], other.values[name]) for name in one.values)
    branch = msgspec.structs.replace(lane, edits=EDITS["paint"])
    np.testing.assert_array_equal(shown(again, sampled(again, branch), STEPS), by_itself(branch)[STEPS])


def test_the_terms_of_second_order_are_what_the_step_was_made_of(base: Lane) -> None:
    for sampler, names in ((SAMPLERS[3], {"slope", "eps_next"}), (SAMPLERS[5], {"towards", "x0_before"})):
        engine = started()
        key = sampled(engine, msgspec.structs.replace(base, sampler=sampler))
        (terms,) = ask(engine, ShowTerms(key, TIMES[3], 0, values=True))
        (before,) = ask(engine, ShowTerms(key, TIMES[2], 0, values=True))
        assert isinstance(terms, TermsShown)
        assert isinstance(before, TermsShown)
        assert names <= terms.values.keys()
        if "x0_before" in names:
            np.testing.assert_allclose(terms.values["x0_before"], before.values["x0_hat"], atol=1e-4)
        (last,) = ask(engine, ShowTerms(key, TIMES[STEPS - 1], 0, values=True))
        assert isinstance(last, TermsShown)
        assert not names & last.values.keys(), "the last step is of first order"


def test_heun_asks_twice_and_progress_counts_it(base: Lane) -> None:
    engine = started()
    key = sampled(engine, msgspec.structs.replace(base, sampler=SAMPLERS[3]))
    lane = engine.of(Chains).shown(key)
    assert lane is not None
    assert lane.left == 0
    assert sum(evaluations(lane.course, k) for k in range(STEPS)) == 2 * STEPS - 1


@pytest.mark.parametrize("spacing", ["leading", "linspace"])
def test_a_chain_of_other_timesteps_is_shown_at_them(base: Lane, spacing: str) -> None:
    engine = started()
    recipe = ChainRecipe((msgspec.structs.replace(base, sampler=Sampler(STEPS, spacing=spacing)),), 5, SAMPLES)  # type: ignore[arg-type]
    planned = next(outcome for outcome in ask(engine, SampleChain(recipe)) if isinstance(outcome, LanePlanned))
    wanted = [876, 751, 626, 501, 376, 251, 126, 1, 0] if spacing == "leading" else [1000, 857, 715, 572, 429, 286, 144, 1, 0]
    assert planned.timesteps.tolist() == wanted
    (step,) = ask(engine, ShowStep((planned.key,), 400, "x_t"))
    assert isinstance(step, StepShown)
    assert step.frames[0].t == min(wanted, key=lambda t: abs(t - 400))


@pytest.mark.parametrize(
    ("lane", "told"),
    [
        (Lane("", "mnist", None, Sampler(4, 0.0, method="heun"), ExactProcess("mnist", images=20)), "follow the mean"),
        (Lane("c", "c", "C", Sampler(4, variance="learned")), "has learned no variance"),
        (Lane("c", "c", "C", Sampler(999, spacing="leading", offset=5)), "would begin at t = 1004"),
        (Lane("c", "c", "C", Sampler(STEPS, 0.0, method="heun"), edits=(Change(T4, eta=1.0),)), "adds no noise"),
    ],
)
def test_what_does_not_fit_is_told(base: Lane, lane: Lane, told: str) -> None:
    if lane.checkpoint:
        lane = msgspec.structs.replace(lane, checkpoint=base.checkpoint, source=base.source)
    with pytest.raises(BadInput, match=told):
        sampled(started(), lane)


def test_the_mean_of_an_exact_process_is_followed_by_every_sampler() -> None:
    ends = []
    for method in NAMES:
        sampler = Sampler(STEPS, 0.0, method=method)
        lane = Lane("", "mnist", None, sampler, ExactProcess("mnist", images=20, follow="mean"))
        engine = started()
        ends.append(shown(engine, sampled(engine, lane), STEPS))
    assert all(np.isfinite(end).all() for end in ends)
    np.testing.assert_allclose(ends[1], ends[0], atol=1e-5)  # ancestral with eta 0, ddim and euler are one
    np.testing.assert_allclose(ends[2], ends[0], atol=1e-5)
