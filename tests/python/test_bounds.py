"""`explorer.bound`, `explorer.elbo` and `explorer.log_px`: what `evaluate` measures, with its errors."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.cli import main
from explorer.datasets.mnist import mnist

C, VAE = "mnist-ddpm-c", "mnist-vae-2d"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """What `evaluate` says."""

    def call(*words: object) -> Any:
        capsys.readouterr()
        assert main(["evaluate", *map(str, words), "--json"]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        return json.loads(line)

    return call


def pair(told: Any) -> explorer.Figure:
    return explorer.Figure(told["nats"], told["standard_error"])


def test_the_bound_is_that_of_evaluate_with_its_terms(said: Any) -> None:
    found = explorer.bound(C, images=4, strata=6, seed=2, variance="beta", clip=True)
    told = said("--checkpoint", C, "--metric", "vlb", "--images", 4, "--strata", 6, "--seed", 2, "--variance", "beta", "--clip")
    assert (found.L, found.L_T, found.L_steps, found.L_0) == tuple(pair(told[name]) for name in ("L", "L_T", "sum_L_t-1", "L_0"))
    assert found.bits_per_dim.value == pytest.approx(told["bits_per_dim"])
    assert found.L.value == pytest.approx(found.L_T.value + found.L_steps.value + found.L_0.value)
    assert [row["nats"] for row in told["terms"]] == found.terms.tolist()
    assert [row["to_t"] for row in told["terms"]] == found.last_t.tolist()
    assert (found.first_t[0], found.last_t[-1], found.images) == (1, 1000, 4)


def test_images_may_be_an_array_and_the_network_in_memory() -> None:
    images = mnist("test")[0][:6]
    blank = explorer.Model(network=lambda x_t, t: torch.zeros_like(x_t), option="C", betas="linear", shape=(1, 28, 28), name="blank")
    found = explorer.bound(blank, data=images[:, 0], images=4, strata=4)
    better = explorer.bound(C, data=images, images=4, strata=4)
    assert found.dataset == "an array"
    assert better.L.value < 0.5 * found.L.value
    assert better.L == explorer.bound(C, data=images / 127.5 - 1, images=4, strata=4).L


def test_the_elbo_is_that_of_evaluate(said: Any) -> None:
    found = explorer.elbo(VAE, images=20, draws=5, seed=1)
    told = said("--checkpoint", VAE, "--metric", "iwae", "--images", 20, "--draws", 5, "--seed", 1)
    assert (found.iwae.value, found.elbo.value) == (told["iwae"], told["elbo"])
    assert found.iwae.error == told["standard_error"]
    assert found.elbo.value == pytest.approx(found.log_likelihood - found.kl)
    assert found.kl == pytest.approx(found.kl_per_dimension.sum())
    assert found.elbo.value < found.iwae.value


def test_log_px_of_a_vae_is_above_its_bound(said: Any) -> None:
    found = explorer.log_px(VAE, images=3)
    told = said("--checkpoint", VAE, "--metric", "log-px", "--images", 3)
    assert found.mean.value == pytest.approx(told["log_px"], abs=1e-9)
    assert found.elbo is not None
    assert (found.each > found.elbo).all()
    assert (found.method, found.bits_per_dim) == ("quadrature", None)


def test_log_px_of_a_diffusion_model_is_that_of_evaluate(said: Any) -> None:
    found = explorer.log_px(C, images=2, steps=6, seed=3)
    told = said("--checkpoint", C, "--metric", "ode-likelihood", "--images", 2, "--steps", 6, "--seed", 3)
    assert -found.mean.value == pytest.approx(told["nats"])
    assert (found.mean.error, found.probe_error) == (pytest.approx(told["standard_error"]), pytest.approx(told["probe_error"]))
    assert -found.discretisation.value == pytest.approx(told["discretisation"])
    assert found.bits_per_dim is not None
    assert found.bits_per_dim.value == pytest.approx(-found.mean.value / 784 / math.log(2))
    assert found.each.mean() == pytest.approx(found.mean.value)
    assert len(set(found.index.tolist())) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explorer.bound(VAE), "of kind vae; give a ddpm"),
        (lambda: explorer.bound(C, images=1), "images must be at least 2"),
        (lambda: explorer.bound(C, strata=1), "strata are"),
        (lambda: explorer.bound(C, variance="small"), "'posterior' or 'beta'"),  # type: ignore[arg-type]
        (lambda: explorer.bound(C, split="dev"), "split is 'dev'"),  # type: ignore[arg-type]
        (lambda: explorer.bound(C, data="nowhere"), "nowhere"),
        (lambda: explorer.bound(C, data=np.zeros((3, 8, 8), np.uint8)), r"of shape \(1, 28, 28\)"),
        (lambda: explorer.bound(C, data=mnist("test")[0][:1]), "takes 2 or more"),
        (lambda: explorer.elbo(C), "an ELBO is of a vae"),
        (lambda: explorer.elbo("mnist-ae-2d"), "an ELBO is of a vae that says"),
        (lambda: explorer.elbo(VAE, draws=0), "draws must be"),
        (lambda: explorer.log_px(C, steps=2), "steps must be in 4..4000"),
        (lambda: explorer.log_px(C, solver="rk4"), "solver is 'rk4'"),  # type: ignore[arg-type]
        (lambda: explorer.log_px("mnist-vae-16d"), "two-dimensional codes"),
        (lambda: explorer.log_px(C, seed=-1), "the seed must be"),
    ],
)
def test_what_cannot_be_is_one_line(call: Any, words: str) -> None:
    with pytest.raises(explorer.BadInput, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
