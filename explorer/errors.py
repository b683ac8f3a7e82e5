"""The one exception for what the person gave us and we cannot use."""

from __future__ import annotations


class BadInput(Exception):
    """Bad input: the message names the file and the cause, on one line, for a person to read."""
