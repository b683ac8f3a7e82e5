"""Autoencoders under the names of the latent diffusion code, alone or as a part of a whole checkpoint: vae-ft-mse, *.vae.pt, SD files.

The same networks as diffusers' AutoencoderKL and VQModel: they are renamed, and run by the library.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import AUTOENCODER, Source
from explorer.sources.weights_in import Weights, must, weights_in

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint
    from explorer.sources.diffusers.autoencoder_settings import Coder

PARTS = ("first_stage_model.", "vae.", "model.first_stage_model.")
"""What stands before the names of the autoencoder in a whole checkpoint."""
_MARKS = ("encoder.down.0.block.0.norm1.weight", "decoder.up.0.block.0.norm1.weight", "encoder.conv_in.weight", "decoder.conv_in.weight")
_FACTORS = {4: 0.18215}
"""Scaling by latent channels, where nearly all files of that many mean the same."""
_NOTE = "the file does not say how diffusion models scale its codes{}"
_GROUPS = 32


class LdmAutoencoder(Source):
    """Reads AutoencoderKL and VQModel under their first names."""

    name = "ldm"
    title = "an autoencoder under the names of latent diffusion"
    hints = ("*.safetensors", "*.ckpt", "*.pt")
    group = AUTOENCODER

    def recognises(self, path: Path) -> bool:
        """By the names of its blocks."""
        return _found(path) is not None

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The size of the images of its plane."""
        coder, _ = _coder(_must(path))
        return (Question("image_size", coder.plane_size(), f"it takes images of any multiple of {coder.multiple}"),)

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its names and shapes say."""
        from explorer.sources.diffusers.autoencoder_settings import card_of_autoencoder

        found = _must(path)
        coder, settings = _coder(found)
        usual = f"; for {coder.latent_channels} channels it is usually {coder.factor:g}, which is taken" if coder.factor != 1 else ""
        part = (f"the part {found.prefix}* of the file",) if found.prefix in PARTS else ()
        notes = (*part, _NOTE.format(usual))
        return card_of_autoencoder(path, coder, settings, "a file with the names of latent diffusion", told.image_size, notes)

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        return _must(path).size

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The library's network, its weights renamed and checked."""
        card, found = self.card(path, told), _must(path)
        coder, settings = _coder(found)
        assert card.latent is not None

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.diffusers.autoencoder import LibraryAutoencoder, spatial_config
        from explorer.sources.diffusers.network import without_weights
        from explorer.sources.tensor_reading import check

        built = without_weights(path, settings, coder.name)
        tensors = renamed(found.read(), len(settings["block_out_channels"]))
        check(path, tensors, built.state_dict(), f"the {coder.name} of its shapes")
        built.load_state_dict(tensors, assign=True)
        network = LibraryAutoencoder(built.requires_grad_(False).eval(), spatial_config(coder, card.latent.images[1:])).eval()
        return Checkpoint(path, card, network, self.sha256(path))


def _found(path: Path) -> Weights | None:
    found = weights_in(path, PARTS)
    return found if found is not None and all(name in found.tensors for name in _MARKS) else None


def _must(path: Path) -> Weights:
    return must(_found(path), path, "an autoencoder under the names of latent diffusion")


