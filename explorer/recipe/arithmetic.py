"""In which arithmetic a picture was computed: without it another may come out that differs by a grey level."""

from __future__ import annotations

import msgspec

from explorer import backends
from explorer.backends import TORCH
from explorer.backends.base import Backend

Precision = str
"""Of a backend's `precisions`."""


class RunBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one network was run where that was chosen for it by measuring.

    Attributes
    ----------
    checkpoint : str
        sha256 of its file.
    backend, precision : str
        What ran it at t = 1..up_to.
    up_to : int
        0 to T.
    rest : str
        Backend that ran it beyond that, in its exact precision.
    """

    checkpoint: str
    backend: str
    precision: str
    up_to: int
    rest: str = TORCH.name

    @property
    def words(self) -> str:
        """For people: "Native kernel · bf16"."""
        return f"{_known(self.backend).title} · {self.precision}"

    def __post_init__(self) -> None:
        """Refuse what no backend here has (ValueError)."""
        for name, precision in ((self.backend, self.precision), (self.rest, None)):
            backend = _known(name)
            if precision is not None and precision not in backend.precisions:
                raise ValueError(f"no precision {precision!r}; there are {', '.join(backend.precisions)}")
        if self.up_to < 0:
            raise ValueError(f"up_to must be at least 0, not {self.up_to}")


def size_class(samples: int) -> int:
    """Sizes of batch for which it is chosen once: 1, 2 to 3, 4 to 7, 8 to 15, and so on."""
    return samples.bit_length()


class Arithmetic(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an export's networks were computed.

    Attributes
    ----------
    precision : Precision
    device : str
        Kind of device, one of the backend's.
    throughout : bool
        Not the exact precision: at every timestep, rather than only where it is close enough to the exact one.
    backend : str
        What ran the networks; not written where it was PyTorch.
    networks : tuple of RunBy
        Those for which it was chosen by measuring, which then holds in the place of the above.
    """

    precision: Precision
    device: str
    throughout: bool = False
    backend: str = TORCH.name
    networks: tuple[RunBy, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no backend here has.

        Raises
        ------
        ValueError
            With the reason.
        """
        backend = _known(self.backend)
        if self.precision not in backend.precisions:
            raise ValueError(f"no precision {self.precision!r}; there are {', '.join(backend.precisions)}")
        if self.device == "auto" or self.device not in backend.devices:
            raise ValueError(f"no device of the kind {self.device!r}; there are {', '.join(d for d in backend.devices if d != 'auto')}")


def _known(name: str) -> Backend:
    backend = backends.backend_named(name)
    if backend is None:
        raise ValueError(f"no backend {name!r}; there are {', '.join(each.name for each in backends.BACKENDS)}")
    return backend
