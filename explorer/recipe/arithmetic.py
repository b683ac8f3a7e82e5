"""In which arithmetic a picture was computed: without it another may come out that differs by a grey level."""

from __future__ import annotations

from typing import Literal

import msgspec

Precision = Literal["fp32", "bf16"]
DeviceKind = Literal["cpu", "cuda", "mps"]


class Arithmetic(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an export's networks were computed.

    Attributes
    ----------
    precision : Precision
    device : DeviceKind
    throughout : bool
        bf16: at every timestep, rather than only where it is close enough to fp32.
    """

    precision: Precision
    device: DeviceKind
    throughout: bool = False
