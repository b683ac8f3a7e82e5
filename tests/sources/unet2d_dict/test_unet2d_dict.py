"""State dicts of diffusers' UNet2DModel, without its settings: against the library's own network, which the test makes and saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe.told import Told

from ..stepwise import CLOSE, furthest, linear_levels

PLAIN = {
    "sample_size": 8, "in_channels": 3, "out_channels": 3, "layers_per_block": 1, "block_out_channels": (32, 64),
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip


def made(**settings: Any) -> Any:
    import diffusers

    torch.manual_seed(3)
    unet = diffusers.UNet2DModel(**PLAIN | settings).eval()
    for weights in unet.parameters():
        nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.1)
    return unet


def cosine_levels(T: int) -> np.ndarray:
    f = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.concatenate([[1.0], np.cumprod(np.maximum(f[1:] / f[:-1], 0.001))])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"layers_per_block": 2, "block_out_channels": (32, 32, 64), "down_block_types": ("AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
         "up_block_types": ("UpBlock2D", "UpBlock2D", "AttnUpBlock2D"), "in_channels": 1, "out_channels": 1},
        {"downsample_type": "resnet", "upsample_type": "resnet", "resnet_time_scale_shift": "scale_shift",
         "down_block_types": ("ResnetDownsampleBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "ResnetUpsampleBlock2D")},
        {"add_attention": False, "down_block_types": ("DownBlock2D", "DownBlock2D"), "up_block_types": ("UpBlock2D", "UpBlock2D")},
        {"num_class_embeds": 4},
    ],
)  # fmt: skip
def test_every_mean_is_the_librarys(tmp_path: Path, settings: dict[str, Any]) -> None:
    unet = made(**settings)
    path = tmp_path / "model.pth"
    torch.save({"epoch": 3, "model_state_dict": unet.state_dict()}, path)

    def predicted(x: Tensor, t: int, labels: Any) -> Tensor:
        with torch.no_grad():
            told = torch.tensor(labels) if settings.get("num_class_embeds") else None
            return unet(x, t - 1, class_labels=told).sample

    assert furthest(path, Told(image_size=(8, 8)), linear_levels(1e-4, 0.02, 1000), predicted) < CLOSE
    told = Told(image_size=(8, 8), predicts="B", schedule="linear", timesteps=50)
    assert furthest(path, told, linear_levels(1e-4, 0.02, 50), predicted, "B") < CLOSE


def test_heads_are_told(tmp_path: Path) -> None:
    unet = made(attention_head_dim=32)
    path = tmp_path / "model.pth"
    torch.save(unet.state_dict(), path)
    levels = linear_levels(1e-4, 0.02, 1000)

    def predicted(x: Tensor, t: int, _: Any) -> Tensor:
        return unet(x, t - 1).sample

    assert furthest(path, Told(image_size=(8, 8), head_channels=32), levels, predicted) < CLOSE
    assert furthest(path, Told(image_size=(8, 8), heads=2), levels, predicted) < CLOSE
    assert furthest(path, Told(image_size=(8, 8)), levels, predicted) > CLOSE
    with pytest.raises(BadInput, match=r"3 heads \(--heads\) do not divide the 64 channels"):
        sources.card(path, Told(heads=3))


def test_the_course_joins_a_class_to_the_image(tmp_path: Path) -> None:
    unet, vectors = made(in_channels=5, out_channels=1), torch.randn(10, 4)
    path = tmp_path / "class_conditioned_mnist.pt"
    torch.save({"class_emb.weight": vectors} | {f"model.{name}": tensor for name, tensor in unet.state_dict().items()}, path)

    def predicted(x: Tensor, t: int, labels: Any) -> Tensor:
        planes = torch.ones(len(x), 4, *x.shape[2:]) * vectors[list(labels)].reshape(-1, 4, 1, 1)
        return unet(torch.cat((x, planes), dim=1), t - 1).sample

    assert furthest(path, Told(image_size=(8, 8), timesteps=50), cosine_levels(50), predicted, steps=None) < CLOSE
    card = sources.card(path)
    assert card.data.shape == (1, 28, 28)
    assert card.classes is not None
    assert (card.classes.labels, card.classes.null_label) == (10, None)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"norm_num_groups": 8, "block_out_channels": (32, 48)}, "has levels of 32, 48 channels, so its group norms are not of 32 groups"),
        ({"in_channels": 4, "out_channels": 4}, "takes 4 channels"),
        ({"out_channels": 5}, "makes 5 channels of 3"),
        ({"time_embedding_type": "fourier"}, "is told a noise level"),
    ],
)
def test_what_is_no_lane(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    path = tmp_path / "model.pth"
    torch.save(made(**settings).state_dict(), path)
    for ask in (sources.open, sources.asks):  # nothing is asked of what no answer would open
        with pytest.raises(BadInput) as refused:
            ask(path)
        assert str(refused.value).startswith(f"{path}: {words}")


def test_which_label_is_for_no_class_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    torch.save(made(num_class_embeds=4).state_dict(), path)
    assert "null_label" in {question.field for question in sources.asks(path)}
    for told, null in ((Told(), None), (Told(null_label=3), 3)):
        classes = sources.card(path, told).classes
        assert classes is not None
        assert (classes.labels, classes.null_label) == (4, null)
    torch.save(made().state_dict(), path)
    assert "null_label" not in {question.field for question in sources.asks(path)}
