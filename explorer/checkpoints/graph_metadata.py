"""What an exported graph (ONNX) says of itself, so that it is opened again without a question: text by name, as `metadata_props` holds it.

The model card is the one that the app's own checkpoints have; beside it stands what only a graph leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from explorer.checkpoints.card import METADATA_KEY, Card, decode_card, encode_card

Part = Literal["denoiser", "encoder", "decoder"]
TimeInput = Literal["index", "fraction"]

CARD = METADATA_KEY
"""The card, as JSON: option, schedule with T and its betas, shape and value range of the images, training."""
PART = f"{METADATA_KEY}.part"
FIRST_TIMESTEP = f"{METADATA_KEY}.first_timestep"
TIME_INPUT = f"{METADATA_KEY}.time_input"
PIXEL_RANGE = f"{METADATA_KEY}.pixel_range"

DENOISER_INPUTS, DENOISER_OUTPUTS = ("x", "t"), ("output",)
ENCODER_INPUTS, ENCODER_OUTPUTS = ("x",), ("mean", "log_variance")
DECODER_INPUTS, DECODER_OUTPUTS = ("z",), ("images",)


class GraphMetadata(msgspec.Struct, frozen=True):
    """What a graph is and how it is asked.

    Attributes
    ----------
    card : Card
    part : "denoiser", "encoder" or "decoder"
        A denoiser takes x (N, C, H, W) and t (N,), int64, where it is told classes labels (N,), int64, too, and gives output of x's
        shape; an encoder takes x and gives mean and, where codes are Gaussian, log_variance (N, code); a decoder takes z (N, code) and
        gives images (N, C, H, W).
    first_timestep : int
        What t is at the first timestep: 1, or 0.
    time_input : "index" or "fraction"
        t itself, or t / T.
    pixel_range : (float, float)
        Of the images in x and out of a decoder.
    """

    card: Card
    part: Part = "denoiser"
    first_timestep: int = 1
    time_input: TimeInput = "index"
    pixel_range: tuple[float, float] = (-1.0, 1.0)


def properties(told: GraphMetadata) -> dict[str, str]:
    """Text by name, as the graph's `metadata_props`."""
    low, high = told.pixel_range
    return {
        CARD: encode_card(told.card),
        PART: told.part,
        FIRST_TIMESTEP: str(told.first_timestep),
        TIME_INPUT: told.time_input,
        PIXEL_RANGE: f"{low:g},{high:g}",
    }


def read(found: Mapping[str, str]) -> GraphMetadata | None:
    """What a graph's `metadata_props` say; None if this app did not write them.

    Raises
    ------
    ValueError
        If the card is not valid, or a value beside it is none that there is.
    """
    if CARD not in found:
        return None
    card = decode_card(found[CARD])
    part, time_input = found.get(PART, "denoiser"), found.get(TIME_INPUT, "index")
    first, pixels = found.get(FIRST_TIMESTEP, "1"), found.get(PIXEL_RANGE, "-1,1")
    ranges = {"-1,1": (-1.0, 1.0), "0,1": (0.0, 1.0)}
    if part not in get_args(Part) or time_input not in get_args(TimeInput) or first not in ("0", "1") or pixels not in ranges:
        raise ValueError(f"its metadata names {part}, {time_input}, first timestep {first}, pixels in {pixels}: there are none such")
    return GraphMetadata(card, part, int(first), time_input, ranges[pixels])  # type: ignore[arg-type]  # looked at above
