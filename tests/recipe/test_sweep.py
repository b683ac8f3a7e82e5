"""Sweeps: what a person writes, and the lanes it makes."""

from __future__ import annotations

import pytest

from explorer.errors import BadInput
from explorer.recipe import Lane, Sampler, ScheduleChoice
from explorer.recipe.sweep import EXAMPLES, SETTINGS, parse_sweep, parse_values, swept

LANE = Lane("c" * 64, "c.safetensors", "C", Sampler(250, 0.5))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("steps=10, 25,all", (10, 25, None)),
        ("eta=0,0.5,1", (0.0, 0.5, 1.0)),
        ("clip=no,yes", (False, True)),
        ("seed=7,7,8", (7, 8)),
        ("schedule=own,linear,cosine:400", (None, ScheduleChoice(), ScheduleChoice("cosine", 400))),
    ],
)
def test_values_are_read(text: str, values: tuple[object, ...]) -> None:
    setting, found = parse_sweep(text)
    assert found == values
    assert setting == text.partition("=")[0]


@pytest.mark.parametrize(
    "text",
    ["steps=0", "steps=ten", "steps=", "eta=1.5", "eta=nan", "clip=maybe", "seed=-1", "schedule=quadratic", "schedule=linear:0",
     "width=3", "steps", "seed=" + ",".join(str(i) for i in range(17))],
)  # fmt: skip
def test_what_cannot_be_is_told(text: str) -> None:
    with pytest.raises(BadInput, match=r"such as|for example|more than"):
        parse_sweep(text)


def test_lanes_differ_in_the_one_setting() -> None:
    assert [lane.sampler for lane in swept(LANE, "steps", (10, None))] == [Sampler(10, 0.5), Sampler(None, 0.5)]
    assert [lane.seed for lane in swept(LANE, "seed", (3, 4))] == [3, 4]
    assert [lane.schedule for lane in swept(LANE, "schedule", (None, ScheduleChoice("cosine")))] == [None, ScheduleChoice("cosine")]
    for setting in SETTINGS:
        lanes = swept(LANE, setting, parse_values(setting, EXAMPLES[setting]))
        assert len(set(lanes)) == len(lanes) > 1
