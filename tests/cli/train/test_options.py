"""Every setting of a run is an option of `train`, and what a recipe says there is read as it was meant."""

from __future__ import annotations

import random
from typing import Any, Literal, get_args, get_origin

import pytest
import typer.main

from explorer.cli.train.options import IN_HELP, means_something, settings_of
from explorer.cli.typed import app
from explorer.errors import BadInput
from explorer.recipe.training import ModelName, TrainOptions, TrainRecipe, arguments
from explorer.recipe.training.rows import Row, rows
from explorer.recipe.training.setting import EVERY

COMMAND: Any = typer.main.get_command(app).get_command(None, "train")  # type: ignore[attr-defined]
PARAMETERS = {parameter.name: parameter for parameter in COMMAND.params}
KNOTS = (((0.0, 9.2), (0.5, -0.25), (1.0, -10.0)), ((0.0, 9.2103), (1 / 3, 0.1 + 0.2), (1.0, -10.0)))
ASKED = {
    "vae": ("vae", "C", False, "silu"), "ae": ("ae", "C", False, "silu"), "hinton": ("ae", "C", False, "sigmoid"),
    "A all": ("ddpm", "A", True, "silu"), **{option: ("ddpm", option, False, "silu") for option in "ABCV"},
}  # fmt: skip
"""Kind, option, all timesteps and activation of each model."""


def parsed(words: list[str]) -> TrainOptions:
    with COMMAND.make_context("train", words[1:]) as context:
        return settings_of(context.params)


@pytest.mark.parametrize("row", rows(TrainOptions), ids=lambda row: row.name)
def test_every_setting_is_an_option(row: Row) -> None:
    about = row.about
    assert about.kinds
    if about.switches:
        found = [PARAMETERS[switch.name] for switch in about.switches]
        assert [parameter.help for parameter in found] == [switch.help for switch in about.switches]
        assert all(switch.option in (*PARAMETERS[switch.name].opts, *PARAMETERS[switch.name].secondary_opts) for switch in about.switches)
        return
    parameter = PARAMETERS[row.name]
    assert parameter.opts == [row.name if about.is_argument else row.option]
    if not about.is_argument:
        assert parameter.help == about.help
    assert parameter.required == (row.name in ("kind", "out"))


@pytest.mark.parametrize("row", [row for row in rows(TrainOptions) if row.about.least is not None], ids=lambda row: row.name)
def test_bounds_hold_on_the_command_line(row: Row) -> None:
    words = ["train", "ddpm", "--out", "o", row.option]
    low, high = row.about.least, row.about.most
    assert low is not None
    for good in (low, high):
        if good is not None:
            assert getattr(parsed([*words, f"{good:g}"]), row.name) == good
    for bad in (low - 1, None if high is None else high + 1):
        if bad is not None:
            with pytest.raises(Exception, match=r"than or equal|not in the range"):
                parsed([*words, f"{bad:g}"])


@pytest.mark.parametrize("row", [row for row in rows(TrainOptions) if get_origin(row.type) is Literal], ids=lambda row: row.name)
def test_every_choice_is_one_on_the_command_line(row: Row) -> None:
    if row.about.switches:
        return
    words = ["train", "--out", "o", *(() if row.about.is_argument else ("ddpm", row.option))]
    for choice in get_args(row.type):
        assert getattr(parsed([*words, choice]), row.name) == choice
    with pytest.raises(Exception, match="is not one of"):
        parsed([*words, "another"])


def test_every_option_is_one_of_a_setting() -> None:
    known = {name for row in rows(TrainOptions) for name in ([s.name for s in row.about.switches] or [row.name])}
    assert set(PARAMETERS) == known
    assert set(IN_HELP) <= known, "the order of the help has no names of options that are gone"


def test_the_help_has_its_order() -> None:
    assert tuple(name for name in PARAMETERS if name != "kind")[: len(IN_HELP)] == IN_HELP


def test_the_usual_is_what_the_settings_say() -> None:
    usual, made = parsed(["train", "ddpm", "--out", "o"]), {row.name: row.default for row in rows(TrainOptions)}
    assert {name: getattr(usual, name) for name in made if name not in ("kind", "out")} == {
        name: default for name, default in made.items() if name not in ("kind", "out")
    }
    assert type(usual.kind) is str, "as any Literal"


def a_value(row: Row, chance: random.Random) -> Any:
    """Any that the setting can have."""
    if row.name == "schedule":
        return chance.choice(["linear", "cosine", "bent"])
    if row.name == "knots":
        return chance.choice(KNOTS)
    low, high = row.about.least, row.about.most
    kinds = get_args(row.type) or (row.type,)
    if type(None) in kinds and chance.random() < 0.3:
        return None
    if int in kinds and get_origin(row.type) is not tuple:
        return chance.randint(int(low or 0), int(high or (low or 0) + 10 ** chance.randint(1, 7)))
    if float in kinds:
        assert low is not None
        assert high is not None
        return chance.choice([low, high, chance.uniform(low, high)])
    if bool in kinds:
        return chance.random() < 0.5
    if str in kinds:
        return chance.choice(["mnist", "/a b/c", "-x", 'q"uo', "ü,:"])
    if get_origin(row.type) is tuple:
        return tuple(chance.randint(1, 900) for _ in range(chance.randint(0, 4)))
    return chance.choice(kinds)


@pytest.mark.parametrize("model", get_args(ModelName))
def test_what_a_recipe_says_is_read_as_it_was_meant(model: ModelName) -> None:
    chance = random.Random(model)
    for _ in range(60):
        recipe = TrainRecipe(model, **{row.name: a_value(row, chance) for row in rows(TrainRecipe)})
        asked = parsed(arguments(recipe, "some where"))
        assert (asked.kind, asked.option, asked.all_timesteps, asked.activation) == ASKED[model]
        assert str(asked.out) == "some where"
        usual = {row.name: row.default for row in rows(TrainOptions)}
        for row in rows(TrainRecipe):
            meant = getattr(recipe, row.name)
            if row.name == "warmup" and meant is None:
                meant = 500 if recipe.steps is None else min(500, recipe.steps // 10)
            if row.name == "timesteps" and meant == 1000:
                meant = None  # the usual is not said: a file may have another
            heard = recipe.kind in row.about.kinds and row.about.said_if(recipe)
            assert getattr(asked, row.name) == (meant if heard else usual[row.name]), row.name


def test_skips_contradict_each_other_where_there_are_any() -> None:
    both = ["--out", "o", "--linear-skip", "--no-outer-skip"]
    with pytest.raises(BadInput, match="--linear-skip and --no-outer-skip: choose one of them"):
        parsed(["train", "ddpm", *both])
    assert parsed(["train", "vae", *both]).kind == "vae"


def test_what_means_something_for_a_kind() -> None:
    assert means_something("pca") == {
        "kind",
        "out",
        "dataset",
        "size",
        "fit",
        "range",
        "member",
        "labels",
        "background",
        "code",
        "images",
        "threads",
        "as_json",
    }
    everything = frozenset(PARAMETERS)
    assert frozenset[str]().union(*(means_something(kind) for kind in EVERY)) == everything
    assert {"width", "knots", "outer_skip", "linear_skip"} <= means_something("ddpm") - means_something("vae")
