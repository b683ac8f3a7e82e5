"""`open`: what is told, with exit status 2, before Qt could end the process with a core dump."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.cli.display import QT_LIBRARIES, XCB_LIBRARIES, _loads, require_libraries, require_window_system
from explorer.errors import BadInput

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays and packages of Linux")


def launched(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {k: v for k, v in os.environ.items() if k not in hidden} | {"GENERATIVE_EXPLORER_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@linux
@pytest.mark.parametrize("arguments", [(), ("open",)])
def test_without_a_display_it_names_render(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = launched(tmp_path, *arguments)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert "no display" in line
    assert "generative-explorer render" in line
    assert ran.stdout == ""


def test_a_file_that_is_not_there_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "gone.safetensors"
    assert refused("open", path) == f"generative-explorer: {path}: no such file"
    assert refused(path) == f"generative-explorer: {path}: no such file"


@linux
@pytest.mark.parametrize("platform", ["offscreen", "vnc", "minimal", "offscreen:configfile=x"])
def test_platforms_without_a_screen_need_no_display(platform: str) -> None:
    require_window_system({"QT_QPA_PLATFORM": platform})


@linux
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ""}, {"QT_QPA_PLATFORM": "xcb"}])
def test_others_do(environment: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="no display"):
        require_window_system(environment)


@linux
def test_a_display_that_does_not_answer_is_none() -> None:
    if any(not _loads(name) for name in XCB_LIBRARIES):
        pytest.skip("the libraries of a window on X are not installed, which is told first")
    with pytest.raises(BadInput, match=r"no display here .*DISPLAY is :7361"):
        require_window_system({"DISPLAY": ":7361"})


@linux
def test_a_missing_library_is_named_with_its_package() -> None:
    with pytest.raises(BadInput) as told:
        require_libraries({"libno-such-thing.so.0": "libno-such-thing0", **QT_LIBRARIES})
    assert "libno-such-thing.so.0" in str(told.value)
    assert str(told.value).endswith("sudo apt install libno-such-thing0")


@linux
def test_the_packages_that_a_bare_system_lacks_are_known() -> None:
    known = set((QT_LIBRARIES | XCB_LIBRARIES).values())
    assert {"libegl1", "libxkbcommon0", "libdbus-1-3", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1"} <= known
