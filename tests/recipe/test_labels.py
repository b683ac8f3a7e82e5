"""Labels and guidance in recipes: how they are written, what cannot be, and that recipes without them are what they were."""

from __future__ import annotations

import msgspec
import pytest

from explorer.errors import BadInput
from explorer.recipe import NO_CLASS, ExactProcess, Lane
from explorer.recipe.labels import label_of_sample, label_words, labels_of
from explorer.recipe.sweep import parse_sweep, swept, value_words

LANE = Lane("a" * 64, "mnist-ddpm-classes", "C")


@pytest.mark.parametrize(
    ("text", "labels", "words"),
    [
        ("7", (7,), "7"), ("0,1,2", (0, 1, 2), "0..2"), ("0..9", tuple(range(10)), "0..9"), ("none", (NO_CLASS,), "none"),
        ("each", (), "each"), (" 3 , None,4..5", (3, NO_CLASS, 4, 5), "3,none,4,5"), ("5,5", (5, 5), "5,5"),
        ("none,0,1,2", (NO_CLASS, 0, 1, 2), "none,0..2"),
    ],
)  # fmt: skip
def test_labels_are_written_as_people_do(text: str, labels: tuple[int, ...], words: str) -> None:
    assert labels_of(text) == labels
    assert label_words(labels) == words
    assert labels_of(words) == labels


@pytest.mark.parametrize("text", ["", "x", "-1", "3..1", "1.5", "0..100001", "each,1", "0..4096", "٣..x"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"label .*: write for example 7"):
        labels_of(text)


def test_names_of_classes_are_said_where_they_are_known() -> None:
    assert label_words((0, 2, NO_CLASS), lambda label: ("cat", "dog", "cow")[label]) == "cat, cow, none"
    assert [label_of_sample((4, 5), i) for i in range(3)] == [4, 5, 4]


def test_a_recipe_without_labels_is_what_it_was() -> None:
    assert msgspec.json.encode(LANE) == b'{"checkpoint":"' + b"a" * 64 + b'","source":"mnist-ddpm-classes","option":"C"}'
    assert b"label" not in msgspec.json.encode(ExactProcess())
    told = msgspec.structs.replace(LANE, labels=(1,), guidance=2.0)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Lane) == told


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"labels": (-2,)}, "a label is in 0..100000"), ({"labels": (100_001,)}, "a label is in"),
        ({"labels": (0,) * 4097}, "at most 4096"),
        ({"guidance": -1.5}, "the guidance must be in"), ({"guidance": float("nan")}, "the guidance must be in"),
        ({"guidance": 101.0}, "the guidance must be in"),
        ({"checkpoint": "", "exact": ExactProcess(), "labels": (1,)}, "the process has a label"),
        ({"checkpoint": "", "exact": ExactProcess(), "guidance": 1.0}, "the process has a label"),
    ],
)  # fmt: skip
def test_what_no_lane_can_have_is_refused(fields: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Lane(**{"checkpoint": "a", "source": "b"} | fields)  # type: ignore[arg-type]


def test_an_exact_process_has_a_label_that_can_be() -> None:
    with pytest.raises(ValueError, match="label of the exact process"):
        ExactProcess(label=-1)


def test_a_sweep_over_labels_makes_a_lane_of_each() -> None:
    setting, values = parse_sweep("label=0..2, none")
    lanes = swept(LANE, setting, values)
    assert [lane.labels for lane in lanes] == [(0,), (1,), (2,), (NO_CLASS,)]
    assert [value_words(setting, value) for value in values] == ["label 0", "label 1", "label 2", "no class"]


def test_a_sweep_over_guidance_makes_a_lane_of_each_weight() -> None:
    setting, values = parse_sweep("guidance=0,1.5,-1")
    assert [lane.guidance for lane in swept(LANE, setting, values)] == [0.0, 1.5, -1.0]
    assert [value_words(setting, value) for value in values] == ["w 0", "w 1.5", "w -1"]
    with pytest.raises(BadInput, match="guidance: 'x' cannot be"):
        parse_sweep("guidance=x")


def test_an_exact_lane_is_swept_over_classes_and_not_guided() -> None:
    exact = Lane("", "mnist", exact=ExactProcess())
    assert [lane.exact.label for lane in swept(exact, *parse_sweep("label=3,4")) if lane.exact is not None] == [3, 4]
    for text in ("guidance=1", "label=none"):
        with pytest.raises(BadInput, match="is not guided"):
            swept(exact, *parse_sweep(text))
