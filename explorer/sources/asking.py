"""What a source asks of a person, where a file does not say it, and what comes of the answers. No torch.

Answers come from the recipe or the form, else from the options of the command that runs, else from what was told of the same file
before, else from the question's own default. All that was asked is in the answers then, so that a recipe says everything.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told, option_name
from explorer.sources import remembered


@dataclass(frozen=True)
class Question:
    """One thing that a file does not say.

    Attributes
    ----------
    field : str
        Of `Told`.
    default : value or None
        What most files of the kind mean; None where nothing can be assumed.
    why : str
        Why it must be asked, for people, in a few words: "any number of heads fits the same weights".
    instead : str
        Another field of `Told` that answers it as well; empty if none does. Betas always answer for a schedule.
    """

    field: str
    default: Any = None
    why: str = ""
    instead: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Fields of which one is enough."""
        others = (self.instead, "betas" if self.field == "schedule" else "")
        return (self.field, *(name for name in others if name))

    def answered_by(self, told: Told) -> bool:
        """Whether that says enough."""
        return any(getattr(told, name) is not None for name in self.answers)


class MustBeTold(BadInput):
    """A checkpoint opens once something is told of it.

    Attributes
    ----------
    questions : tuple of Question
        All of them, also those with a default.
    """

    def __init__(self, path: Path, questions: tuple[Question, ...]) -> None:
        missing = [question for question in questions if question.default is None]
        wanted = " and ".join(f"{option_name(q.field)} ({q.why})" if q.why else option_name(q.field) for q in missing)
        super().__init__(f"{path}: does not say everything that is needed: add {wanted}")
        self.questions, self.asks, self.path = questions, True, str(path)


def suggested(questions: Sequence[Question], told: Told) -> Told:
    """What an answer can begin with: what was told, else what is usual; nothing for what nobody can assume."""
    asked = {question.field for question in questions}
    given = {name: getattr(told, name) for name in told.given if name in asked or (name == "betas" and "schedule" in asked)}
    usual = {question.field: question.default for question in questions if question.default is not None}
    if given.get("betas") is not None:
        usual.pop("schedule", None)
    return msgspec.convert(usual | given, Told)


@dataclass(frozen=True)
class _Command:
    told: Told
    alone: bool


_SILENT = _Command(NOTHING, alone=False)
_COMMAND: ContextVar[_Command] = ContextVar("_COMMAND", default=_SILENT)


@contextlib.contextmanager
def told_by_command(told: Told, alone: bool = True) -> Iterator[None]:
    """Within it, what is opened is told this.

    Parameters
    ----------
    told : Told
    alone : bool
        One checkpoint is opened: an answer to what it does not ask is a mistake.
    """
    token = _COMMAND.set(_Command(told, alone))
    try:
        yield
    finally:
        _COMMAND.reset(token)


def answered(path: Path, questions: Sequence[Question], told: Told | None, file_sha256: str) -> Told:
    """Answers to all questions, and to no others.

    Parameters
    ----------
    path : Path
        For messages.
    questions : sequence of Question
    told : Told or None
        As a recipe or a form says it.
    file_sha256 : str
        By which earlier answers are remembered.

    Raises
    ------
    MustBeTold
        If there is no answer to one of them.
    BadInput
        If the command's options answer what is not asked.
    """
    asked = {name for question in questions for name in question.answers}
    command = _COMMAND.get()
    if told is None and command.alone:
        _check_asked(path, asked, command.told)
    given = _merged(command.told, remembered.told_of(file_sha256) if questions else NOTHING, questions) if told is None else told
    values = {name: getattr(given, name) for name in given.given if name in asked}
    if (betas := values.get("betas")) is not None and "timesteps" in asked:
        values["timesteps"] = len(betas)
    missing = False
    for question in questions:
        said = [name for name in question.answers if name in values]
        for name in said[:-1]:  # the other answer is the more special one
            del values[name]
        if not said:
            missing = missing or question.default is None
            values[question.field] = question.default
    if missing:
        raise MustBeTold(path, tuple(questions))
    try:
        return msgspec.convert({name: value for name, value in values.items() if value is not None}, Told)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadInput(f"{path}: {error}") from None


def _check_asked(path: Path, asked: set[str], told: Told) -> None:
    for name in told.given:
        if name not in asked:
            raise BadInput(f"{path}: says itself what {option_name(name)} would tell, or has no use for it")


def _merged(first: Told, second: Told, questions: Sequence[Question]) -> Told:
    """The first, and of the second what the first does not answer."""
    merged = msgspec.to_builtins(first)
    known = msgspec.to_builtins(second)
    for question in questions:
        if not question.answered_by(first):
            merged |= {name: known[name] for name in question.answers if name in known}
    return msgspec.convert(merged, Told)


def identity(file_sha256: str, told: Told) -> str:
    """Hash by which recipes know a checkpoint of which something was told: told otherwise it is another."""
    if told == NOTHING:
        return file_sha256
    return hashlib.sha256(file_sha256.encode() + b"\n" + msgspec.json.encode(told)).hexdigest()
