"""Kept chains: what was sampled is there again, bit for bit, in another engine and without one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from explorer.checkpoints.files import load
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.curve_messages import ShowCurves
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.kept import folder as folders
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.kept.layout import read_description
from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    LaneKey,
    LanePlanned,
    SampleChain,
    ShowFilm,
    ShowStep,
    ShowTerms,
    lane_keys,
)
from explorer.engine.desk import Desk, early_answer
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import EngineReady, SetKeptBudget, StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import BackUp, ChainRecipe, Dab, Edit, ExactProcess, FreshNoise, Inpaint, Lane, Paint, Sampler, ScheduleChoice, mask_of

STEPS, SAMPLES = 8, 3
BUDGET = 2**30
USUAL = Sampler(STEPS)
LOWER = mask_of(np.arange(28)[:, None].repeat(28, 1) >= 14)
START = StartEngine(device="cpu", precision="fp32", kept_budget=BUDGET)


def ask(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, "test") if outcome is not None]


def started(request: StartEngine = START) -> Engine:
    engine = Engine()
    ask(engine, request)
    return engine


def written(engine: Engine) -> list[Path]:
    """Files that are there when all is written."""
    engine.of(KeptChains).writer.flush()
    return sorted(folders.chains_folder().glob("*.safetensors"))


@pytest.fixture(scope="module")
def lane(checkpoints: Mapping[str, Path]) -> Callable[..., Lane]:
    def made(name: str = "c", sampler: Sampler = USUAL, edits: tuple[Edit, ...] = ()) -> Lane:
        checkpoint = load(checkpoints[f"mnist-ddpm-{name}"])
        return Lane(checkpoint.sha256, str(checkpoint.path), checkpoint.card.option, sampler, edits=edits)

    return made


def recipe(*lanes: Lane, seed: int = 5) -> ChainRecipe:
    return ChainRecipe(lanes, seed, SAMPLES)


def same(one: object, other: object) -> bool:
    """Whether two outcomes are equal in every field, arrays bit for bit."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and len(one) == len(other) and all(map(same, one, other))
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    return one == other


def questions(keys: Sequence[LaneKey]) -> list[Payload]:
    """What a window asks of lanes, at every state and between."""
    asked: list[Payload] = []
    for t in (1000, 990, 875, 500, 130, 1, 0):
        for quantity in ("x_t", "x0_hat", "eps_hat", "mean", "z"):
            asked.append(ShowStep(tuple(keys), t, quantity, timeline=keys[0]))
        asked += [ShowStep(tuple(keys), t, "difference", keys[0], of, "light") for of in ("x_t", "x0_hat")]
        asked += [ShowTerms(key, t, SAMPLES - 1, values=True) for key in keys]
    asked += [ShowFilm(key, 1, quantity, 5) for key in keys for quantity in ("x_t", "x0_hat", "z")]
    asked += [ShowCurves(tuple(keys), sample, keys[-1]) for sample in (None, 0, 2)]
    return asked


@pytest.mark.parametrize("sampler", [Sampler(STEPS), Sampler(STEPS, eta=0.3, clip=True)], ids=["ancestral", "clipped"])
def test_what_was_sampled_is_there_again_at_once_bit_for_bit(lane: Callable[..., Lane], sampler: Sampler) -> None:
    asked = recipe(*(lane(name, sampler) for name in "abc"))
    first = started()
    assert any(isinstance(outcome, ChainProgress) for outcome in ask(first, SampleChain(asked)))
    assert len(written(first)) == 3
    again = started()
    planned = ask(again, SampleChain(asked))
    assert [type(outcome) for outcome in planned] == [LanePlanned, LanePlanned, LanePlanned, ChainFinished], "nothing is sampled"
    for question in questions(lane_keys(asked)):
        assert same(ask(first, question), ask(again, question)), question


