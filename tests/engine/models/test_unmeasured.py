"""What runs a network that has not been measured here: never what says something else, or is slower than plain PyTorch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import torch

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.backends.fast_torch import FastTorch
from explorer.backends.native import Native
from explorer.checkpoints.files import Checkpoint, file_sha256, load
from explorer.diffusion.predictor import NetworkPredictor, Run
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.kept_choices import KeptChoices
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import faithful, faithful_work, finished, from_checkpoint
from explorer.engine.models.unmeasured import unmeasured
from explorer.recipe import Lane
from explorer.recipe.arithmetic import RunBy

CPU = torch.device("cpu")


@pytest.fixture
def checkpoint(checkpoints: Mapping[str, Path]) -> Checkpoint:
    return load(checkpoints["mnist-ddpm-b"])


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(autouse=True)
def units(monkeypatch: pytest.MonkeyPatch) -> None:
    """None for bfloat16, unless a test has some."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)


def remembering(network: torch.nn.Module) -> Run:
    """The network, which is asked once for each batch: quick, and right."""
    known: dict[tuple[int, ...], torch.Tensor] = {}

    def run(x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        key = (*x_t.shape, *t.tolist())
        if key not in known:
            known[key] = network(x_t, t)
        return known[key]

    return run


def thrice(network: torch.nn.Module) -> Run:
    """Right, and slow."""

    def run(x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return [network(x_t, t) for _ in range(3)][-1]

    return run


def a_little_off(network: torch.nn.Module) -> Run:
    run = remembering(network)
    return lambda x_t, t: run(x_t, t) * 1.001


class Made(FastTorch):
    """Runs a network as it is told."""

    name, title, immediate = "made", "Made", True

    def __init__(self, how: Callable[[torch.nn.Module], Run]) -> None:
        self._how = how

    def prepare(self, network: torch.nn.Module, device: torch.device, precision: str) -> Run:
        return self._how(network)


def broken(network: torch.nn.Module) -> Run:
    raise RuntimeError("no such kernel")


def chosen(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, *more: Backend) -> RunBy:
    monkeypatch.setattr(backends, "BACKENDS", [TORCH, *more])
    return finished(unmeasured(checkpoint, CPU, lambda backend, precision: backend.prepare(checkpoint.network, CPU, precision)))


def test_what_is_ready_at_once_faster_and_right_runs_it(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    T = from_checkpoint(checkpoint, CPU).schedule.T
    assert chosen(checkpoint, monkeypatch, Made(remembering)) == RunBy(checkpoint.sha256, "made", "fp32", T)


@pytest.mark.parametrize("how", [thrice, a_little_off, broken])
def test_what_is_slower_wrong_or_fails_does_not(
    how: Callable[[torch.nn.Module], Run], checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen(checkpoint, monkeypatch, Made(how)).backend == "torch"


def test_what_must_be_compiled_is_not_tried(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Made(remembering)
    late.immediate = False
    assert chosen(checkpoint, monkeypatch, late).backend == "torch"


@pytest.mark.parametrize(("how", "precision"), [(thrice, "fp32"), (remembering, "bf16")])
def test_short_arithmetic_is_taken_only_where_it_is_faster(
    how: Callable[[torch.nn.Module], Run], precision: str, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    monkeypatch.setattr(backends, "BACKENDS", [TORCH])

    def prepared(backend: Backend, wanted: str) -> Run:
        return how(checkpoint.network) if wanted == "bf16" else backend.prepare(checkpoint.network, CPU, wanted)

    assert finished(unmeasured(checkpoint, CPU, prepared)).precision == precision


def test_it_can_be_cancelled_after_each_evaluation_and_is_found_out_once(checkpoint: Checkpoint, tmp_path: Path) -> None:
    asked = Choosing(CPU, KeptChoices(tmp_path / "here.json"))
    given_up = asked.safe(checkpoint)
    assert next(given_up) is None
    given_up.close()
    assert len(list(asked.safe(checkpoint))) > 4
    assert list(asked.safe(checkpoint)) == []


@pytest.mark.skipif(bool(Native().missing()), reason="the native kernel was not built")
def test_the_kernel_runs_a_first_chain_and_batches_of_any_size_alike(checkpoint: Checkpoint, tmp_path: Path) -> None:
    asked = Choosing(CPU, KeptChoices(tmp_path / "here.json"))
    run = RunBy(checkpoint.sha256, "native", "fp32", from_checkpoint(checkpoint, CPU).schedule.T)
    predictor = asked.predictor(checkpoint, run, 3)
    assert predictor.fast is not None
    x, t = torch.randn(5, *checkpoint.card.data.shape), torch.full((5,), 7)
    assert torch.equal(predictor.fast(x, t)[:3], predictor.fast(x[:3], t[:3])), "what painting asks of one sample is what the chain had"


def test_a_network_is_never_probed_twice_on_a_machine(checkpoint: Checkpoint, tmp_path: Path) -> None:
    file = tmp_path / "here.json"
    first = Choosing(CPU, KeptChoices(file))
    run = finished(first.safe(checkpoint))
    again = Choosing(CPU, KeptChoices(file))
    assert list(again.safe(checkpoint)) == [], "nothing is evaluated"
    assert again.at_once(checkpoint) == run


def test_what_was_timed_on_a_busy_machine_is_timed_again_on_an_idle_one(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "here.json"
    for busy, probes in ((99.0, True), (99.0, False), (0.0, True), (0.0, False), (99.0, False)):
        monkeypatch.setattr(os, "getloadavg", lambda busy=busy: (busy, busy, busy), raising=False)
        assert bool(list(Choosing(CPU, KeptChoices(file)).safe(checkpoint))) == probes


def test_how_far_a_short_arithmetic_is_close_is_looked_at_once(checkpoint: Checkpoint, tmp_path: Path) -> None:
    file = tmp_path / "here.json"
    work = faithful_work(checkpoint, CPU, "bf16", TORCH, KeptChoices(file))
    assert next(work) is None, "it can be given up after each evaluation"
    predictor, precision = finished(work)
    kept = KeptChoices(file)
    again, same = faithful(checkpoint, CPU, "bf16", TORCH, kept)
    assert list(faithful_work(checkpoint, CPU, "bf16", TORCH, kept)) == []
    assert (same, again.up_to) == (precision, predictor.up_to)
    assert kept.probed(checkpoint.sha256, "CPU", "torch/fp16") is None


def test_an_engine_opens_and_probes_with_cancel_points_and_then_knows(checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-b"]
    lane = Lane(file_sha256(path), str(path))
    models = Models(CPU, "bf16")
    assert list(models.ready([lane]))
    assert list(models.ready([lane])) == []
    known = models.predictor(lane)
    assert KeptChoices().probed(lane.checkpoint, "CPU", "torch/bf16") is not None, "the next start probes nothing"
    assert isinstance(known, NetworkPredictor)
    assert list(models.ready([Lane("0" * 64, "nowhere.safetensors")])) is not None, "what is wrong with it is said by who asks for it"
