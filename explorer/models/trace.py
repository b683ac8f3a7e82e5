"""Looking inside a U-Net while it answers: every block's output, and skips switched off. The network is not changed."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn

from explorer.models.anatomy import INPUT, OUTPUT, Anatomy, Skip

Instead = Literal["zero", "mean"]
Activations = dict[str, Tensor]


@contextmanager
def traced(network: nn.Module, parts: Anatomy, off: Collection[int] = (), instead: Instead = "zero") -> Iterator[Activations]:
    """Within it, calling the network on this thread fills a dictionary with every block's output and leaves skips out.

    Parameters
    ----------
    network : nn.Module
    parts : Anatomy
        Its own, for images of any size: names and skips do not depend on it.
    off : collection of int
        Levels whose skip is switched off; 0 is the finest. Levels that the network has not are passed over.
    instead : "zero" or "mean"
        What takes the skip's place: zeros, or each channel's mean over the pixels, which keeps its level and
        takes away where things are.

    Yields
    ------
    dict of Tensor, shape (N, C, H, W)
        By the names of explorer.models.anatomy.Node, as of the last call. Not copies: they are not to be written to.
    """
    seen: Activations = {}
    with ExitStack() as hooks:
        for node in parts.nodes:
            if node.name not in (INPUT, OUTPUT):
                module = network.get_submodule(node.name)
                hooks.callback(module.register_forward_hook(_noting(seen, node.name)).remove)
        for skip in parts.skips:
            if skip.level in off:
                module = network.get_submodule(skip.target)
                hooks.callback(module.register_forward_pre_hook(_without(skip, instead)).remove)
        hooks.callback(network.register_forward_hook(_noting(seen, OUTPUT, INPUT)).remove)
        yield seen


def _noting(seen: Activations, name: str, input_name: str = "") -> Any:
    here = threading.get_ident()

    def note(_module: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
        if threading.get_ident() != here:
            return
        if input_name:
            seen[input_name] = args[0].detach()
        seen[name] = output.detach()

    return note


def _without(skip: Skip, instead: Instead) -> Any:
    here = threading.get_ident()

    def replace(_module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if threading.get_ident() != here:  # a chain that is sampled meanwhile
            return None
        both, *rest = args
        below, carried = both[:, : -skip.channels], both[:, -skip.channels :]
        carried = torch.zeros_like(carried) if instead == "zero" else carried.mean((2, 3), keepdim=True).expand_as(carried)
        return (torch.cat([below, carried], dim=1), *rest)

    return replace
