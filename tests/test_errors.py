"""What bad input is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.errors import BadInput, about


def test_bad_input_says_which_file_it_is_about() -> None:
    with pytest.raises(BadInput, match="bad") as raised, about(Path("outer")):
        raise BadInput("bad")
    assert raised.value.path == "outer"


def test_the_file_nearest_to_the_cause_counts() -> None:
    with pytest.raises(BadInput, match="bad") as raised, about("outer"), about("inner"):
        raise BadInput("bad")
    assert raised.value.path == "inner"
    assert BadInput("bad").path == ""


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), about("outer"):
        raise KeyError("bad")
