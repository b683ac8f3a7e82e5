"""What the calls from Python are given: a checkpoint, a model, or the fields of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.sources.from_python.model import Model, card_of


def model_given(source: str | Path | Model | None, network: Callable[..., Any] | None, fields: Mapping[str, Any]) -> Model | None:
    """The model that a call means, looked at; None where it names a checkpoint.

    Parameters
    ----------
    fields : mapping of str to object
        Those of `Model`; None is one that was left out.

    Raises
    ------
    BadInput
        If the call names neither a checkpoint nor a network or both, or a field is none that can be.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if network is None:
        if source is None:
            raise BadInput('name a checkpoint, or give a network: network=net, option="C", betas=betas, shape=(3, 32, 32)')
        of_network = [name for name in given if not (isinstance(source, Model) and name == "name")]
        if of_network:
            raise BadInput(f"{', '.join(of_network)}: said of a network in memory, and {source} is none; give it as network=")
        if not isinstance(source, Model):
            return None
        model = replace(source, **given)
    else:
        if source is not None:
            raise BadInput(f"{source}: named beside a network in memory: give one of them")
        missing = [name for name in ("option", "betas", "shape") if name not in given]
        if missing:
            raise BadInput(f"{given.get('name', 'the network')}: say its {', '.join(missing)}, too: a tensor does not tell what it is")
        model = Model(network=network, **given)
    card_of(model, "")
    return model
