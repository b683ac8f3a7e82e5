"""Documents on the command line: what they hold, and drawn without a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from explorer.checkpoints.files import file_sha256
from explorer.recipe import ChainRecipe, Lane, PlaneRecipe, Sampler
from explorer.recipe.notes import Bookmark, Notes
from explorer.state.document import write_document
from explorer.state.notes import NotesState
from explorer.state.session import ChainState, LatentState, Session


@pytest.fixture
def lecture(tmp_path: Path, checkpoints: Mapping[str, Path]) -> Path:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(checkpoints["mnist-ae-2d"].read_bytes().replace(b"generative-explorer train", b"Generative-explorer train", 1))
    assert file_sha256(mine) != file_sha256(checkpoints["mnist-ae-2d"])
    shipped = checkpoints["mnist-ddpm-c"]
    chain = ChainState(ChainRecipe((Lane(file_sha256(shipped), str(shipped), "C", Sampler(2)),), samples=1, seed=3), t=0)
    places = (Bookmark("Noise", "reverse-chain", t=1000, seed=4), Bookmark("Plane", "latent"))
    session = Session(
        reverse=chain, latent=LatentState(PlaneRecipe(file_sha256(mine), str(mine))), notes=NotesState(Notes("Look.", places))
    )
    write_document(tmp_path / "a.gexplore", session)
    return tmp_path / "a.gexplore"


def test_info_says_what_it_holds(run: Callable[..., Any], lecture: Path) -> None:
    said = run("info", lecture)
    assert said.status == 0
    for words in (
        "1 lane of mnist-ddpm-c, 1 sample, seed 3",
        "Look.",
        "1. Noise: Reverse chain, t = 1000, seed 4",
        "mine.safetensors: is there",
    ):
        assert words in said.out
    (lecture.parent / "mine.safetensors").unlink()
    found = run("info", lecture, "--json").json
    assert [file["problem"] for file in found["files"]] == ["is not on this machine"]
    assert [place["name"] for place in found["bookmarks"]] == ["Noise", "Plane"]


def test_info_of_a_newer_one_is_one_line(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "b.gexplore").write_text('{"document": 8}')
    assert "b.gexplore: a document of version 8, which a newer version" in refused("info", tmp_path / "b.gexplore")


def test_a_workspace_of_it_is_drawn_at_a_bookmark(run: Callable[..., Any], qapp: object, lecture: Path, tmp_path: Path) -> None:
    pictures = []
    for options in ((), ("--bookmark", "Noise"), ("--bookmark", 1), ("--t", 1000)):
        out = tmp_path / "out.png"
        ran = run("render", "reverse-chain", "--session", lecture, "--out", out, "--force", "--size", "1280x800", *options)
        assert (ran.status, ran.err) == (0, "")
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture)[40:760, 80:980])  # the workspace: what is said of frames is another thing
    assert (pictures[1] == pictures[2]).all()
    for one, other in ((0, 1), (0, 3), (1, 3)):
        assert (pictures[one] != pictures[other]).any(), "another t, or another seed"


@pytest.mark.parametrize(
    ("workspace", "options", "words"),
    [
        ("reverse-chain", ("--bookmark", "None"), "has no such bookmark; there are Noise, Plane"),
        ("reverse-chain", ("--bookmark", "Plane"), "is of latent; render latent draws it"),
        ("reverse-chain", ("--steps", 3), "--steps: of no meaning beside --session"),
        ("latent", ("--t", 3), "--t: of no meaning for latent"),
    ],
)
def test_what_it_cannot_show_is_one_line(
    refused: Callable[..., str], lecture: Path, tmp_path: Path, workspace: str, options: tuple[object, ...], words: str
) -> None:
    assert words in refused("render", workspace, "--session", lecture, "--out", tmp_path / "x.png", *options)


def test_a_bookmark_needs_a_document(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "--bookmark: of no meaning without --session" in refused("render", "latent", "--bookmark", "a", "--out", tmp_path / "x.png")


def test_a_file_that_the_workspace_needs_is_named(refused: Callable[..., str], qapp: object, lecture: Path, tmp_path: Path) -> None:
    (lecture.parent / "mine.safetensors").unlink()
    said = refused("render", "latent", "--session", lecture, "--out", tmp_path / "x.png")
    assert "mine.safetensors, which latent needs, is not on this machine" in said


def test_a_sample_that_is_not_there_is_refused(refused: Callable[..., str], lecture: Path, tmp_path: Path) -> None:
    from explorer.state.document import read_document

    session = read_document(lecture).session
    far = NotesState(Notes(bookmarks=(Bookmark("Far", "reverse-chain", sample=9),)))
    write_document(lecture, msgspec.structs.replace(session, notes=far))
    said = refused("render", "reverse-chain", "--session", lecture, "--bookmark", "Far", "--out", tmp_path / "x.png")
    assert "of sample 9; there are 1 samples now" in said
