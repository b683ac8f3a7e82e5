"""The questions that a checkpoint may ask, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explorer.recipe.told import NO_NULL, Told


@dataclass(frozen=True, slots=True)
class Words:
    """How a question is put.

    Attributes
    ----------
    title : str
        Beside the field.
    help : str
        What it means, for who wonders.
    choices : tuple of (value, words)
        Where there are few.
    """

    title: str
    help: str
    choices: tuple[tuple[Any, str], ...] = ()


QUESTIONS = {
    "predicts": Words(
        "The network predicts",
        "What its output is. Most networks predict the noise; v is what newer defaults of several tools have it predict",
        (("C", "the noise ε"), ("B", "the image x₀"), ("V", "v"), ("A", "the mean μ̃")),
    ),
    "schedule": Words(
        "Noise schedule",
        "How much noise each timestep adds: by a name, or as a list of betas",
        (("linear", "linear"), ("cosine", "cosine")),
    ),
    "timesteps": Words("Timesteps T", "How many timesteps the schedule has; most have 1000"),
    "first_timestep": Words(
        "It counts t = 1 as",
        "The number that the network is told at t = 1: most code counts from 0, some from 1",
        ((0, "0"), (1, "1")),
    ),
    "time_input": Words(
        "It is told the time as",
        "A timestep as a whole number, or its share of T",
        (("index", "a timestep"), ("fraction", "t / T")),
    ),
    "pixel_range": Words(
        "Its pixels are in",
        "Values of the images that it was trained on",
        (("-1,1", "[−1, 1]"), ("0,1", "[0, 1]"), ("-0.5,0.5", "[−½, ½]")),
    ),
    "image_size": Words("Size of its images", "Height and width in pixels"),
    "heads": Words("Heads of its attention", "How many parts the channels of an attention layer are split into"),
    "head_channels": Words("Channels of each head", "How many channels each head of its attention has"),
    "attention_order": Words(
        "Heads are split",
        "Before queries, keys and values are taken apart (the older code), or after",
        (("legacy", "first"), ("new", "last")),
    ),
    "null_label": Words(
        "Label of no class",
        "The label that it was told where it should know no class: with it, chains can be guided. It often is the last one",
        ((NO_NULL, "none"),),
    ),
}


def answer_words(told: Told, field: str) -> str:
    """An answer, as its field says it; empty where there is none."""
    value = getattr(told, field)
    if field == "schedule" and told.betas is not None:
        return f"{len(told.betas)} betas"
    if value is None:
        return ""
    if field == "image_size":
        return f"{value[0]} × {value[1]}"
    return dict(QUESTIONS[field].choices).get(value, str(value))


def told_rows(told: Told | None) -> tuple[tuple[str, str], ...]:
    """What was told of a checkpoint, as names and values."""
    if told is None:
        return ()
    fields = [name for name in QUESTIONS if name in told.given or (name == "schedule" and told.betas is not None)]
    return tuple((QUESTIONS[name].title, answer_words(told, name)) for name in fields)


def why_words(usual: Told, field: str, why: str) -> str:
    """What stands under a field: what is usual, and why it is asked."""
    said = answer_words(usual, field)
    parts = [f"usually {said}" if said else "", why]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]
