"""In which arithmetic a picture was computed: without it another may come out that differs by a grey level."""

from __future__ import annotations

import msgspec

from explorer import backends
from explorer.backends import TORCH

Precision = str
"""Of a backend's `precisions`."""


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
    """

    precision: Precision
    device: str
    throughout: bool = False
    backend: str = TORCH.name

    def __post_init__(self) -> None:
        """Refuse what no backend here has.

        Raises
        ------
        ValueError
            With the reason.
        """
        backend = backends.backend_named(self.backend)
        if backend is None:
            raise ValueError(f"no backend {self.backend!r}; there are {', '.join(each.name for each in backends.BACKENDS)}")
        if self.precision not in backend.precisions:
            raise ValueError(f"no precision {self.precision!r}; there are {', '.join(backend.precisions)}")
        if self.device == "auto" or self.device not in backend.devices:
            raise ValueError(f"no device of the kind {self.device!r}; there are {', '.join(d for d in backend.devices if d != 'auto')}")
