"""What comes with the app, and is missing or not as it came, is told in one sentence."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import resources
from explorer.errors import BadInput
from explorer.exports import sheet
from explorer.recipe import glossary
from explorer.resources import resource, resource_root
from explorer.widgets.look import fonts
from explorer.widgets.look.style import style_sheet
from explorer.widgets.look.theme import DARK

AGAIN = "a file of the app is missing or spoilt: install the app again"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The resources of an installation that a test may spoil."""
    own = tmp_path / "app" / "resources"
    own.mkdir(parents=True)
    for part in ("fonts", "styles"):
        shutil.copytree(resource(part), own / part)
    shutil.copy(resource("glossary.json"), own)
    monkeypatch.setattr(resources, "_PACKAGE", own.parent)
    monkeypatch.setattr(fonts, "_loaded", [])
    for kept in (glossary.groups, glossary.terms):
        kept.cache_clear()
    return own


def spoil(path: Path) -> None:
    path.write_bytes(b"\xff\xfe nothing")


@pytest.mark.parametrize("how", [spoil, os.unlink])
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("fonts/Inter-Regular.otf", sheet.text_font),
        ("styles/explorer.qss", lambda _size: style_sheet(DARK)),
        ("glossary.json", lambda _size: glossary.groups()),
    ],
)
def test_a_spoilt_file_is_named(installed: Path, name: str, read: Callable[[int], object], how: Callable[[Path], None]) -> None:
    how(installed / name)
    with pytest.raises(BadInput, match=f"{Path(name).name}: {AGAIN}"):
        read(12)


@pytest.mark.usefixtures("qapp")
def test_a_spoilt_font_of_the_window_is_named(installed: Path) -> None:
    assert fonts.FONT_FAMILY in fonts.load_fonts()
    fonts._loaded.clear()
    spoil(installed / "fonts" / "Inter-Medium.otf")
    with pytest.raises(BadInput, match=rf"Inter-Medium\.otf: {AGAIN}"):
        fonts.load_fonts()


def test_an_installation_without_resources_says_so(installed: Path) -> None:
    shutil.rmtree(installed)
    with pytest.raises(BadInput, match="the app's own files are missing"):
        resource_root()
