"""A backend that comes with a line in the list: who offers it, and that it runs what PyTorch runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer import backends
from explorer.backends.base import Backend
from explorer.checkpoints.files import file_sha256, load
from explorer.cli import main
from explorer.engine.chain.messages import SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.chain.network.messages import InspectUNet, UNetShown
from explorer.engine.engine import Engine
from explorer.engine.models import devices, predictors
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import EngineReady, StartEngine
from explorer.errors import BadInput
from explorer.exports.embedded import read_recipe
from explorer.recipe import Arithmetic, ChainRecipe, Lane, Recipe, Sampler, decode_recipe, encode_recipe
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import Session
from explorer.state.store import Store
from explorer.views.window.preferences import Preferences
from explorer.widgets.look.theme import Theme

CPU = torch.device("cpu")
WITH_IT = "import sys; sys.path.insert(0, {folder!r}); from channels_last import ChannelsLast; from explorer import backends; {line}"
COMMAND = "from explorer.cli import main; sys.exit(main(sys.argv[1:]))"


def started(place: str, precision: str = "fp32") -> Engine:
    engine = Engine()
    (ready,) = engine.handle(StartEngine(place, precision))
    assert isinstance(ready, EngineReady)
    return engine


def recipe(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-b"]
    return ChainRecipe((Lane(file_sha256(path), str(path), "B", Sampler(3)),), 5, 2)


def state(engine: Engine, chain: ChainRecipe) -> np.ndarray:
    list(engine.handle(SampleChain(chain), "test"))
    *_, shown = engine.handle(ShowStep(lane_keys(chain), 0, "x_t"))
    assert isinstance(shown, StepShown)
    return shown.frames[0].values


def test_without_it_nothing_is_known_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH])
    assert backends.places() == dict(backends.TORCH.devices)
    assert backends.place_words() == "auto, cpu, cuda or mps"
    with pytest.raises(BadInput, match=r"there are auto, cpu, cuda or mps; of several cuda:1 and so on$"):
        devices.located("last/cpu")


@pytest.mark.usefixtures("last")
def test_preferences_offer_it_and_a_session_keeps_it(qtbot: QtBot) -> None:
    store = Store(Session())
    dialog = Preferences(store, Theme("dark"), "")
    qtbot.addWidget(dialog)
    place = dialog.device_box.findText("Channels last: CPU")
    dialog.device_box.setCurrentIndex(place)
    assert store.session.device == "last/cpu"
    assert decode_saved(encode_saved(Saved(session=store.session)), "test").session.device == "last/cpu"


def test_a_session_with_a_place_that_is_not_here_any_more_opens(qtbot: QtBot) -> None:
    session = decode_saved(encode_saved(Saved(session=Session(device="last/cpu"))), "test").session
    dialog = Preferences(Store(session), Theme("dark"), "")
    qtbot.addWidget(dialog)
    assert dialog.device_box.currentData() == "auto", "what the engine falls back on"


@pytest.mark.parametrize("known", [True, False])
def test_the_command_line_offers_it(known: bool) -> None:
    line = "backends.BACKENDS[:] = [backends.TORCH, ChannelsLast()]" if known else "pass"
    program = f"{WITH_IT.format(folder=str(Path(__file__).parent), line=line)}; {COMMAND}"
    done = subprocess.run(
        [sys.executable, "-c", program, "sample", "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "200", "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert ("or last/cpu." in done.stdout) == known
    assert ("[auto|fp32|bf16|short weights]" in done.stdout) == known


@pytest.mark.usefixtures("last")
@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (("--device", "abacus"), "or last/cpu; of several cuda:1"),
        (("--device", "last/cuda"), "device 'last/cuda' cannot be used here"),
        (("--device", "last", "--precision", "bf16"), "Channels last computes in fp32 or short weights"),
        (("--device", "cpu", "--precision", "short weights"), "PyTorch computes in fp32 or bf16"),
        (("--precision", "fp8"), "'fp8' is not one of 'auto', 'fp32', 'bf16', 'short weights'"),
    ],
)
def test_what_is_not_there_is_refused(wish: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["sample", "--checkpoint", "mnist-ddpm-b", "--out", str(tmp_path / "a.png"), *wish]) == 2
    assert words in capsys.readouterr().err


def test_it_runs_a_chain(last: Backend, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints)
    engine = started("last")
    assert engine.of(Models).backend is last
    own, known = state(engine, chain), state(started("cpu"), chain)
    np.testing.assert_allclose(own, known, atol=1e-4)
    assert not np.array_equal(own, state(started("last", "short weights"), chain))


@pytest.mark.usefixtures("last")
def test_the_window_is_told_what_runs() -> None:
    (ready,) = Engine().handle(StartEngine("last/cpu"))
    assert isinstance(ready, EngineReady)
    assert (ready.device, ready.precision) == ("Channels last · CPU", "fp32")


def test_its_lesser_arithmetic_is_measured_and_taken_as_any(last: Backend, checkpoints: Mapping[str, Path]) -> None:
    checkpoint = load(checkpoints["mnist-ddpm-b"])
    with torch.inference_mode():
        predictor, precision = predictors.faithful(checkpoint, CPU, "short weights", last)
    assert precision == "short weights"
    assert predictor.up_to == 1000
    predictor.up_to = 500
    assert predictor.run_at(500) is predictor.fast
    assert predictor.run_at(501) is predictor.run


def test_the_network_is_looked_into_though_it_calls_no_module(last: Backend, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints)
    seen = []
    for place in (last.name, "cpu"):
        engine = started(place)
        list(engine.handle(SampleChain(chain), "test"))
        *_, shown = engine.handle(InspectUNet(lane_keys(chain)[0], 1000, 1, off=(0,)))
        assert isinstance(shown, UNetShown)
        seen.append(shown)
    for name, block in seen[0].blocks.items():
        assert block.norm == pytest.approx(seen[1].blocks[name].norm, rel=1e-5)
        assert block.change == pytest.approx(seen[1].blocks[name].change, rel=1e-4)


@pytest.mark.usefixtures("last")
def test_an_export_says_it_and_is_made_again_by_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, again = tmp_path / "first.png", tmp_path / "again.png"
    wish = ["--checkpoint", "mnist-ddpm-b", "--samples", "2", "--steps", "3", "--device", "last", "--precision", "short weights"]
    assert main(["sample", *wish, "--out", str(first)]) == 0
    assert read_recipe(first).arithmetic == Arithmetic("short weights", "cpu", True, "last")
    assert main(["replay", str(first), "--out", str(again)]) == 0
    assert "identical to" in capsys.readouterr().out
    assert read_recipe(again).arithmetic == read_recipe(first).arithmetic

    assert main(["replay", str(first), "--out", str(again), "--device", "cpu", "--force"]) == 0
    assert "was run by last and is made again by torch: grey levels may differ" in capsys.readouterr().err


def test_recipes_of_pytorch_are_written_as_before() -> None:
    assert msgspec.json.encode(Arithmetic("bf16", "cuda", True)) == b'{"precision":"bf16","device":"cuda","throughout":true}'


def test_a_recipe_of_a_backend_that_no_one_knows_is_refused(last: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    text = encode_recipe(Recipe(arithmetic=Arithmetic("fp32", "cpu", backend="last")))
    assert decode_recipe(text).arithmetic == Arithmetic("fp32", "cpu", backend="last")
    monkeypatch.setattr(backends, "BACKENDS", [backend for backend in backends.BACKENDS if backend is not last])
    with pytest.raises(BadInput, match="no backend 'last'; there are torch"):
        decode_recipe(text)


def test_one_that_cannot_be_used_here_says_why_and_is_not_offered(last: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last, "missing", lambda: "the package openvino is not installed")
    assert "last/cpu" not in backends.places()
    with pytest.raises(BadInput, match=r"^device 'last/cpu' cannot be used here: the package openvino is not installed$"):
        devices.located("last/cpu")


@pytest.mark.usefixtures("last")
def test_networks_are_trained_by_pytorch() -> None:
    with pytest.raises(BadInput, match="networks are trained by PyTorch"):
        devices.named("last/cpu")


@pytest.mark.usefixtures("last")
def test_decoders_are_run_by_pytorch_whatever_runs_other_networks(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    assert main(["decode", "--checkpoint", "mnist-vae-2d", "--grid", "2", "--device", "last", "--out", str(out)]) == 0
    assert read_recipe(out).arithmetic == Arithmetic("fp32", "cpu")
