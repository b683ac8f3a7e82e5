"""OpenVINO on the CPU: the network converted once, compiled for each size of batch when that is first asked for.

Its compiler has been seen to end the whole process on some processors ("f32" on AMD's Zen 4, version 2026.4): so a process of its own
compiles and runs a graph first, once for each graph and arithmetic on a machine, and what does not come through is refused.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import paths
from explorer.backends.base import Backend
from explorer.errors import BadInput
from explorer.own_process import TRY_GRAPH, own_command

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from explorer.backends.base import Run

HINTS = {"fp32": "f32", "bf16": "bf16"}
TRIAL_SECONDS = 120


class OpenVino(Backend):
    """Runs a graph that was made of the module."""

    name = "openvino"
    title = "OpenVINO"
    devices = {"cpu": "CPU"}  # noqa: RUF012
    precisions = ("fp32", "bf16")
    has_derivatives = False
    compiles = True

    def missing(self) -> str:
        """Its package is an extra."""
        if importlib.util.find_spec("openvino") is None:
            return "the package openvino is not installed (pip install openvino)"
        return ""

    def version(self) -> str:
        """The package's."""
        return "" if self.missing() else _version()

    def offers(self, device: torch.device) -> tuple[str, ...]:
        """bf16 where the processor has units for it, else fp32."""
        return () if self.missing() or device.type not in self.devices else (self.default_precision(device),)

    def choose(self, device: str) -> torch.device:
        """The CPU."""
        import torch

        return torch.device("cpu")

    def describe(self, device: torch.device) -> str:
        """The CPU."""
        return "CPU"

    def default_precision(self, device: torch.device) -> str:
        """As PyTorch finds the processor's units."""
        from explorer.backends.torch import Torch

        return Torch().default_precision(device)

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """The graph, at the first call: its size is that of the batch."""
        return _Graph(network, precision)


class _Graph:
    """Callable (x_t, t), or (x_t, t, labels); compiled for each number of samples when first asked."""

    def __init__(self, network: nn.Module, precision: str) -> None:
        self._network, self._precision = network, precision
        self._model: Any = None
        self._compiled: dict[tuple[int, ...], _Compiled] = {}

    def __call__(self, x_t: Tensor, *told: Tensor) -> Tensor:
        """Output of x_t's shape, float32."""
        shape = tuple(x_t.shape)
        if shape not in self._compiled:
            if self._model is None:
                self._model = _converted(self._network, x_t, *told)
            self._compiled[shape] = _Compiled(self._model, shape, self._precision)
        return self._compiled[shape](x_t, *told)


class _Compiled:
    """A graph for one number of samples: as many streams as there are threads, each with its share of them, so that none waits."""

    def __init__(self, model: Any, shape: tuple[int, ...], precision: str) -> None:
        import torch

        threads = torch.get_num_threads()
        streams = min(threads, shape[0])
        self._share = -(-shape[0] // streams)
        one = model.clone()
        first, *others = one.inputs
        one.reshape({first: [self._share, *shape[1:]]} | {each: [self._share] for each in others})
        tried(one, precision)
        wish = {"INFERENCE_PRECISION_HINT": HINTS[precision], "NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": threads}
        compiled = core().compile_model(one, "CPU", wish)
        self._requests = [compiled.create_infer_request() for _ in range(streams)]

    def __call__(self, x_t: Tensor, *told: Tensor) -> Tensor:
        import numpy as np
        import torch

        openvino = package()

        share = self._share
        output = torch.empty_like(x_t, memory_format=torch.contiguous_format)
        values = [each.detach().contiguous().numpy() for each in (x_t, *told)]
        kept = []  # inputs are not copied: they stay while requests run
        for i, request in enumerate(self._requests):
            rows = slice(i * share, (i + 1) * share)
            part = [each[rows] for each in values]
            short = share - len(part[0])
            if short == share:
                continue
            if short:
                part = [np.concatenate([each, np.repeat(each[-1:], short, axis=0)]) for each in part]
            kept.append((request, rows, part))
            for place, each in enumerate(part):
                request.set_input_tensor(place, openvino.Tensor(np.ascontiguousarray(each), shared_memory=True))
            request.start_async()
        for request, rows, _ in kept:
            request.wait()
            into = output[rows]
            into.copy_(torch.from_numpy(request.get_output_tensor(0).data[: len(into)]))
        return output


@functools.cache
def package() -> Any:
    """OpenVINO without the part that sends word of its use to its makers: nothing leaves this machine unasked."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # so it takes the package for not installed
    import openvino

    return openvino


@functools.cache
def core() -> Any:
    """The one that compiles."""
    return package().Core()


def _converted(network: nn.Module, *given: Tensor) -> Any:
    """The network as a graph of any number of samples.

    By the package's front end itself: `openvino.convert_model`, which calls it, traces three times and tells its makers.
    """
    import torch

    package()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    front = FrontEndManager().load_by_framework("pytorch")
    with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
        warnings.simplefilter("ignore")  # of the tracer: it remembers what was true of the sizes, and sizes stay
        example = tuple(each.clone() for each in given)  # tensors of inference mode cannot be traced
        traced = torch.jit.trace(network, example, check_trace=False)
        decoder = TorchScriptPythonDecoder(traced, example_input=example)  # held here: the front end does not
        return front.convert(front.load(decoder))


def tried(model: Any, precision: str) -> None:
    """Have another process compile and run it, where none has on this machine.

    Raises
    ------
    BadInput
        If it did not come through.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.xml"
        package().save_model(model, path, compress_to_fp16=False)
        said = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
        came_through = paths.cache_folder() / "openvino" / f"{said}-{precision}-{_version()}"
        if came_through.exists():
            return
        command = own_command(TRY_GRAPH, str(path), HINTS[precision])
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TRIAL_SECONDS, env=dict(os.environ))
    if done.returncode:
        raise BadInput(f"OpenVINO cannot compile this network in {precision} on this machine (its trial ended with {done.returncode})")
    came_through.parent.mkdir(parents=True, exist_ok=True)
    came_through.touch()


def compile_and_run(path: Path, hint: str) -> None:
    """Compile a graph and run it on ones; what that does to a process is done to this one.

    Parameters
    ----------
    path : Path
        An OpenVINO graph (.xml), of inputs whose shapes are known.
    hint : str
        One of HINTS' values.

    Raises
    ------
    RuntimeError
        If OpenVINO itself says that it cannot.
    """
    import numpy as np

    model = core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": hint})
    model([np.ones(each.shape, each.element_type.to_dtype()) for each in model.inputs])


def _version() -> str:
    import importlib.metadata  # not before it is wanted: the window knows this module, and what this imports takes a while

    return importlib.metadata.version("openvino")
