"""A graph as a lane: its chain is that of the network that was exported, whatever the forms of its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from explorer import backends, sources
from explorer.checkpoints import graph_metadata
from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, DataCard, NetworkCard, ScheduleCard
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.models.predictors import from_checkpoint
from explorer.errors import BadInput
from explorer.recipe.told import Told
from explorer.sources.graphs import runtime

from .conftest import SHAPE, Small, export, graph, helper, scaled

CLOSE = 1e-4
RUNTIMES = {"openvino": runtime.OpenVinoRuntime, "onnxruntime": runtime.OnnxRuntime}
TOLD = Told(predicts="C", schedule="linear", timesteps=100, first_timestep=0, pixel_range="-1,1")


@pytest.fixture(params=RUNTIMES)
def run_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each runtime that is installed, alone."""
    found = runtime.importlib.util.find_spec  # type: ignore[attr-defined]
    if found(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    monkeypatch.setattr(runtime.importlib.util, "find_spec", lambda name: found(name) if name == request.param else None)  # type: ignore[attr-defined]
    return RUNTIMES[request.param].name


@pytest.mark.parametrize("first", [0, 1])
def test_its_chain_is_the_networks(first: int, lane: Path, network: Small, run_by: str) -> None:
    told = Told(predicts="C", schedule="linear", timesteps=100, first_timestep=first, pixel_range="-1,1")  # type: ignore[arg-type]
    checkpoint = sources.open(lane, told)
    predictor = from_checkpoint(checkpoint, torch.device("cpu"))
    noise = noise_source(4, range(3), SHAPE)
    with torch.no_grad():
        for step in reverse_steps(predictor, plan(predictor.schedule, 10), initial_state(noise), noise):
            eps = network(step.x_t, torch.full((3,), step.t - 1 + first))
            assert (step.prediction.eps_hat - eps).abs().max() < CLOSE * eps.abs().max()


def test_a_batch_may_hold_different_timesteps_and_be_of_any_size(lane: Path, network: Small) -> None:
    asked = sources.open(lane, TOLD).network
    for count in (1, 2, 5, 21):
        x, t = torch.randn(count, *SHAPE), torch.arange(count) % 100 + 1
        assert torch.allclose(asked(x, t), network(x, t - 1), atol=1e-5)


@pytest.mark.parametrize(
    "form",
    [
        {"t": ()}, {"t": (1,)}, {"t": ("n", 1)}, {"t_kind": "int32"}, {"t_kind": "float"}, {"t_kind": "float", "t": ()}, {"kind": "half"},
        {"kind": "double"}, {"first_t": True}, {"x": (1, 1, 8, 8), "t": (1,)}, {"x": (4, 1, 8, 8), "t": (4,)}, {"x": (4, 1, 8, 8), "t": ()},
        {"x": ("n", 1, "h", "w")},
    ],
)  # fmt: skip
def test_inputs_come_in_many_forms(form: dict[str, Any], tmp_path: Path, run_by: str) -> None:
    path = scaled(tmp_path / "g.onnx", **form)
    fields = {question.field: question.default for question in sources.asks(path)}
    assert ("time_input" in fields) == form.get("t_kind", "").startswith("float")
    assert ("image_size" in fields) == (form.get("x", ())[-1:] == ("w",))
    size = (8, 8) if "image_size" in fields else None
    network = sources.open(path, Told(predicts="C", schedule="linear", timesteps=100, first_timestep=0, image_size=size)).network
    x, t = torch.rand(6, *SHAPE), torch.tensor([1, 5, 5, 1, 9, 90])
    assert torch.allclose(network(x, t), x + (t - 1).reshape(-1, 1, 1, 1) / 10, atol=2e-2 if form.get("kind") == "half" else 1e-5)


def test_a_batch_that_tracing_fixed_is_found_out(tmp_path: Path, run_by: str) -> None:
    class Fixed(nn.Module):
        def forward(self, x: Tensor, t: Tensor) -> Tensor:
            return x * t.float().reshape(int(x.shape[0]), -1, 1, 1)

    path = export(tmp_path / "g.onnx", Fixed(), (torch.zeros(2, *SHAPE), torch.zeros(2, dtype=torch.int64)), ("x", "t"))
    network = sources.open(path, TOLD).network
    assert network._graph.size == 2
    x, t = torch.rand(5, *SHAPE), torch.tensor([1, 2, 3, 4, 5])
    assert torch.allclose(network(x, t), x * (t - 1).reshape(-1, 1, 1, 1))


def test_a_share_of_t_is_told_as_one(tmp_path: Path) -> None:
    path = scaled(tmp_path / "g.onnx", t_kind="float")
    told = Told(predicts="C", schedule="linear", timesteps=50, first_timestep=1, time_input="fraction")
    network = sources.open(path, told).network
    assert network(torch.zeros(1, *SHAPE), torch.tensor([25])).mean() == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("name", "output", "option"), [("unet_x0", "y", "B"), ("net", "v_pred", "V"), ("x0", "eps", "C"), ("denoiser", "y", "C")]
)
def test_what_is_predicted_is_guessed_by_names(name: str, output: str, option: str, tmp_path: Path, network: Small) -> None:
    inputs = (torch.zeros(2, *SHAPE), torch.zeros(2, dtype=torch.int64))
    path = export(tmp_path / f"{name}.onnx", network, inputs, ("x", "t"), output)
    assert {question.field: question.default for question in sources.asks(path)}["predicts"] == option


