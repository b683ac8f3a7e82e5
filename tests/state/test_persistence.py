"""The session on disk: what comes back, and what is set aside."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Lane, PlaneRecipe, Point, Sampler, Stroke
from explorer.recipe.training import TrainRecipe
from explorer.state.persistence import SESSION_VERSION, Saved, WindowState, load, read_session, session_file, write
from explorer.state.session import ChainState, LatentState, Session

LANE = Lane("a" * 64, "/somewhere/mnist-ddpm-c.safetensors", "C", Sampler(steps=250, eta=0.5, clip=True))
FULL = Saved(
    session=Session(
        workspace="latent",
        reverse=ChainState(recipe=ChainRecipe(lanes=(LANE,), seed=3, samples=4), t=17, quantity="eps_hat", selected=2),
        latent=LatentState(recipe=PlaneRecipe("b" * 64, "x", (Point("P1", 0.25, -1.5),), (Stroke("S", ((0.0, 0.0), (1.0, 2.0))),))),
        recent=("/a/b.safetensors",),
        theme="light",
        device="cpu",
    ),
    window=WindowState("AdnQ", (900, 300), False),
)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "session.json"
    write(path, FULL)
    found = load(path)
    assert (found.saved, found.fresh, found.message) == (FULL, False, "")
    assert [p.name for p in path.parent.iterdir()] == ["session.json"]


def test_nothing_there_is_a_fresh_start(tmp_path: Path) -> None:
    found = load(tmp_path / "session.json")
    assert (found.saved, found.fresh, found.message) == (Saved(), True, "")


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "here"))
    assert session_file().is_relative_to(tmp_path / "here")


def changed(**fields: object) -> bytes:
    plain = msgspec.to_builtins(FULL)
    plain["session"]["reverse"].update(fields)
    return json.dumps(plain).encode()


BAD = {
    "empty": b"",
    "cut short": msgspec.json.encode(FULL)[:100],
    "not text": bytes(range(256)),
    "another thing": b"[1, 2, 3]",
    "only a version": b'{"version": 1}',
    "something else of a version": b'{"version": 1, "name": "anything"}',
    "a recipe": b'{"version": 1, "chain": {"lanes": []}}',
    "a session and more": msgspec.json.encode(FULL)[:-1] + b', "chain": null}',
    "no version": b'{"session": {}}',
    "deeply nested": b"[" * 100_000,
    "wrong type": changed(t="late"),
    "negative t": changed(t=-1),
    "huge t": changed(t=10**12),
    "no such sample": changed(selected=-2),
    "no such lane": changed(lane=5),
    "no such quantity": changed(quantity="x_1"),
    "a plot of several lanes": changed(plot="ssim x_t"),
    "a difference of differences": changed(difference_of="difference"),
    "eta out of range": changed(recipe={"lanes": [{"checkpoint": "a", "source": "b", "sampler": {"eta": 2.0}}]}),
    "no memory": msgspec.json.encode(msgspec.structs.replace(FULL, session=Session(frame_budget=1))),
}


def test_the_form_of_a_run_that_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(
        '{"version":1,"session":{"workspace":"training","training":{"form":{"model":"A all","epochs":1,"batch":1,"images":512,'
        '"timesteps":60,"schedule":"bent","knots":[[0.0,9.2],[0.5,-0.25],[1.0,-10.0]],"skip":"linear","stored":"fp16"}}}}'
    )
    form = read_session(path).training.form
    knots = ((0.0, 9.2), (0.5, -0.25), (1.0, -10.0))
    kept = {"timesteps": 60, "schedule": "bent", "knots": knots, "skip": "linear", "stored": "fp16"}
    assert form == TrainRecipe("A all", epochs=1, batch=1, images=512, **kept)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_set_aside(name: str, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(BAD[name])
    found = load(path)
    assert (found.saved, found.fresh) == (Saved(), True)
    assert str(path) in found.message
    assert "session-set-aside-1.json" in found.message
    assert "\n" not in found.message
    assert not path.exists()
    assert (tmp_path / "session-set-aside-1.json").read_bytes() == BAD[name]


def test_what_cannot_be_read_is_set_aside_however_often_that_was(tmp_path: Path) -> None:
    for number in range(1, 1001):
        (tmp_path / f"session-set-aside-{number}.json").touch()
    path = tmp_path / "session.json"
    path.write_text("{")
    assert "session-set-aside-1001.json" in load(path).message


def test_a_newer_session_is_set_aside_and_named(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(json.dumps({"version": SESSION_VERSION + 1, "session": {"future": True}}))
    found = load(path)
    assert f"version {SESSION_VERSION + 1}" in found.message
    assert found.fresh


def test_setting_aside_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    for text in ("first", "second"):
        path.write_text(text)
        load(path)
    kept = sorted(p.read_text() for p in tmp_path.iterdir())
    assert kept == ["first", "second"]


def test_a_folder_in_its_place_is_no_reason_not_to_start(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.mkdir()
    found = load(path)
    assert found.fresh
    assert str(path) in found.message


def test_a_folder_that_cannot_be_made_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        write(tmp_path / "file" / "session.json", FULL)


def test_a_session_of_the_persons_own_is_read_or_refused(tmp_path: Path) -> None:
    write(tmp_path / "mine.json", FULL)
    assert read_session(tmp_path / "mine.json") == FULL.session
    (tmp_path / "other.json").write_text('{"version": 1, "session": 3}')
    with pytest.raises(BadInput, match=r"other\.json: not a session"):
        read_session(tmp_path / "other.json")
    with pytest.raises(BadInput, match="no such file"):
        read_session(tmp_path / "none.json")
