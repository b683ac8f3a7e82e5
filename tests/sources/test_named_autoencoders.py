"""Autoencoders in single files: the names of latent diffusion, and TAESD's two files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from explorer import sources
from explorer.cli import main
from explorer.models.spatial import SpatialAutoencoder
from explorer.recipe.told import Told

X = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
SMALL = Told(image_size=(32, 32))
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def ldm_named(weights: dict[str, Tensor], levels: int) -> dict[str, Tensor]:
    """A state dictionary of diffusers under the names that the latent diffusion code gives."""
    found = {}
    for name, tensor in weights.items():
        name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
        name = name.replace("mid_block.attentions.0", "mid.attn_1")
        name = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", name)
        name = re.sub(r"down_blocks\.(\d+)\.attentions", r"down.\1.attn", name)
        name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
        for part, theirs in (("resnets", "block"), ("attentions", "attn"), ("upsamplers.0", "upsample")):
            name = re.sub(rf"up_blocks\.(\d+)\.{part}", lambda m, to=theirs: f"up.{levels - 1 - int(m[1])}.{to}", name)
        if "attn" in name:
            for ours, theirs in ATTENTION.items():
                name = name.replace(f".{ours}.", f".{theirs}.")
            tensor = tensor[..., None, None] if tensor.ndim == 2 else tensor
        found[name] = tensor
    return found


def kl(**settings: Any) -> Any:
    """A small AutoencoderKL of diffusers of random weights."""
    import diffusers

    torch.manual_seed(2)
    plain = {
        "block_out_channels": (32, 64), "down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2,
        "latent_channels": 4, "layers_per_block": 1,
    }  # fmt: skip
    return diffusers.AutoencoderKL(**plain | settings).eval()


def opened(path: Path) -> SpatialAutoencoder:
    """The network of a file for images of 32 x 32."""
    network = sources.open(path, SMALL).network
    assert isinstance(network, SpatialAutoencoder)
    return network


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {
            "down_block_types": ("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
            "up_block_types": ("AttnUpDecoderBlock2D", "UpDecoderBlock2D"),
        },
        {"use_quant_conv": False, "use_post_quant_conv": False, "latent_channels": 16, "layers_per_block": 2},
        {"mid_block_add_attention": False, "in_channels": 1, "out_channels": 1},
    ],
)  # fmt: skip
def test_the_names_of_latent_diffusion_are_the_library_s_network(tmp_path: Path, settings: dict[str, Any]) -> None:
    theirs = kl(**settings)
    save_file({name: t.contiguous() for name, t in ldm_named(theirs.state_dict(), 2).items()}, tmp_path / "vae.safetensors")
    x = X[:, : theirs.config.in_channels]
    network = opened(tmp_path / "vae.safetensors")
    with torch.inference_mode():
        said = theirs.encode(x).latent_dist
        torch.testing.assert_close(network.to_latents(x)[0], said.mean)
        torch.testing.assert_close(network.to_latents(x)[1], said.logvar)
        torch.testing.assert_close(network.to_images(said.mean), theirs.decode(said.mean).sample)


@pytest.mark.parametrize("prefix", ["first_stage_model.", "vae."])
def test_the_part_of_a_whole_checkpoint(tmp_path: Path, prefix: str) -> None:
    theirs = kl()
    named = {f"{prefix}{name}": tensor for name, tensor in ldm_named(theirs.state_dict(), 2).items()}
    others = {"model.diffusion_model.time_embed.0.weight": torch.zeros(8, 8), f"{prefix}loss.logvar": torch.zeros(())}
    torch.save({"state_dict": named | others, "global_step": 5}, tmp_path / "model.ckpt")
    with torch.inference_mode():
        torch.testing.assert_close(opened(tmp_path / "model.ckpt")(X), theirs.decode(theirs.encode(X).latent_dist.mean).sample)
    card = sources.card(tmp_path / "model.ckpt", SMALL)
    assert card.latent is not None
    assert card.latent.shape == (4, 16, 16)
    assert card.origin is not None
    assert card.origin.notes[0] == f"the part {prefix}* of the file"


def test_a_vq_model_under_those_names(tmp_path: Path) -> None:
    import diffusers

    torch.manual_seed(3)
    theirs = diffusers.VQModel(
        block_out_channels=(32, 32), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=3, vq_embed_dim=3, num_vq_embeddings=16,
    ).eval()  # fmt: skip
    torch.save(ldm_named(theirs.state_dict(), 2), tmp_path / "vq.pt")
    network = opened(tmp_path / "vq.pt")
    assert network.config.quantizes
    with torch.inference_mode():
        torch.testing.assert_close(network(X), theirs.decode(theirs.encode(X).latents).sample)


def test_weights_under_those_names_that_are_no_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = ldm_named(kl().state_dict(), 2)
    for change, words in (
        ({"encoder.down.0.block.0.conv2.weight": torch.zeros(48, 48, 3, 3)}, "its blocks are of widths [48, 64]"),
        ({"decoder.mid.more.weight": torch.zeros(3)}, "has weights decoder.mid.more.weight that"),
        ({"decoder.conv_in.weight": torch.zeros(64, 9, 3, 3)}, "weights "),
    ):
        torch.save(named | change, tmp_path / "a.pt")
        assert main(["info", str(tmp_path / "a.pt"), "--image-size", "32x32"]) == 2
        assert words in capsys.readouterr().err
    torch.save(named, tmp_path / "a.pt")
    assert main(["info", str(tmp_path / "a.pt"), "--image-size", "31x32"]) == 2
    assert "sides are multiples of 2, not 31 x 32" in capsys.readouterr().err


def tiny(folder: Path, **settings: Any) -> Any:
    """An AutoencoderTiny of diffusers, and its weights as the author of TAESD ships his."""
    import diffusers

    torch.manual_seed(4)
    theirs = diffusers.AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8), num_encoder_blocks=(1, 2, 1),
        num_decoder_blocks=(2, 1, 1), **settings,
    ).eval()  # fmt: skip
    encoder = {name.removeprefix("encoder.layers."): t for name, t in theirs.state_dict().items() if name.startswith("encoder.")}
    decoder = {
        re.sub(r"^decoder\.layers\.(\d+)", lambda m: str(int(m[1]) + 1), name): t
        for name, t in theirs.state_dict().items() if name.startswith("decoder.")
    }  # fmt: skip
    torch.save(encoder, folder / "taesd_encoder.pth")
    torch.save(decoder, folder / "taesd_decoder.pth")
    return theirs


@pytest.mark.parametrize("named", ["taesd_encoder.pth", "taesd_decoder.pth"])
@pytest.mark.parametrize("channels", [4, 16])
def test_the_two_files_of_taesd_are_one_checkpoint(tmp_path: Path, named: str, channels: int) -> None:
    theirs = tiny(tmp_path, latent_channels=channels)
    network = opened(tmp_path / named)
    with torch.inference_mode():
        z = theirs.encode(X).latents
        torch.testing.assert_close(network.to_latents(X)[0], z)
        torch.testing.assert_close(network.to_images(4 * z), theirs.decode(4 * z).sample)
    assert sources.home(tmp_path / named) == tmp_path / "taesd_decoder.pth"
    both = {sources.sha256(tmp_path / each, SMALL) for each in ("taesd_encoder.pth", "taesd_decoder.pth")}
    assert len(both) == 1
    card = sources.card(tmp_path / named, SMALL)
    assert card.latent is not None
    assert card.latent.shape == (channels, 8, 8)


def test_either_of_the_two_files_changing_is_another_checkpoint(tmp_path: Path) -> None:
    tiny(tmp_path)
    before, decoder = sources.stamp(tmp_path / "taesd_decoder.pth"), (tmp_path / "taesd_decoder.pth").stat()
    weights = torch.load(tmp_path / "taesd_encoder.pth", weights_only=True)
    torch.save({name: 2 * tensor for name, tensor in weights.items()}, tmp_path / "taesd_encoder.pth")
    os.utime(tmp_path / "taesd_encoder.pth", ns=(decoder.st_atime_ns, decoder.st_mtime_ns + 10**9))
    assert sources.stamp(tmp_path / "taesd_decoder.pth") != before
    (tmp_path / "taesd_encoder.pth").unlink()
    assert sources.stamp(tmp_path / "taesd_decoder.pth")[1] == decoder.st_size


def test_one_of_the_two_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny(tmp_path)
    (tmp_path / "taesd_encoder.pth").rename(tmp_path / "elsewhere.safetensors")
    assert main(["info", str(tmp_path / "taesd_decoder.pth")]) == 2
    assert (
        "is the decoder of a tiny autoencoder of the TAESD kind; put its encoder beside it (taesd_encoder.pth)" in capsys.readouterr().err
    )
    (tmp_path / "elsewhere.safetensors").rename(tmp_path / "another.pth")  # under any name
    assert main(["info", str(tmp_path / "taesd_decoder.pth"), "--image-size", "32x32"]) == 0


def test_a_block_that_is_normalized_first(tmp_path: Path) -> None:
    """As TAEF2 has them: x + conv(relu(norm(conv(x)))) before the convolutions."""
    tiny(tmp_path)
    encoder = torch.load(tmp_path / "taesd_encoder.pth", weights_only=True)
    torch.manual_seed(5)
    encoder |= {
        "1.pool.0.weight": torch.randn(16, 8, 1, 1), "1.pool.1.weight": torch.randn(16), "1.pool.1.bias": torch.randn(16),
        "1.pool.3.weight": torch.randn(8, 16, 1, 1),
    }  # fmt: skip
    torch.save(encoder, tmp_path / "taesd_encoder.pth")
    network: Any = opened(tmp_path / "taesd_encoder.pth")
    x = torch.randn(2, 8, 4, 4)
    with torch.inference_mode():
        h = torch.nn.functional.conv2d(x, encoder["1.pool.0.weight"])
        h = torch.nn.functional.group_norm(h, 4, encoder["1.pool.1.weight"], encoder["1.pool.1.bias"]).relu()
        h = x + torch.nn.functional.conv2d(h, encoder["1.pool.3.weight"])
        block = network.encoder[1]
        torch.testing.assert_close(block(x), torch.relu(block.conv(h) + h))
