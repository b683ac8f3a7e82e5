"""Files that version 0.1.0 wrote before the code was rearranged into rooms: they open, and are written as they were.

Made by its own encoder and commands: `session.json` has every field of every workspace at another value than its default; the
exports are of `sample --checkpoint mnist-ddpm-a --checkpoint mnist-ddpm-c --samples 1 --steps 2 --seed 3 --frames 2 --device cpu`.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.locate import shipped
from explorer.cli import main
from explorer.datasets.point_files import read_points
from explorer.exports.embedded import read_recipe
from explorer.exports.kinds import KINDS
from explorer.recipe import Sampler, decode_recipe, encode_recipe
from explorer.recipe.forward import ForwardRecipe
from explorer.state.persistence import Loaded, Saved, decode_saved, encode_saved, read_session
from explorer.state.session import WORKSPACES, Session
from explorer.views.training.elsewhere import NOTE_NAME, Note, note_of

FILES = Path(__file__).parent / "files"


def without_new_fields(written: object, old: object) -> object:
    """What is written, without the fields that the old file has not."""
    if isinstance(written, dict) and isinstance(old, dict):
        return {name: without_new_fields(value, old[name]) for name, value in written.items() if name in old}
    if isinstance(written, list) and isinstance(old, list) and len(written) == len(old):
        return [without_new_fields(one, other) for one, other in zip(written, old, strict=True)]
    return written


def test_a_session_is_read_whole_and_all_of_it_is_written_again() -> None:
    text = (FILES / "session.json").read_bytes()
    saved = decode_saved(text, "session.json")
    assert without_new_fields(json.loads(encode_saved(saved)), json.loads(text)) == json.loads(text)
    assert decode_saved(encode_saved(saved), "again") == saved
    assert saved.session == read_session(FILES / "session.json")
    for name in ("reverse", "compare", "latent", "forward", "objective", "training"):
        part, usual = getattr(saved.session, name), getattr(Session(), name)
        assert part != usual
    branches = saved.session.reverse.recipe.branches
    assert [type(branch.lane.edits[-1]).__name__ for branch in branches] == ["FreshNoise", "Paint", "Inpaint", "Change", "BackUp"]


def test_a_note_of_a_run_on_another_machine_is_read(tmp_path: Path) -> None:
    (tmp_path / NOTE_NAME).write_bytes((FILES / NOTE_NAME).read_bytes())
    assert note_of(tmp_path) == Note("box", "2026-11-29-ae-0123abcd")


@pytest.mark.parametrize("name", ["chain.json", "plane.json", "step.json"])
def test_a_recipe_is_read_whole_and_written_to_the_byte(name: str) -> None:
    text = (FILES / name).read_text(encoding="utf-8")
    assert encode_recipe(decode_recipe(text, name)) == text


@pytest.mark.parametrize("ending", KINDS)
def test_an_export_has_its_recipe_and_is_made_again(ending: str, tmp_path: Path) -> None:
    export = FILES / f"sample{ending}"
    recipe = read_recipe(export)
    assert recipe.chain is not None
    assert [(lane.source, lane.option, lane.sampler) for lane in recipe.chain.lanes] == [
        ("mnist-ddpm-a", "A", Sampler(2)),
        ("mnist-ddpm-c", "C", Sampler(2)),
    ]
    assert (recipe.chain.seed, recipe.chain.samples) == (3, 1)
    again = tmp_path / f"again{ending}"
    assert main(["replay", str(export), "--out", str(again), "--device", "cpu"]) == 0
    assert read_recipe(again).chain == recipe.chain


def test_the_window_opens_on_such_a_session_with_every_workspace(qtbot: QtBot) -> None:
    explorer = Explorer(Loaded(Saved(session=read_session(FILES / "session.json")), fresh=False), None)
    try:
        with qtbot.waitSignal(explorer.began):
            explorer.show()
        assert explorer.window.current.workspace_name == "forward"
        for name in WORKSPACES:
            explorer.window.choose(name)
            assert explorer.window.current.workspace_name == name
        assert explorer.window.banner.message == ""
        kept = explorer.store.session
        assert kept.reverse.quantity == "to_ideal"
        assert [branch.name for branch in kept.reverse.recipe.branches] == ["", "named", "", "", ""]
        assert {lane.source for lane in kept.compare.recipe.lanes[:2]} == {str(shipped()[f"mnist-ddpm-{o}"]) for o in "ac"}
    finally:
        assert explorer.end()


@pytest.mark.parametrize("ending", [".npz", ".csv"])
def test_points_and_paths_are_opened_again(ending: str) -> None:
    """As the first version with Forward's page of two dimensions wrote them: of three points, Option B, both samplers, two steps."""
    assert read_points(FILES / f"two-dimensions{ending}").tolist() == [[-1.0, 0.5], [0.25, -0.75], [1.5, 1.0]]


def test_arrays_of_points_and_paths_have_the_names_they_had() -> None:
    with np.load(FILES / "two-dimensions.npz") as arrays:
        walks = {f"{who}/{by}" for who in ("exact", "learnt") for by in ("ddpm", "ode")}
        assert set(arrays.files) == {"points", "timesteps", "forward", *walks}
        assert arrays["timesteps"].tolist() == [30, 15, 0]
        assert arrays["learnt/ode"].shape == (3, 2, 2)
        recipe = msgspec.json.decode(str(arrays["forward"]), type=ForwardRecipe)
    assert recipe.plane.network.option == "B"
    assert recipe.plane.points.placed == ((-1.0, 0.5), (0.25, -0.75), (1.5, 1.0))
