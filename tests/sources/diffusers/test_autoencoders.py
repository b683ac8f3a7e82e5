"""Autoencoders of diffusers: what they encode and decode is the library's, in every form, and what is none is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer import sources
from explorer.models.roles import LatentModel
from explorer.models.spatial import SpatialAutoencoder
from explorer.sources.diffusers.layout import CONFIG

from .coders import CODERS, coder, latent_pipeline
from .conftest import WEIGHTS, changed

Said = Callable[[Path], str]
IMAGES = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1
CLOSE = 1e-4


@pytest.fixture(scope="session")
def _coders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coders")
    for name in CODERS:
        coder(name).save_pretrained(folder / name)
    return folder


@pytest.fixture
def folder(_coders: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A folder of a class, to do with as a test likes."""
    return lambda name: Path(shutil.copytree(_coders / name, tmp_path / name))


def opened(path: Path) -> SpatialAutoencoder:
    """The network in a folder."""
    network = sources.open(path).network
    assert isinstance(network, SpatialAutoencoder)
    assert isinstance(network, LatentModel)
    return network


@pytest.mark.parametrize("name", CODERS)
def test_it_encodes_and_decodes_as_the_library(folder: Callable[[str], Path], name: str) -> None:
    path = folder(name)
    network, theirs = opened(path), coder(name)
    with torch.inference_mode():
        said = theirs.encode(IMAGES, return_dict=False)[0]
        mean = said.mean if name == "AutoencoderKL" else said
        found, log_variance = network.to_latents(IMAGES)
        assert float((found - mean).abs().max()) <= CLOSE * float(mean.abs().max())
        assert (log_variance is not None) == (name == "AutoencoderKL")
        if log_variance is not None:
            assert float((log_variance - said.logvar).abs().max()) <= CLOSE * float(said.logvar.abs().max())
        wanted = theirs.decode(mean).sample
        assert float((network.to_images(found) - wanted).abs().max()) <= CLOSE * float(wanted.abs().max())
        torch.testing.assert_close(network(IMAGES), network.to_images(found))
        torch.testing.assert_close(network.encode(IMAGES)[0], found.flatten(1))


