"""What may happen to a run: a full disk, a kill at any moment, data that vanish, too little memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.cli.main import main
from explorer.datasets.images import load_images
from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings
from explorer.training import control
from explorer.training.autoencoder import AutoencoderTask
from explorer.training.loop import train

WIDTHS = "64,32"
ARGUMENTS = (
    "train", "ae", "--hidden", WIDTHS, "--images", "256", "--batch", "16", "--epochs", "2", "--warmup", "2", "--seed", "5",
    "--device", "cpu", "--threads", "1", "--json",
)  # fmt: skip
PATIENCE = 300
UNIX = pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")


def command(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "explorer", *ARGUMENTS, "--out", str(out), *more]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nothing happens to."""
    out = tmp_path_factory.mktemp("whole") / "run"
    assert main([*ARGUMENTS, "--out", str(out)]) == 0
    return out


def equal(out: Path, whole: Path) -> None:
    """The same curve and the same weights, to the last bit."""
    assert (out / "loss.csv").read_text() == (whole / "loss.csv").read_text()
    mine, its = (load(folder / "final.safetensors").network.state_dict() for folder in (out, whole))
    assert all(torch.equal(mine[name], its[name]) for name in its)


def stopped_at_ten(out: Path) -> None:
    """The same run, stopped at update 10, its state kept."""
    data = load_images("mnist")
    settings = TrainSettings(out=out, epochs=2, batch=16, images=256, seed=5, warmup=2, device="cpu")
    run = train(lambda: AutoencoderTask(data, False, hidden=(64, 32)), data, settings)
    assert next(run).step == 10
    control.ask(out, "stop")
    assert list(run) == []


KILLED = """
import resource, signal, sys
from explorer.cli.main import main
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""
"""The system kills a process that writes beyond this many bytes of a file: within that write, whatever it is."""


@UNIX
@pytest.mark.parametrize(("limit", "writing"), [(1_000_000, "state.ckpt"), (100_000, "epoch-001.safetensors")])
def test_killed_while_it_writes_it_goes_on_from_the_last_whole_state(tmp_path: Path, whole: Path, limit: int, writing: str) -> None:
    stopped_at_ten(tmp_path)
    kept = (tmp_path / "state.ckpt").read_bytes()
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(limit), *ARGUMENTS, "--out", str(tmp_path), "--resume"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ran.returncode == -signal.SIGXFSZ, ran.stderr
    assert (tmp_path / "epoch-001.safetensors").exists() == (writing == "state.ckpt")
    assert (tmp_path / "state.ckpt").read_bytes() == kept
    assert main([*ARGUMENTS, "--out", str(tmp_path), "--resume"]) == 0
    equal(tmp_path, whole)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in whole.iterdir()}, "nothing half-written is left"


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A write beyond so many bytes of a file fails with an OSError, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@UNIX
@pytest.mark.parametrize(("limit", "named"), [(1_000_000, "state.ckpt"), (100_000, "epoch-001.safetensors"), (40, "test_a_file")])
def test_a_file_that_finds_no_room_ends_the_run_with_one_line(
    tmp_path: Path, limit: int, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with files_of_at_most(limit):
        assert main([*ARGUMENTS, "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert named in said
    assert ": cannot be written" in said
    assert len(said.strip().splitlines()) == 1, said
    whole_files = {path.name for path in tmp_path.glob("*.safetensors")}
    assert whole_files == ({"epoch-001.safetensors"} if named == "state.ckpt" else set())
    left = [path.name for path in tmp_path.iterdir() if path.stat().st_size > 1000]
    assert set(left) == whole_files, "what was half-written takes no room"


SMALL_DISK = (
    'mount -t tmpfs -o size=3m none "$1" && out="$1" && copy="$2" && shift 2 && { "$@"; code=$?; cp "$out"/* "$copy"; exit $code; }'
)


def on_a_small_disk(folder: Path, copy: Path, *program: str) -> list[str]:
    return ["unshare", "--mount", "--map-root-user", "sh", "-c", SMALL_DISK, "sh", str(folder), str(copy), *program]


def can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    (folder / "try").mkdir()
    (folder / "tried").mkdir()
    ran = subprocess.run(
        on_a_small_disk(folder / "try", folder / "tried", "touch", str(folder / "try" / "file")), check=False, capture_output=True
    )
    return ran.returncode == 0


def test_a_full_disk_keeps_the_last_whole_state_and_the_run_goes_on_where_there_is_room(tmp_path: Path, whole: Path) -> None:
    if not can_mount(tmp_path):
        pytest.skip("a small file system cannot be mounted here")
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    for folder in (disk, kept):
        folder.mkdir()
    ran = subprocess.run(on_a_small_disk(disk, kept, *command(disk)), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 2, ran.stderr
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert (kept / "state.ckpt").exists()
    load(kept / "epoch-001.safetensors")
    assert main([*ARGUMENTS, "--out", str(kept), "--resume"]) == 0
    equal(kept, whole)


@UNIX
def test_a_run_whose_folder_is_deleted_ends_at_the_next_update(tmp_path: Path) -> None:
    data, out = load_images("mnist", "test"), tmp_path / "run"
    settings = TrainSettings(out=out, epochs=2, batch=16, device="cpu")
    lines = train(lambda: AutoencoderTask(data, False, hidden=(64, 32)), data, settings)
    assert next(lines).step == 10
    shutil.rmtree(out)
    with pytest.raises(BadInput, match=r"run: the run's folder is gone"):
        next(lines)
    assert not out.exists(), "it is not made again"


def shortened(path: Path) -> None:
    with open(path, "r+b") as file:
        file.truncate(1000)


@UNIX
@pytest.mark.parametrize("lose", [shortened, Path.unlink], ids=["shortened", "deleted"])
def test_data_that_vanish_end_the_run_and_it_goes_on_when_they_are_back(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    path, backup = tmp_path / "digits.npy", tmp_path / "backup.npy"
    np.save(backup, load_images("mnist", "test").images[:256])
    shutil.copy(backup, path)

    def run(out: str, resume: bool = False):  # type: ignore[no-untyped-def]
        data = load_images(str(path))
        settings = TrainSettings(dataset=str(path), out=tmp_path / out, epochs=2, batch=16, seed=5, warmup=2, device="cpu", resume=resume)
        return train(lambda: AutoencoderTask(data, False, hidden=(64, 32)), data, settings)

    list(run("whole"))
    parts = run("parts")
    assert next(parts).step == 10
    lose(path)
    with pytest.raises(BadInput, match=r"digits\.npy: is gone or has changed"):
        list(parts)
    status = control.read_status(tmp_path / "parts")
    assert status is not None
    assert (status.phase, status.step) == ("failed", 10)
    shutil.copy(backup, path)
    assert next(run("parts", resume=True)).step > 10
    list(run("parts", resume=True))
    equal(tmp_path / "parts", tmp_path / "whole")


SHORT_OF_MEMORY = """
import resource, sys
import torch
from explorer.cli.main import main
from explorer.datasets.images import load_images
from explorer.training import loop, ddpm
load_images("mnist")
size = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) * 1024
limit = size + 600_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_too_little_memory_says_what_to_lower(tmp_path: Path) -> None:
    large = ["train", "ddpm", "--images", "8192", "--batch", "8192", "--epochs", "1", "--device", "cpu", "--threads", "1", "--json"]
    ran = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY, *large, "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert "not enough memory for batches of 8192; lower --batch or --width" in ran.stderr
    assert "Traceback" not in ran.stderr
    status = control.read_status(tmp_path)
    assert status is not None
    assert status.phase == "failed"


