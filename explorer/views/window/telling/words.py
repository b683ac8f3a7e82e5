"""The questions that a checkpoint may ask, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explorer.recipe.told import NO_NULL, Told
from explorer.widgets.look.language import tr


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
        tr("The network predicts"),
        tr("What its output is. Most networks predict the noise; v is what newer defaults of several tools have it predict"),
        (("C", tr("the noise ε")), ("B", tr("the image x₀")), ("V", "v"), ("A", tr("the mean μ̃"))),
    ),
    "schedule": Words(
        tr("Noise schedule"),
        tr("How much noise each timestep adds: by a name, or as a list of betas"),
        (("linear", "linear"), ("cosine", "cosine")),
    ),
    "timesteps": Words(tr("Timesteps T"), tr("How many timesteps the schedule has; most have 1000")),
    "first_timestep": Words(
        tr("It counts t = 1 as"),
        tr("The number that the network is told at t = 1: most code counts from 0, some from 1"),
        ((0, "0"), (1, "1")),
    ),
    "time_input": Words(
        tr("It is told the time as"),
        tr("A timestep as a whole number, or its share of T"),
        (("index", tr("a timestep")), ("fraction", "t / T")),
    ),
    "pixel_range": Words(
        tr("Its pixels are in"),
        tr("Values of the images that it was trained on"),
        (("-1,1", "[−1, 1]"), ("0,1", "[0, 1]"), ("-0.5,0.5", "[−½, ½]")),
    ),
    "image_size": Words(tr("Size of its images"), tr("Height and width in pixels")),
    "heads": Words(tr("Heads of its attention"), tr("How many parts the channels of an attention layer are split into")),
    "head_channels": Words(tr("Channels of each head"), tr("How many channels each head of its attention has")),
    "attention_order": Words(
        tr("Heads are split"),
        tr("Before queries, keys and values are taken apart (the older code), or after"),
        (("legacy", "first"), ("new", "last")),
    ),
    "null_label": Words(
        tr("Label of no class"),
        tr("The label that it was told where it should know no class: with it, chains can be guided. It often is the last one"),
        ((NO_NULL, "none"),),
    ),
}


def answer_words(told: Told, field: str) -> str:
    """An answer, as its field says it; empty where there is none."""
    value = getattr(told, field)
    if field == "schedule" and told.betas is not None:
        return tr("{count} betas", count=len(told.betas))
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
    parts = [tr("usually {said}", said=said) if said else "", why]
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]
