"""Labels of a class-conditional lane as people write and read them: "7", "0..9", "0,1,none", "each"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.errors import BadInput
from explorer.recipe.chain import MAX_LABEL, MAX_SAMPLES, NO_CLASS

EACH, NONE = "each", "none"
EXAMPLE = f"7, or 0,1,2, or 0..9, or {NONE}, or {EACH}"


def labels_of(text: str) -> tuple[int, ...]:
    """Labels that a person wrote: numbers and ranges with commas between them, "none" for no class; "each", the classes in turn, is empty.

    Raises
    ------
    BadInput
        If they are none.
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if words == [EACH]:
        return ()
    try:
        labels = [label for word in words for label in _of_word(word)]
    except ValueError:
        raise BadInput(f"label {text!r}: write for example {EXAMPLE}") from None
    if not labels or len(labels) > MAX_SAMPLES:
        raise BadInput(f"label {text!r}: write for example {EXAMPLE}; at most {MAX_SAMPLES} labels")
    return tuple(labels)


def _of_word(word: str) -> Sequence[int]:
    if word == NONE:
        return (NO_CLASS,)
    first, dots, last = word.partition("..")
    low, high = int(first), int(last) if dots else int(first)
    if not 0 <= low <= high <= MAX_LABEL or high - low >= MAX_SAMPLES:
        raise ValueError
    return range(low, high + 1)


def label_words(labels: Sequence[int], called: Callable[[int], str] = str) -> str:
    """The labels as `labels_of` reads them, runs of three and more as a range; or with the names of their classes, without ranges.

    Parameters
    ----------
    called : callable
        Name of a label's class.
    """
    if not labels:
        return EACH
    if called is not str:
        return ", ".join(NONE if label == NO_CLASS else called(label) for label in labels)
    words: list[str] = []
    start = 0
    for i in range(1, len(labels) + 1):
        if i < len(labels) and labels[i] == labels[i - 1] + 1 and labels[i - 1] != NO_CLASS:
            continue
        run = labels[start:i]
        words += [f"{run[0]}..{run[-1]}"] if len(run) > 2 else [NONE if label == NO_CLASS else str(label) for label in run]
        start = i
    return ",".join(words)


def label_of_sample(labels: Sequence[int], sample: int) -> int:
    """The label of a sample of a lane that has any."""
    return labels[sample % len(labels)]
