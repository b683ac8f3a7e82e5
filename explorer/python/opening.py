"""What a call from Python names, opened: a checkpoint in a file, or a network in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.python.given import told_given
from explorer.recipe.told import NOTHING, Told
from explorer.sources.from_python.model import Model, card_of

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint


@contextlib.contextmanager
def opened(source: str | Path | Model, told: Mapping[str, Any] | None = None) -> Iterator[Checkpoint]:
    """A checkpoint as long as it is asked; a network in memory is in evaluation mode meanwhile, and nothing learns.

    Parameters
    ----------
    told : mapping of str to object, optional
        What a file does not say; it is remembered for it.

    Raises
    ------
    BadInput
        If it cannot be opened, or something is told of a network in memory.
    """
    answers = told_given(told)
    if isinstance(source, Model) and answers != NOTHING:
        raise BadInput(f"{source.name}: told is for a checkpoint's file; say it of a network in memory by its own fields")
    import torch

    with _asked_as_it_shall_be(source), torch.inference_mode():
        yield _in_memory(source) if isinstance(source, Model) else _in_a_file(source, answers)


def _in_a_file(source: object, told: Told) -> Checkpoint:
    from explorer import sources

    with sources.told_by_command(told):
        path = sources.located(str(source))
        found = sources.open(path)
        if found.card.told is not None:
            sources.remember(path, found.card.told)
    return found


def _in_memory(model: Model) -> Checkpoint:
    from explorer.checkpoints.files import Checkpoint
    from explorer.sources.from_python.network import PythonNetwork, identity

    card = card_of(model, "a network in a Python program")
    return Checkpoint(Path(model.name), card, PythonNetwork(model, owned=False).eval(), identity(model))


@contextlib.contextmanager
def _asked_as_it_shall_be(source: object) -> Iterator[None]:
    if not isinstance(source, Model):
        yield
        return
    from explorer.sources.from_python.network import in_evaluation_mode

    with in_evaluation_mode(source.network):
        yield
