"""Made-up values of any type that a message may hold, from its annotations alone."""

from __future__ import annotations

import dataclasses
import functools
import math
import random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

from explorer.checkpoints.card import Card
from explorer.checkpoints.files import read_card
from explorer.engine.thread.requests import Payload
from explorer.recipe import Arithmetic, Mask, Picture, mask_of, picture_of
from explorer.recipe.arithmetic import RunBy
from explorer.recipe.start import Given, given_of
from explorer.resources import resource

DTYPES = ("<f4", "<f8", "|u1", "<i8", "|b1", "<u2")
WORDS = ("", "mnist", "/tmp/a b/ü.png", "x_t", "1" * 300)
TRIES = 400


def example(hint: Any, chance: random.Random, depth: int = 0) -> Any:
    """A value of a type; what its class refuses is drawn again."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return example(args[0], chance, depth)
    if origin in (Union, UnionType):
        return example(NoneType if depth > 4 and NoneType in args else chance.choice(args), chance, depth)
    if origin is Literal:
        return chance.choice(args)
    if origin is tuple:
        kinds = [args[0]] * chance.randrange(3) if args[1:] == (...,) else args
        return tuple(example(kind, chance, depth + 1) for kind in kinds)
    if origin is dict:
        return {example(args[0], chance): example(args[1], chance, depth + 1) for _ in range(chance.randrange(3))}
    if hint is np.ndarray:
        return array(chance)
    if hint is Mask:
        return mask_of(np.random.default_rng(chance.randrange(99)).random((chance.randrange(1, 30), 7)) < 0.5)
    if hint is Picture:
        return picture_of(
            np.full((chance.choice((1, 3)), 4, chance.randrange(1, 9)), chance.randrange(256), np.uint8), chance.choice(WORDS[:3])
        )
    if hint is Given:
        return given_of(np.full((chance.randrange(1, 3), 2, chance.randrange(1, 5)), chance.random()))
    if hint is Card:
        return card(chance.choice(("ddpm-c", "vae-2d", "classifier")))
    if hint is Arithmetic:
        return Arithmetic(chance.choice(("fp32", "bf16")), "cpu", chance.random() < 0.5)
    if hint is RunBy:
        return RunBy("0" * 64, chance.choice(("torch", "native")), chance.choice(("fp32", "bf16")), chance.randrange(1000))
    if hint is Any:
        return chance.choice((1, "a", [1, 2], 0.5, None, {"a": [True]}))
    if hint is Payload or hint is NoneType:
        return None
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, msgspec.Struct)):
        return made(hint, chance, depth)
    return plain(hint, chance)


@functools.cache
def card(name: str) -> Card:
    return read_card(resource("checkpoints", f"mnist-{name}.safetensors"))


def plain(kind: type, chance: random.Random) -> Any:
    if kind is bool:
        return chance.random() < 0.5
    if kind is int:
        return chance.choice((0, 1, 2, 3, 28, 1000, 2**40))
    if kind is float:
        return chance.choice((0.0, 0.25, 0.5, 1.0, 1 / 3, -2.5e-300, math.inf, math.nan))
    if kind is bytes:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
    assert kind is str, f"{kind}: what is an example of it?"
    return chance.choice(WORDS)


def array(chance: random.Random) -> np.ndarray:
    shape = tuple(chance.randrange(4) for _ in range(chance.randrange(5)))
    drawn = np.random.default_rng(chance.randrange(2**32)).integers(0, 2, shape)
    made = np.asarray(drawn).astype(chance.choice(DTYPES))
    return made.T if chance.random() < 0.3 else made  # not every array is contiguous


def made(kind: Any, chance: random.Random, depth: int) -> Any:
    hints, defaults = hints_of(kind), defaults_of(kind)
    for attempt in range(TRIES):
        # the more is refused, the more fields are left at what is surely allowed
        given = {n: h for n, h in hints.items() if n not in defaults or chance.random() > attempt / TRIES}
        try:
            return kind(**{name: example(hint, chance, depth + 1) for name, hint in given.items()})
        except (ValueError, OverflowError):
            continue
    raise AssertionError(f"no example of {kind.__name__} is allowed")


@functools.cache
def hints_of(kind: Any) -> dict[str, Any]:
    """Types of its fields; to find them takes longer than to make a value."""
    return {name: hint for name, hint in get_type_hints(kind, include_extras=True).items() if name in fields_of(kind)}


def fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else kind.__struct_fields__


@functools.cache
def defaults_of(kind: Any) -> set[str]:
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return {f.name for f in dataclasses.fields(kind) if f.default is not missing or f.default_factory is not missing}
    return set(kind.__struct_fields__[len(kind.__struct_fields__) - len(kind.__struct_defaults__) :])


def same(a: Any, b: Any) -> bool:
    """Whether two values are of the same types and equal to the last bit, NaN as well."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if dataclasses.is_dataclass(a) or isinstance(a, msgspec.Struct):
        return all(same(getattr(a, name), getattr(b, name)) for name in fields_of(type(a)))
    return bool(a == b)
