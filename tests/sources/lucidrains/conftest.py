"""Files as the library's Trainer writes them, with weights that a formula gives."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.sources.lucidrains.buffers import sigmoid

Weights = dict[str, Tensor]
HEADS, SIZE, PAIRS = 4, 8, 4
Writes = Callable[..., Path]


def filled(name: str, *shape: int) -> Tensor:
    """Numbers that any machine makes alike."""
    values = torch.sin(torch.arange(math.prod(shape), dtype=torch.float64) * 1.3 + zlib.crc32(name.encode()) % 97)
    fan_in = math.prod(shape[1:]) if len(shape) > 1 and not name.endswith((".g", "mem_kv")) else 1
    scaled = 1 + 0.2 * values if name.endswith((".g", "norm.weight")) else values * (1.5 / math.sqrt(fan_in) if fan_in > 1 else 0.3)
    return scaled.reshape(shape).float()


def unet_weights(
    dim: int = 8, mults: tuple[int, ...] = (1, 2), channels: int = 1, self_conditioned: bool = False, outputs: int = 1,
    full: tuple[bool, ...] = (False, True), pairs: int = PAIRS, grouped: bool = False,
) -> Weights:  # fmt: skip
    """By the library's names."""
    time, hidden, found = 4 * dim, HEADS * SIZE, {}
    widths = [dim, *(dim * mult for mult in mults)]

    def put(name: str, *shape: int) -> None:
        found[name] = filled(name, *shape)

    def conv(name: str, inputs: int, outputs: int, side: int, bias: bool = True) -> None:
        put(f"{name}.weight", outputs, inputs, side, side)
        if bias:
            put(f"{name}.bias", outputs)

    def block(name: str, inputs: int, outputs: int) -> None:
        put(f"{name}.mlp.1.weight", 2 * outputs, time)
        put(f"{name}.mlp.1.bias", 2 * outputs)
        for half, taken in (("block1", inputs), ("block2", outputs)):
            conv(f"{name}.{half}.proj", taken, outputs, 3)
            if grouped:
                put(f"{name}.{half}.norm.weight", outputs)
                put(f"{name}.{half}.norm.bias", outputs)
            else:
                put(f"{name}.{half}.norm.g", 1, outputs, 1, 1)
        if inputs != outputs:
            conv(f"{name}.res_conv", inputs, outputs, 1)

    def attention(name: str, width: int, full: bool) -> None:
        if pairs:
            put(f"{name}.mem_kv", 2, HEADS, *((pairs, SIZE) if full else (SIZE, pairs)))
        put(f"{name}.norm.g", 1, width, 1, 1)
        conv(f"{name}.to_qkv", width, 3 * hidden, 1, bias=False)
        conv(f"{name}.to_out" if full else f"{name}.to_out.0", hidden, width, 1)
        if not full:
            put(f"{name}.to_out.1.g", 1, width, 1, 1)

    conv("init_conv", channels * (2 if self_conditioned else 1), dim, 7)
    put("time_mlp.1.weight", time, dim)
    put("time_mlp.1.bias", time)
    put("time_mlp.3.weight", time, time)
    put("time_mlp.3.bias", time)
    pairs_of = list(zip(widths[:-1], widths[1:], full, strict=True))
    for i, (here, there, is_full) in enumerate(pairs_of):
        block(f"downs.{i}.0", here, here)
        block(f"downs.{i}.1", here, here)
        attention(f"downs.{i}.2", here, is_full)
        last = i == len(pairs_of) - 1
        conv(f"downs.{i}.3" if last else f"downs.{i}.3.1", here if last else 4 * here, there, 3 if last else 1)
    middle = widths[-1]
    block("mid_block1", middle, middle)
    attention("mid_attn", middle, True)
    block("mid_block2", middle, middle)
    for i, (here, there, is_full) in enumerate(reversed(pairs_of)):
        block(f"ups.{i}.0", there + here, there)
        block(f"ups.{i}.1", there + here, there)
        attention(f"ups.{i}.2", there, is_full)
        conv(f"ups.{i}.3" if i == len(pairs_of) - 1 else f"ups.{i}.3.1", there, here, 3)
    block("final_res_block", 2 * dim, dim)
    conv("final_conv", dim, outputs, 1)
    return found


def process(betas: Tensor, loss_weight: Tensor | None) -> Weights:
    """Buffers of a GaussianDiffusion, those that are looked at."""
    alpha_bar = torch.cumprod(1 - betas.double(), 0)
    found = {"betas": betas.float(), "alphas_cumprod": alpha_bar.float()}
    return found if loss_weight is None else found | {"loss_weight": loss_weight.float()}


def sigmoid_betas(T: int = 40) -> Tensor:
    return torch.from_numpy(sigmoid(T))


def v_weights(betas: Tensor) -> Tensor:
    return torch.cumprod(1 - betas.double(), 0)


@pytest.fixture
def write(tmp_path: Path) -> Writes:
    """A model-1.pt; of its averaged weights, and of those as they were trained, which are others."""

    def written(
        unet: Weights | None = None, betas: Tensor | None = None, loss_weight: Tensor | None = None, name: str = "model-1.pt"
    ) -> Path:
        unet, betas = unet or unet_weights(), sigmoid_betas() if betas is None else betas
        diffusion = process(betas, v_weights(betas) if loss_weight is None else loss_weight)
        diffusion |= {f"model.{key}": value for key, value in unet.items()}
        raw = {key: value + 1 if key.startswith("model.") else value for key, value in diffusion.items()}
        ema: dict[str, Any] = {"initted": torch.tensor(True), "step": torch.tensor(1)}
        ema |= {f"online_model.{key}": value for key, value in raw.items()}
        ema |= {f"ema_model.{key}": value for key, value in diffusion.items()}
        path = tmp_path / name
        optimizer = {"state": {}, "param_groups": []}
        torch.save({"step": 1, "model": raw, "opt": optimizer, "ema": ema, "scaler": None, "version": "2.3.4"}, path)
        return path

    return written
