"""What runs a network: measured once on a machine, kept, never what is slower or says something else, one for a whole chain."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from explorer import backends
from explorer.backends.base import Backend
from explorer.backends.fast_torch import FastTorch
from explorer.checkpoints.files import Checkpoint, file_sha256, load
from explorer.cli import main
from explorer.diffusion.predictor import Run
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.messages import LanePlanned, MeasureNetworks, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.engine import Engine
from explorer.engine.models import choosing, kept_choices, measuring
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.kept_choices import Choice, KeptChoices, Measured
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import finished
from explorer.engine.thread.messages import StartEngine
from explorer.exports.embedded import read_recipe
from explorer.paths import HOME_VARIABLE
from explorer.recipe import ChainRecipe, Lane, Sampler, Shown
from explorer.recipe.arithmetic import RunBy

CPU = torch.device("cpu")
N = 3


@pytest.fixture
def checkpoint(checkpoints: Mapping[str, Path]) -> Checkpoint:
    return load(checkpoints["mnist-ddpm-b"])


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


def has_load(monkeypatch: pytest.MonkeyPatch, load: float) -> None:
    """The system says so."""
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load), raising=False)


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    has_load(monkeypatch, 0.0)


class Quick(FastTorch):
    """Says zeros, at once: faster than anything, and wrong."""

    name, title, precisions = "quick", "Quick", ("fp32",)

    def prepare(self, network: torch.nn.Module, device: torch.device, precision: str) -> Run:
        return lambda x_t, t: torch.zeros_like(x_t)


class Broken(Quick):
    name, title = "broken", "Broken"

    def prepare(self, network: torch.nn.Module, device: torch.device, precision: str) -> Run:
        raise RuntimeError("no such kernel\nand more")


def with_backends(monkeypatch: pytest.MonkeyPatch, *more: Backend) -> None:
    """Plain PyTorch, the packed one and some more: OpenVINO's compiler takes its time."""
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, FastTorch(), *more])


