"""Learning an autoencoder's codes: their place and size, the loss, the card, and a score that is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from explorer.checkpoints.card import TrainingCard
from explorer.checkpoints.files import Checkpoint, load, save
from explorer.cli.main import main
from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.forward import q_sample
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.diffusion.training import TrainingTables, linear_fit, loss
from explorer.errors import BadInput
from explorer.latent.code_chains import score
from explorer.models.autoencoder import Autoencoder
from explorer.training.codes import CodeSet, codes_of
from explorer.training.latent_ddpm import LatentDdpmTask

TRAINING = TrainingCard(1, 1, 1, "", 0, 0.9, "", "fp32", "generative-explorer train ddpm")


@pytest.fixture(scope="module")
def data() -> ImageSet:
    whole = load_images("mnist", "test")
    assert whole.labels is not None
    return replace(whole, images=whole.images[:400], labels=whole.labels[:400])


@pytest.fixture(scope="module")
def vae(checkpoints: Mapping[str, Path]) -> Checkpoint:
    return load(checkpoints["mnist-vae-2d"])


def network_of(coder: Checkpoint) -> Autoencoder:
    assert isinstance(coder.network, Autoencoder)
    return coder.network


@pytest.mark.parametrize("taken", ["mean", "sample"])
def test_what_is_learnt_has_mean_0_and_variance_1_whatever_is_taken(data: ImageSet, vae: Checkpoint, taken: str) -> None:
    found = codes_of(data, vae, taken)  # type: ignore[arg-type]
    means = found.codes[:, :, 0, 0].astype(np.float64)
    variances = found.codes[:, :, 1, 0].astype(np.float64) ** 2 if taken == "sample" else 0 * means
    np.testing.assert_allclose(means.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(means.var(0) + variances.mean(0), 1, atol=1e-6)
    with torch.inference_mode():
        z, log_variance = network_of(vae).encode(torch.from_numpy(data.inputs(np.arange(5))))
    assert log_variance is not None
    np.testing.assert_allclose(found.codes[:5, :, 0, 0] * found.std + found.mean, z.numpy(), atol=1e-5)
    if taken == "sample":
        np.testing.assert_allclose(found.codes[:5, :, 1, 0] * found.std, (0.5 * log_variance).exp().numpy(), atol=1e-5)
    assert (found.latent.sha256, found.latent.drawn, found.latent.images) == (vae.sha256, taken == "sample", (1, 28, 28))


def test_what_has_no_codes_to_learn_is_refused(data: ImageSet, vae: Checkpoint, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="encodes images of 1x28x28; those of odd are 1x8x8"):
        codes_of(ImageSet("odd", np.zeros((2, 1, 8, 8), np.uint8), None, ""), vae)
    with pytest.raises(BadInput, match="codes are points; --codes sample needs a vae"):
        codes_of(data, load(checkpoints["mnist-ae-2d"]), "sample")
    with pytest.raises(BadInput, match="is the same for every image"):
        codes_of(replace(data, images=np.repeat(data.images[:1], 3, axis=0)), vae)
    for name, told in (("mnist-ddpm-c", "is of kind ddpm"), ("mnist-pca-2d", "is of kind ae")):
        assert main(["train", "ddpm", "--in", name, "--out", str(tmp_path / name)]) == 2, told


def test_the_loss_is_algorithm_1_of_a_draw_of_the_code(data: ImageSet, vae: Checkpoint) -> None:
    """t, then eps, then the noise of q(z|x)."""
    codes = codes_of(data, vae, "sample")
    torch.manual_seed(0)
    task = LatentDdpmTask(codes, Option.C, linear(60), units=16, depth=1)
    x = torch.from_numpy(codes.inputs(np.arange(8)))
    found = task.losses(task.network, x, None, task.draw(8, torch.Generator().manual_seed(3)))
    draws = torch.Generator().manual_seed(3)
    t = torch.randint(1, 61, (8,), generator=draws)
    eps, own = (torch.randn((8, 2, 1, 1), generator=draws) for _ in range(2))
    z = x[:, :, :1] + x[:, :, 1:] * own
    torch.testing.assert_close(found, loss(task.network, Option.C, TrainingTables(linear(60)), z, t, eps))
    by_hand = (task.network(q_sample(linear(60), z, t, eps), t) - eps).square().mean((1, 2, 3))
    torch.testing.assert_close(found, by_hand)


@pytest.mark.parametrize("option", list(Option))
def test_untrained_with_a_linear_skip_it_says_the_score_of_the_normal_distribution(data: ImageSet, vae: Checkpoint, option: Option) -> None:
    """Codes of mean 0 and variance 1: the best linear prediction says that x_t ~ N(0, I), whose score is -x."""
    from explorer.diffusion.posterior import posterior
    from explorer.diffusion.predictor import NetworkPredictor

    schedule = linear(1000)
    task = LatentDdpmTask(codes_of(data, vae), option, schedule, units=16, depth=1, linear_skip=True)
    network = task.network.double()
    for table, exact in zip(("skip_table", "scale_table"), linear_fit(option, TrainingTables(schedule), 1.0), strict=True):
        torch.testing.assert_close(network.get_buffer(table)[1:], exact[1:], rtol=1e-6, atol=1e-7)
        network.get_buffer(table).copy_(exact)  # they are kept in float32, which x_0 and the mean turn into errors of 1e-3
    predictor = NetworkPredictor(network, option, schedule)
    x = torch.randn(20, 2, 1, 1, dtype=torch.float64)
    for t in (1, 30, 500, 1000):
        level = float(schedule.alpha_bar[t])
        said = predictor.predict(x, t, posterior(level, float(schedule.alpha_bar[t - 1])), False)
        torch.testing.assert_close(score(said.eps_hat, level), -x, rtol=1e-8, atol=1e-8)


def test_it_learns_the_score_of_a_mixture(vae: Checkpoint) -> None:
    """Four points: the exact score is known. What the linear prediction leaves of the error, training takes away."""
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], np.float32)
    codes = CodeSet(
        "corners", np.zeros((4, 1, 28, 28), np.uint8), None, "", coder=vae, mean=np.zeros(2, np.float32), std=np.ones(2, np.float32),
        codes=corners[:, :, None, None],
    )  # fmt: skip
    torch.manual_seed(0)
    schedule = linear(100)
    task = LatentDdpmTask(codes, Option.C, schedule, units=32, depth=2, linear_skip=True)
    exact = EmpiricalData(torch.from_numpy(codes.codes))
    draws = torch.Generator().manual_seed(1)

    def wrong() -> float:
        x0 = torch.from_numpy(codes.codes).repeat(50, 1, 1, 1)
        generator, errors = torch.Generator().manual_seed(9), []
        for t in (20, 40, 60):
            times = torch.full((200,), t)
            x_t = q_sample(schedule, x0, times, torch.randn(x0.shape, generator=generator))
            level = float(schedule.alpha_bar[t])
            ideal = (x_t - level**0.5 * exact.denoise(x_t, level)) / (1 - level) ** 0.5
            errors.append(float((task.network(x_t, times) - ideal).square().mean()))
        return float(np.mean(errors))

    with torch.no_grad():
        before = wrong()
    optimizer = torch.optim.Adam([p for p in task.network.parameters() if p.requires_grad], 3e-3)
    for _ in range(400):
        chosen = torch.randint(0, 4, (256,), generator=draws).numpy()
        optimizer.zero_grad()
        task.losses(task.network, torch.from_numpy(codes.inputs(chosen)), None, task.draw(256, draws)).mean().backward()
        optimizer.step()
    with torch.no_grad():
        assert wrong() < 0.1 * before


def test_the_card_says_what_was_learnt_and_the_file_is_read_again(data: ImageSet, vae: Checkpoint, tmp_path: Path) -> None:
    codes = codes_of(data, vae)
    task = LatentDdpmTask(codes, Option.B, linear(50), units=16, depth=1)
    path = tmp_path / "codes.safetensors"
    save(path, task.card(TRAINING), task.network.state_dict())
    opened = load(path)
    card, network = opened.card, opened.network
    assert (card.kind, card.option, card.data.shape, card.data.sha256) == ("ddpm", "B", (2, 1, 1), data.sha256)
    assert card.data.taken == "means of q(z|x) of mnist-vae-2d"
    assert card.latent is not None
    assert (card.latent.coder, card.latent.sha256, card.latent.images) == ("mnist-vae-2d", vae.sha256, (1, 28, 28))
    z = torch.randn(3, 2)
    with torch.inference_mode():
        torch.testing.assert_close(network.seen(network.normalised(z)), network_of(vae).decode(z))  # type: ignore[operator]
    save(path, msgspec.structs.replace(card, latent=None), task.network.state_dict())
    with pytest.raises(BadInput, match="what its card says of codes"):
        load(path)


def test_train_in_is_a_run_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is stored in half precision, its decoder as it was, to the last bit; another --in is another run."""
    out = tmp_path / "run"
    words = ["train", "ddpm", "--images", "256", "--epochs", "1", "--batch", "64", "--timesteps", "50", "--units", "16", "--depth", "1",
             "--warmup", "0", "--device", "cpu", "--stored", "fp16", "--out", str(out), "--json"]  # fmt: skip
    assert main([*words, "--in", "mnist-vae-2d", "--codes", "sample"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["step"] == 4
    opened = load(out / "final.safetensors")
    assert opened.card.latent is not None
    assert opened.card.latent.drawn
    parts: list[nn.Module] = [opened.network.decoder, network_of(load(_shipped("mnist-vae-2d"))).decoder]  # type: ignore[list-item]
    for own, theirs in zip(*(part.state_dict().values() for part in parts), strict=True):
        assert torch.equal(own, theirs)
    for other in (["--in", "mnist-vae-2d"], ["--in", "mnist-ae-2d"]):
        assert main([*words, *other, "--resume"]) == 2
        assert "the run there has" in capsys.readouterr().err
    assert main([*words, "--in", "mnist-vae-2d", "--classes", "--attention", "--out", str(tmp_path / "odd")]) == 2
    assert "--attention, --classes: of no meaning with --in" in capsys.readouterr().err


def _shipped(name: str) -> Path:
    from explorer.checkpoints.locate import locate

    return locate(name)
