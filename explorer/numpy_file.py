"""Files of NumPy: whatever it makes of a spoilt one is one kind of error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from tokenize import TokenError

from explorer.errors import BadInput


@contextlib.contextmanager
def read_by_numpy() -> Iterator[None]:
    """Within it, what NumPy raises of an .npy or .npz file that is none, is spoilt, or is of a newer kind, is a ValueError.

    Among it are errors of tokens, of syntax, of text, of zip archives and of their versions. What is OSError, MemoryError or BadInput
    stays so.
    """
    try:
        yield
    except (OSError, MemoryError, BadInput):
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        # a header is a dictionary as Python writes it
        of_python = isinstance(error, SyntaxError | TokenError | TypeError) or "<ast." in said
        raise ValueError("its header is spoilt" if of_python or not said else said) from None
