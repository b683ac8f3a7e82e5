"""What runs a network that has not been measured here: never what says something else, or is slower than plain PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import torch

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend
from explorer.backends.fast_torch import FastTorch
from explorer.backends.native import Native
from explorer.checkpoints.files import Checkpoint, load
from explorer.diffusion.predictor import Run
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.kept_choices import KeptChoices
from explorer.engine.models.predictors import finished, from_checkpoint
from explorer.engine.models.unmeasured import unmeasured
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
