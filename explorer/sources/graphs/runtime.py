"""What runs a graph: OpenVINO where it is installed, else ONNX Runtime; on the CPU, in float32."""

from __future__ import annotations

import importlib.util
import math
import subprocess
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explorer.errors import BadInput
from explorer.sources.graphs.outline import Outline

Sizes = Sequence[tuple[int, ...]]
MAX_TENSOR = 8 << 30
"""Bytes of the largest tensor between two operators: a graph of some kilobytes may ask for any."""
KEPT = 8
"""Sizes of batches that stay compiled."""
MISSING = "a graph is run by OpenVINO or ONNX Runtime, and neither is installed: pip install openvino, or onnxruntime"


class Runtime(Protocol):
    """Runs one graph."""

    name: str

    def gives(self, sizes: Sizes) -> tuple[tuple[int, ...], ...]:
        """Shapes of the outputs for inputs of these shapes (ValueError, with the reason, if it cannot take them)."""
        ...

    def run(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Outputs, in the graph's order, of inputs in the graph's order and types (BadInput if it fails)."""
        ...


def runtime(path: Path, told: Outline) -> Runtime:
    """Whatever is there to run a graph.

    Raises
    ------
    BadInput
        If nothing is, or none of it can read the graph.
    """
    reasons = []
    for package, kind in (("openvino", OpenVinoRuntime), ("onnxruntime", OnnxRuntime)):
        if importlib.util.find_spec(package) is None:
            continue
        try:
            return kind(path, told)
        except BadInput:
            raise
        except Exception as error:  # whatever a package says of a graph that it does not know
            reasons.append(f"{kind.name} says: {first_line(error)}")
    raise BadInput(f"{path}: {'; '.join(reasons) or MISSING}")


def first_line(error: Exception) -> str:
    """The line of a package's message that says what is wrong, and not where in its sources."""
    lines = [" ".join(line.split()) for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("Exception from", "Check ", "While validating", "Error", "Summary"))]
    return (said or lines or [type(error).__name__])[0][:200]


class OpenVinoRuntime:
    """Compiled for each size of batch when that is first asked for."""

    name = "OpenVINO"

    def __init__(self, path: Path, told: Outline) -> None:
        from explorer.backends.openvino import core

        self._path = path
        self._model = core().read_model(path)
        self._compiled: OrderedDict[tuple[tuple[int, ...], ...], Any] = OrderedDict()
        self._instead: OnnxRuntime | None = None
        places = [next((i for i, port in enumerate(self._model.inputs) if own.name in port.get_names()), -1) for own in told.inputs]
        if -1 in places or len(places) != len(self._model.inputs):
            raise ValueError("it has other inputs than the file says")
        self._places, self._told = places, told

    def gives(self, sizes: Sizes) -> tuple[tuple[int, ...], ...]:
        """By its inference of shapes: nothing is computed."""
        return tuple(tuple(output.get_shape()) for output in self._of(sizes).outputs)

    def _of(self, sizes: Sizes) -> Any:
        """The graph for inputs of these shapes; ValueError if it cannot take them, or a tensor in it would be larger than any should."""
        model = self._model.clone()
        try:
            model.reshape({model.inputs[place]: list(size) for place, size in zip(self._places, sizes, strict=True)})
        except RuntimeError as error:
            raise ValueError(first_line(error)) from None
        for operator in model.get_ops():
            for output in operator.outputs():
                shape = output.get_partial_shape()
                if shape.is_static and math.prod(shape.to_shape()) * output.get_element_type().size > MAX_TENSOR:
                    raise ValueError(f"an operator in it ({operator.get_type_name()}) makes more than {MAX_TENSOR >> 30} GB at once")
        if any(not output.get_partial_shape().is_static for output in model.outputs):
            raise ValueError("the shape of its output is not known before it is run")
        return model

    def run(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """As `Runtime.run`."""
        sizes = tuple(value.shape for value in values)
        if self._instead is not None:
            return self._instead.run(values)
        if sizes not in self._compiled:
            try:
                self._compiled[sizes] = self._compile(sizes)
            except BadInput:
                if importlib.util.find_spec("onnxruntime") is None:
                    raise
                self._instead = OnnxRuntime(self._path, self._told)
                self.name = self._instead.name
                return self._instead.run(values)
            while len(self._compiled) > KEPT:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(sizes)
        request = self._compiled[sizes]
        fed = {place: np.ascontiguousarray(value) for place, value in zip(self._places, values, strict=True)}
        try:
            said = request.infer(fed)
        except RuntimeError as error:
            raise BadInput(f"{self._path}: {self.name} cannot run it: {first_line(error)}") from None
        return [np.array(said[i]) for i in range(len(said))]  # a copy: the request writes there again

    def _compile(self, sizes: Sizes) -> Any:
        import torch

        from explorer.backends.openvino import HINTS, core, tried

        wish = {"INFERENCE_PRECISION_HINT": HINTS["fp32"], "NUM_STREAMS": "1", "INFERENCE_NUM_THREADS": torch.get_num_threads()}
        try:
            model = self._of(sizes)
            if not self._compiled:
                tried(model, "fp32")  # in another process, once on a machine: what ends a process does not end this one
            return core().compile_model(model, "CPU", wish).create_infer_request()
        except BadInput as error:
            raise BadInput(f"{self._path}: {error}") from None
        except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
            raise BadInput(f"{self._path}: {self.name} cannot run it: {first_line(error)}") from None


class OnnxRuntime:
    """The same by the package of that name."""

    name = "ONNX Runtime"

    def __init__(self, path: Path, told: Outline) -> None:
        import onnxruntime
        import torch

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = torch.get_num_threads(), 4
        self._path, self._names = path, [port.name for port in told.inputs]
        self._kinds = [np.dtype(port.kind) for port in told.inputs]
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def gives(self, sizes: Sizes) -> tuple[tuple[int, ...], ...]:
        """By running it on zeros."""
        try:
            said = self._run([np.zeros(size, kind) for size, kind in zip(sizes, self._kinds, strict=True)])
        except Exception as error:
            raise ValueError(first_line(error)) from None
        return tuple(value.shape for value in said)

    def run(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """As `Runtime.run`."""
        try:
            return self._run(values)
        except Exception as error:
            raise BadInput(f"{self._path}: {self.name} cannot run it: {first_line(error)}") from None

    def _run(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        said: list[np.ndarray] = self._session.run(None, dict(zip(self._names, values, strict=True)))
        return said
