"""A chain whose checkpoint is gone: its kept states are shown as they were, and what wants the network is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from explorer.checkpoints.files import load
from explorer.engine.chain.branching.messages import PreviewPaint
from explorer.engine.chain.data_set.messages import DataSetOpened, ExactAbsent, OpenDataSet, ShowWeights, WeightsShown
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    LaneFailed,
    LanePlanned,
    SampleChain,
    ShowFilm,
    ShowStep,
    ShowTerms,
    StepShown,
    TermsShown,
    lane_keys,
)
from explorer.engine.chain.network.messages import InspectUNet
from explorer.engine.thread.requests import Outcome
from explorer.errors import BadInput
from explorer.recipe import Change, Dab, ExactProcess, FreshNoise, Lane, Sampler

from .test_kept import STEPS, ask, lane, questions, recipe, same, started, written

__all__ = ["lane"]
Maker = Callable[..., Lane]


def gone(found: Lane, folder: Path) -> Lane:
    """The lane, its checkpoint where there is none."""
    return msgspec.structs.replace(found, source=str(folder / "gone.safetensors"))


def test_its_states_are_there_as_they_were_and_it_says_what_is_missing(lane: Maker, tmp_path: Path) -> None:
    first, asked = started(), recipe(lane())
    ask(first, SampleChain(asked))
    written(first)
    lost, again = recipe(gone(lane(), tmp_path)), started()
    planned, finished = ask(again, SampleChain(lost))
    assert isinstance(planned, LanePlanned)
    assert planned.lost == f"{tmp_path / 'gone.safetensors'}: no such file"
    assert isinstance(finished, ChainFinished)
    assert [(each.done, each.steps) for each in finished.lanes] == [(STEPS, STEPS)]
    for one, other in zip(questions(lane_keys(asked)), questions(lane_keys(lost)), strict=True):
        theirs, ours = ask(first, one), ask(again, other)
        assert same([_without_key(each) for each in theirs], [_without_key(each) for each in ours]), one


def _without_key(outcome: object) -> object:
    """Pictures and numbers: where a checkpoint lies is part of a key."""
    if isinstance(outcome, StepShown):
        return [(frame.k, frame.t, frame.tiles, frame.values, frame.scale) for frame in outcome.frames]
    names = ("tiles", "norms", "timesteps") if not hasattr(outcome, "lanes") else ()
    return [getattr(outcome, name) for name in names if hasattr(outcome, name)] or [lane.curves for lane in outcome.lanes]  # type: ignore[attr-defined]


def test_nothing_new_comes_of_it(lane: Maker, tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    again, lost = started(), gone(lane(), tmp_path)
    ask(again, SampleChain(recipe(lost)))
    (key,) = lane_keys(recipe(lost))
    for payload in (
        InspectUNet(key, 500, 0), PreviewPaint(key, 500, 0, "x_t", (Dab(((9.0, 9.0),), radius=2.0, value=1.0),)),
        SampleChain(recipe(lost, seed=6)), SampleChain(recipe(msgspec.structs.replace(lost, sampler=Sampler(STEPS + 1)))),
        ExportChain(recipe(lost), str(tmp_path / "a.png"), ExportLook()),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=r"gone.safetensors: no such file"):
            ask(again, payload)
    assert not (tmp_path / "a.png").exists()


def test_it_is_weighed_against_a_data_set_all_the_same(lane: Maker, tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    again, lost = started(), recipe(gone(lane(), tmp_path))
    ask(again, SampleChain(lost))
    data = ExactProcess("mnist", images=100)
    (theirs,), (ours,) = (
        ask(engine, ShowWeights(lane_keys(of)[0], data, 500, 1)) for engine, of in ((first, recipe(lane())), (again, lost))
    )
    assert isinstance(theirs, WeightsShown)
    assert isinstance(ours, WeightsShown)
    np.testing.assert_array_equal(theirs.weights, ours.weights)


def test_beside_others_it_stops_none(lane: Maker, tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane("a"))))
    written(first)
    lost, never = gone(lane("a"), tmp_path), gone(lane("b"), tmp_path)
    engine, asked = started(), recipe(lost, lane("c"), never)
    told = ask(engine, SampleChain(asked))
    a, c, b = lane_keys(asked)
    assert [(each.key, bool(each.lost)) for each in told if isinstance(each, LanePlanned)] == [(a, True), (c, False)]
    assert [each.key for each in told if isinstance(each, LaneFailed)] == [b]
    progress = next(each for each in told if isinstance(each, ChainProgress))
    assert {each.key: each.done for each in progress.lanes}[a] == STEPS
    (shown,) = ask(engine, ShowStep((a, c), 500, "difference", reference=a))
    assert isinstance(shown, StepShown)
    assert [frame.key for frame in shown.frames] == [a, c]
    assert np.abs(shown.frames[1].values).max() > 0


def test_a_branch_of_it_is_shown_but_for_noise_that_nobody_kept(lane: Maker, tmp_path: Path) -> None:
    edits = (FreshNoise(500, 3),)
    first = started()
    for each in (lane(), lane(edits=edits)):
        ask(first, SampleChain(recipe(each)))
    written(first)
    plain, branch = recipe(lane(edits=edits)), recipe(gone(lane(edits=edits), tmp_path))
    again = started()
    ask(again, SampleChain(branch))
    (own,), (key,) = lane_keys(plain), lane_keys(branch)
    for t in (1000, 750, 375, 0):  # above the edit they are those of the chain that it leaves
        for quantity in ("x_t", "x0_hat", "mean"):
            theirs, ours = ask(first, ShowStep((own,), t, quantity)), ask(again, ShowStep((key,), t, quantity))
            assert same(_without_key(theirs[0]), _without_key(ours[0])), (t, quantity)
    (shown,) = ask(again, ShowStep((key,), 375, "z"))
    assert isinstance(shown, StepShown)
    assert [(blank.why, blank.reason[-12:]) for blank in shown.blank] == [("network", "no such file")]
    (terms,) = ask(again, ShowTerms(key, 375, 0))
    assert isinstance(terms, TermsShown)
    assert "z" not in terms.tiles
    assert {"x_t", "x0_hat", "mean"} <= set(terms.tiles)


def test_a_network_that_took_over_may_be_the_one_that_is_missing(lane: Maker, tmp_path: Path) -> None:
    def changed(other: Lane) -> Lane:
        return lane(edits=(Change(500, checkpoint=other.checkpoint, source=other.source, option=other.option),))

    first = started()
    for each in (lane(), changed(lane("a"))):
        ask(first, SampleChain(recipe(each)))
    written(first)
    again = started()
    planned = ask(again, SampleChain(recipe(changed(gone(lane("a"), tmp_path)))))[0]
    assert isinstance(planned, LanePlanned)
    assert "gone.safetensors" in planned.lost


def test_codes_are_seen_as_codes_without_their_decoder(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    checkpoint = load(checkpoints["mnist-ldm-2d"])
    here = Lane(checkpoint.sha256, str(checkpoint.path), checkpoint.card.option, Sampler(STEPS))
    first = started()
    ask(first, SampleChain(recipe(here)))
    written(first)
    again, lost = started(), recipe(gone(here, tmp_path))
    ask(again, SampleChain(lost))
    (own,), (key,) = lane_keys(recipe(here)), lane_keys(lost)
    for quantity in ("x_t", "x0_hat"):
        (ours,), (theirs,) = ask(again, ShowStep((key,), 500, quantity)), ask(first, ShowStep((own,), 500, "x_t"))
        assert isinstance(ours, StepShown)
        assert isinstance(theirs, StepShown)
        assert ours.frames[0].diverging
        assert ours.frames[0].tiles.shape == theirs.frames[0].tiles.shape
    assert ask(again, ShowTerms(key, 500, 0))
    assert ask(again, ShowFilm(key, 0, "x0_hat", 5))


@pytest.mark.parametrize("follow", ["draw", "mean"])
def test_a_lane_of_images_that_are_gone_is_shown_as_it_was(mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path, follow: str) -> None:
    file, elsewhere = tmp_path / "mine.npz", tmp_path / "moved.npz"
    np.savez(file, x_train=mnist_test[0][:40])
    first = started()
    (opened,) = ask(first, OpenDataSet(str(file)))
    assert isinstance(opened, DataSetOpened)
    exact = msgspec.structs.replace(opened.exact, follow=follow)
    asked = recipe(Lane("", str(file), None, Sampler(STEPS), exact))
    ask(first, SampleChain(asked))
    written(first)
    theirs = [ask(first, one) for one in questions(lane_keys(asked))]
    again = started()
    file.rename(elsewhere)
    planned, finished = ask(again, SampleChain(asked))
    assert isinstance(planned, LanePlanned)
    assert planned.lost == f"{file}: no such file"
    assert isinstance(finished, ChainFinished)
    for one, said in zip(questions(lane_keys(asked)), theirs, strict=True):
        assert same([_without_key(_undrawn(each)) for each in said], [_without_key(each) for each in ask(again, one)]), one
    (absent,) = ask(again, ShowWeights(lane_keys(asked)[0], exact, 500, 1))
    assert isinstance(absent, ExactAbsent)
    with pytest.raises(BadInput, match=r"mine.npz: no such file"):
        ask(again, SampleChain(recipe(asked.lanes[0], seed=6)))
    np.savez(file, x_train=mnist_test[0][40:80])
    (other, *_) = ask(again, SampleChain(asked))
    assert isinstance(other, LanePlanned)
    assert "holds other images" in other.lost
    file.unlink()
    elsewhere.rename(file)
    (back, *_) = ask(again, SampleChain(asked))
    assert isinstance(back, LanePlanned)
    assert back.lost == ""


def _undrawn(outcome: Outcome) -> Outcome:
    """The terms of a step without the image that it drew, which is with the others."""
    if not isinstance(outcome, TermsShown):
        return outcome
    return replace(outcome, tiles={name: tile for name, tile in outcome.tiles.items() if name not in ("drawn", "component")})


def test_once_it_is_back_it_is_a_lane_like_any_other(lane: Maker, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    first = started()
    ask(first, SampleChain(recipe(lane())))
    written(first)
    again, lost = started(), gone(lane(), tmp_path)
    ask(again, SampleChain(recipe(lost)))
    Path(lost.source).write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    planned, _ = ask(again, SampleChain(recipe(lost)))
    assert isinstance(planned, LanePlanned)
    assert planned.lost == ""
    assert any(isinstance(each, ChainProgress) for each in ask(again, SampleChain(recipe(lost, seed=6))))
