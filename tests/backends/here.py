"""What this machine can run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from explorer.errors import BadInput


@contextmanager
def compiled_here() -> Iterator[None]:
    """A test of networks compiled by OpenVINO, left out where that ends its own process: as on processors without AVX-512."""
    try:
        yield
    except BadInput as error:
        if "OpenVINO" in str(error) and "its trial ended with -" in str(error):
            pytest.skip(str(error))
        raise
