"""What determines a training run, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TrainKind = Literal["ddpm", "vae", "ae", "classifier"]


@dataclass(frozen=True)
class TrainSettings:
    """Settings of one run, alike for every kind of model.

    Attributes
    ----------
    dataset : str
        "mnist", or a path.
    out : Path
        Folder of the run.
    epochs, batch : int
        At least 1.
    images : int or None
        Use only the first so many images.
    seed : int
        Determines the initial weights, the data order and all noise.
    learning_rate : float
        Peak of the warm-up and cosine decay.
    warmup : int
        Updates until the peak.
    weight_decay, clip, ema : float
        AdamW's decay, largest gradient norm, and decay of the averaged weights.
    precision : "bf16" or "fp32"
    device : str
        Lightning Fabric's accelerator: "auto", "cpu", "cuda", "mps".
    resume : bool
        Go on from the folder's last finished epoch.
    start_from : Path or None
        Checkpoint whose weights the run begins with, instead of the seed's.
    command : str
        What was typed, for the model card.
    """

    dataset: str
    out: Path
    epochs: int
    batch: int = 128
    images: int | None = None
    seed: int = 0
    learning_rate: float = 1e-3
    warmup: int = 500
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.999
    precision: Literal["bf16", "fp32"] = "fp32"
    device: str = "auto"
    resume: bool = False
    start_from: Path | None = None
    command: str = ""
    notes: str = ""
