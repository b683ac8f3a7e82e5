"""Words of edits, and which lane a branch is at each of its steps."""

from __future__ import annotations

import msgspec
import numpy as np

from explorer.recipe import (
    BackUp,
    Change,
    Dab,
    Edit,
    ExactProcess,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    Sampler,
    ScheduleChoice,
    mask_of,
    picture_of,
)
from explorer.state.edits.words import LAST_STEP, NO_ETA, edit_words, edits_words, lane_at, step_words, walk_words, why_no_noise

TIMES = (1000, 800, 600, 400, 200, 0)
MASK = mask_of(np.ones((4, 4), bool))
DABS = (Dab(((1.0, 1.0),)),)


def lane(*edits: Edit) -> Lane:
    return Lane("ab" * 32, "c.safetensors", "C", Sampler(5), edits=edits)


def test_every_edit_has_words() -> None:
    words = [
        edit_words(edit)
        for edit in (
            FreshNoise(640, 3), FreshNoise(640, 0), Paint(300, DABS), Paint(300, DABS, "x0_hat"), Inpaint(300, MASK, 5), Inpaint(300, MASK),
            Change(300, eta=0.0, clip=True), Change(300, checkpoint="cd" * 32, source="/m/b.safetensors", option="B"), BackUp(400),
            BackUp(400, picture_of(np.zeros((1, 4, 4), np.uint8), "seven.png")),
        )
    ]  # fmt: skip
    assert words == [
        "noise 3 from t = 640", "its own noise from t = 640", "painted at t = 300", "x̂₀ painted at t = 300", "erased at t = 300, ×5",
        "erased at t = 300", "η 0, clipped from t = 300", "Option B from t = 300", "x₀ up to t = 400", "seven.png up to t = 400",
    ]  # fmt: skip
    assert edits_words(lane(FreshNoise(640, 3), Paint(300, DABS))) == "noise 3 from t = 640, then painted at t = 300"
    assert edits_words(lane()) == ""


def test_a_lane_walks_as_what_it_was_changed_to() -> None:
    changed = lane(Change(600, checkpoint="cd" * 32, source="b.safetensors", option="B"), Change(200, clip=True))
    assert [lane_at(changed, TIMES, k).option for k in range(5)] == ["C", "C", "B", "B", "B"]
    assert [lane_at(changed, TIMES, k).sampler.clip for k in range(5)] == [False, False, False, False, True]
    again = lane(Change(200, clip=True), BackUp(600))
    assert not any(lane_at(again, TIMES, k).sampler.clip for k in range(5)), "that is of the image's own way down"


def test_what_is_done_beside_the_formula_is_said_where_it_is_done() -> None:
    said = [step_words(lane(Paint(600, DABS), Inpaint(400, MASK)), TIMES, k) for k in range(5)]
    assert said == ["", "then it is painted", "", *["so in the erased region; the rest is kept"] * 2]
    said = [step_words(lane(Inpaint(800, MASK), BackUp(400)), TIMES, k) for k in range(5)]
    kept = "so in the erased region; the rest is kept"
    assert said == ["", kept, f"{kept}, then the image, noised, takes its place", "", ""]
    assert step_words(lane(Paint(600, DABS, "x0_hat")), TIMES, 2) == "x̂₀ is painted"


def test_whether_anything_is_drawn_is_asked_of_the_branch_that_would_be() -> None:
    times = (40, 30, 20, 10, 0)
    chain, still = Lane("ab" * 32, "c", "C"), Lane("ab" * 32, "c", "C", Sampler(eta=0.0))
    assert [why_no_noise(chain, times, t) for t in (40, 20, 15, 10, 3)] == ["", "", LAST_STEP, LAST_STEP, LAST_STEP]
    assert [why_no_noise(still, times, t) for t in (40, 20, 10)] == [NO_ETA, NO_ETA, LAST_STEP]
    later = msgspec.structs.replace(chain, edits=(Change(20, eta=0.0),))
    assert [why_no_noise(later, times, t) for t in (30, 25, 20)] == ["", "", NO_ETA], "above it, it has not been changed yet"
    drawing = Lane("", "mnist", None, Sampler(eta=0.0), ExactProcess())
    assert [why_no_noise(drawing, times, t) for t in (40, 10, 3)] == ["", "", ""], "another image is drawn"
    following = msgspec.structs.replace(drawing, exact=ExactProcess(follow="mean"))
    assert why_no_noise(following, times, 20) == NO_ETA
    network = msgspec.structs.replace(drawing, edits=(Change(30, checkpoint="ab" * 32, source="c", option="C"),))
    assert [why_no_noise(network, times, t) for t in (40, 20)] == ["", NO_ETA]


def test_undoing_names_the_schedule() -> None:
    assert walk_words(ScheduleChoice("cosine", 400)) == "walk the cosine schedule"
    assert walk_words(None) == "walk the network's own schedule"
