"""Which part a graph can take, by its inputs and outputs: a denoiser, or a decoder of codes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Literal

from explorer.checkpoints.graph_metadata import GraphMetadata, read
from explorer.errors import BadInput
from explorer.sources.graphs.outline import FLOATS, WHOLE, Outline, Port, begins_like_one, outline

WHAT_OPENS = "what opens is a graph of x_t and t to an output like x_t (a lane), or of codes to images (a plane)"


@dataclass(frozen=True)
class Graph:
    """What is known of a graph before it is run.

    Attributes
    ----------
    part : "denoiser", "decoder" or "encoder"
    values : int
        Place of the input that is x_t, or the codes.
    time : int
        Place of the input that is t; -1 of a decoder or an encoder.
    output : int
        Place of the output.
    outline : Outline
    metadata : GraphMetadata or None
        What this app wrote into it.
    labels : int
        Place of the input that is the classes; -1 of a graph that is told none.
    """

    part: Literal["denoiser", "decoder", "encoder"]
    values: int
    time: int
    output: int
    outline: Outline
    metadata: GraphMetadata | None
    labels: int = -1

    @property
    def x(self) -> Port:
        """x_t, or the codes."""
        return self.outline.inputs[self.values]

    @property
    def t(self) -> Port:
        """Of a denoiser."""
        return self.outline.inputs[self.time]

    @property
    def image(self) -> Port:
        """What comes out."""
        return self.outline.outputs[self.output]


def graph_of(path: Path) -> Graph:
    """What a file's graph is (BadInput as `outline`, and if it is neither; the message says what its inputs are)."""
    found = outline(path)
    try:
        metadata = read(found.metadata)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    inputs = found.inputs
    if metadata is not None and metadata.part == "encoder":
        return Graph("encoder", 0, -1, 0, found, metadata)
    labels = _labels(inputs, metadata)
    if len(inputs) == 2 + (labels >= 0):
        for values, time in permutations([place for place in range(len(inputs)) if place != labels]):
            if _is_image(inputs[values]) and _is_time(inputs[time]):
                output = _like(found, inputs[values])
                if output >= 0:
                    return Graph("denoiser", values, time, output, found, metadata, labels)
    elif len(inputs) == 1 and _is_image(inputs[0]) and found.outputs[0].kind in FLOATS and found.outputs[0].rank == 2:
        return Graph("encoder", 0, -1, 0, found, metadata)
    elif len(inputs) == 1 and inputs[0].kind in FLOATS:
        output = next((i for i, port in enumerate(found.outputs) if _may_be_image(port)), -1)
        if output >= 0 and (inputs[0].rank == 2 or _are_codes(inputs[0], found.outputs[output])):
            return Graph("decoder", 0, -1, output, found, metadata)
    raise BadInput(f"{path}: {_what_it_is(found)}; {WHAT_OPENS}")


def encoder_beside(path: Path, decoder: Graph) -> Path | None:
    """The encoder that was exported with a decoder: of its name, with "encoder" in the place of "decoder"."""
    beside = path.with_name(path.name.replace("decoder", "encoder"))
    try:
        if beside == path or not beside.is_file() or not begins_like_one(beside):
            return None
        found = graph_of(beside)
    except (BadInput, OSError):
        return None
    return beside if found.part == "encoder" and _same_card(found, decoder) else None


def decoder_beside(path: Path) -> Path | None:
    """The decoder that was exported with an encoder."""
    beside = path.with_name(path.name.replace("encoder", "decoder"))
    try:
        if beside == path or not beside.is_file() or not begins_like_one(beside):
            return None
        found = graph_of(beside)
        return beside if found.part == "decoder" and encoder_beside(beside, found) == path else None
    except (BadInput, OSError):
        return None


def _same_card(one: Graph, other: Graph) -> bool:
    return (one.metadata and one.metadata.card) == (other.metadata and other.metadata.card)


def _labels(inputs: list[Port], metadata: GraphMetadata | None) -> int:
    """Place of the classes that this app's export tells of; -1 where it tells of none."""
    if metadata is None or metadata.card.classes is None:
        return -1
    return next((place for place, port in enumerate(inputs) if port.name == "labels" and port.kind in WHOLE and port.rank == 1), -1)


def _is_image(port: Port) -> bool:
    return port.kind in FLOATS and port.rank == 4 and port.side(1) in (1, 3)


def _is_time(port: Port) -> bool:
    """(N,), a scalar or (N, 1)."""
    if port.kind not in (*FLOATS, *WHOLE):
        return False
    return port.rank in (0, 1) or (port.rank == 2 and port.side(1) == 1)


def _like(found: Outline, x: Port) -> int:
    """Place of the output of x's shape, as far as shapes are said; -1 if there is none."""
    for i, port in enumerate(found.outputs):
        if port.kind in FLOATS and port.rank in (4, -1):
            sides = [(port.side(k), x.side(k)) for k in range(1, 4)] if port.rank == 4 else []
            if all(a is None or b is None or a == b for a, b in sides):
                return i
    return -1


def _may_be_image(port: Port) -> bool:
    return port.kind in FLOATS and port.rank in (4, -1) and (port.rank < 0 or port.side(1) in (1, 3, None))


def _are_codes(port: Port, image: Port) -> bool:
    """Whether (N, c, h, w) are latent pixels: of other channels than a picture, or smaller than what comes out."""
    if port.rank != 4 or port.side(1) is None:
        return False
    smaller = any(a is not None and b is not None and a < b for a, b in ((port.side(k), image.side(k)) for k in (2, 3) if image.rank == 4))
    return smaller or port.side(1) not in (1, 3)


def _what_it_is(found: Outline) -> str:
    """Its inputs and outputs in words."""
    inputs, outputs = (", ".join(port.words for port in ports) or "nothing" for ports in (found.inputs, found.outputs))
    said = f"is an ONNX graph of {inputs} to {outputs}"
    if len(found.inputs) > 2:
        return f"{said}: it is told more than x_t and t"
    if len(found.inputs) == 1 and found.inputs[0].rank == 4:
        return f"{said}: it is told no t"
    return said
