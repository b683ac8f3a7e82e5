"""Other people's names for the weights of a network that a library has: renamed, checked, and put into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor


def as_it_is(tensor: Tensor) -> Tensor:
    """The tensor itself."""
    return tensor


def flat(tensor: Tensor) -> Tensor:
    """A convolution over single pixels (out, in, 1, ...) as the matrix (out, in) that it is."""
    return tensor.flatten(1) if tensor.ndim > 2 and set(tensor.shape[2:]) == {1} else tensor


@dataclass(frozen=True)
class Taken:
    """Where weights of a network are taken from.

    Attributes
    ----------
    name : str
        In the file.
    made : callable
        What becomes of them.
    """

    name: str
    made: Callable[[Tensor], Tensor] = as_it_is


def layers(theirs: str, ours: str, made: Callable[[Tensor], Tensor] = as_it_is) -> dict[str, Taken]:
    """Weight and bias of one layer, by our names."""
    return {f"{ours}.{part}": Taken(f"{theirs}.{part}", made) for part in ("weight", "bias")}


def put_into(network: Any, path: Path, found: Mapping[str, Tensor], taken: Mapping[str, Taken], what: str) -> None:
    """Give a network on the meta device its weights, for evaluation alone.

    Parameters
    ----------
    network : nn.Module
    path : Path
        For messages, which say the file's names.
    found : mapping of str to Tensor
        By the file's names.
    taken : mapping of str to Taken
        By the network's.
    what : str
        What the network is, in messages: "its U-Net".

    Raises
    ------
    BadInput
        If weights are missing, not used or of another shape.
    """
    made: dict[str, Tensor] = {}
    for name, wanted in network.state_dict().items():
        source = taken.get(name)
        if source is None or source.name not in found:
            raise BadInput(f"{path}: has no weights {source.name if source else name}, which {what} has")
        tensor = found[source.name]
        made[name] = source.made(tensor)
        if made[name].shape != wanted.shape or made[name].is_floating_point() != wanted.is_floating_point():
            raise BadInput(f"{path}: weights {source.name} are {tuple(tensor.shape)}, which {what} cannot have there")
    used = {source.name for source in taken.values()}
    for name in sorted(found.keys() - used):
        raise BadInput(f"{path}: has weights {name} that {what} does not")
    network.load_state_dict({name: tensor.contiguous() for name, tensor in made.items()}, assign=True)
    network.requires_grad_(False).eval()


def with_heads(network: Any, heads_of: Callable[[int], int]) -> Any:
    """A network of diffusers whose attention has the heads that are wanted: any number of them fits the same weights.

    Parameters
    ----------
    network : nn.Module
    heads_of : callable
        Number of heads of attention of so many channels.
    """
    from diffusers.models.attention_processor import Attention

    for module in network.modules():
        if isinstance(module, Attention):
            module.heads = module.sliceable_head_dim = heads_of(module.inner_dim)
            module.scale = (module.inner_dim // module.heads) ** -0.5
    return network