@pytest.mark.parametrize("name", CODERS)
def test_its_card_says_what_its_codes_are(folder: Callable[[str], Path], name: str) -> None:
    card = sources.card(folder(name))
    assert card.kind == ("vae" if name == "AutoencoderKL" else "ae")
    assert card.latent is not None
    assert card.latent.coder == name
    assert card.latent.quantizes == (name == "VQModel")
    side = 16 if "sample_size" in CODERS[name] else 256
    assert card.data.shape == card.latent.images == (3, side, side)
    assert card.latent.shape == (CODERS[name].get("latent_channels", 4), side // 2, side // 2)
    scaling = {"AutoencoderKL": "x = 0.5 (z − 0.25)", "VQModel": "x = 0.18215 z", "AutoencoderTiny": "", "AutoencoderDC": "x = 0.4 z"}
    assert card.latent.scaling == scaling[name]


@pytest.mark.parametrize(
    ("settings", "x"),
    [
        ({"scaling_factor": 0.5, "shift_factor": 0.25}, lambda z: (z - 0.25) * 0.5),
        ({"scaling_factor": 2.0, "latents_mean": [1.0, 0, -1, 0.5], "latents_std": [2.0, 1, 0.5, 4]},
         lambda z: (z - torch.tensor([1.0, 0, -1, 0.5]).reshape(1, 4, 1, 1)) / torch.tensor([2.0, 1, 0.5, 4]).reshape(1, 4, 1, 1) * 2),
    ],
)  # fmt: skip
def test_scaled_codes_come_back_as_they_were(
    folder: Callable[[str], Path], settings: dict[str, Any], x: Callable[[Tensor], Tensor]
) -> None:
    path = folder("AutoencoderKL")
    changed(path / CONFIG, **settings)
    z = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(opened(path).scaling.raw(x(z)), z)


def test_a_decoder_that_quantizes_is_constant_between_jumps(folder: Callable[[str], Path]) -> None:
    network = opened(folder("VQModel"))
    with torch.inference_mode():
        z = network.encode(IMAGES)[0]
        images, slopes = network.push_forward(z, torch.randn(2, z.shape[1]))
        torch.testing.assert_close(network.decode(z + 1e-7), images)
    assert slopes.shape == (2, 2, 3, 16, 16)
    assert not slopes.any()


@pytest.mark.parametrize("name", ["AutoencoderKL", "AutoencoderTiny"])  # the attention of AutoencoderDC is float32 whatever it is given
def test_derivatives_are_those_of_differences_in_float64(folder: Callable[[str], Path], name: str) -> None:
    network = opened(folder(name))
    with torch.inference_mode():
        z = torch.randn(1, 4 * 8 * 8, generator=torch.Generator().manual_seed(3)) * 0.3
        directions = torch.randn(2, z.shape[1], generator=torch.Generator().manual_seed(4))
        network.config = type(network.config)((3, 16, 16), (4, 8, 8))  # type: ignore[call-arg]
        _, slopes = network.push_forward(z, directions)
        double, step = network.double(), 1e-6
        for direction, slope in zip(directions.double(), slopes[0], strict=True):
            wanted = (double.decode(z.double() + step * direction) - double.decode(z.double() - step * direction))[0] / (2 * step)
            assert float((slope - wanted).norm()) <= 0.02 * float(wanted.norm())


@pytest.mark.parametrize("form", ["bin", "fp16", "sharded", "vae of a pipeline", "attention names of 2022"])
def test_every_form_of_its_weights_opens(folder: Callable[[str], Path], tmp_path: Path, form: str) -> None:
    path, made = folder("AutoencoderKL"), coder("AutoencoderKL")
    (path / WEIGHTS).unlink()
    if form == "bin":
        made.save_pretrained(path, safe_serialization=False)
    elif form == "fp16":
        made.half().save_pretrained(path, variant="fp16")
        made = made.float()
    elif form == "sharded":
        made.save_pretrained(path, max_shard_size="20KB")
        assert len(list(path.glob("*-of-*"))) > 1
    elif form == "vae of a pipeline":
        made.save_pretrained(tmp_path / "pipe" / "vae")
        path = tmp_path / "pipe" / "vae"
    else:
        old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
        names = {name: name for name in made.state_dict()}
        for new, before in old.items():
            names = {name: known.replace(new, before) for name, known in names.items()}
        torch.save({names[name]: tensor for name, tensor in made.state_dict().items()}, path / "diffusion_pytorch_model.bin")
    with torch.inference_mode():
        torch.testing.assert_close(opened(path)(IMAGES), made.decode(made.encode(IMAGES).latent_dist.mean).sample, rtol=1e-3, atol=1e-3)


def test_a_pipeline_that_is_told_what_to_draw_offers_its_autoencoder(tmp_path: Path) -> None:
    coder("AutoencoderKL").save_pretrained(tmp_path / "vae")
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / CONFIG).write_text(json.dumps({"_class_name": "UNet2DConditionModel"}))
    parts = {"vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"]}
    index = {"_class_name": "StableDiffusionPipeline"} | parts
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    found = sources.open(tmp_path)
    assert found.path == tmp_path
    assert found.card.kind == "vae"
    assert found.card.origin is not None
    assert found.card.origin.notes[0] == "the autoencoder of a StableDiffusionPipeline, whose chains are told what to draw and do not open"
    assert isinstance(found.network, SpatialAutoencoder)


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("AutoencoderKL", {"block_out_channels": [8] * 9}, "its block_out_channels is none of a network"),
        ("AutoencoderKL", {"layers_per_block": 10**9}, "its layers_per_block is none of a network"),
        ("AutoencoderKL", {"latent_channels": 10**9}, "its latent_channels is 1000000000"),
        ("AutoencoderKL", {"latent_channels": 3}, "its config.json asks for"),
        ("AutoencoderKL", {"scaling_factor": 0}, "scale no codes"),
        ("AutoencoderKL", {"scaling_factor": "1"}, "its scaling_factor is '1', which is not a number"),
        ("AutoencoderKL", {"latents_mean": [0.0], "latents_std": [1.0]}, "are not 4 numbers, one for each latent channel"),
        ("AutoencoderKL", {"sample_size": "big"}, "its sample_size 'big' is no size of images"),
        ("AutoencoderKL", {"in_channels": 4, "out_channels": 4}, "its images have other channels than the 1 or 3 of pictures"),
        ("VQModel", {"num_vq_embeddings": 10**9}, "its num_vq_embeddings is 1000000000"),
        ("VQModel", {"norm_num_groups": 7}, "no VQModel can be built of it"),
        ("AutoencoderDC", {"encoder_qkv_multiscales": [[5] * 10**5, []]}, "its encoder_qkv_multiscales are none of a network"),
        ("AutoencoderTiny", {"num_encoder_blocks": [1, 10**9]}, "its num_encoder_blocks is none of a network"),
    ],
)  # fmt: skip
def test_settings_of_no_autoencoder(folder: Callable[[str], Path], said: Said, name: str, settings: dict[str, Any], words: str) -> None:
    path = folder(name)
    changed(path / CONFIG, **settings)
    told = said(path)
    assert words in told
    assert str(path) in told


def test_weights_of_an_autoencoder_that_are_damaged(folder: Callable[[str], Path], said: Said) -> None:
    path = folder("AutoencoderKL")
    weights = (path / WEIGHTS).read_bytes()
    (path / WEIGHTS).write_bytes(weights[: len(weights) // 2])
    assert "is cut short" in said(path)
    (path / WEIGHTS).write_bytes(b"")
    assert "should be weights" in said(path)
    (path / WEIGHTS).unlink()
    assert "has no weights" in said(path)


def test_a_network_over_an_autoencoder_of_other_codes(tmp_path: Path, said: Said) -> None:
    path = latent_pipeline(tmp_path / "model")
    changed(path / "vqvae" / CONFIG, vq_embed_dim=5)
    assert "its network takes 3 channels, and the codes of its autoencoder have 5" in said(path)
    (path / "vqvae" / CONFIG).unlink()
    assert "makes images through its vqvae, and no folder vqvae with a config.json is there" in said(path)


def test_a_part_of_a_pipeline_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    """The schedule beside it is none of its own."""
    path = latent_pipeline(tmp_path / "model")
    alone = Path(shutil.copytree(path / "vqvae", tmp_path / "alone"))
    assert sources.sha256(path / "vqvae") == sources.sha256(alone)
    assert sources.card(path / "vqvae").kind == "ae"
    assert sources.card(path).kind == "ddpm"
