"""Sweeps: lanes that differ in one setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from explorer.errors import BadInput
from explorer.recipe.chain import MAX_GUIDANCE, MAX_LANES, MAX_SEED, MIN_GUIDANCE, NO_CLASS, Lane, ScheduleChoice, following
from explorer.recipe.labels import labels_of
from explorer.recipe.sampler import MAX_STEPS, METHOD_TITLES, METHODS, SPACINGS, VARIANCES, changed

Setting = Literal["steps", "eta", "clip", "schedule", "seed", "label", "guidance", "method", "variance", "spacing"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
EXAMPLES: dict[Setting, str] = {
    "steps": "10, 25, 50, 100, 250", "eta": "0, 0.25, 0.5, 0.75, 1", "clip": "no, yes", "schedule": "own, linear:1000, cosine:1000",
    "seed": "0, 1, 2, 3", "label": "0..9", "guidance": "0, 0.5, 1, 2, 4", "method": "ancestral, ddim, euler, heun, dpm++2m",
    "variance": "small, large", "spacing": "trailing, leading, linspace",
}  # fmt: skip
"""What a person may write for each setting."""
NAMES: dict[str, tuple[str, ...]] = {"method": METHODS, "variance": VARIANCES, "spacing": SPACINGS}
RANGED: tuple[Setting, ...] = ("steps", "seed")
"""Settings whose values may be written as ranges, as labels are."""
CLIP_WORDS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False, "1": True, "0": False}

Value = int | float | bool | str | ScheduleChoice | None


def parse_sweep(text: str, most: int = MAX_LANES) -> tuple[Setting, tuple[Value, ...]]:
    """Setting and values of "steps=10,25,50", at most so many of them.

    Raises
    ------
    BadInput
        As `parse_values`, or if there is no such setting.
    """
    name, equals, values = text.partition("=")
    setting = next((s for s in SETTINGS if s == name.strip()), None)
    if setting is None or not equals:
        raise BadInput(f"{text}: a sweep is SETTING=VALUE,VALUE,… with one of {', '.join(SETTINGS)}, such as steps=10,25,50")
    return setting, parse_values(setting, values, most)


def parse_values(setting: Setting, text: str, most: int = MAX_LANES) -> tuple[Value, ...]:
    """Values of a setting, separated by commas; a value that comes twice counts once.

    steps take whole numbers, ranges such as 1..10, or "all"; eta numbers in [0, 1]; clip "yes" or "no"; seeds whole numbers or ranges;
    schedules "own", "linear:T" or "cosine:T"; labels whole numbers, ranges such as 0..9, or "none"; guidance numbers in [-1, 100]; method,
    variance and spacing the names that a `Sampler` has for them.

    Raises
    ------
    BadInput
        If a value is none of these, or there are none or more than `most`, unless told otherwise the lanes that there can be.
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    found = labels_of(text) if setting == "label" and words else [value for word in words for value in _values(setting, word, most)]
    values: tuple[Value, ...] = tuple(dict.fromkeys(found))
    if not values:
        raise BadInput(f"{setting}: write at least one value, such as {EXAMPLES[setting]}")
    if len(values) > most:
        raise _too_many(setting, len(values), most)
    return values


def _too_many(setting: Setting, count: int, most: int) -> BadInput:
    of = f"the {MAX_LANES} lanes" if most == MAX_LANES else f"the {most:,}"
    return BadInput(f"{setting}: {count:,} values are more than {of} that there can be")


def _values(setting: Setting, word: str, most: int) -> Sequence[Value]:
    """The value of a word, or those of a range of whole numbers."""
    if setting not in RANGED or ".." not in word:
        return (_value(setting, word),)
    first, _, last = word.partition("..")
    low, high = _value(setting, first), _value(setting, last)
    if not isinstance(low, int) or not isinstance(high, int) or low > high:
        raise BadInput(f"{setting}: {word!r} is no range: write for example 0..9")
    if high - low >= most:
        raise _too_many(setting, high - low + 1, most)
    return range(low, high + 1)


def _value(setting: Setting, word: str) -> Value:
    try:
        if setting == "steps":
            return None if word == "all" else _whole(word, 1, MAX_STEPS)
        if setting == "seed":
            return _whole(word, 0, MAX_SEED)
        if setting == "eta":
            eta = float(word)
            if not 0 <= eta <= 1:
                raise ValueError
            return eta
        if setting == "guidance":
            w = float(word)
            if not MIN_GUIDANCE <= w <= MAX_GUIDANCE:
                raise ValueError
            return w
        if setting == "clip":
            return CLIP_WORDS[word]
        if setting in NAMES:
            return NAMES[setting][NAMES[setting].index(word)]
        return _schedule(word)
    except (ValueError, KeyError):
        raise BadInput(f"{setting}: {word!r} cannot be one of its values; write for example {EXAMPLES[setting]}") from None


def _whole(word: str, low: int, high: int) -> int:
    value = int(word)
    if not low <= value <= high:
        raise ValueError
    return value


def _schedule(word: str) -> ScheduleChoice | None:
    if word == "own":
        return None
    name, _, length = word.partition(":")
    if name not in ("linear", "cosine"):
        raise ValueError
    return ScheduleChoice(name, int(length or 1000))


def value_words(setting: Setting, value: Value) -> str:
    """A value in words, for a label: "10 steps", "η 0.5"."""
    if isinstance(value, ScheduleChoice):
        return value.title if value.T == 1000 else f"{value.title}, T = {value.T}"
    if setting == "clip":
        return "clipped" if value else "unclipped"
    if isinstance(value, str):
        return METHOD_TITLES[value] if setting == "method" else f"{value} {setting}"  # type: ignore[index]
    if value is None:
        return "all steps" if setting == "steps" else "own schedule"
    return {
        "steps": f"{value} step{'' if value == 1 else 's'}", "eta": f"η {value:g}", "seed": f"seed {value}",
        "label": "no class" if value == NO_CLASS else f"label {value}", "guidance": f"w {value:g}",
    }[setting]  # fmt: skip


def swept(lane: Lane, setting: Setting, values: Sequence[Value]) -> tuple[Lane, ...]:
    """The lane once for each value of a setting, with what goes along with it (`explorer.recipe.sampler.changed`).

    To draw an image at each step is ancestral sampling: under another method, an exact lane follows the mean.

    Raises
    ------
    BadInput
        If a lane of its kind cannot have one.
    """
    replace = msgspec.structs.replace
    if lane.exact is not None and setting in ("label", "guidance"):
        if setting == "guidance" or NO_CLASS in values:
            raise BadInput(f"{setting}: the exact process is of a class or of all, and is not guided")
        return tuple(replace(lane, exact=replace(lane.exact, label=value)) for value in values)
    if setting == "label":
        return tuple(replace(lane, labels=(value,)) for value in values)
    if setting in ("steps", "eta", "clip", *NAMES):
        made = (replace(lane, sampler=changed(lane.sampler, **{setting: value})) for value in values)
        return tuple(following(one) for one in made)
    return tuple(replace(lane, **{setting: value}) for value in values)
