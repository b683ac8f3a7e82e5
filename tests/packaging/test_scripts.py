"""The scripts of packaging: what they say, that bad input is refused in a sentence, and that installing leaves nothing behind."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement

import explorer
from explorer.paths import APP

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SCRIPTS = sorted(PACKAGING.rglob("*.sh"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="scripts for Linux")


def said(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What came of a command."""
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=os.environ | environment)


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """packaging/bundled.py."""
    spec = importlib.util.spec_from_file_location("bundled", PACKAGING / "bundled.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bundled", made)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_read_and_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    shell = script.read_text(encoding="utf-8").splitlines()[0].split("/")[-1].split()[-1]
    done = said(shell, "-n", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("script", "words", "why"),
    [
        ("build.sh", ["--what"], "build.sh: --what: no such option; see --help"),
        ("build.sh", ["--out"], "build.sh: --out wants a folder"),
        ("smoke.sh", ["--what"], "smoke.sh: --what: no such option; see --help"),
        ("smoke.sh", ["--bundle", "nowhere"], "smoke.sh: nowhere: holds no generative-explorer"),
        ("linux/install.sh", ["--prefix"], "install.sh: --prefix wants a folder"),
        ("macos/notarize.sh", ["one"], "notarize.sh: wants the app and the image; see --help"),
    ],
)
def test_bad_input_is_a_sentence(script: str, words: list[str], why: str) -> None:
    done = said(PACKAGING / script, *words)
    assert (done.returncode, done.stderr.strip()) == (2, why)


@pytest.mark.parametrize("script", ["build.sh", "smoke.sh", "linux/install.sh"])
def test_help_has_every_option(script: str) -> None:
    done = said(PACKAGING / script, "--help")
    assert done.returncode == 0
    labels = re.findall(r"^ +((?:-[\w-]+ \| )*-[\w-]+)\) ", (PACKAGING / script).read_text(encoding="utf-8"), re.MULTILINE)
    options = {each for label in labels for each in label.split(" | ")} - {"-h", "--help"}
    assert len(options) >= 3
    assert all(each in done.stdout for each in options), options


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A tarball that was unpacked, its program a script that says its version."""
    stage = tmp_path / f"{APP}-{explorer.__version__}"
    (stage / "lib" / "_internal").mkdir(parents=True)
    program = stage / "lib" / APP
    program.write_text(f"#!/bin/sh\necho {APP} {explorer.__version__}\n")
    program.chmod(0o755)
    for folder, name in (("applications", f"{APP}.desktop"), ("mime/packages", f"{APP}.xml"), (f"doc/{APP}", "LICENSE")):
        (stage / "share" / folder).mkdir(parents=True)
        source = {"LICENSE": ROOT / "LICENSE", f"{APP}.xml": PACKAGING / "linux" / f"{APP}.mime.xml"}.get(name, PACKAGING / "linux" / name)
        shutil.copyfile(source, stage / "share" / folder / name)
    shutil.copy(PACKAGING / "linux" / "install.sh", stage / "install.sh")
    return stage


def test_installing_and_uninstalling(unpacked: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "a prefix"
    done = said(unpacked / "install.sh", "--prefix", prefix)
    assert done.returncode == 0, done.stderr
    program = prefix / "bin" / APP
    assert said(program).stdout == f"{APP} {explorer.__version__}\n"
    assert f'\nExec="{program}" %F\n' in (prefix / "share" / "applications" / f"{APP}.desktop").read_text()
    again = said(unpacked / "install.sh", "--prefix", prefix)
    assert again.returncode == 2
    assert "is installed already; --force replaces it" in again.stderr
    assert said(unpacked / "install.sh", "--prefix", prefix, "--force").returncode == 0
    theirs = prefix / "share" / "applications" / "another.desktop"
    theirs.write_text("[Desktop Entry]\nType=Application\nName=Another\nExec=another\n")
    gone = said(unpacked / "install.sh", "--prefix", prefix, "--uninstall")
    assert gone.returncode == 0, gone.stderr
    assert theirs.is_file()
    left = [each for each in prefix.rglob("*") if APP in each.name]
    assert left == []
    assert said(unpacked / "install.sh", "--prefix", prefix, "--uninstall").returncode == 2


def test_a_program_that_is_not_ours_stays(unpacked: Path, tmp_path: Path) -> None:
    program = tmp_path / "prefix" / "bin" / APP
    program.parent.mkdir(parents=True)
    program.write_text("theirs")
    done = said(unpacked / "install.sh", "--prefix", tmp_path / "prefix", "--force")
    assert (done.returncode, done.stderr) == (2, f"install.sh: {program}: is not ours, and stays\n")
    assert program.read_text() == "theirs"


def test_the_versions_are_within_the_bounds_of_the_app(bundled: ModuleType) -> None:
    pinned = bundled.pinned(bundled.CONSTRAINTS.read_text(encoding="utf-8"))
    asked = [Requirement(each) for each in bundled.distribution(APP).requires or ()]
    bounds = [each for each in asked if each.marker is None or each.marker.evaluate({"extra": "export", "python_version": "3.11"})]
    assert len(bounds) > 10
    for each in bounds:
        assert each.specifier.contains(pinned[bundled.canonical(each.name)]), each


def test_the_release_builds_with_one_pyinstaller_and_names_files_that_are_there() -> None:
    text = (PACKAGING / "release.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert set(jobs) == {"version", "linux", "windows", "macos", "draft"}
    pins = re.findall(r"pyinstaller==[\d.]+", text + (PACKAGING / "build.sh").read_text(encoding="utf-8"))
    assert len(pins) == 2
    assert len(set(pins)) == 1
    named = set(re.findall(r"packaging[/\\][\w./\\-]+\.\w+", text)) | set(
        re.findall(r"\]\(([\w./-]+)\)", (PACKAGING / "RELEASE.md").read_text())
    )
    assert len(named) > 8
    for each in named:
        place = each.replace("\\", "/")
        assert (ROOT / place).exists() or (PACKAGING / place).exists() or place.startswith("build/"), each


def test_licences_are_collected_of_all_that_is_brought(bundled: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    done = said(sys.executable, PACKAGING / "licences" / "collect.py", "--bundle", tmp_path / "bundle", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "out" / "LIBRARIES.md").read_text(encoding="utf-8")
    assert all(f"| {name} | {each.version} |" in table for name, each in bundled.bundled().items())
    assert "see its files" not in table
    for name in ("torch", "numpy", "openvino"):
        assert any((tmp_path / "out" / name).iterdir())
    texts = {
        "LGPL-3.0.txt": "GNU LESSER GENERAL PUBLIC LICENSE",
        "GPL-3.0.txt": "GNU GENERAL PUBLIC LICENSE",
        "phosphor-icons.txt": "2020 Phosphor Icons",
    }
    assert all(words in (tmp_path / "out" / name).read_text(encoding="utf-8") for name, words in texts.items())
    assert "replace" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
