"""One browser for all pages of a file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.exports.page.browsing import opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a screen."""
    driver = opened()
    yield driver
    driver.quit()
