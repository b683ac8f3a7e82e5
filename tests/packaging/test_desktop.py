"""What a desktop is told of the app: it is valid where a validator is installed, and says everywhere the same as the app does."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import explorer
from explorer.endings import DOCUMENT
from explorer.paths import APP

LINUX = Path(__file__).resolve().parents[2] / "packaging" / "linux"
ENTRY, METAINFO, MIME = (LINUX / f"{APP}.{ending}" for ending in ("desktop", "metainfo.xml", "mime.xml"))
SESSION = "application/x-generative-explorer-session"
NAMESPACE = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}


def entry() -> dict[str, str]:
    """The keys of the desktop entry."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ENTRY, encoding="utf-8")
    return dict(parser["Desktop Entry"])


def kinds() -> dict[str, set[str]]:
    """Endings of names by the type of files."""
    found = ET.parse(MIME).getroot().findall("m:mime-type", NAMESPACE)
    return {each.get("type", ""): {glob.get("pattern", "") for glob in each.findall("m:glob", NAMESPACE)} for each in found}


def run(*command: str) -> None:
    """Run a validator, whose words are the failure's."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_desktop_entry_is_valid() -> None:
    run("desktop-file-validate", "--no-hints", str(ENTRY))


def test_the_metainfo_is_valid() -> None:
    run("appstreamcli", "validate", "--no-net", str(METAINFO))


def test_the_desktop_entry_is_that_of_the_window() -> None:
    """Qt names the window by `setDesktopFileName(APP)`, whose file this has to be, and X's class is the application's name."""
    told = entry()
    assert (told["Exec"], told["Icon"], told["StartupWMClass"]) == (f"{APP} %F", APP, APP)
    metainfo = ET.parse(METAINFO).getroot()
    assert metainfo.findtext("launchable") == ENTRY.name
    assert metainfo.findtext("provides/binary") == APP
    assert set(told["Categories"].strip(";").split(";")) == {each.text for each in metainfo.findall("categories/category")}


def test_the_kinds_of_files_are_the_same_everywhere() -> None:
    assert kinds()[SESSION] == {f"*{DOCUMENT}"}
    assert set(entry()["MimeType"].strip(";").split(";")) == set(kinds())
    assert {each.text for each in ET.parse(METAINFO).getroot().findall("provides/mediatype")} == set(kinds())


def test_the_newest_release_is_this_version() -> None:
    newest = ET.parse(METAINFO).getroot().find("releases/release")
    assert newest is not None
    assert newest.get("version") == explorer.__version__


KNOWN = """
import sys
from PySide6.QtCore import QMimeDatabase
found = QMimeDatabase().mimeTypeForFile(sys.argv[1])
print(found.name(), found.inherits("application/json"), found.comment())
"""


def test_a_session_is_known_by_its_ending(tmp_path: Path) -> None:
    if shutil.which("update-mime-database") is None:
        pytest.skip("update-mime-database is not installed")
    data = tmp_path / "data"
    (data / "mime" / "packages").mkdir(parents=True)
    shutil.copyfile(MIME, data / "mime" / "packages" / f"{APP}.xml")
    environment = os.environ | {"XDG_DATA_HOME": str(data), "LANG": "C.UTF-8"}
    subprocess.run(["update-mime-database", str(data / "mime")], check=True, capture_output=True, env=environment)
    file = tmp_path / f"mine{DOCUMENT}"
    file.write_text("{}")
    done = subprocess.run([sys.executable, "-c", KNOWN, str(file)], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split(" ", 2) == [SESSION, "True", "Generative Explorer session\n"]
