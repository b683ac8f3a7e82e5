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
        "auto", "cpu", "cuda", "cuda:1" or "mps".
    stored : "fp32" or "fp16"
        In which the checkpoints keep the weights (tables over t stay fp32); half the size, and the figures are measured with what is kept.
    devices, nodes : int
        Processes on each machine, and machines.
    save_seconds : float
        The state is kept at least so often (and at the end of each epoch), so that a killed run loses no more.
    resume : bool
        Go on from the folder's last kept state.
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
    stored: Literal["fp32", "fp16"] = "fp32"
    devices: int = 1
    nodes: int = 1
    save_seconds: float = 120.0
    resume: bool = False
    start_from: Path | None = None
    command: str = ""
    notes: str = ""
