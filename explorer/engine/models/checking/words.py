"""What came of a check, for people. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from explorer.engine.models.checking.alternatives import is_of_another_process
from explorer.engine.models.checking.messages import Found, NoiseChecked
from explorer.recipe.told import Told

Verdict = Literal["plausible", "doubtful", "hardly", "nothing"]
RIGHT, PERHAPS = 0.15, 0.4
"""Errors up to which answers are plausible, and doubtful: those of trained networks are a few hundredths."""
UNTRAINED = "A network that is not trained cannot pass, however it is read: of such a one this check says nothing."
OPTIONS = {"A": "the posterior mean", "B": "x_0", "C": "the noise", "V": "v"}


def verdict_of(found: Found) -> Verdict:
    """How likely these answers are right."""
    if not found.is_more or found.error > PERHAPS:
        return "hardly"
    return "plausible" if found.error <= RIGHT else "doubtful"


def verdict(checked: NoiseChecked) -> Verdict:
    """How likely the answers that were given are right; "nothing" where nothing can be said.

    They are not plausible where the network finds clearly more of the same noise under another schedule.
    """
    if checked.problem:
        return "nothing"
    found = verdict_of(checked.given)
    return "doubtful" if found == "plausible" and _is_rescheduled(checked) else found


def _is_rescheduled(checked: NoiseChecked) -> bool:
    return proposed(checked) is not None and is_of_another_process(checked.best, checked.given)


def sentence(checked: NoiseChecked) -> str:
    """Of the answers that were given: "Plausible: it finds 97 % of the noise in 16 pictures of MNIST."."""
    if checked.problem:
        return checked.problem
    found = checked.given
    if math.isinf(found.error):
        return "Hardly: the network cannot be asked so."
    alone = 1 - (found.linear_tenth + found.linear_half) / 2
    less = f"; x_t alone tells {_percent(alone)}" if verdict(checked) == "hardly" and alone > found.share else ""
    return f"{verdict(checked).capitalize()}: it finds {_share(found)} of the noise in 16 pictures of {checked.pictures}{less}."


def advice(checked: NoiseChecked) -> str:
    """What else was found, or what it may mean that nothing was; empty where nothing is to be added."""
    if checked.problem or checked.partial:
        return ""
    more = "1 way more was" if checked.left == 1 else f"{checked.left} ways more were"
    cut = f" {more} left out, to save time." if checked.left else ""
    if _is_rescheduled(checked) and checked.best.same < checked.given.same:
        less = f"{_percent(checked.best.same)} of the noise in the same pictures, not {_percent(checked.given.same)},"
        return f"It misses {less} if {difference(checked.given.told, checked.best.told)}.{cut}"
    if proposed(checked) is not None:
        given, best = _share(checked.given), _share(checked.best)
        much = f"It finds {best}" if best != given else "It finds as much, and more of it in the last steps,"
        return f"{much} if {difference(checked.given.told, checked.best.told)}.{cut}"
    ways = "The other way finds" if checked.tried == 1 else f"The {checked.tried} other ways find"
    others = f"{ways} hardly more." if checked.tried else ""
    passed = verdict(checked) == "plausible"
    alike = _alternatives([difference(checked.best.told, told) for told in checked.alike]) if passed else ""
    unknown = f"Whether {alike} cannot be told from here: it finds as much then." if alike else ""
    return " ".join(part for part in (others, unknown, "" if passed else UNTRAINED, cut.strip()) if part)


def _alternatives(said: Sequence[str]) -> str:
    """As "its schedule is cosine, or T is 2000"."""
    return ", or ".join(dict.fromkeys(said))


def proposed(checked: NoiseChecked) -> Told | None:
    """Answers to put in the place of those that were given; None where none is clearly better, or good."""
    return checked.best.told if checked.best != checked.given and verdict_of(checked.best) != "hardly" else None


def difference(told: Told, other: Told) -> str:
    """What the other answers say otherwise: "it predicts v, and its schedule is cosine"."""
    said = [_said(other, name) for name in other.__struct_fields__ if getattr(other, name) not in (None, getattr(told, name))]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _said(told: Told, name: str) -> str:
    value = getattr(told, name)
    match name:
        case "predicts":
            return f"it predicts {OPTIONS[value]}"
        case "schedule":
            return f"its schedule is {value}"
        case "timesteps":
            return f"T is {value}"
        case "first_timestep":
            return f"it counts t = 1 as {value}"
        case "time_input":
            return "it is told the timestep" if value == "index" else "it is told t / T"
        case "pixel_range":
            return f"its pixels are in [{value.replace(',', ', ')}]"
        case "heads":
            return f"it has {value} heads"
        case "head_channels":
            return f"its heads have {value} channels"
        case "attention_order":
            return "its heads are split first" if value == "legacy" else "its heads are split last"
    return f"{name.replace('_', ' ')} is {value}"


def _share(found: Found) -> str:
    return _percent(found.share)


def _percent(share: float) -> str:
    """As "97 %", rounded so that it is never 100 where some is left."""
    return "none" if share < 0.005 else f"{min(99, round(100 * share))} %"
