"""What a file does not say: asked once, answered by the recipe, the command, what is remembered, or the usual."""

from pathlib import Path
from typing import Any

import pytest

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources import remembered, told_by_command
from explorer.sources.asking import MustBeTold, Question, answered, identity

PATH = Path("some/model.pt")
ASKED = (
    Question("predicts", "C"), Question("schedule", "linear"), Question("timesteps", 1000),
    Question("image_size", None, "any size fits its weights"),
)  # fmt: skip
SIZE = Told(image_size=(32, 32))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path))
    return tmp_path


def test_all_that_was_asked_is_in_the_answer() -> None:
    assert answered(PATH, ASKED, SIZE, "hash") == Told("C", "linear", None, 1000, image_size=(32, 32))
    assert answered(PATH, (), None, "hash") == NOTHING


def test_what_nobody_can_assume_must_be_told() -> None:
    with pytest.raises(
        MustBeTold, match=r"some/model.pt: does not say everything .* add --image-size \(any size fits its weights\)$"
    ) as caught:
        answered(PATH, ASKED, None, "hash")
    assert caught.value.questions == ASKED


def test_the_recipe_goes_before_the_command_before_what_is_remembered() -> None:
    remembered.remember("hash", Told("V", "cosine", None, 500, image_size=(8, 8)))
    assert answered(PATH, ASKED, None, "hash") == Told("V", "cosine", None, 500, image_size=(8, 8))
    with told_by_command(Told("B")):
        assert answered(PATH, ASKED, None, "hash").predicts == "B"
        assert answered(PATH, ASKED, None, "hash").timesteps == 500
        assert answered(PATH, ASKED, SIZE, "hash").predicts == "C"
    with pytest.raises(MustBeTold):
        answered(PATH, ASKED, None, "another")


def test_betas_are_the_schedule() -> None:
    said = answered(PATH, ASKED, Told(betas=(0.1, 0.2), image_size=(32, 32)), "hash")
    assert (said.schedule, said.betas, said.timesteps) == (None, (0.1, 0.2), 2)
    remembered.remember("hash", said)
    with told_by_command(Told(schedule="cosine")):
        assert answered(PATH, ASKED, None, "hash").betas is None


def test_an_answer_that_nobody_asked_for_is_a_mistake_where_one_checkpoint_is_opened() -> None:
    with told_by_command(Told(heads=4)), pytest.raises(BadInput, match=r"some/model.pt: says itself what --heads would tell"):
        answered(PATH, ASKED, None, "hash")
    with told_by_command(Told(heads=4), alone=False):
        assert answered(PATH, (), None, "hash") == NOTHING


def test_told_otherwise_it_is_another_checkpoint() -> None:
    assert identity("abc", NOTHING) == "abc"
    assert len({identity("abc", NOTHING), identity("abc", SIZE), identity("abc", Told("C")), identity("abd", SIZE)}) == 4


def test_what_is_remembered_is_read_by_the_next_start_and_spoilt_files_are_nothing(home: Path) -> None:
    remembered.remember("hash", SIZE)
    assert remembered.told_of("hash") == SIZE
    file = home / "state" / remembered.NAME
    assert file.is_file()
    for spoilt in (b"", b"{", b"[" * 100_000, b'{"hash": {"heads": 0}}'):
        file.write_bytes(spoilt)
        assert remembered.told_of("hash") == NOTHING
    remembered.remember("hash", SIZE)
    remembered.remember("hash", NOTHING)
    assert remembered.told_of("hash") == NOTHING


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"timesteps": 0}, "timesteps must be in 1..1000000, not 0"), ({"betas": (1.5,)}, "a schedule's betas"),
        ({"image_size": (0, 4)}, "image sides must be"), ({"heads": 0}, "heads must be in"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Told(**given)
