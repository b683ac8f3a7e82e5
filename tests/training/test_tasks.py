"""The tasks: what each network is asked for, and which data it cannot learn from."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.checkpoints.card import TrainingCard
from explorer.checkpoints.files import load, save
from explorer.cli.main import main
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.diffusion.forward import q_sample
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.diffusion.training import TrainingTables, linear_fit, loss, residual_scale
from explorer.errors import BadInput
from explorer.latent.elbo import elbo
from explorer.models.registry import misfit, parse_config
from explorer.recipe.training import TrainRecipe
from explorer.training.autoencoder import AutoencoderTask
from explorer.training.cards import config_dict
from explorer.training.classifier import ClassifierTask
from explorer.training.ddpm import DdpmTask
from explorer.training.task import Task
from explorer.training.tasks import ddpm_task

SCHEDULE = linear(60)


@pytest.fixture(scope="module")
def data() -> ImageSet:
    whole = load_images("mnist", "test")
    assert whole.labels is not None
    return replace(whole, images=whole.images[:64], labels=whole.labels[:64])


def odd(shape: tuple[int, ...]) -> ImageSet:
    return ImageSet("odd", np.zeros((2, *shape), np.uint8), None, "0" * 64)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(11)


def learn(task: Task, network: nn.Module, x: Tensor, labels: Tensor | None, draws: torch.Generator) -> Tensor:
    """Mean loss of one batch."""
    return task.losses(network, x, labels, task.draw(len(x), draws)).mean()


@pytest.mark.parametrize("kind", ["simple", "min-snr", "bound"])
@pytest.mark.parametrize("option", list(Option))
def test_a_ddpm_learns_algorithm_1_with_t_before_eps(data: ImageSet, digits: Tensor, option: Option, kind: str) -> None:
    task = DdpmTask(data, option, SCHEDULE, width=8, loss_kind=kind)
    draws = generator()
    t = torch.randint(1, 61, (64,), generator=draws)
    eps = torch.randn(digits.shape, generator=draws)
    expected = loss(task.network, option, TrainingTables(SCHEDULE), digits, t, eps, kind).mean()
    found = learn(task, task.network, digits, None, generator())
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)


def test_every_timestep_is_drawn_and_none_beyond(data: ImageSet, digits: Tensor) -> None:
    task = DdpmTask(data, Option.C, SCHEDULE, width=8)
    seen: set[int] = set()

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        seen.update(t.tolist())
        return torch.zeros_like(x_t)

    draws = generator()
    for _ in range(20):
        learn(task, network, digits, None, draws)  # type: ignore[arg-type]
    assert seen == set(range(1, 61))


def test_all_timesteps_shows_each_image_at_every_t(data: ImageSet, digits: Tensor) -> None:
    task = DdpmTask(data, Option.C, SCHEDULE, width=8, all_timesteps=True)
    shown: list[list[int]] = []

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        shown.append(t.tolist())
        return torch.zeros_like(x_t)

    found = learn(task, network, digits[:3], None, generator())  # type: ignore[arg-type]
    assert shown == [list(range(1, 61))] * 3
    assert found.item() == pytest.approx(1.0, rel=0.02), "the mean square of the noise"
    assert task.loss_name == "simple (all timesteps)"


@pytest.mark.parametrize("option", list(Option))
def test_the_outer_skip_is_scaled_by_one_rule_for_every_option(data: ImageSet, digits: Tensor, option: Option) -> None:
    task = DdpmTask(data, option, SCHEDULE, width=8)
    variance = float((to_unit_range(data.images) ** 2).mean())
    scale = residual_scale(option, TrainingTables(SCHEDULE), variance)
    assert task.config.output_scale == pytest.approx(scale)
    assert task.objective_scale() == pytest.approx(scale**2)
    fresh = learn(task, task.network, digits, None, generator()).item() / task.objective_scale()
    assert 0.3 < fresh < 3, "a fresh network's objective is of order one, whatever its option"


@pytest.mark.parametrize("kind", ["simple", "min-snr"])
@pytest.mark.parametrize("option", list(Option))
def test_the_linear_skip_is_kept_with_the_weights(data: ImageSet, digits: Tensor, option: Option, kind: str, tmp_path: Path) -> None:
    task = DdpmTask(data, option, SCHEDULE, width=8, linear_skip=True, loss_kind=kind)
    fresh = learn(task, task.network, digits, None, generator()).item() / task.objective_scale()
    assert 0.3 < fresh < 3, "a fresh network's objective is of order one, whatever its option"
    path = tmp_path / "linear.safetensors"
    save(path, task.card(TrainingCard(1, 1, 1, "AdamW", 0, 0.9, "simple", "fp32", "train")), task.network.state_dict())
    t = torch.arange(1, 61)[: len(digits)]
    with torch.no_grad():
        found, made = load(path).network(digits[:60], t), task.network(digits[:60], t)
    assert torch.equal(found, made)
    skip, _ = linear_fit(option, TrainingTables(SCHEDULE), float((to_unit_range(data.images) ** 2).mean()))
    assert torch.allclose(found, skip[t].float()[:, None, None, None] * digits[:60]), "a fresh network adds nothing"


def test_without_the_outer_skip_nothing_is_scaled(data: ImageSet) -> None:
    task = DdpmTask(data, Option.A, SCHEDULE, width=8, outer_skip=False)
    assert task.config.output_scale == 1.0
    assert task.objective_scale() == 1.0
    assert DdpmTask(data, Option.A, SCHEDULE, width=8, loss_kind="bound").objective_scale() == 1.0


def test_a_vae_learns_the_negative_elbo_and_an_ae_the_reconstruction(data: ImageSet, digits: Tensor) -> None:
    vae, ae = AutoencoderTask(data, variational=True), AutoencoderTask(data, variational=False)
    noise = torch.randn(64, 2, generator=generator())
    expected = -elbo(vae.network, digits, noise).value.mean()  # type: ignore[arg-type]
    assert learn(vae, vae.network, digits, None, generator()).item() == pytest.approx(expected.item(), rel=1e-6)
    pixels, shown = (digits + 1) / 2, (ae.network(digits) + 1) / 2
    entropy = -(pixels * shown.log() + (1 - pixels) * (1 - shown).log()).flatten(1).sum(1).mean()
    assert learn(ae, ae.network, digits, None, generator()).item() == pytest.approx(entropy.item(), rel=1e-4)


def test_beta_weighs_the_kl_and_a_fixed_sigma_is_that_of_every_image(data: ImageSet, digits: Tensor) -> None:
    vae = AutoencoderTask(data, variational=True, sigma=0.5, beta=4.0)
    mean, log_variance = vae.network.encode(digits)  # type: ignore[operator]
    assert log_variance.exp().sqrt() == pytest.approx(np.full((64, 2), 0.5))
    terms = elbo(vae.network, digits, torch.randn(64, 2, generator=generator()))  # type: ignore[arg-type]
    by_hand = 4 * 0.5 * (mean**2 + 0.25 - 1 - math.log(0.25)).sum(1) - terms.log_likelihood
    assert learn(vae, vae.network, digits, None, generator()).item() == pytest.approx(by_hand.mean().item(), rel=1e-5)
    assert "4 times its KL" in vae.loss_name


def test_an_ae_can_learn_the_mean_squared_error(data: ImageSet, digits: Tensor) -> None:
    ae = AutoencoderTask(data, variational=False, squared=True)
    expected = ((digits - ae.network(digits)) / 2).square().mean()
    assert learn(ae, ae.network, digits, None, generator()).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_images_need_not_be_square(architecture: str) -> None:
    wide = odd((3, 8, 12))
    vae = AutoencoderTask(wide, variational=True, architecture=architecture, hidden=(4, 4, 8))
    x = torch.zeros(2, 3, 8, 12)
    assert vae.network(x).shape == x.shape
    assert parse_config("autoencoder", config_dict(vae.config)) == vae.config
    assert misfit(vae.config, (3, 8, 12)) == ""
    assert "8x12" in misfit(vae.config, (3, 12, 12))
    labelled = replace(wide, labels=np.arange(len(wide.images)) % 3)
    assert ClassifierTask(labelled).network(x).shape == (2, 2)


def test_a_classifier_learns_the_labels_on_shifted_images(data: ImageSet, digits: Tensor) -> None:
    task = ClassifierTask(data)
    assert task.config.classes == 10
    labels = torch.tensor(data.labels).long()
    shown: list[Tensor] = []

    def network(x: Tensor) -> Tensor:
        shown.append(x)
        return 50 * torch.nn.functional.one_hot(labels, 10).float()

    draws = generator()
    assert all(learn(task, network, digits, labels, draws).item() < 1e-6 for _ in range(30))  # type: ignore[arg-type]
    shifts = {_shift_of(digits, x) for x in shown}
    assert len(shifts) > 5
    assert all(abs(d) <= 2 for shift in shifts for d in shift)


def _shift_of(original: Tensor, shifted: Tensor) -> tuple[int, int]:
    """The shift for which the inner pixels agree."""
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            if torch.equal(torch.roll(original, (dy, dx), (2, 3))[..., 4:-4, 4:-4], shifted[..., 4:-4, 4:-4]):
                return dy, dx
    raise AssertionError("no shift of at most two pixels")


def test_cards_say_what_was_learnt(data: ImageSet) -> None:
    from explorer.checkpoints.card import TrainingCard

    training = TrainingCard(1, 1, 1, "AdamW", 0, 0.9, "simple", "fp32", "train")
    assert DdpmTask(data, Option.A, SCHEDULE, width=8).card(training).option == "A"
    assert AutoencoderTask(data, variational=True).card(training).kind == "vae"
    assert AutoencoderTask(data, variational=False).card(training).kind == "ae"
    assert ClassifierTask(data).card(training).kind == "classifier"


def test_data_that_a_task_cannot_take_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="odd: image sides must be multiples of 4"):
        DdpmTask(odd((1, 6, 8)), Option.C, SCHEDULE)
    with pytest.raises(BadInput, match=r"odd: .*divisible by 4"):
        AutoencoderTask(odd((1, 6, 6)), variational=True, architecture="conv")
    with pytest.raises(BadInput, match="odd: a classifier needs labels"):
        ClassifierTask(odd((1, 8, 8)))
    with pytest.raises(BadInput, match="width must be a multiple of 8"):
        DdpmTask(odd((1, 8, 8)), Option.C, SCHEDULE, width=13)


def test_a_ddpm_sees_the_same_x_t_that_property_1_says(data: ImageSet, digits: Tensor) -> None:
    task = DdpmTask(data, Option.B, SCHEDULE, width=8)
    inputs: list[Tensor] = []

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        inputs.append(x_t)
        return x_t

    learn(task, network, digits, None, generator())  # type: ignore[arg-type]
    draws = generator()
    t = torch.randint(1, 61, (64,), generator=draws)
    assert torch.equal(inputs[0], q_sample(SCHEDULE, digits, t, torch.randn(digits.shape, generator=draws)))


def test_the_lectures_network_is_pooled_told_t_as_a_channel_and_doubled(data: ImageSet, digits: Tensor) -> None:
    task = DdpmTask(data, Option.C, SCHEDULE, width=8, levels=2, lecture=True, outer_skip=False)
    kinds = [type(module) for module in task.network.modules()]
    assert kinds.count(nn.MaxPool2d) == 1
    assert nn.ReLU in kinds
    assert not {nn.GroupNorm, nn.SiLU, nn.Linear} & set(kinds)
    first = task.network.get_submodule("stem")
    assert isinstance(first, nn.Conv2d)
    assert first.in_channels == 2
    assert task.config.multipliers == (1, 2)
    learn(task, task.network, digits, None, generator()).backward()
    assert all(parameter.grad is not None for parameter in task.network.parameters())


def test_the_lectures_network_has_no_skip_around_it(data: ImageSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = TrainRecipe("C", network="lecture", levels=2, width=8)
    config = ddpm_task(settings, data, Option.C, SCHEDULE).config
    assert not config.outer_skip
    assert config.downsample == "max-pool"
    run = ["train", "ddpm", "--network", "lecture", "--linear-skip", "--device", "cpu", "--out", str(tmp_path / "run")]
    assert main(run) == 2
    assert "--network lecture has no --linear-skip" in capsys.readouterr().err


def test_levels_that_images_do_not_have_are_refused(data: ImageSet) -> None:
    with pytest.raises(BadInput, match="image sides must be multiples of 8"):
        DdpmTask(data, Option.C, SCHEDULE, width=8, levels=4)


def test_two_skips_at_once_are_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["train", "ddpm", "--linear-skip", "--no-outer-skip", "--device", "cpu", "--out", str(tmp_path / "run")]
    assert main(run) == 2
    assert capsys.readouterr().err.endswith("--linear-skip and --no-outer-skip: choose one of them\n")
    assert not (tmp_path / "run").exists()
