"""A checkpoint as ONNX graphs: written by torch's exporter, with what this app needs to open them again in their metadata."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.checkpoints import graph_metadata as told
from explorer.checkpoints.files import Checkpoint
from explorer.errors import BadInput
from explorer.exports.atomic import check_out, whole
from explorer.model_exports.ways import ways_of
from explorer.models.roles import Denoiser, LatentModel, label_count

ENDING = ".onnx"
NEEDED = ("onnx", "onnxscript")
TRACED, COMPARED = 5, 7
"""Samples that a graph is made with, and that it is compared with: it takes any number, and what holds of one must not be taken for it."""


class _Denoiser(nn.Module):
    """x and t to the prediction alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        out: Tensor = self.network(x, t)
        return out[:, : x.shape[1]]  # the rest, if there is any, is a learned variance


class _Told(_Denoiser):
    """The same with labels."""

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:  # type: ignore[override]  # told more
        out: Tensor = self.network(x, t, labels)
        return out[:, : x.shape[1]]


class _Encoder(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Any:
        mean, log_variance = self.network.encode(x)  # type: ignore[operator]  # of a LatentModel
        return mean if log_variance is None else (mean, log_variance)


class _Decoder(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor) -> Tensor:
        images: Tensor = self.network.decode(z)  # type: ignore[operator]  # of a LatentModel
        return images


def require_packages() -> None:
    """BadInput if what torch's exporter needs is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise BadInput(f'to write ONNX, {" and ".join(missing)} must be installed: pip install "generative-explorer[export]"')


def files_of(checkpoint: Checkpoint, out: Path) -> dict[str, Path]:
    """The file of each part: `out`, or of an autoencoder NAME-encoder.onnx and NAME-decoder.onnx (BadInput if it cannot be a graph)."""
    ways = ways_of(checkpoint.card)
    if not ways.onnx:
        raise BadInput(f"{checkpoint.path}: cannot be an ONNX graph: {ways.why_no_onnx}")
    check_out(out, (ENDING,))
    return ways.graphs(out)


def write(checkpoint: Checkpoint, out: Path) -> dict[Path, float | None]:
    """Write its graphs.

    Returns
    -------
    dict of Path to float or None
        The largest difference between what a graph and the network put out, over the largest number that the network puts out; None
        where no runtime is installed that could tell.

    Raises
    ------
    BadInput
        If a package is missing, the network cannot be traced, or a file cannot be written.
    """
    require_packages()
    return {path: _write_part(checkpoint, part, path) for part, path in files_of(checkpoint, out).items()}


def _write_part(checkpoint: Checkpoint, part: str, path: Path) -> float | None:
    module, inputs, names, outputs = _asked(checkpoint, part, TRACED)
    with _quiet(), torch.no_grad():
        try:
            batch = torch.export.Dim("N")
            program = torch.onnx.export(
                module, tuple(inputs), input_names=list(names), output_names=list(outputs),
                dynamic_shapes=tuple({0: batch} for _ in inputs), dynamo=True, verbose=False,
            )  # fmt: skip
        except Exception as error:  # whatever tracing somebody's network can raise
            cause = error.__cause__ or error
            reason = (str(cause).splitlines() or [type(cause).__name__])[0]
            raise BadInput(f"{checkpoint.path}: its network cannot be traced for ONNX: {reason}") from error
        assert program is not None
        if any(value.shape is None or isinstance(value.shape[0], int) for value in program.model.graph.inputs):
            raise BadInput(
                f"{checkpoint.path}: its network cannot be traced for any number of samples: it takes their number for a constant"
            )
        program.model.metadata_props.update(told.properties(told.GraphMetadata(checkpoint.card, part)))  # type: ignore[arg-type]
        with whole(path) as partial:
            program.save(str(partial))
        module, inputs, names, _ = _asked(checkpoint, part, COMPARED)
        wanted = module(*inputs)
        return _difference(path, names, inputs, wanted if isinstance(wanted, tuple) else (wanted,))


def _asked(checkpoint: Checkpoint, part: str, count: int) -> tuple[nn.Module, list[Tensor], tuple[str, ...], tuple[str, ...]]:
    """What is traced, with what, and the names of what goes in and comes out."""
    network, card = checkpoint.network, checkpoint.card
    draw = torch.Generator().manual_seed(0)
    if part == "denoiser":
        if not isinstance(network, Denoiser) or getattr(network, "self_conditioned", False):
            why = "is told its own last x0_hat (self-conditioning), and a graph here takes x and t"
            raise BadInput(f"{checkpoint.path}: cannot be an ONNX graph: its network {why}")
        assert card.schedule is not None
        x = torch.randn(count, *card.data.shape, generator=draw)
        t = torch.linspace(1, card.schedule.T, count).long()
        if known := label_count(network):
            labels = torch.arange(count) % known
            return _Told(network).eval(), [x, t, labels], (*told.DENOISER_INPUTS, "labels"), told.DENOISER_OUTPUTS
        return _Denoiser(network).eval(), [x, t], told.DENOISER_INPUTS, told.DENOISER_OUTPUTS
    assert isinstance(network, LatentModel)
    if part == "encoder":
        x = torch.rand(count, *card.data.shape, generator=draw) * 2 - 1
        outputs = told.ENCODER_OUTPUTS if network.config.variational else told.ENCODER_OUTPUTS[:1]
        return _Encoder(network).eval(), [x], told.ENCODER_INPUTS, outputs
    z = torch.randn(count, network.config.code, generator=draw)
    return _Decoder(network).eval(), [z], told.DECODER_INPUTS, told.DECODER_OUTPUTS


def _difference(path: Path, names: tuple[str, ...], inputs: list[Tensor], wanted: tuple[Tensor, ...]) -> float | None:
    fed = {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)}
    if find_spec("onnxruntime") is not None:
        import onnxruntime

        found = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, fed)
    elif find_spec("openvino") is not None:
        from explorer.backends.openvino import core  # which tells nobody of its use

        compiled = core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        found = list(compiled(fed).values())
    else:
        return None
    return max(
        float((torch.as_tensor(one) - other).abs().max() / other.abs().max().clamp(min=1e-12))
        for one, other in zip(found, wanted, strict=True)
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Torch's exporter tells of its own affairs, at length."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