def test_a_chain_that_goes_on_after_the_engine_has_taken_another_arithmetic_is_not_kept_as_of_that(lane: Callable[..., Lane]) -> None:
    engine = started()
    going_on = engine.handle(SampleChain(recipe(lane())), "compare.chain")
    while not isinstance(next(going_on), LanePlanned):
        pass
    ask(engine, dataclasses.replace(START, precision="bf16"))
    assert isinstance([*going_on][-1], ChainFinished)
    assert written(engine) == []


def test_without_an_engine_the_answers_are_the_engines_in_every_field(lane: Callable[..., Lane]) -> None:
    asked = recipe(*(lane(name) for name in "abc"))
    written_by = started()
    ask(written_by, SampleChain(asked))
    written(written_by)
    desk, engine = Desk("test"), started()
    assert early_answer(START, desk) is None, "the engine answers that itself"
    for question in (SampleChain(asked), *questions(lane_keys(asked))):
        early = early_answer(question, desk)
        assert early is not None, question
        assert same(list(early), ask(engine, question)), question


def test_a_chain_that_is_not_kept_is_left_to_the_engine(lane: Callable[..., Lane]) -> None:
    asked = recipe(lane())
    desk = Desk("test")
    early_answer(START, desk)
    for question in (SampleChain(asked), *questions(lane_keys(asked))):
        assert early_answer(question, desk) is None


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 6},
        {"samples": SAMPLES + 1},
        {"lanes": {"sampler": Sampler(STEPS, eta=0.5)}},
        {"lanes": {"sampler": Sampler(STEPS + 1)}},
        {"lanes": {"schedule": ScheduleChoice("cosine", 500)}},
    ],
    ids=str,
)
def test_whatever_determines_the_pictures_tells_chains_apart(lane: Callable[..., Lane], change: dict[str, object]) -> None:
    asked = recipe(lane())
    first = started()
    ask(first, SampleChain(asked))
    written(first)
    lanes = change.get("lanes")
    if isinstance(lanes, dict):
        change = {"lanes": tuple(msgspec.structs.replace(each, **lanes) for each in asked.lanes)}
    other = msgspec.structs.replace(asked, **change)
    assert any(isinstance(outcome, ChainProgress) for outcome in ask(started(), SampleChain(other)))


def test_another_arithmetic_is_another_chain(lane: Callable[..., Lane]) -> None:
    asked = recipe(lane())
    first = started()
    ask(first, SampleChain(asked))
    written(first)
    other = started(StartEngine(device="cpu", precision="bf16", throughout=True, kept_budget=BUDGET))
    assert any(isinstance(outcome, ChainProgress) for outcome in ask(other, SampleChain(asked)))


