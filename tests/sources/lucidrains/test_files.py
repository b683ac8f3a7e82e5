"""What a model-N.pt says, what it leaves open, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe.told import Told
from explorer.sources.lucidrains.buffers import cosine, linear, objective_of, schedule_of, sigmoid
from explorer.sources.tensor_reading import tensors

from .conftest import Writes, process, sigmoid_betas, unet_weights


def test_the_averaged_weights_are_taken(write: Writes) -> None:
    checkpoint = sources.open(write())
    assert torch.equal(checkpoint.network.state_dict()["init_conv.bias"], unet_weights()["init_conv.bias"])
    assert checkpoint.card.sampler.clip, "its sampler always does"
    assert sources.parameters(checkpoint.path) == sum(weights.numel() for weights in checkpoint.network.parameters())


@pytest.mark.parametrize("cut", [None, 5.0])
@pytest.mark.parametrize("option", ["B", "C", "V"])
def test_the_objective_is_told_by_how_the_loss_weighs_timesteps(option: str, cut: float | None) -> None:
    for betas in (linear(1000), cosine(250), sigmoid(1000)):
        alpha_bar = np.cumprod(1 - betas)
        snr = alpha_bar / (1 - alpha_bar)
        least = snr if cut is None else np.minimum(snr, cut)
        weights = {"B": least, "C": least / snr, "V": least / (snr + 1)}[option]
        assert objective_of(weights.astype(np.float32), betas.astype(np.float32)) == option


def test_other_weights_of_the_loss_tell_nothing() -> None:
    with pytest.raises(ValueError, match="loss_weight"):
        objective_of(np.linspace(1, 2, 1000), linear(1000))


@pytest.mark.parametrize(("name", "betas"), [("linear", linear(300)), ("cosine", cosine(300)), ("sigmoid", sigmoid(300))])
def test_schedules_are_known_by_their_betas(name: str, betas: np.ndarray) -> None:
    found = schedule_of(betas.astype(np.float32))
    assert (found.name, found.T) == (name, 300)
    if found.betas is not None:
        assert found.betas == pytest.approx(betas, rel=1e-5)
    assert schedule_of((betas * 0.9).astype(np.float32)).name == "betas"


def test_size_is_asked_and_told(write: Writes) -> None:
    path = write(unet_weights(mults=(1, 2, 3), full=(False, False, True)))
    assert [(question.field, question.default) for question in sources.asks(path)] == [("image_size", (28, 28))]
    assert sources.card(path, Told(image_size=(16, 8))).data.shape == (1, 16, 8)
    with pytest.raises(BadInput, match="multiples of 4"):
        sources.card(path, Told(image_size=(30, 30)))
    deep = write(unet_weights(mults=(1, 1, 1, 1), full=(False,) * 3 + (True,)), name="deep.pt")
    assert sources.asks(deep)[-1].default == (32, 32), "28 is no multiple of 8"


def test_files_from_before_march_2023_leave_the_objective_open(tmp_path: Path) -> None:
    path = tmp_path / "model-7.pt"
    diffusion = process(sigmoid_betas(), None) | {f"model.{name}": value for name, value in unet_weights().items()}
    torch.save({"step": 7, "model": diffusion, "ema": diffusion}, path)
    assert [question.field for question in sources.asks(path)] == ["predicts", "image_size"]
    assert sources.card(path, Told(predicts="B", image_size=(28, 28))).option == "B"


def test_a_network_alone_opens_with_its_process_told(tmp_path: Path) -> None:
    path = tmp_path / "unet.pt"
    torch.save(unet_weights(pairs=0), path)
    assert [question.field for question in sources.asks(path)] == ["predicts", "schedule", "timesteps", "heads", "image_size"]
    told = Told(predicts="C", schedule="linear", timesteps=200, heads=2, image_size=(28, 28))
    checkpoint = sources.open(path, told)
    assert (checkpoint.card.option, checkpoint.card.schedule.T) == ("C", 200)  # type: ignore[union-attr]
    assert checkpoint.card.network.config["heads"] == 2
    with pytest.raises(BadInput, match="cannot have 7 heads"):
        sources.open(path, Told(predicts="C", schedule="linear", timesteps=200, heads=7, image_size=(28, 28)))


def test_a_learned_variance_is_kept_with_the_prediction(write: Writes) -> None:
    checkpoint = sources.open(write(unet_weights(outputs=2)))
    assert checkpoint.network.learned_variance == "range"
    assert checkpoint.card.sampler.variance == "learned"
    assert checkpoint.network(torch.zeros(1, 1, 8, 8), torch.tensor([1])).shape == (1, 2, 8, 8)


def test_what_was_trained_is_taken_where_nothing_is_averaged(tmp_path: Path) -> None:
    path = tmp_path / "diffusion.pt"
    betas = sigmoid_betas()
    torch.save(process(betas, torch.ones(len(betas))) | {f"model.{name}": value for name, value in unet_weights().items()}, path)
    card = sources.card(path, Told(image_size=(28, 28)))
    assert card.option == "C"
    assert any("as they were trained" in note for note in card.origin.notes)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("classes_emb.weight", torch.zeros(10, 8), "told classes"),
        ("time_mlp.0.weights", torch.zeros(8), "random features"),
        ("mid_attn.fn.fn.to_qkv.weight", torch.zeros(8, 8, 1, 1), "before 18 June 2023"),
        ("init_conv.weight", torch.zeros(8, 1, 7), "sequences"),
        ("init_conv.weight", torch.zeros(8, 5, 7, 7), "makes 1 channels of 5"),
        ("mid_block1.block1.proj.weight", torch.zeros(16, 16, 1, 1), "mid_block1.block1.proj.weight are"),
        ("init_conv.bias", torch.full((8,), torch.nan), "not finite"),
        ("surplus", torch.zeros(1), "surplus"),
    ],
)
def test_what_is_another_network_is_refused_in_words(name: str, value: Tensor, message: str, write: Writes) -> None:
    path = write(unet_weights() | {name: value})
    with pytest.raises(BadInput, match=message) as refused:
        sources.open(path)
    assert str(refused.value).startswith(str(path))


def test_a_missing_level_is_refused(write: Writes) -> None:
    weights = {name: value for name, value in unet_weights().items() if not name.startswith("ups.1.")}
    with pytest.raises(BadInput, match="as many levels"):
        sources.open(write(weights))


def test_betas_that_are_none_are_refused(write: Writes) -> None:
    betas = sigmoid_betas()
    betas[3] = 2.0
    with pytest.raises(BadInput, match="not in"):
        sources.open(write(betas=betas))


def test_a_file_cut_short_is_not_opened(write: Writes) -> None:
    path = write()
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(BadInput):
        sources.open(path)


def test_buffers_are_read_alone(write: Writes) -> None:
    assert tensors(write(), "ema", "ema_model.betas")[""].shape == (40,)