def test_the_linear_schedule_is_not_rescaled(lane: Path) -> None:
    card = sources.card(lane, TOLD)
    assert card.schedule is not None
    assert card.schedule.betas is not None
    assert card.schedule.betas[-1] == 0.02
    assert card.sampler.clip, "nothing says that its author does not"
    assert card.origin is not None
    assert any("how its author samples is not said" in note for note in card.origin.notes)


def test_pixels_in_0_to_1_are_the_chains(lane: Path) -> None:
    told = Told(predicts="C", schedule="linear", timesteps=100, first_timestep=0, pixel_range="0,1")
    assert sources.card(lane, told).data.value_range == (0.0, 1.0)


def test_no_backend_looks_into_it(lane: Path) -> None:
    network = sources.open(lane, TOLD).network
    assert [backend.name for backend in backends.BACKENDS if backend.supports(network)] == ["torch"]
    assert network.run_by in ("OpenVINO · fp32", "ONNX Runtime · fp32")


def test_weights_beside_it_are_a_part_of_it(tmp_path: Path, lane: Path, network: Small, run_by: str) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    path = folder / "large.onnx"
    onnx.save(onnx.load(lane), path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    assert [part.name for part in sources.parts(path)] == ["large.onnx", "weights.bin"]
    before = sources.sha256(path, TOLD)
    x = torch.rand(2, *SHAPE)
    assert torch.allclose(sources.open(path, TOLD).network(x, torch.tensor([3, 3])), network(x, torch.tensor([2, 2])), atol=1e-5)
    weights = bytearray((folder / "weights.bin").read_bytes())
    weights[3] ^= 1
    (folder / "weights.bin").write_bytes(bytes(weights))
    assert sources.sha256(path, TOLD) != before


def test_without_a_runtime_it_says_what_to_install(lane: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.importlib.util, "find_spec", lambda name: None)  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="pip install openvino"):
        sources.open(lane, TOLD)


def test_what_this_app_exported_asks_nothing(tmp_path: Path) -> None:
    card = Card(
        FORMAT_VERSION, "ddpm", NetworkCard("unet", {}), DataCard("mnist", SHAPE, VALUE_RANGE, "ab"), "V", ScheduleCard("cosine", 60)
    )
    told = graph_metadata.properties(graph_metadata.GraphMetadata(card))
    path = scaled(tmp_path / "g.onnx")
    model = onnx.load(path)
    helper.set_model_props(model, told)
    onnx.save(model, path)
    assert sources.asks(path) == ()
    checkpoint = sources.open(path)
    assert (checkpoint.card.option, checkpoint.card.schedule, checkpoint.card.data) == ("V", card.schedule, card.data)
    assert checkpoint.network(torch.zeros(1, *SHAPE), torch.tensor([7])).mean() == pytest.approx(0.7), "it counts from 1"
    helper.set_model_props(model, told | {graph_metadata.TIME_INPUT: "sideways"})
    onnx.save(model, path)
    with pytest.raises(BadInput, match="sideways"):
        sources.card(path)


def test_labels_of_an_export_reach_it(tmp_path: Path) -> None:
    from explorer.checkpoints.card import ClassesCard

    nodes = [
        helper.make_node("Cast", ["labels"], ["l"], to=1), helper.make_node("Reshape", ["l", "sides"], ["s"]),
        helper.make_node("Add", ["x", "s"], ["y"]), helper.make_node("Identity", ["t"], ["unused"]),
    ]  # fmt: skip
    inputs = [("x", "float", ("n", 1, 8, 8)), ("t", "int64", ("n",)), ("labels", "int64", ("n",))]
    outputs = [("y", "float", ("n", 1, 8, 8)), ("unused", "int64", ("n",))]
    path = graph(tmp_path / "g.onnx", nodes, inputs, outputs, {"sides": np.array([-1, 1, 1, 1], np.int64)})
    with pytest.raises(BadInput, match="told more than x_t and t"):
        sources.card(path)
    card = Card(
        FORMAT_VERSION, "ddpm", NetworkCard("unet", {}), DataCard("mnist", SHAPE, VALUE_RANGE, ""), "C", ScheduleCard("linear", 60),
        classes=ClassesCard(11, 10),
    )  # fmt: skip
    model = onnx.load(path)
    helper.set_model_props(model, graph_metadata.properties(graph_metadata.GraphMetadata(card)))
    onnx.save(model, path)
    network = sources.open(path).network
    assert network.label_count == 11
    assert network(torch.zeros(2, *SHAPE), torch.tensor([1, 1]), torch.tensor([3, 7])).mean((1, 2, 3)).tolist() == [3, 7]
