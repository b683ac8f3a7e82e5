"""Devices by name, and what no name or no machine has."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.models.devices import choose, named
from explorer.errors import BadInput


def test_there_is_always_one() -> None:
    assert choose("cpu") == torch.device("cpu")
    assert choose("auto") == choose(choose("auto").type)
    assert named("cpu", 8) == torch.device("cpu"), "of processes there may be any number"


@pytest.mark.parametrize("name", ["", "gpu", "tpu", "meta", "cpu:9", "cuda:", "cuda:-1", "mps:0", "cuda:٣", "CPU"])
def test_a_name_of_no_device_is_refused(name: str) -> None:
    for look in (choose, named):
        with pytest.raises(BadInput, match="cannot be used here: there are auto, cpu, cuda"):
            look(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:999", "mps"])
def test_a_device_that_is_not_here_is_refused_in_one_line(name: str) -> None:
    if name in ("cuda", "mps") and (torch.cuda.is_available() if name == "cuda" else torch.backends.mps.is_available()):
        with pytest.raises(BadInput, match="but 1000 are asked for"):
            named(name, 1000)
        return
    with pytest.raises(BadInput, match=rf"^device '{name}' cannot be used here: [^\n]+$"):
        named(name)
