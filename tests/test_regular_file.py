"""Files are read to their end only where there is one, and it is not too far."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import sources
from explorer.errors import BadInput
from explorer.exports.embedded import recipe_of
from explorer.regular_file import check_regular, read_whole
from explorer.sources import remembered
from explorer.sources.diffusers.layout import read_json
from explorer.state.persistence import load, read_session
from explorer.training.control import STATUS_NAME, read_status, wished
from explorer.training.runs import LAUNCH_NAME, read_launch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="devices and pipes of POSIX")


def test_a_file_is_read_up_to_what_its_kind_may_have(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_whole(tmp_path / "a", 5) == b"12345"
    with pytest.raises(BadInput, match="is too large: a file of its kind has at most 4 bytes"):
        read_whole(tmp_path / "a", 4)
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "b", 4)


@pytest.fixture(params=["/dev/zero", "fifo"])
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """A path of a name that leads to a device without an end, or to a pipe that nobody writes to."""

    def make(name: str) -> Path:
        path = tmp_path / name
        if request.param == "fifo":
            os.mkfifo(path)
        else:
            path.symlink_to(request.param)
        return path

    return make


@pytest.mark.parametrize("read", [read_session, recipe_of, read_json], ids=["session", "recipe", "settings"])
def test_what_has_no_end_is_refused(endless: Callable[[str], Path], read: Callable[[Path], object]) -> None:
    with pytest.raises(BadInput, match=r"a\.json: is no regular file, but a pipe or a device"):
        read(endless("a.json"))


def test_what_a_folder_says_of_its_run_has_an_end(endless: Callable[[str], Path], tmp_path: Path) -> None:
    for name in (STATUS_NAME, LAUNCH_NAME, "control"):
        endless(name)
    assert read_status(tmp_path) is None
    assert read_launch(tmp_path) is None
    assert wished(tmp_path) == ""


def test_the_app_starts_beside_state_that_has_no_end(
    endless: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "state").mkdir(parents=True)
    endless(f"home/state/{remembered.NAME}")
    assert remembered.told_of("hash").given == ()
    found = load(endless("session.json"))
    assert found.fresh
    assert "no regular file" in found.message


def test_a_window_that_is_given_a_device_says_so(endless: Callable[[str], Path]) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "explorer", "info", str(endless("x.safetensors"))], capture_output=True, text=True, check=False, timeout=120
    )
    assert said.returncode == 2
    assert "a pipe or a device" in said.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
@pytest.mark.parametrize("name", ["/proc/self/mem", "/proc/self/status", "/sys/kernel/mm/transparent_hugepage/enabled"])
def test_a_question_to_the_system_is_no_file(name: str) -> None:
    if not os.path.exists(name):
        pytest.skip("not on this system")
    with pytest.raises(BadInput, match="is no regular file"):
        check_regular(Path(name))
    with pytest.raises(BadInput, match=f"{name}: is a pipe or a device"):
        sources.card(Path(name))
    with pytest.raises(BadInput, match="is no regular file"):
        sources.sha256(Path(name))