def _coder(found: Weights) -> tuple[Coder, dict[str, Any]]:
    """What its shapes say, and the settings of the library's network that has them (BadInput if none can)."""
    from explorer.sources.diffusers.autoencoder_settings import coder_of

    levels = _count(found, r"encoder\.down\.(\d+)\.block")
    layers = _count(found, r"encoder\.down\.0\.block\.(\d+)")
    widths = [(found.shape(f"encoder.down.{level}.block.0.conv2.weight") or (0,))[0] for level in range(levels)]
    attends = [f"encoder.down.{level}.attn.0.q.weight" in found.tensors for level in range(levels)]
    quantizes = "quantize.embedding.weight" in found.tensors
    latent = (found.shape("decoder.conv_in.weight") or (0, 0))[1]
    if min(widths, default=0) < 1 or latent < 1 or min(widths) % _GROUPS:
        raise BadInput(f"{found.path}: its blocks are of widths {widths}, which are not those of such an autoencoder")
    settings: dict[str, Any] = {
        "_class_name": "VQModel" if quantizes else "AutoencoderKL",
        "in_channels": (found.shape("encoder.conv_in.weight") or (0, 0))[1],
        "out_channels": (found.shape("decoder.conv_out.weight") or (0,))[0],
        "block_out_channels": widths, "layers_per_block": layers, "latent_channels": latent, "norm_num_groups": _GROUPS,
        "down_block_types": ["AttnDownEncoderBlock2D" if attend else "DownEncoderBlock2D" for attend in attends],
        "up_block_types": ["AttnUpDecoderBlock2D" if attend else "UpDecoderBlock2D" for attend in reversed(attends)],
        "mid_block_add_attention": "encoder.mid.attn_1.q.weight" in found.tensors, "scaling_factor": _FACTORS.get(latent, 1.0),
    }  # fmt: skip
    if quantizes:
        entries, width = (found.shape("quantize.embedding.weight") or (0, 0))[:2]
        settings |= {"num_vq_embeddings": entries, "vq_embed_dim": width, "scaling_factor": 1.0}
    else:
        for name in ("quant_conv", "post_quant_conv"):
            settings[f"use_{name}"] = f"{name}.weight" in found.tensors
    return coder_of(found.path, settings), settings


def _count(found: Weights, pattern: str) -> int:
    return 1 + max((int(named[1]) for name in found.tensors if (named := re.match(pattern, name)) and len(named[1]) < 4), default=-1)


def renamed(tensors: dict[str, Tensor], levels: int) -> dict[str, Tensor]:
    """Weights under the names of diffusers; attention, which was written as convolutions of one pixel, as linear maps."""
    found = {}
    for name, tensor in tensors.items():
        new = _new_name(name, levels)
        if new is not None:
            found[new] = tensor[..., 0, 0] if ".attentions." in new and tensor.ndim == 4 else tensor
    return found


_IN_ATTENTION = {"norm": "group_norm", "q": "to_q", "k": "to_k", "v": "to_v", "proj_out": "to_out.0"}


def _new_name(name: str, levels: int) -> str | None:
    """A name of diffusers; None of what is no part of the network that encodes and decodes (its loss, its averages)."""
    if re.match(r"(loss|model_ema|encoder\.extra|decoder\.extra)\b", name):
        return None
    name = name.replace(".norm_out.", ".conv_norm_out.").replace(".nin_shortcut.", ".conv_shortcut.")
    if named := re.match(r"(encoder|decoder)\.mid\.(block|attn)_(\d)\.(.+)", name):
        side, what, number, rest = named.groups()
        kind = "resnets" if what == "block" else "attentions"
        return f"{side}.mid_block.{kind}.{int(number) - 1}.{_inner(kind, rest)}"
    if named := re.match(r"(encoder\.down|decoder\.up)\.(\d{1,3})\.(block|attn|downsample|upsample)\.(.+)", name):
        side, level, what, rest = named.groups()
        at = f"encoder.down_blocks.{level}" if side == "encoder.down" else f"decoder.up_blocks.{levels - 1 - int(level)}"
        if what.endswith("sample"):
            return f"{at}.{what}rs.0.{rest}"
        kind, (number, inner) = ("resnets" if what == "block" else "attentions"), rest.split(".", 1)
        return f"{at}.{kind}.{number}.{_inner(kind, inner)}"
    return name


def _inner(kind: str, rest: str) -> str:
    first, dot, last = rest.partition(".")
    return f"{_IN_ATTENTION.get(first, first)}{dot}{last}" if kind == "attentions" else rest
