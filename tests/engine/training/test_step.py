"""One training step laid open, by the synchronous engine on shipped networks."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.checkpoints.card import FORMAT_VERSION, Card, DataCard, NetworkCard, ScheduleCard
from explorer.checkpoints.files import Checkpoint, load, save
from explorer.datasets.images import load_images, to_unit_range
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.diffusion.training import TrainingTables, loss, loss_all_timesteps
from explorer.engine.desk import Desk
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine
from explorer.engine.training.messages import ShowTrainingStep, TrainingStepShown, TrainingStepWalked
from explorer.errors import BadInput
from explorer.models.unet import UNet, UNetConfig
from explorer.recipe.dabs import Picture, picture_of
from explorer.recipe.forward import ForwardImage
from explorer.recipe.step import StepRecipe
from explorer.training.cards import config_dict


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def engine(desk: Desk) -> Engine:
    made = Engine(desk)
    list(made.handle(StartEngine(device="cpu", precision="fp32"), "test"))
    return made


def answers(engine: Engine, recipe: StepRecipe) -> list[TrainingStepShown]:
    return [outcome for outcome in engine.handle(ShowTrainingStep(recipe), "test") if isinstance(outcome, TrainingStepShown)]


def shown(engine: Engine, recipe: StepRecipe) -> TrainingStepShown:
    return answers(engine, recipe)[-1]


def recipe_of(checkpoint: Checkpoint, **more: object) -> StepRecipe:
    return StepRecipe(checkpoint.sha256, str(checkpoint.path), **more)  # type: ignore[arg-type]


def of_image(index: int, t: int, seed: int) -> tuple[Tensor, Tensor]:
    x0 = torch.from_numpy(to_unit_range(load_images("mnist", "test").images[index]))
    return x0, shared_noise(seed, [0], t, (1, 28, 28))[0]


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_two_updates_are_those_of_gradient_descent_by_hand(engine: Engine, checkpoints: Mapping[str, Path], name: str) -> None:
    checkpoint = load(checkpoints[f"mnist-ddpm-{name}"])
    rate = {"a": 100.0, "b": 2e-3, "c": 5e-3}[name]
    recipe = recipe_of(checkpoint, image=ForwardImage(7), t=250, seed=3, learning_rate=rate, updates=1)
    found = shown(engine, recipe)
    x0, eps = of_image(7, 250, 3)
    network = copy.deepcopy(checkpoint.network).requires_grad_(True)
    tables, losses, norms = TrainingTables(linear(1000)), [], []
    for _ in range(3):
        network.zero_grad()
        value = loss(network, Option(name.upper()), tables, x0[None], torch.tensor([250]), eps[None]).sum()
        value.backward()
        losses.append(value.item())
        norms.append({label: float(p.grad.norm()) for label, p in network.named_parameters() if p.grad is not None})
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= rate * parameter.grad
    assert found.losses.tolist() == pytest.approx(losses, rel=1e-4)
    assert (found.rate, found.option, found.t, found.label) == (rate, name.upper(), 250, 9)
    of_stem = np.hypot(norms[1]["stem.weight"], norms[1]["stem.bias"])
    blocks = {block.name: block for block in found.blocks}
    assert blocks["stem"].gradient == pytest.approx(of_stem, rel=1e-3)
    assert found.gradient == pytest.approx(float(np.sqrt(sum(norm**2 for norm in norms[1].values()))), rel=1e-3)
    assert sum(block.weights for block in found.blocks) == sum(p.numel() for p in network.parameters())
    assert [block.name for block in found.blocks][:3] == ["time", "stem", "down.0"]
    assert found.blocks[-1].name == "head"


def test_the_network_itself_stays_as_it_is(engine: Engine, desk: Desk, checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-c"]
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    shown(engine, recipe_of(load(path), updates=3))
    kept = desk.of(Models).checkpoint(str(path)).network.state_dict()
    original = load(path).network.state_dict()
    assert all(torch.equal(kept[name], original[name]) for name in original)
    assert not any(parameter.grad is not None for parameter in desk.of(Models).checkpoint(str(path)).network.parameters())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_the_same_recipe_is_the_same_step_however_one_came_there(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    recipe = recipe_of(load(checkpoints["mnist-ddpm-c"]), t=120, updates=2)
    for updates in (0, 1, 4):
        shown(engine, StepRecipe(recipe.checkpoint, recipe.source, t=120, updates=updates))
    there = shown(engine, recipe)
    anew = Engine()
    list(anew.handle(StartEngine(device="cpu", precision="fp32"), "test"))
    at_once = shown(anew, recipe)
    assert there.losses.tolist() == at_once.losses.tolist()
    assert all(np.array_equal(there.tiles[name], at_once.tiles[name]) for name in at_once.tiles)
    assert there.blocks[3].gradient == at_once.blocks[3].gradient


def test_the_usual_update_takes_about_a_fiftieth_of_the_loss(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    for name in "abc":
        found = shown(engine, recipe_of(load(checkpoints[f"mnist-ddpm-{name}"])))
        assert found.rate == pytest.approx(0.02 * found.losses[0] / found.gradient**2)
        assert 0.005 < 1 - found.losses[1] / found.losses[0] < 0.03


@pytest.mark.parametrize("t", [100, 900])
def test_the_usual_update_is_made_shorter_where_it_would_go_up(engine: Engine, checkpoints: Mapping[str, Path], t: int) -> None:
    checkpoint = load(checkpoints["mnist-ddpm-lecture"])
    first, *_, last = answers(engine, recipe_of(checkpoint, t=t))
    usual = 0.02 * first.losses[0] / first.gradient**2
    too_long = shown(engine, recipe_of(checkpoint, t=t, learning_rate=usual))
    assert too_long.losses[1] > too_long.losses[0]
    assert last.losses[1] < last.losses[0]
    slope, rise = first.gradient**2, too_long.losses[1] - too_long.losses[0]
    lowest = slope / (2 * (rise + slope * usual) / usual**2)
    assert last.rate == pytest.approx(lowest, rel=1e-3)
    assert last.losses.tolist() == pytest.approx(shown(engine, recipe_of(checkpoint, t=t, learning_rate=last.rate)).losses.tolist())


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_an_update_that_was_given_up_half_way_leaves_nothing_behind(checkpoints: Mapping[str, Path], steps: int) -> None:
    engine = Engine()
    list(engine.handle(StartEngine(device="cpu", precision="fp32"), "test"))
    recipe = recipe_of(load(checkpoints["mnist-ddpm-lecture"]), t=500, updates=2)
    whole = shown(engine, recipe).losses.tolist()
    further = engine.handle(ShowTrainingStep(recipe_of(load(checkpoints["mnist-ddpm-lecture"]), t=500, updates=9)), "test")
    seen = 0
    for outcome in further:
        seen += isinstance(outcome, TrainingStepShown) or outcome is None
        if seen >= steps:
            break
    further.close()  # type: ignore[attr-defined]
    again = shown(engine, msgspec.structs.replace(recipe, updates=4)).losses.tolist()
    assert again[:4] == whole
    anew = Engine()
    list(anew.handle(StartEngine(device="cpu", precision="fp32"), "test"))
    assert again == shown(anew, msgspec.structs.replace(recipe, updates=4)).losses.tolist()


def test_all_timesteps_go_down_their_mean(engine: Engine, tmp_path: Path) -> None:
    from explorer.cli.main import main

    usual = ["--width", "8", "--timesteps", "50", "--images", "64", "--batch", "16", "--epochs", "1", "--device", "cpu", "--json"]
    assert main(["train", "ddpm", "--option", "A", "--network", "lecture", "--levels", "2", *usual, "--out", str(tmp_path / "run")]) == 0
    checkpoint = load(tmp_path / "run" / "final.safetensors")
    recipe = recipe_of(checkpoint, t=20, all_timesteps=True, learning_rate=1e-3)
    told = list(engine.handle(ShowTrainingStep(recipe), "test"))
    walked = [outcome for outcome in told if isinstance(outcome, TrainingStepWalked)]
    assert [(each.done, each.total) for each in walked] == [(1, 6), (2, 6), (3, 6)], "before there is anything to show"
    every = [outcome for outcome in told if isinstance(outcome, TrainingStepShown)]
    found = every[-1]
    x0 = of_image(0, 1, 0)[0]
    eps = torch.stack([of_image(0, t, 0)[1] for t in range(1, 51)])
    network = copy.deepcopy(checkpoint.network).requires_grad_(True)
    value = loss_all_timesteps(network, Option.A, TrainingTables(linear(50)), x0, eps)
    value.backward()
    assert found.losses[0] == pytest.approx(value.item(), rel=1e-5)
    assert found.gradient == pytest.approx(float(torch.cat([p.grad.flatten() for p in network.parameters()]).norm()), rel=1e-4)
    assert len(found.by_timestep) == len(found.by_timestep_after) == 50
    assert found.by_timestep.mean() == pytest.approx(found.losses[0], rel=1e-6)
    assert found.by_timestep[19] == found.loss_t
    assert found.losses[1] < found.losses[0]
    assert all(answer.partial for answer in every[:-1])
    assert not found.partial


def test_pictures_and_numbers_of_a_step(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    found = shown(engine, recipe_of(load(checkpoints["mnist-ddpm-a"]), t=2000))
    assert (found.t, found.T, found.pixels) == (1000, 1000, 784), "beyond its T is its T"
    assert set(found.tiles) == {"x0", "eps", "x_t", "target", "output", "error", "output after", "error after"}
    assert all(tile.shape == (28, 28, 3) for tile in found.tiles.values())
    network = load(checkpoints["mnist-ddpm-a"]).network
    assert (found.skip, found.scale) == (float(network.skip_table[1000]), float(network.scale_table[1000]))  # type: ignore[index]


def test_a_picture_is_trained_on_as_the_network_takes_it(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    picture: Picture = picture_of(np.full((3, 40, 40), 200, np.uint8), "grey.png")
    found = shown(engine, recipe_of(load(checkpoints["mnist-ddpm-c"]), image=ForwardImage(picture=picture)))
    assert found.label == -1
    assert found.tiles["x0"].shape == (28, 28, 3)


def test_a_network_whose_data_are_not_known_here_learns_from_a_test_image_at_its_size(engine: Engine, tmp_path: Path) -> None:
    config = UNetConfig(width=8, multipliers=(1, 2), channels=3)
    card = Card(
        FORMAT_VERSION, "ddpm", NetworkCard("unet", config_dict(config)), DataCard("elsewhere", (3, 16, 16), (-1.0, 1.0), "0" * 64),
        option="C", schedule=ScheduleCard("linear", 1000, None),
    )  # fmt: skip
    save(tmp_path / "other.safetensors", card, UNet(config).state_dict())
    found = shown(engine, recipe_of(load(tmp_path / "other.safetensors"), image=ForwardImage(3)))
    assert found.tiles["x0"].shape == (16, 16, 3)
    assert found.label == -1


def test_what_cannot_be_trained_says_why(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    vae = load(checkpoints["mnist-vae-2d"])
    with pytest.raises(BadInput, match=r"mnist-vae-2d.*is of kind vae"):
        shown(engine, recipe_of(vae))
