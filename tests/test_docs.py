"""What the pages name is there: files, folders, and the pages that they lead to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "THIRD_PARTY.md"))]
TOP = ("benchmarks", "docs", "explorer", "packaging", "resources", "tests", "tools")
HIDDEN = re.compile(r"(^|/)(\.|__pycache__)")
MADE_UP = ("NAME", "resources/translations/explorer_de.ts", "my_model.py")
"""What a reader would add."""


@pytest.fixture(scope="module")
def places() -> set[str]:
    """Every file and folder of the project, by its path."""
    found = {path.relative_to(ROOT).as_posix() for top in TOP for path in (ROOT / top).rglob("*")} | {"hatch_build.py", *TOP}
    return {path for path in found if not HIDDEN.search(path)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path, places: set[str]) -> None:
    parts = {"/".join(path.split("/")[begin:]) for path in places for begin in range(path.count("/") + 1)}
    named = {each.rstrip("/") for each in re.findall(r"`([\w.]+(?:/[\w.]+)*/?)`", page.read_text(encoding="utf-8"))}
    files = {each for each in named if each.endswith(".py") or (each.split("/")[0] in TOP and "/" in each)}
    assert {each for each in files - parts if not any(word in each for word in MADE_UP)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_that_a_page_leads_to_are_there(page: Path) -> None:
    leads = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [each for each in leads if not (page.parent / each).exists()] == []
