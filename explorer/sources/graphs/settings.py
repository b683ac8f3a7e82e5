"""What a graph leaves open, and the model card of what it and a person say. No torch."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec

from explorer.checkpoints.card import (
    FORMAT_VERSION,
    NO_ENCODER,
    UNSAID,
    VALUE_RANGE,
    Card,
    DataCard,
    LatentCard,
    NetworkCard,
    OriginCard,
    SamplerCard,
    ScheduleCard,
)
from explorer.errors import BadInput
from explorer.recipe.told import Predicts, Told, pixel_range
from explorer.sources.asking import Question
from explorer.sources.costs import beyond
from explorer.sources.graphs.parts import Graph, encoder_beside, graph_of
from explorer.sources.plain_betas import plain_linear

NETWORK = "ONNX graph"
RUN_BY = ("it is run on the CPU, in float32, whatever device the app uses",)
_BY_NAME: tuple[tuple[str, Predicts], ...] = (
    ("eps", "C"), ("noise", "C"), ("x0", "B"), ("x_0", "B"), ("x_start", "B"), ("velocity", "V"), ("v_pred", "V"), ("mean", "A"),
)  # fmt: skip
_USUAL_SIDE = {1: 28, 3: 32}


def asked(path: Path, graph: Graph) -> tuple[Question, ...]:
    """What nothing in the file says (BadInput as `shape_of`)."""
    if graph.metadata is not None:
        return ()
    if graph.part == "decoder":
        return (Question("pixel_range", "0,1", "a graph of codes to images does not say its pixels' values"),)
    questions = [
        Question("predicts", _predicts(path, graph), "a graph does not say what its output means"),
        Question("schedule", "linear"), Question("timesteps", 1000), Question("first_timestep", 0, "most networks count from 0"),
    ]  # fmt: skip
    if graph.t.kind not in ("int32", "int64"):
        questions.append(Question("time_input", "index"))
    questions.append(Question("pixel_range", "-1,1"))
    if None in (graph.x.side(2), graph.x.side(3)):
        side = _USUAL_SIDE[graph.x.side(1) or 1]
        questions.append(Question("image_size", (side, side), "the graph takes images of any size"))
    return tuple(questions)


def _predicts(path: Path, graph: Graph) -> Predicts:
    """As its output is called, else the file, else the noise."""
    output, stem = graph.image.name.lower(), path.stem.lower()
    said = [option for word, option in _BY_NAME if word in output]
    said += [option for word, option in _BY_NAME if word in stem and word not in ("mean", "noise")]  # "denoiser" says nothing
    return said[0] if said else "C"


def shape_of(path: Path, graph: Graph, told: Told) -> tuple[int, int, int]:
    """(C, H, W) of a denoiser's images (BadInput where the card in it and the graph say different things)."""
    x = graph.x
    height, width = (x.side(2), x.side(3))
    wanted = graph.metadata.card.data.shape if graph.metadata is not None else None
    if wanted is None:
        size = told.image_size or (0, 0)
        wanted = (x.side(1) or 0, height or size[0], width or size[1])
    if any(own is not None and own != side for own, side in zip((x.side(1), height, width), wanted, strict=True)):
        raise BadInput(f"{path}: its metadata says images of {wanted}, but it takes {x.words}")
    return wanted


def card_of_denoiser(path: Path, graph: Graph, told: Told) -> Card:
    """Card of a lane (BadInput as `shape_of`, or if there is no such schedule)."""
    shape = shape_of(path, graph, told)
    own = graph.metadata
    try:
        schedule = _schedule(told) if own is None else own.card.schedule
        option = (told.predicts or "C") if own is None else own.card.option
        if schedule is None or option is None:
            raise ValueError("its metadata says no schedule")
        _check_tables(graph, told, schedule.T)
        low, high = pixels = pixels_of(graph, told)
        notes = [*_time_notes(graph, told), *RUN_BY]
        clips = own is None and option != "A"
        if clips:
            notes.append("x0_hat is kept within its images' range unless a lane is told otherwise: how its author samples is not said")
        if pixels != VALUE_RANGE:
            notes.append(f"its images are in [{low:g}, {high:g}]: so are x_t and x0_hat of its chain")
        card = Card(
            FORMAT_VERSION, "ddpm", NetworkCard(NETWORK, _network(graph)), DataCard(UNSAID, shape, pixels, ""), option, schedule,
            origin=OriginCard(_format(graph), tuple(notes), SamplerCard(clip=True) if clips else SamplerCard()),
        )  # fmt: skip
        return card if own is None else _of_this_app(card, own.card)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def _check_tables(graph: Graph, told: Told, T: int) -> None:
    """Refuse a t, or a label, that it has no row for: what runs it would take zeros for that, in silence (ValueError)."""
    first, fraction = time_of(graph, told)
    rows = graph.outline.tables.get(graph.t.name)
    if rows is not None and not fraction and first + T - 1 >= rows:
        raise ValueError(f"{beyond(T, rows)}, told {first} to {first + T - 1}")
    classes = None if graph.metadata is None else graph.metadata.card.classes
    rows = graph.outline.tables.get(graph.outline.inputs[graph.labels].name) if classes is not None and graph.labels >= 0 else None
    if classes is not None and rows is not None and classes.labels > rows:
        raise ValueError(f"its card has {classes.labels} labels, and its network a row for {rows}")


