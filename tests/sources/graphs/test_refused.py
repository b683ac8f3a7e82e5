"""Graphs that are damaged, hostile, or something else: one sentence that names the file, and nothing is run."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from explorer import sources
from explorer.errors import BadInput
from explorer.recipe.told import Told
from explorer.sources.graphs import runtime
from explorer.sources.graphs.outline import begins_like_one, outline

from .conftest import graph, helper, scaled

IMAGE = ("n", 1, 8, 8)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        sources.open(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


@pytest.mark.parametrize("kept", [40, 200, -1])
def test_one_cut_short_is_said_to_be(kept: int, lane: Path) -> None:
    lane.write_bytes(lane.read_bytes()[:kept])
    assert "damaged or cut short" in refusal(lane)


@pytest.mark.parametrize("seed", range(20))
def test_a_spoilt_one_fails_in_words(seed: int, lane: Path) -> None:
    spoilt = bytearray(lane.read_bytes())
    draw = np.random.default_rng(seed)
    for place in draw.integers(4, 400, 6):
        spoilt[place] = draw.integers(256)
    lane.write_bytes(bytes(spoilt))
    with contextlib.suppress(BadInput):  # and nothing else
        sources.card(lane, Told(predicts="C", schedule="linear", timesteps=100, first_timestep=0))


def test_other_files_do_not_begin_like_one(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\x08",
        b"\x08\x07\x12\xff\xff\xff\xff\x0f" + b"x" * 90,
        b"PK\x03\x04" + bytes(90),
        b"\x89PNG\r\n\x1a\n" + bytes(90),
    ):
        path = tmp_path / "other.onnx"
        path.write_bytes(content)
        assert not begins_like_one(path)


def test_operators_of_others_are_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("Secret", ["x", "t"], ["y"], domain="com.example")]
    path = graph(
        tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)],
        opsets=[helper.make_opsetid("com.example", 1)],
    )  # fmt: skip
    assert "com.example" in refusal(path)


def test_loops_are_refused(tmp_path: Path) -> None:
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["again"])], "body",
        [helper.make_tensor_value_info("i", 7, []), helper.make_tensor_value_info("go", 9, [])],
        [helper.make_tensor_value_info("again", 9, [])],
    )  # fmt: skip
    nodes = [helper.make_node("Loop", ["", ""], [], body=body), helper.make_node("Identity", ["x"], ["y"])]
    path = graph(tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)])
    assert "Loop" in refusal(path)


@pytest.mark.parametrize("location", ["/etc/passwd", "../weights.bin", "a/../../weights.bin", "C:\\weights.bin", ""])
def test_weights_elsewhere_are_refused(location: str, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(64))
    (tmp_path / "in").mkdir()
    path = _external(tmp_path / "in" / "g.onnx", location)
    assert "not in its folder" in refusal(path)


def test_weights_behind_a_link_elsewhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(64))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "w.bin").symlink_to(tmp_path / "weights.bin")
    assert "not in its folder" in refusal(_external(tmp_path / "in" / "g.onnx", "w.bin"))


@pytest.mark.parametrize(("written", "message"), [(None, "not beside it"), (3, "reach beyond")])
def test_weights_that_are_missing_or_short_are_named(written: int | None, message: str, tmp_path: Path) -> None:
    if written is not None:
        (tmp_path / "w.bin").write_bytes(bytes(written))
    assert message in refusal(_external(tmp_path / "g.onnx", "w.bin"))


def _external(path: Path, location: str) -> Path:
    told = onnx.TensorProto(name="w", data_type=1, dims=[1], data_location=onnx.TensorProto.EXTERNAL)
    told.external_data.add(key="location", value=location)
    nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
    return graph(path, nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)], {"w": told})


@pytest.mark.parametrize("dims", [[2**40], [2**31, 2**31], [-1], [2] * 40])
def test_weights_that_claim_to_be_larger_than_they_are_are_refused(dims: list[int], tmp_path: Path) -> None:
    told = onnx.TensorProto(name="w", data_type=1, dims=dims, raw_data=bytes(4))
    nodes = [helper.make_node("Add", ["x", "w"], ["y"])]
    path = graph(tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)], {"w": told})
    assert "damaged" in refusal(path)


def test_a_tensor_of_terabytes_between_operators_is_never_made(tmp_path: Path) -> None:
    if importlib.util.find_spec("openvino") is None:  # not imported here: it would tell its makers
        pytest.skip("openvino is not installed")
    nodes = [
        helper.make_node("ConstantOfShape", ["sides"], ["huge"]), helper.make_node("ReduceSum", ["huge"], ["sum"], keepdims=0),
        helper.make_node("Add", ["x", "sum"], ["y"]),
    ]  # fmt: skip
    sides = np.array([1 << 20, 1 << 20], np.int64)
    path = graph(tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)], {"sides": sides})
    assert "more than 8 GB" in refusal(path)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ([("x", "float", IMAGE)], [("x", "float", IMAGE)], "told no t"),
        ([("x", "float", IMAGE), ("t", "int64", ("n",)), ("c", "int64", ("n",))], [("x", "float", IMAGE)], "more than x_t and t"),
        ([("x", "float", ("n", 5, 8, 8)), ("t", "int64", ("n",))], [("x", "float", ("n", 5, 8, 8))], r"x \(n, 5, 8, 8\)"),
        ([("x", "int64", IMAGE), ("t", "int64", ("n",))], [("x", "int64", IMAGE)], "int64"),
    ],
)
def test_what_is_neither_a_denoiser_nor_a_decoder_is_said_to_be_what_it_is(
    inputs: list[Any], outputs: list[Any], message: str, tmp_path: Path
) -> None:
    nodes = [helper.make_node("Identity", ["x"], ["y"])]
    path = graph(tmp_path / "g.onnx", nodes, inputs, [("y", *outputs[0][1:])])
    with pytest.raises(BadInput, match=message):
        sources.card(path)


def test_an_output_of_another_shape_is_no_prediction(tmp_path: Path) -> None:
    nodes = [helper.make_node("Concat", ["x", "x"], ["y"], axis=2)]
    path = graph(tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", ("n", 1, "h", 8))])
    assert "no prediction of a step" in refusal(path)


def test_an_operator_that_no_runtime_knows_is_said(tmp_path: Path) -> None:
    nodes = [helper.make_node("Nonsense", ["x", "t"], ["y"])]
    path = graph(tmp_path / "g.onnx", nodes, [("x", "float", IMAGE), ("t", "int64", ("n",))], [("y", "float", IMAGE)])
    assert "says: " in refusal(path)


def test_looking_at_a_graph_imports_nothing_that_runs_it(lane: Path) -> None:
    import subprocess

    code = (
        "import sys, pathlib; from explorer import sources; p = pathlib.Path(sys.argv[1]); assert sources.asks(p);"
        "assert not {'torch', 'onnx', 'onnxruntime', 'openvino', 'google.protobuf'} & {*sys.modules}, [*sys.modules]"
    )
    subprocess.run([sys.executable, "-c", code, str(lane)], check=True)


def test_outlines_tell_producer_and_numbers(tmp_path: Path) -> None:
    found = outline(scaled(tmp_path / "g.onnx"))
    assert (found.producer, found.opset, found.weights, found.nodes) == ("hand", 17, 5, 4)
    assert [port.words for port in found.inputs] == ["x (n, 1, 8, 8) float32", "t (n) int64"]
    assert runtime.MISSING


def test_a_graph_of_nothing_is_said_to_be_damaged(tmp_path: Path) -> None:
    """Version 8, produced by "x", a graph with a name."""
    path = tmp_path / "g.onnx"
    path.write_bytes(bytes([0x08, 8, 0x12, 1]) + b"x" + bytes([0x3A, 3, 0x12, 1]) + b"g" + bytes([0x42, 2, 0x10, 17]))
    assert "no operators" in refusal(path)