def test_a_checkpoint_that_has_moved_is_the_same(lane: Callable[..., Lane], checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    moved = tmp_path / "elsewhere.safetensors"
    moved.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    found = ask(started(), SampleChain(recipe(msgspec.structs.replace(lane(), source=str(moved)))))
    assert [type(outcome) for outcome in found] == [LanePlanned, ChainFinished]


def test_a_checkpoint_that_is_gone_or_another_is_left_to_the_engine_to_tell(lane: Callable[..., Lane], tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    desk = Desk("test")
    early_answer(START, desk)
    changed = tmp_path / "changed.safetensors"
    changed.write_bytes(b"something else")
    for source in (tmp_path / "gone.safetensors", changed):
        assert early_answer(SampleChain(recipe(msgspec.structs.replace(lane(), source=str(source)))), desk) is None


BRANCHES = {
    "noise": (FreshNoise(500, 3),),
    "paint": (Paint(500, (Dab(((10.0, 10.0), (18.0, 12.0)), radius=2.0, value=1.0, noise=0.2),)),),
    "image": (Paint(500, (Dab(((10.0, 10.0),), radius=3.0, value=1.0),), on="x0_hat"),),
    "erase": (Inpaint(375, LOWER, 2, anew=True),),
    "backed up": (BackUp(500, stream=2),),
    "twice": (FreshNoise(750, 1), FreshNoise(250, 2)),
}


@pytest.mark.parametrize("edits", BRANCHES.values(), ids=BRANCHES)
def test_branches_are_kept_with_what_they_leave(lane: Callable[..., Lane], edits: tuple[Edit, ...]) -> None:
    stages = [lane(edits=edits[:count]) for count in range(len(edits) + 1)]
    first = started()
    for each in stages:
        ask(first, SampleChain(recipe(each)))
    assert len(written(first)) == len(stages)
    again, desk = started(), Desk("test")
    early_answer(START, desk)
    asked = recipe(stages[0], stages[-1])
    assert not any(isinstance(outcome, ChainProgress) for outcome in ask(again, SampleChain(asked)))
    for question in questions(lane_keys(asked)):
        engines = ask(again, question)
        assert same(ask(first, question), engines), question
        early = early_answer(question, desk)
        assert early is None or same(list(early), engines), question
    assert early_answer(ShowStep(lane_keys(asked), 500, "x0_hat"), desk) is not None


def test_an_exact_lane_keeps_what_it_draws(lane: Callable[..., Lane]) -> None:
    drawn = Lane("", "mnist", exact=ExactProcess("mnist", images=200), sampler=Sampler(STEPS))
    asked = recipe(drawn)
    first = started()
    ask(first, SampleChain(asked))
    written(first)
    again = started()
    assert not any(isinstance(outcome, ChainProgress) for outcome in ask(again, SampleChain(asked)))
    (key,) = lane_keys(asked)
    for t in (875, 500, 125):
        assert same(ask(first, ShowTerms(key, t, 1, values=True)), ask(again, ShowTerms(key, t, 1, values=True)))


def test_what_goes_on_from_a_kept_chain_is_what_would_have(lane: Callable[..., Lane]) -> None:
    """A branch of a chain that is on disk is that of the chain as it was sampled."""
    branch = lane(edits=BRANCHES["erase"])
    plain = started(dataclasses.replace(START, kept_budget=None))
    ask(plain, SampleChain(recipe(branch)))
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    again = started()
    ask(again, SampleChain(recipe(branch)))
    (key,) = lane_keys(recipe(branch))
    for t in (1000, 500, 375, 125, 0):
        assert same(ask(plain, ShowStep((key,), t, "x_t")), ask(again, ShowStep((key,), t, "x_t")))


@pytest.mark.parametrize("spoil", ["cut", "bit", "header", "foreign", "another", "empty"])
def test_a_spoilt_file_is_dropped_and_sampled_anew(lane: Callable[..., Lane], spoil: str) -> None:
    asked = recipe(lane())
    first = started()
    ask(first, SampleChain(asked))
    (path,) = written(first)
    text = bytearray(path.read_bytes())
    if spoil == "another":
        ask(first, SampleChain(recipe(lane(), seed=77)))
        (other,) = set(written(first)) - {path}
        text = bytearray(other.read_bytes())
        other.unlink()
    if spoil == "cut":
        del text[-100:]
    elif spoil == "bit":
        text[-5000] ^= 1
    elif spoil == "header":
        text[60] ^= 1
    elif spoil == "foreign":
        text = bytearray(Path(asked.lanes[0].source).read_bytes())
    elif spoil == "empty":
        text.clear()
    path.write_bytes(text)
    desk = Desk("test")
    early_answer(START, desk)
    assert early_answer(SampleChain(asked), desk) is None
    assert not path.exists()
    again = started()
    assert any(isinstance(outcome, ChainProgress) for outcome in ask(again, SampleChain(asked)))
    assert written(again) == [path], "and is kept again"


def test_a_folder_that_cannot_be_written_is_no_error(lane: Callable[..., Lane]) -> None:
    folders.chains_folder().parent.mkdir(parents=True, exist_ok=True)
    folders.chains_folder().write_bytes(b"a file where the folder would be")
    engine = started()
    assert isinstance(ask(engine, SampleChain(recipe(lane())))[-1], ChainFinished)
    assert written(engine) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there a file has no limit that can be set")
def test_a_disk_that_is_full_is_no_error(lane: Callable[..., Lane]) -> None:
    import resource

    engine = started()
    written(engine)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        assert isinstance(ask(engine, SampleChain(recipe(lane())))[-1], ChainFinished)
        assert written(engine) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(folders.chains_folder().glob("*.partial")) == []


def test_the_least_recently_used_go_beyond_the_budget(lane: Callable[..., Lane]) -> None:
    engine = started()
    paths = []
    for seed in (1, 2, 3):
        ask(engine, SampleChain(recipe(lane(), seed=seed)))
        (path,) = set(written(engine)) - set(paths)
        paths.append(path)
        os.utime(path, (seed, seed))
    ask(started(), SampleChain(recipe(lane(), seed=1)))  # it is used again
    size = paths[0].stat().st_size
    ask(engine, SetKeptBudget(2 * size))
    assert set(written(engine)) == {paths[0], paths[2]}
    ask(engine, SetKeptBudget(0))
    assert written(engine) == []
    ask(engine, SampleChain(recipe(lane(), seed=4)))
    assert written(engine) == [], "nothing is kept"


def test_one_chain_does_not_drive_out_all_others(lane: Callable[..., Lane]) -> None:
    engine = started()
    ask(engine, SampleChain(recipe(lane())))
    (path,) = written(engine)
    small = started(dataclasses.replace(START, kept_budget=path.stat().st_size * 3 // 2))
    ask(small, SampleChain(recipe(lane(), seed=9)))
    assert written(small) == [path]


def test_nothing_is_left_of_a_chain_that_was_stopped(lane: Callable[..., Lane]) -> None:
    engine = started()
    steps = engine.handle(SampleChain(recipe(lane())), "test")
    for _ in range(4):
        next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert written(engine) == []
    assert isinstance(ask(engine, SampleChain(recipe(lane())))[-1], ChainFinished)
    (path,) = written(engine)
    assert read_description(path).K == STEPS, "gone on with, it is kept after all"
    assert list(folders.chains_folder().glob("*.partial")) == []


def test_files_are_safetensors(lane: Callable[..., Lane]) -> None:
    from safetensors.numpy import load_file

    engine = started()
    asked = recipe(lane())
    ask(engine, SampleChain(asked))
    (path,) = written(engine)
    arrays = load_file(path)
    assert arrays["x"].shape == (STEPS + 1, SAMPLES, 1, 28, 28)
    (shown,) = ask(engine, ShowStep(lane_keys(asked), 0, "x_t"))
    assert np.array_equal(arrays["x"][-1], shown.frames[0].values)  # type: ignore[attr-defined]


def test_an_engine_that_was_not_told_keeps_nothing(lane: Callable[..., Lane]) -> None:
    engine = started(StartEngine(device="cpu", precision="fp32"))
    ask(engine, SampleChain(recipe(lane())))
    assert written(engine) == []


def test_an_export_of_a_kept_chain_is_the_same_file(lane: Callable[..., Lane], tmp_path: Path) -> None:
    asked = recipe(lane())
    look, first, files = ExportLook(), started(), []
    ask(first, SampleChain(asked))
    written(first)
    for name, engine in (("first", first), ("again", started())):
        files.append(tmp_path / name / "chain.npz")
        files[-1].parent.mkdir()
        ask(engine, ExportChain(asked, str(files[-1]), look))
    one, other = (np.load(file) for file in files)
    assert set(one) == set(other)
    assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_it_needs_no_torch() -> None:
    program = "import sys, explorer.engine.chain.kept.early as early; print('torch' in sys.modules, 'PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_engine_that_was_announced_is_the_one_that_starts() -> None:
    engine = Engine()
    (ready,) = ask(engine, START)
    assert isinstance(ready, EngineReady)
    written(engine)
    desk = Desk()
    early_answer(START, desk)
    kept = desk.of(KeptChains)
    assert kept.arithmetic == engine.of(Chains).models.arithmetic()
    kept.expect(dataclasses.replace(START, precision="bf16"))
    assert kept.arithmetic is None