def test_a_finished_run_says_that_it_is_finished(tmp_path: Path, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(whole, tmp_path / "run")
    capsys.readouterr()
    assert main([*ARGUMENTS, "--out", str(tmp_path / "run"), "--resume"]) == 0
    assert "run: the run there is finished; nothing is left to do" in capsys.readouterr().err


SIGNALLED = """
import os, signal, sys
from explorer.cli.main import main
from explorer.training import loop
number, at = getattr(signal, sys.argv[1]), sys.argv[2]
begun = loop._Run._one_update if at == "update" else loop._Run.__init__

def sent(self, *arguments):
    os.kill(os.getpid(), number)
    return begun(self, *arguments)

setattr(loop._Run, begun.__name__, sent)
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # whatever started the tests may have them ignored
    signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
sys.exit(main(sys.argv[3:]))
"""
"""Sends itself a signal where a run begins or makes an update."""


def signalled(out: Path, name: str, at: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", SIGNALLED, name, at, *ARGUMENTS, "--out", str(out)]
    return subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE, check=False)


@UNIX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_before_the_run_has_begun_ends_it_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    ran = signalled(tmp_path / "run", name, "start")
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")
    assert not (tmp_path / "run").exists()


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt  # while this is imported\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(command(tmp_path / "run"), capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


@UNIX
def test_a_terminal_that_is_closed_stops_the_run_with_its_state_kept(tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "run"
    ran = signalled(out, "SIGHUP", "update")
    assert ran.returncode == 0, ran.stderr
    assert "stopped at update 1 of 32" in ran.stderr
    status = control.read_status(out)
    assert status is not None
    assert status.phase == "stopped"
    assert main([*ARGUMENTS, "--out", str(out), "--resume"]) == 0
    equal(out, whole)


@UNIX
@pytest.mark.parametrize("option", ["--dataset", "--out"])
def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    assert main([*ARGUMENTS, "--out", str(tmp_path / "run"), option, name]) == 2
    assert "is not UTF-8" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@UNIX
def test_what_went_wrong_is_told_below_the_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = [argument for argument in ARGUMENTS if argument != "--json"]
    with files_of_at_most(100_000):
        assert main([*shown, "--out", str(tmp_path)]) == 2
    assert "\ngenerative-explorer: " in capsys.readouterr().err


def test_threads_have_a_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--out", str(tmp_path / "run"), "--threads", "1099511627776"]) == 2
    assert "--threads" in capsys.readouterr().err