def test_it_is_kept_and_read_again(checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_backends(monkeypatch)
    file = tmp_path / "made" / "here.json"
    choice = finished(Choosing(CPU, KeptChoices(file)).measure(checkpoint, N))
    assert [(each.backend, each.precision) for each in choice.measured][:2] == [("torch", "fp32"), ("fast", "fp32")]
    assert all(each.seconds > 0 and not each.problem for each in choice.measured)
    again = Choosing(CPU, KeptChoices(file))
    assert again.known(checkpoint.sha256, N) == choice
    assert again.known(checkpoint.sha256, N - 1) == choice, "2 and 3 samples are alike"
    assert again.known(checkpoint.sha256, N + 1) is None
    assert again.known("f" * 64, N) is None
    assert list(again.measure(checkpoint, N)) == [], "nothing is measured twice"


@pytest.mark.parametrize(
    "spoilt", [b"", b"\xff\x00", b"[]", b'{"format": 99, "machines": {}}', b'{"format": 1, "machines": {"a": {"b": 1}}}']
)
def test_a_spoilt_file_is_as_good_as_none(spoilt: bytes, tmp_path: Path) -> None:
    file = tmp_path / "here.json"
    file.write_bytes(spoilt)
    kept = KeptChoices(file)
    assert kept.get("a" * 64, 1, "CPU") is None
    choice = Choice("a" * 64, 1, 10, (Measured("torch", "fp32", 1.0, 10),))
    kept.put("a" * 64, 1, "CPU", choice)
    assert KeptChoices(file).get("a" * 64, 1, "CPU") == choice


def test_what_another_machine_measured_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, choice = tmp_path / "here.json", Choice("a" * 64, 1, 10, (Measured("torch", "fp32", 1.0, 10),))
    KeptChoices(file).put("a" * 64, 1, "CPU", choice)
    with monkeypatch.context() as there:
        there.setattr(kept_choices, "processor", lambda: "Another 9000")
        other = KeptChoices(file)
        assert other.get("a" * 64, 1, "CPU") is None
        other.put("b" * 64, 1, "CPU", Choice("b" * 64, 1, 10, choice.measured))
    assert KeptChoices(file).get("a" * 64, 1, "CPU") == choice, "and does not go when that one writes"


def test_a_choice_whose_numbers_make_no_sense_is_not_used(tmp_path: Path) -> None:
    kept = KeptChoices(tmp_path / "here.json")
    for measured in (
        (),
        (Measured("fast", "fp32", 1.0, 10),),
        (Measured("torch", "fp32", 1.0, 5),),
        (Measured("torch", "fp32", -1.0, 10),),
    ):
        kept.put("a" * 64, 1, "CPU", Choice("a" * 64, 1, 10, measured))
        assert kept.get("a" * 64, 1, "CPU") is None


def test_given_up_on_the_way_nothing_is_kept(checkpoint: Checkpoint, tmp_path: Path) -> None:
    file = tmp_path / "here.json"
    work = Choosing(CPU, KeptChoices(file)).measure(checkpoint, N)
    for _ in range(6):
        assert next(work) is None
    work.close()
    assert not file.exists()


def test_what_was_measured_while_the_machine_did_much_else_is_measured_again_later(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_backends(monkeypatch)
    file = tmp_path / "here.json"
    has_load(monkeypatch, 100.0)
    first = Choosing(CPU, KeptChoices(file))
    choice = finished(first.measure(checkpoint, N))
    assert choice.busy
    first.wish(checkpoint.sha256, N, "fast/fp32")
    assert list(first.measure(checkpoint, N)) == []
    assert list(Choosing(CPU, KeptChoices(file)).measure(checkpoint, N)) == [], "it still does"

    has_load(monkeypatch, 0.0)
    assert list(first.measure(checkpoint, N)) == [], "not within one session"
    later = Choosing(CPU, KeptChoices(file))
    again = finished(later.measure(checkpoint, N))
    assert not again.busy
    assert again.wish == "fast/fp32"
    assert list(Choosing(CPU, KeptChoices(file)).measure(checkpoint, N)) == []
    assert list(later.measure(checkpoint, N, again=True)), "unless the person wants it"


class Clocked(FastTorch):
    """Takes half of what the network takes."""

    name, title, precisions = "clocked", "Clocked", ("fp32",)
    now, slow = 0.0, 1.0

    def prepare(self, network: torch.nn.Module, device: torch.device, precision: str) -> Run:
        self.slow = 10.0  # something else begins on this machine

        def run(x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
            before = self.now
            said: torch.Tensor = network(x_t, t)
            self.now = before + 0.5 * self.slow
            return said

        return run

    def tick(self, *_: object) -> None:
        self.now += self.slow


def test_what_makes_everything_slow_changes_no_ratio(checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clocked()
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, clock])
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    monkeypatch.setattr(measuring, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    hook = checkpoint.network.register_forward_hook(clock.tick)
    choice = finished(Choosing(CPU, KeptChoices(tmp_path / "here.json")).measure(checkpoint, N))
    hook.remove()
    assert [each.seconds for each in choice.measured] == [1.0, 0.5]
    assert choice.in_force.backend == "clocked"


def test_what_is_wrong_or_fails_is_not_used(checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_backends(monkeypatch, Quick(), Broken())
    choice = finished(Choosing(CPU, KeptChoices(tmp_path / "here.json")).measure(checkpoint, N))
    by_name = {each.backend: each for each in choice.measured}
    assert by_name["quick"].up_to == 0
    assert by_name["broken"].problem == "no such kernel"
    assert choice.in_force.backend in ("torch", "fast")


def test_the_fastest_that_is_close_runs_it_and_never_one_slower_than_plain_pytorch() -> None:
    def run(*more: Measured, wish: str = "") -> RunBy:
        return Choice("a" * 64, 1, 1000, (Measured("torch", "fp32", 1.0, 1000), *more), wish).in_force

    plain = RunBy("a" * 64, "torch", "fp32", 1000)
    assert run() == plain
    assert run(Measured("torch", "bf16", 1.2, 1000)) == plain
    assert run(Measured("torch", "bf16", 0.99, 1000)) == plain, "so little is noise"
    assert run(Measured("fast", "bf16", 0.2, 0)) == plain, "never close"
    assert run(Measured("fast", "bf16", 0.5, 1000)) == RunBy("a" * 64, "fast", "bf16", 1000)
    assert run(Measured("fast", "fp32", 0.8, 1000), Measured("fast", "bf16", 0.5, 500)) == RunBy("a" * 64, "fast", "bf16", 500, "fast")
    assert run(Measured("fast", "bf16", 0.9, 100), Measured("torch", "bf16", 0.8, 1000)) == RunBy("a" * 64, "torch", "bf16", 1000)
    assert run(Measured("fast", "bf16", 0.5, 1000), Measured("torch", "bf16", 0.8, 1000), wish="torch/bf16").backend == "torch"
    assert run(Measured("gone", "bf16", 0.1, 1000)) == plain, "a backend that is not here any more"


def test_a_short_chain_does_not_wait_for_what_must_be_compiled() -> None:
    slow = Measured("fast", "bf16", 0.01, 1000, ready=5.0)
    choice = Choice("a" * 64, 1, 1000, (Measured("torch", "fp32", 0.03, 1000), slow))
    assert choice.fastest(50, lambda backend, precision: backend == "torch").backend == "torch"
    assert choice.fastest(1000, lambda backend, precision: backend == "torch").backend == "fast"
    assert choice.fastest(50).backend == "fast", "it is ready"


def engine_at(home: Path, monkeypatch: pytest.MonkeyPatch, **how: object) -> Engine:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    engine = Engine()
    list(engine.handle(StartEngine("cpu", **how)))  # type: ignore[arg-type]
    return engine


def recipe(checkpoints: Mapping[str, Path], seed: int) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-b"]
    return ChainRecipe((Lane(file_sha256(path), str(path), "B", Sampler(4)),), seed, N)


def test_a_chain_has_one_choice_and_its_export_is_made_again(
    checkpoints: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_backends(monkeypatch)
    engine = engine_at(tmp_path, monkeypatch, chosen=True)
    first, second = recipe(checkpoints, 1), recipe(checkpoints, 2)
    list(engine.handle(SampleChain(first), "a"))
    list(engine.handle(MeasureNetworks(first), "b"))
    choice = KeptChoices().get(first.lanes[0].checkpoint, N, "CPU")
    assert choice is not None
    wish = next(each for each in choice.measured if each.backend == "fast")
    of = engine.of(Models).choosing
    assert of is not None
    of.wish(choice.checkpoint, N, f"{wish.backend}/{wish.precision}")

    planned = next(o for o in engine.handle(SampleChain(second), "a") if isinstance(o, LanePlanned))
    list(engine.handle(SampleChain(second), "a"))
    assert planned.run.startswith("PyTorch, packed · fp32")
    planned = next(o for o in engine.handle(SampleChain(first), "a") if isinstance(o, LanePlanned))
    assert planned.run.startswith("PyTorch · "), "a chain that is begun keeps what it began with"

    look = ExportLook(Shown())
    out, again = tmp_path / "a.npz", tmp_path / "b.npz"
    list(engine.handle(ExportChain(second, str(out), look), "c"))
    said = read_recipe(out).arithmetic
    assert said is not None
    assert [(run.backend, run.precision) for run in said.networks] == [("fast", "fp32")]
    assert main(["replay", str(out), "--out", str(again)]) == 0
    assert "identical to" in capsys.readouterr().out
    assert read_recipe(again).arithmetic == said
    assert main(["replay", str(out), "--out", str(again), "--device", "fast/cpu", "--force"]) == 0
    assert "grey levels may differ" in capsys.readouterr().err
    assert main(["replay", str(out), "--out", str(again), "--force"]) == 0
    with np.load(out) as one, np.load(again) as other:
        assert np.array_equal(one["lane0/x"], other["lane0/x"])


def test_a_long_chain_waits_until_its_network_is_measured(
    checkpoints: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_backends(monkeypatch)
    monkeypatch.setattr(choosing, "LONG", 4)
    engine = engine_at(tmp_path, monkeypatch, chosen=True)
    chain = recipe(checkpoints, 1)
    cancel_points = 0
    for outcome in engine.handle(SampleChain(chain), "a"):
        if isinstance(outcome, LanePlanned):
            break
        cancel_points += outcome is None
    assert cancel_points > 20, "each evaluation is one"
    assert KeptChoices().get(chain.lanes[0].checkpoint, N, "CPU") is not None


def test_where_nothing_is_chosen_nothing_is_measured(
    checkpoints: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_at(tmp_path, monkeypatch)
    chain = recipe(checkpoints, 1)
    list(engine.handle(SampleChain(chain), "a"))
    list(engine.handle(MeasureNetworks(chain), "b"))
    assert KeptChoices().get(chain.lanes[0].checkpoint, N, "CPU") is None
    *_, shown = engine.handle(ShowStep(lane_keys(chain), 0, "x_t"))
    assert isinstance(shown, StepShown)


def test_who_does_not_measure_takes_what_is_known(checkpoints: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_backends(monkeypatch)
    monkeypatch.setattr(choosing, "LONG", 4)
    engine = engine_at(tmp_path, monkeypatch, chosen=True, measured=False)
    first, second = recipe(checkpoints, 1), recipe(checkpoints, 2)
    list(engine.handle(SampleChain(first), "a"))
    list(engine.handle(MeasureNetworks(first), "b"))
    sha256 = first.lanes[0].checkpoint
    assert KeptChoices().get(sha256, N, "CPU") is None

    measured = (Measured("torch", "fp32", 1.0, 1000), Measured("fast", "fp32", 0.5, 1000))
    KeptChoices().put(sha256, N, "CPU", Choice(sha256, N, 1000, measured))
    engine = engine_at(tmp_path, monkeypatch, chosen=True, measured=False)
    planned = next(o for o in engine.handle(SampleChain(second), "a") if isinstance(o, LanePlanned))
    assert planned.run.startswith("PyTorch, packed · fp32")


def test_what_fails_when_it_is_needed_gives_way_to_what_is_safe(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_backends(monkeypatch, Broken())
    kept = KeptChoices(tmp_path / "here.json")
    measured = (Measured("torch", "fp32", 1.0, 1000), Measured("broken", "fp32", 0.1, 1000))
    kept.put(checkpoint.sha256, N, "CPU", Choice(checkpoint.sha256, N, 1000, measured))
    asked = Choosing(CPU, kept)
    assert finished(asked.settled(checkpoint, N, 1000)).backend == "torch"
    known = asked.known(checkpoint.sha256, N)
    assert known is not None
    assert known.in_force.backend == "torch", "and is not asked again"


class Compiler(Quick):
    name, title, compiles = "compiler", "Compiler", True


@pytest.mark.parametrize(("well", "is_tried"), [(1e9, True), (0.0, False)])
def test_a_compiler_is_not_tried_where_another_way_is_much_faster(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, well: float, is_tried: bool
) -> None:
    with_backends(monkeypatch, Compiler())
    monkeypatch.setattr(measuring, "WELL", well)
    choice = finished(Choosing(CPU, KeptChoices(tmp_path / "here.json")).measure(checkpoint, N))
    assert ("compiler" in {each.backend for each in choice.measured}) is is_tried
