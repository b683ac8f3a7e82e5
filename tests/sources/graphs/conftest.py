"""Small graphs: of a network that torch's exporter writes, and of a few operators for what no exporter writes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

onnx = pytest.importorskip("onnx")
helper, numpy_helper = onnx.helper, onnx.numpy_helper
SHAPE = (1, 8, 8)


class Small(nn.Module):
    """Convolutions that t scales."""

    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.first, self.last = nn.Conv2d(channels, 6, 3, padding=1), nn.Conv2d(6, channels, 3, padding=1)
        self.time = nn.Linear(1, 6)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        scale = self.time(t.float().reshape(-1, 1) / 100)[:, :, None, None]
        return self.last(torch.tanh(self.first(x) * scale))


def export(
    path: Path, network: nn.Module, inputs: tuple[Tensor, ...], names: Sequence[str], output: str = "y", fixed: bool = False
) -> Path:
    """As people do it."""
    axes = None if fixed else {name: {0: "n"} for name in (*names, output)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that people have used until now is to go
        torch.onnx.export(
            network.eval(), inputs, str(path), input_names=list(names), output_names=[output], dynamic_axes=axes, dynamo=False
        )
    return path


@pytest.fixture
def network() -> Small:
    return Small().eval().requires_grad_(False)


@pytest.fixture
def lane(tmp_path: Path, network: Small) -> Path:
    """A denoiser of x (n, 1, 8, 8) and t (n,)."""
    return export(tmp_path / "lane.onnx", network, (torch.zeros(2, *SHAPE), torch.zeros(2, dtype=torch.int64)), ("x", "t"), "eps")


def graph(
    path: Path,
    nodes: list[Any],
    inputs: list[tuple[str, str, Any]],
    outputs: list[tuple[str, str, Any]],
    weights: dict[str, Any] | None = None,
    **model: Any,
) -> Path:
    """A model of operators; weights are arrays, or TensorProtos."""
    kinds = {"float": 1, "half": 10, "double": 11, "int64": 7, "int32": 6}
    ports = [[helper.make_tensor_value_info(name, kinds[kind], shape) for name, kind, shape in each] for each in (inputs, outputs)]
    tensors = [numpy_helper.from_array(each, name) if isinstance(each, np.ndarray) else each for name, each in (weights or {}).items()]
    made = helper.make_model(
        helper.make_graph(nodes, "g", *ports, tensors), opset_imports=[helper.make_opsetid("", 17), *model.pop("opsets", [])],
        ir_version=8, producer_name="hand", **model,
    )  # fmt: skip
    path.write_bytes(made.SerializeToString())
    return path


def scaled(
    path: Path, x: Any = ("n", 1, 8, 8), t: Any = ("n",), kind: str = "float", t_kind: str = "int64", first_t: bool = False, **more: Any
) -> Path:
    """Y = x + t / 10: what comes out tells which t came in."""
    cast = helper.make_node("Cast", ["t"], ["as_float"], to={"float": 1, "half": 10, "double": 11}[kind])
    ten = np.array([10], {"float": np.float32, "half": np.float16, "double": np.float64}[kind])
    nodes = [
        cast, helper.make_node("Div", ["as_float", "ten"], ["tenth"]), helper.make_node("Reshape", ["tenth", "sides"], ["spread"]),
        helper.make_node("Add", ["x", "spread"], ["y"]),
    ]  # fmt: skip
    inputs = [("x", kind, x), ("t", t_kind, t)]
    weights = {"ten": ten, "sides": np.array([-1, 1, 1, 1], np.int64)}
    return graph(path, nodes, inputs[::-1] if first_t else inputs, [("y", kind, x)], weights, **more)
