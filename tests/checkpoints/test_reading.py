"""What is told of a checkpoint without torch: its card, and whether it opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace
from safetensors.torch import load_file, save_file

from explorer import sources
from explorer.checkpoints.card import METADATA_KEY, Card, ClassesCard, ScheduleCard, encode_card
from explorer.checkpoints.files import load
from explorer.checkpoints.fit import ALWAYS_VALID, make_schedule
from explorer.checkpoints.locate import shipped
from explorer.checkpoints.reading import all_finite, is_sound, read_card
from explorer.errors import BadInput

CLASSIFIER = "mnist-classifier"


def written(path: Path, spoil: Callable[[dict[str, torch.Tensor]], Any]) -> tuple[Path, Card]:
    """The shipped classifier, changed."""
    tensors, card = load_file(shipped()[CLASSIFIER]), read_card(shipped()[CLASSIFIER])
    spoil(tensors)
    save_file(tensors, path, metadata={METADATA_KEY: encode_card(card)})
    return path, card


def put(name: str, place: int, value: float) -> Callable[[dict[str, torch.Tensor]], None]:
    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        tensors[name].view(-1)[place] = value

    return spoil


@pytest.mark.parametrize("name", sorted(shipped()))
def test_what_comes_with_the_app_is_sound(name: str) -> None:
    path = shipped()[name]
    assert is_sound(path, read_card(path))


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bfloat16])
def test_numbers_of_every_kind(tmp_path: Path, kind: torch.dtype) -> None:
    def to(tensors: dict[str, torch.Tensor]) -> None:
        tensors.update({name: each.to(kind) for name, each in tensors.items() if each.is_floating_point()})

    path, card = written(tmp_path / "a.safetensors", to)
    assert is_sound(path, card)
    load(path)


@pytest.mark.parametrize(
    "spoil",
    [
        put("head.1.bias", -1, float("nan")),
        put("body.16.weight", 0, float("inf")),
        put("body.0.weight", 3, -float("inf")),
        lambda tensors: tensors.pop("head.1.bias"),
        lambda tensors: tensors.update(more=torch.zeros(3)),
        lambda tensors: tensors.update({"head.1.bias": torch.zeros(11)}),
        lambda tensors: tensors.update({"head.1.bias": torch.zeros(10, dtype=torch.int64)}),
    ],
    ids=["nan", "inf", "-inf", "missing", "more", "another shape", "whole numbers"],
)
def test_what_load_refuses_is_not_sound(tmp_path: Path, spoil: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    path, card = written(tmp_path / "a.safetensors", spoil)
    assert not is_sound(path, card)
    with pytest.raises(BadInput, match=r"a\.safetensors"):
        load(path)


@pytest.mark.parametrize("change", [lambda data: data[:-4], lambda data: data + b"more"], ids=["cut short", "longer"])
def test_a_file_of_another_length(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(change(shipped()[CLASSIFIER].read_bytes()))
    assert not is_sound(path, read_card(path))


@pytest.mark.parametrize(("kind", "name"), [(torch.float32, "F32"), (torch.float16, "F16"), (torch.bfloat16, "BF16")])
def test_the_largest_numbers_are_finite_and_no_more(kind: torch.dtype, name: str) -> None:
    largest = torch.finfo(kind).max

    def told(*values: float) -> bool:
        numbers = torch.tensor(values, dtype=kind)
        return all_finite(numbers.view(torch.uint8).numpy().tobytes(), name)

    assert told(largest, -largest, 0, -0.0, torch.finfo(kind).tiny, 1)
    for bad in (float("inf"), -float("inf"), float("nan"), -float("nan")):
        assert not told(bad, 1)
        assert not told(-largest, bad)


@pytest.mark.parametrize("name", ALWAYS_VALID)
def test_schedules_that_are_taken_without_a_look_are_valid(name: str) -> None:
    among = ALWAYS_VALID[name]
    for T in (*among[:3], 100, 1000, among[-1]):
        assert make_schedule(ScheduleCard(name, T)).T == T


def test_what_only_its_network_can_say_is_not_sound(tmp_path: Path) -> None:
    card = read_card(shipped()[CLASSIFIER])
    path = tmp_path / "a.safetensors"
    save_file(load_file(shipped()[CLASSIFIER]), path, metadata={METADATA_KEY: encode_card(replace(card, classes=ClassesCard(3)))})
    assert sources.sound(shipped()[CLASSIFIER]) is not None
    assert sources.sound(path) is None
    with pytest.raises(BadInput, match="its card has 3 labels"):
        sources.open(path)