def _of_this_app(card: Card, own: Card) -> Card:
    """With what the app wrote into it of its data, its training and its classes."""
    return msgspec.structs.replace(card, data=own.data, training=own.training, metrics=own.metrics, classes=own.classes)


def card_of_decoder(path: Path, graph: Graph, told: Told) -> Card:
    """Card of a plane (BadInput if it gives no images, or its codes are not said)."""
    from explorer.sources.graphs.autoencoder import DECODES_ONLY, code_shape, image_shape

    own, beside = graph.metadata, encoder_beside(path, graph)
    shape = image_shape(path, graph)
    low, high = decoded_pixels(graph, told)
    notes = [DECODES_ONLY if beside is None else f"its encoder is {beside.name}, beside it"]
    notes += [f"its images are in [{low:g}, {high:g}]", *RUN_BY]
    codes = code_shape(path, graph)
    config = {**_network(graph), "code": math.prod(codes), "encoder": NO_ENCODER if beside is None else beside.name}
    latent = LatentCard((codes[0], codes[1], codes[2]), shape, NETWORK) if len(codes) == 3 else None
    card = Card(
        FORMAT_VERSION, "vae" if beside is not None and len(graph_of(beside).outline.outputs) > 1 else "ae", NetworkCard(NETWORK, config),
        DataCard(UNSAID, shape, VALUE_RANGE, ""), origin=OriginCard(_format(graph), tuple(notes)), latent=latent,
    )  # fmt: skip
    if own is None:
        return card
    if own.card.data.shape != shape:
        raise BadInput(f"{path}: its metadata says images of {own.card.data.shape}, but it gives {shape}")
    return msgspec.structs.replace(card, data=own.card.data, training=own.card.training, metrics=own.card.metrics)


def decoded_pixels(graph: Graph, told: Told) -> tuple[float, float]:
    """Values of black and white of a decoder's images."""
    if graph.metadata is not None:
        return graph.metadata.pixel_range
    return pixel_range(told.pixel_range or "0,1")


def pixels_of(graph: Graph, told: Told) -> tuple[float, float]:
    """Values of black and white."""
    if graph.metadata is not None:
        return graph.metadata.card.data.value_range
    return pixel_range(told.pixel_range or "-1,1")


def time_of(graph: Graph, told: Told) -> tuple[int, bool]:
    """What t is at the first timestep, and whether it is told as a share of T."""
    own = graph.metadata
    if own is not None:
        return own.first_timestep, own.time_input == "fraction"
    return (0 if told.first_timestep is None else told.first_timestep), told.time_input == "fraction"


def _schedule(told: Told) -> ScheduleCard:
    if told.betas is not None:
        return ScheduleCard("betas", len(told.betas), told.betas)
    T, name = told.timesteps or 1000, told.schedule or "linear"
    return plain_linear(T) if name == "linear" else ScheduleCard(name, T)


def _time_notes(graph: Graph, told: Told) -> list[str]:
    first, fraction = time_of(graph, told)
    if fraction:
        return [f"it is told t / T, which is {'1 / T' if first else '0'} at the first timestep"]
    return [f"it is told {'t' if first else 't - 1'}, {first} at the first timestep"]


def _format(graph: Graph) -> str:
    own = " of this app" if graph.metadata is not None else ""
    by = f", written by {graph.outline.producer}" if graph.outline.producer else ""
    return f"an ONNX graph{own}{by}"


def _network(graph: Graph) -> dict[str, str | int]:
    ports = {f"input {port.name}": port.words.removeprefix(f"{port.name} ") for port in graph.outline.inputs}
    return {**ports, f"output {graph.image.name}": graph.image.words.removeprefix(f"{graph.image.name} "), "opset": graph.outline.opset}
