"""Every public call looks at the numbers, switches, names and paths that it is given, before it does anything with them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest

import explorer

CALLS = {name: getattr(explorer, name) for name in explorer.__all__ if inspect.isfunction(getattr(explorer, name))} | {
    "Chain.save": explorer.Chain.save,
    "Decoding.save": explorer.Decoding.save,
}
NEEDED = {"path": "a.npz", "source": "mnist-ddpm-c", "images": "mnist:0", "recipe": "a.json", "self": None}
WRONG: dict[Any, list[Any]] = {int: ["4", 2.5, True, b"4"], float: ["0.5", True, [0.5]], bool: ["yes", 1], str: [3, b"x"], Path: [3, b"x"]}


def refused() -> Iterator[tuple[str, str, Any]]:
    """Every public call, each of its parameters, and what that cannot be."""
    for name, call in CALLS.items():
        for parameter, hint in get_type_hints(call).items():
            kinds = get_args(hint) or (hint,)
            if parameter == "return" or any(get_origin(kind) not in (None, Literal) or kind is np.ndarray for kind in kinds):
                continue
            values = ["nope", 3] if get_origin(hint) is Literal or get_origin(kinds[0]) is Literal else WRONG.get(kinds[0], [])
            yield from ((name, parameter, value) for value in values)


@pytest.mark.parametrize(("name", "parameter", "value"), list(refused()))
def test_what_is_of_another_type_is_one_line_that_names_the_argument(name: str, parameter: str, value: Any) -> None:
    call = CALLS[name]
    needed = {each: NEEDED[each] for each, of in inspect.signature(call).parameters.items() if of.default is inspect.Parameter.empty}
    with pytest.raises(explorer.BadInput, match=f"^{parameter} is .*, and must be ") as caught:
        call(**(needed | {parameter: value}))
    assert "\n" not in str(caught.value)


def test_the_sentence_says_what_can_be_given() -> None:
    for wish, words in (
        ({"sampler": "ddmi"}, "sampler is 'ddmi', and must be 'ancestral', 'ddim', 'euler', 'heun' or 'dpm++2m'"),
        ({"samples": 2.0}, "samples is 2.0, and must be a whole number"),
        ({"clip": "yes"}, "clip is 'yes', and must be True or False"),
        ({"told": ["heads"]}, "told is a list, and must be a mapping"),
        ({"source": 5}, "source is 5, and must be a text, a path or a Model"),
    ):
        with pytest.raises(explorer.BadInput) as caught:
            explorer.sample(**wish)  # type: ignore[arg-type]
        assert str(caught.value) == words


def test_an_argument_that_there_is_not_is_said_as_python_does() -> None:
    with pytest.raises(TypeError, match=r"sample\(\) got an unexpected keyword argument 'stpes'"):
        explorer.sample("mnist-ddpm-c", stpes=10)  # type: ignore[call-arg]


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    plain = explorer.sample("mnist-ddpm-classes", samples=1, steps=2, seed=3, eta=0.5, clip=True, label=7, guidance=1.5)
    same = explorer.sample(
        "mnist-ddpm-classes", samples=np.int64(1), steps=np.int32(2), seed=np.uint8(3), eta=np.float32(0.5), clip=np.bool_(True),
        label=np.int64(7), guidance=np.float64(1.5),
    )  # type: ignore[arg-type, call-overload, unused-ignore]  # fmt: skip
    assert same.recipe == plain.recipe
    for chain, name in ((plain, "plain.png"), (same, "same.png")):
        chain.save(tmp_path / name, scale=np.int64(3))  # type: ignore[arg-type]
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "same.png").read_bytes()
    prior = explorer.decode("mnist-vae-2d", prior=np.int64(2), seed=np.int64(5))  # type: ignore[arg-type]
    prior.save(tmp_path / "prior.npz")
    assert explorer.read_recipe(tmp_path / "prior.npz").plane == prior.recipe.plane
    assert explorer.bound("mnist-ddpm-c", images=np.int64(2), strata=np.int64(2), seed=np.int64(1)).images == 2  # type: ignore[arg-type]
