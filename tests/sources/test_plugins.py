"""Sources of others: registered, or of an installed package; a broken one is a line that names it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer import sources
from explorer.cli import main
from explorer.errors import BadInput
from explorer.sources import plugins


class Made(explorer.Source):
    """Two bytes and a name."""

    name = "made"
    title = "a file of mylab"
    hints = ("*.mylab",)

    def recognises(self, path: Path) -> bool:
        return path.is_file() and path.read_bytes()[:2] == b"ML"

    def model(self, path: Path) -> explorer.Model:
        if path.read_bytes()[2:] == b"bad":
            raise KeyError("weights")
        return explorer.Model(network=lambda x, t: x, option="B", betas="cosine", shape=(1, 8, 8))


@pytest.fixture(autouse=True)
def _none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_registered", [])
    monkeypatch.setattr(plugins, "_of_packages", None)
    monkeypatch.setattr(plugins, "_problems", [])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.mylab"
    path.write_bytes(b"ML")
    return path


@pytest.mark.parametrize("given", [Made, Made()], ids=["class", "object"])
def test_what_is_registered_opens(given: Any, file: Path) -> None:
    with pytest.raises(BadInput, match="what opens here is"):
        sources.open(file)
    explorer.register_source(given)
    opened = sources.open(file)
    assert opened.card.option == "B"
    assert opened.card.origin is not None
    assert opened.card.origin.format == "a file of mylab"
    assert "*.mylab" in sources.patterns()
    assert "a file of mylab (.mylab)" in sources.what_opens()


def test_registered_again_it_takes_the_place_of_the_first() -> None:
    explorer.register_source(Made)
    explorer.register_source(Made)
    assert [source.name for source in plugins.registered()] == ["made"]


def test_own_sources_are_asked_first() -> None:
    class Greedy(Made):
        def recognises(self, path: Path) -> bool:
            return True

    explorer.register_source(Greedy)
    found = sources.source_for(sources.located("mnist-ddpm-c"))
    assert found is sources.OWN


def test_what_it_raises_is_a_line_that_names_it(file: Path) -> None:
    explorer.register_source(Made)
    file.write_bytes(b"MLbad")
    with pytest.raises(BadInput, match=rf"^{file}: the source Made cannot read it: KeyError: 'weights'$"):
        sources.open(file)


def test_one_that_fails_when_asked_keeps_nothing_else_from_opening(file: Path) -> None:
    class Broken(Made):
        name = "broken"

        def recognises(self, path: Path) -> bool:
            raise RuntimeError("no")

    explorer.register_source(Broken)
    explorer.register_source(Made)
    assert sources.open(file).card.option == "B"
    other = file.with_name("other")
    other.write_bytes(b"??")
    with pytest.raises(BadInput, match=r"the source .*Broken: RuntimeError: no, when asked whether"):
        sources.open(other)


@pytest.mark.parametrize(("given", "words"), [(object(), "has no name, title, hints"), (7, "has no name"), (lambda: None, "has no name")])
def test_what_is_no_source_is_refused(given: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        explorer.register_source(given)


def test_the_entry_points_of_packages_are_found(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def points(group: str) -> list[EntryPoint]:
        assert group == "generative_explorer.sources"
        return [
            EntryPoint("made", f"{__name__}:Made", group),
            EntryPoint("gone", "no.such.module:Source", group),
        ]

    monkeypatch.setattr("importlib.metadata.entry_points", points)
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())
    assert sources.open(file).card.option == "B"
    other = file.with_name("other")
    other.write_bytes(b"??")
    with pytest.raises(BadInput, match=r"the source gone of the package no\.such\.module:Source: cannot be imported: ModuleNotFoundError"):
        sources.open(other)


def _this_module() -> Any:
    import types

    module = types.ModuleType(__name__)
    module.Made = Made  # type: ignore[attr-defined]
    return module


PACKAGE = """
from pathlib import Path
import explorer

class Zeros(explorer.Source):
    name, title, hints = "zeros", "a file of zeros", ("*.zeros",)
    def recognises(self, path: Path) -> bool:
        return path.is_file() and path.read_bytes()[:4] == b"ZERO"
    def model(self, path: Path) -> explorer.Model:
        return explorer.Model(network=lambda x, t: 0 * x, option="C", betas="linear", shape=(1, 8, 8))
"""


def test_a_package_that_is_installed_is_known_to_the_command_line(tmp_path: Path) -> None:
    site, path = tmp_path / "site", tmp_path / "a.zeros"
    metadata = site / "zeros-1.dist-info"
    metadata.mkdir(parents=True)
    (site / "zeros_source.py").write_text(PACKAGE)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: zeros\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[generative_explorer.sources]\nzeros = zeros_source:Zeros\n")
    path.write_bytes(b"ZERO")
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from explorer.cli import main; sys.exit(main(['info', {str(path)!r}]))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "a file of zeros" in ran.stdout


def test_nothing_is_looked_for_where_an_own_source_says_yes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: pytest.fail("packages were looked through"))
    assert main(["info", "mnist-ddpm-c"]) == 0
