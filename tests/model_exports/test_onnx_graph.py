"""Graphs that other programs run: the same numbers in onnxruntime, and in their metadata all that opens them again."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from explorer import sources
from explorer.checkpoints import graph_metadata
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import named
from explorer.checkpoints.snapshots import card_of
from explorer.cli import main
from explorer.errors import BadInput
from explorer.model_exports import onnx_graph
from explorer.model_exports.ways import ways_of
from explorer.models.roles import LatentModel

CLOSE = 1e-4
WAYS = {name: ways_of(card) for name, path in named().items() if (card := card_of(path)) is not None}
DENOISERS = [name for name, ways in WAYS.items() if ways.onnx == ("denoiser",)]
AUTOENCODERS = [name for name, ways in WAYS.items() if ways.onnx == ("encoder", "decoder")]


def opened(name: str) -> Checkpoint:
    return sources.open(sources.located(name))


def ran(path: Path, **inputs: np.ndarray) -> list[np.ndarray]:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, inputs)


def difference(found: np.ndarray, wanted: torch.Tensor) -> float:
    largest = float(wanted.abs().max()) or 1.0  # log variances of sigma = 1 are all 0
    return float(np.abs(found - wanted.numpy()).max()) / largest


@pytest.mark.parametrize("name", DENOISERS)
def test_a_ddpm_is_a_graph_of_any_number_of_samples(name: str, tmp_path: Path) -> None:
    checkpoint, path = opened(name), tmp_path / "a.onnx"
    (said,) = onnx_graph.write(checkpoint, path).values()
    assert said is not None
    assert said < CLOSE
    assert checkpoint.card.schedule is not None
    T, classes = checkpoint.card.schedule.T, checkpoint.card.classes
    inputs = {"x": torch.randn(5, *checkpoint.card.data.shape), "t": torch.tensor([1, 10, T // 10, T // 2, T])}
    if classes is not None:
        inputs["labels"] = torch.tensor([0, 1, 7, classes.labels - 2, classes.labels - 1])  # the last is for no class
    with torch.no_grad():
        wanted = checkpoint.network(*inputs.values())
    (found,) = ran(path, **{name: tensor.numpy() for name, tensor in inputs.items()})
    assert difference(found, wanted) < CLOSE
    told = graph_metadata.read({each.key: each.value for each in onnx.load(path).metadata_props})
    assert told == graph_metadata.GraphMetadata(checkpoint.card, "denoiser", 1, "index", (-1.0, 1.0))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", AUTOENCODERS)
def test_an_autoencoder_is_two(name: str, tmp_path: Path) -> None:
    checkpoint = opened(name)
    network: Any = checkpoint.network
    assert isinstance(network, LatentModel)
    written = onnx_graph.write(checkpoint, tmp_path / "a.onnx")
    assert [path.name for path in written] == ["a-encoder.onnx", "a-decoder.onnx"]
    encoder, decoder = written
    x, z = torch.rand(3, *checkpoint.card.data.shape) * 2 - 1, torch.randn(3, network.config.code)
    with torch.no_grad():
        codes, images = network.encode(x), network.decode(z)
    found = ran(encoder, x=x.numpy())
    assert len(found) == 1 + network.config.variational
    for one, wanted in zip(found, codes, strict=False):
        assert difference(one, wanted) < CLOSE
    assert difference(ran(decoder, z=z.numpy())[0], images) < CLOSE
    told = graph_metadata.read({each.key: each.value for each in onnx.load(decoder).metadata_props})
    assert told is not None
    assert told.part == "decoder"
    assert told.card == checkpoint.card


def test_the_judge_alone_of_what_comes_with_the_app_is_no_graph() -> None:
    assert set(named()) - set(DENOISERS) - set(AUTOENCODERS) == {"mnist-classifier"}


def test_what_has_no_metadata_of_ours_says_nothing_and_what_is_spoilt_is_refused() -> None:
    assert graph_metadata.read({"author": "somebody"}) is None
    card = opened("mnist-ddpm-c").card
    good = graph_metadata.properties(graph_metadata.GraphMetadata(card, first_timestep=0, pixel_range=(0.0, 1.0)))
    back = graph_metadata.read(good)
    assert back is not None
    assert (back.first_timestep, back.pixel_range) == (0, (0.0, 1.0))
    for name, value in [(graph_metadata.PART, "tail"), (graph_metadata.FIRST_TIMESTEP, "2"), (graph_metadata.CARD, "{")]:
        with pytest.raises(ValueError, match="metadata"):
            graph_metadata.read(good | {name: value})


def test_a_judge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be an ONNX graph: it makes no images"):
        onnx_graph.write(opened("mnist-classifier"), tmp_path / "a.onnx")


def test_without_the_packages_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = util.find_spec
    monkeypatch.setattr(onnx_graph, "find_spec", lambda name: None if name == "onnxscript" else find(name))
    assert main(["export", "mnist-ddpm-c", "--out", str(tmp_path / "a.onnx")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('onnxscript must be installed: pip install "generative-explorer[export]"')


def test_ways_are_told_by_the_card_alone() -> None:
    assert ways_of(opened("mnist-ddpm-c").card).words == "ONNX"
    assert "transposed convolutions" in ways_of(opened("mnist-ddpm-c").card).why_no_folder
    assert ways_of(opened("mnist-vae-2d").card).words == "ONNX (encoder and decoder)"
    assert ways_of(opened("mnist-classifier").card).words == "nothing else"


def test_an_image_that_is_constant_stays_so_in_a_unet2d_and_not_in_ours() -> None:
    """Why the app's own networks cannot be UNet2DModels, whatever their weights."""
    from diffusers import UNet2DModel

    from explorer.models.unet import UNet, UNetConfig

    torch.manual_seed(1)
    theirs = UNet2DModel(
        sample_size=64, in_channels=1, out_channels=1, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"), add_attention=False,
    ).eval()  # fmt: skip
    ours = UNet(UNetConfig(width=8, multipliers=(1, 2))).eval()
    for weights in ours.parameters():
        torch.nn.init.normal_(weights, std=0.1)
    x, t = torch.full((1, 1, 64, 64), 0.3), torch.tensor([7])
    with torch.no_grad():
        of_theirs, of_ours = theirs(x, t).sample[0, 0, 28:36, 28:36], ours(x, t)[0, 0, 28:36, 28:36]
    assert float(of_theirs.std()) < 1e-5
    assert float(of_ours.std()) > 1e-3
    torch.testing.assert_close(of_ours[:2, :2], of_ours[4:6, 4:6])  # a pattern of two by two
