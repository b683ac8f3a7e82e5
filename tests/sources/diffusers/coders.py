"""Autoencoders of random weights that diffusers itself wrote, alone and under a network that walks their codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from .conftest import PLAIN

CODERS: dict[str, dict[str, Any]] = {
    "AutoencoderKL": {
        "block_out_channels": (8, 16), "down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2,
        "latent_channels": 4, "norm_num_groups": 4, "sample_size": 16, "scaling_factor": 0.5, "shift_factor": 0.25,
    },
    "VQModel": {
        "block_out_channels": (8, 16), "down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2,
        "latent_channels": 3, "norm_num_groups": 4, "sample_size": 16, "num_vq_embeddings": 24,
    },
    "AutoencoderTiny": {
        "encoder_block_out_channels": (8, 8), "decoder_block_out_channels": (8, 8), "num_encoder_blocks": (1, 1),
        "num_decoder_blocks": (1, 1),
    },
    "AutoencoderDC": {
        "latent_channels": 4, "attention_head_dim": 4, "encoder_block_types": ("ResBlock", "EfficientViTBlock"),
        "decoder_block_types": ("ResBlock", "EfficientViTBlock"), "encoder_block_out_channels": (8, 16),
        "decoder_block_out_channels": (8, 16), "encoder_layers_per_block": (1, 1), "decoder_layers_per_block": (1, 1),
        "encoder_qkv_multiscales": ((), (5,)), "decoder_qkv_multiscales": ((), (5,)), "scaling_factor": 0.4,
    },
}  # fmt: skip


def coder(name: str, **settings: Any) -> Any:
    """A network of diffusers of random weights large enough that its numbers differ."""
    import diffusers

    torch.manual_seed(5)
    made = getattr(diffusers, name)(**CODERS[name] | settings).eval()
    for weights in made.parameters():
        nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.2)
    return made


def latent_pipeline(folder: Path, name: str = "VQModel", network: dict[str, Any] | None = None, **settings: Any) -> Path:
    """An LDMPipeline's folder: a UNet2DModel over an autoencoder, as `save_pretrained` writes it."""
    import diffusers

    made = coder(name, **settings)
    channels = made.config.latent_channels
    plain = PLAIN | {"in_channels": channels, "out_channels": channels, "sample_size": 8} | (network or {})
    torch.manual_seed(6)
    unet = diffusers.UNet2DModel(**plain).eval()
    for weights in unet.parameters():
        nn.init.normal_(weights, 0.5 if weights.ndim == 1 else 0, 0.1)
    scheduler = diffusers.DDIMScheduler(beta_start=0.0015, beta_end=0.0195, beta_schedule="scaled_linear", clip_sample=False)
    diffusers.LDMPipeline(vqvae=made, unet=unet, scheduler=scheduler).save_pretrained(folder)
    return folder
