"""Exit statuses and one-line errors."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer.cli.commands import COMMANDS


def test_version_and_help(run: Callable[..., Any]) -> None:
    assert run("--version").out == f"generative-explorer {explorer.__version__}\n"
    shown = run("--help")
    assert shown.status == 0
    for command in COMMANDS:
        assert f"  {command} " in shown.out
        assert run(command, "--help").status == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str, run: Callable[..., Any]) -> None:
    module, _, function = COMMANDS[name].where.partition(":")
    said = getattr(importlib.import_module(module), function).__doc__
    assert said.startswith(COMMANDS[name].does.partition(",")[0].rstrip("."))
    assert " ".join(COMMANDS[name].does.split()) in " ".join(run("--help").out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["smaple", "--seed", "1"], ["smaple", "no such command or file"]),
        (["sample"], ["Missing option", "--out"]),
        (["sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png", "--samples", "0"], ["--samples"]),
        (["sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png", "--samples", "many"], ["--samples", "integer"]),
        (["sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png", "--eta", "1.5"], ["--eta"]),
        (["sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png", "--precision", "fp8"], ["--precision", "fp8"]),
        (["sample", "--checkpoint", "mnist-ddpm-c", "--out", "a.png", "--speed", "2"], ["--speed"]),
        (["evaluate", "--checkpoint", "mnist-ddpm-c", "--metric", "kod"], ["--metric", "kod", "fid", "elbo", "accuracy"]),
        (["info"], ["Missing argument"]),
    ],
)
def test_usage_errors_are_one_line(refused: Callable[..., str], arguments: list[str], words: list[str]) -> None:
    line = refused(*arguments)
    for word in words:
        assert word in line


TOO_LONG = "n" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["info", f"{TOO_LONG}.safetensors"],
        [f"{TOO_LONG}.safetensors"],
        ["sample", "--checkpoint", f"{TOO_LONG}.safetensors", "--out", "a.png"],
        ["sample", "--checkpoint", "mnist-ddpm-c", "--out", f"{TOO_LONG}.png"],
        ["replay", f"{TOO_LONG}.png", "--out", "a.png"],
        ["replay", "a.png", "--out", f"{TOO_LONG}.png"],
        ["encode", "--checkpoint", "mnist-vae-2d", f"{TOO_LONG}.png"],
        ["render", "compare", "--out", f"{TOO_LONG}/a.png"],
        ["render", "compare", "--checkpoint", TOO_LONG, "--out", "a.png"],
    ],
)
def test_a_name_too_long_is_one_line(refused: Callable[..., str], arguments: list[str]) -> None:
    assert "File name too long" in refused(*arguments)


def test_a_fault_that_is_none_of_the_persons_is_status_1_with_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "safetensors.py").write_text("1 / 0  # a broken library\n")
    wish = ["sample", "--checkpoint", "mnist-ddpm-c", "--samples", "1", "--steps", "1", "--out", str(tmp_path / "a.png")]
    command = [sys.executable, "-m", "explorer", *wish]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert ran.returncode == 1
    assert "Traceback" in ran.stderr
    last = "generative-explorer: a fault of the program, not of your input: ZeroDivisionError: division by zero"
    assert ran.stderr.splitlines()[-1] == last


SHORT_OF_MEMORY = """
import resource, sys
import numpy, torch
from explorer.cli import main
size = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize")) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("room", "lane"), [(30_000_000, ("--exact", "mnist")), (150_000_000, ("--checkpoint", "mnist-ddpm-c"))], ids=["numpy", "torch"]
)
def test_out_of_memory_says_what_to_lower(tmp_path: Path, room: int, lane: tuple[str, str]) -> None:
    wish = ("sample", *lane, "--samples", "256", "--steps", "1", "--device", "cpu", "--out", str(tmp_path / "a.png"))
    ran = subprocess.run([sys.executable, "-c", SHORT_OF_MEMORY, str(room), *wish], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].strip() == "generative-explorer: out of memory: lower --samples or --images, or choose --device cpu"
    assert "Traceback" not in ran.stderr


INTERRUPTIBLE = """
import signal, sys
from explorer.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever started the tests may have it ignored
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
def test_an_interrupt_is_130_and_leaves_nothing(tmp_path: Path) -> None:
    wish = ("sample", "--checkpoint", "mnist-ddpm-c", "--samples", "256", "--device", "cpu", "--out", str(tmp_path / "a.npz"))
    with subprocess.Popen([sys.executable, "-c", INTERRUPTIBLE, *wish], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.read(1), "its progress: it is sampling"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_fault() -> None:
    program = [sys.executable, "-m", "explorer", "--help"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait()
    assert process.returncode == 141


def started(redirected: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command as a shell starts it, with its streams elsewhere."""
    command = ["sh", "-c", f'"$@" {redirected}', "sh", sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("info", "mnist-pca-2d"), ("--help",), ("info", "mnist-pca-2d", "--json")])
@pytest.mark.parametrize(("redirected", "cause"), [(">&-", "it is closed"), (">/dev/full", "No space left on device")])
def test_nowhere_to_print_is_status_2(tmp_path: Path, arguments: tuple[str, ...], redirected: str, cause: str) -> None:
    ran = started(redirected, *arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (2, f"generative-explorer: standard output: cannot be written: {cause}\n")
    assert started(f"{redirected} 2>&1", *arguments, cwd=tmp_path).returncode == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_progress_that_cannot_be_shown_ends_nothing(tmp_path: Path, redirected: str) -> None:
    wish = ("sample", "--checkpoint", "mnist-ddpm-c", "--steps", "2", "--samples", "1", "--out", "a.png")
    ran = started(redirected, *wish, cwd=tmp_path)
    assert (ran.returncode, ran.stdout.startswith("a.png: 1 sample of")) == (0, True)
    assert (tmp_path / "a.png").is_file()
    ran = started(redirected, "info", "gone", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
def test_the_end_of_the_session_is_143_and_leaves_nothing(tmp_path: Path) -> None:
    wish = ("sample", "--checkpoint", "mnist-ddpm-c", "--samples", "256", "--device", "cpu", "--out", str(tmp_path / "a.npz"))
    with subprocess.Popen([sys.executable, "-m", "explorer", *wish], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.read(1), "its progress: it is sampling"
        process.terminate()
        said = process.stderr.read()
    assert process.returncode == 143
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
def test_the_end_of_the_session_ends_a_render(tmp_path: Path) -> None:
    """Its window would pass over what is raised in its loop."""
    program = """
import os, signal, sys
from PySide6.QtCore import QTimer
from explorer.cli import main
from explorer.cli.render import command as render
wait = render._wait_until_idle
def ended(*arguments):
    QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    wait(*arguments)
render._wait_until_idle = ended
sys.exit(main(sys.argv[1:]))
"""
    wish = ("render", "training", "--out", str(tmp_path / "a.png"))
    ran = subprocess.run([sys.executable, "-c", program, *wish], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (-15, "")
    assert list(tmp_path.iterdir()) == []


def test_what_a_terminal_would_obey_is_escaped(refused: Callable[..., str], run: Callable[..., Any], tmp_path: Path) -> None:
    assert r"a\x1b[31m\u202ered.safetensors: no such file" in refused("info", "a\x1b[31m\u202ered.safetensors")
    awkward = tmp_path / "a\x1b[31m\nb.png"
    said = run("sample", "--checkpoint", "mnist-ddpm-c", "--steps", 2, "--samples", 1, "--out", awkward)
    assert said.status == 0
    assert said.out == f"{tmp_path}/" + r"a\x1b[31m\nb.png: 1 sample of C · mnist-ddpm-c · 2 steps, seed 0" + "\n"


def test_a_name_that_the_terminal_cannot_show(tmp_path: Path) -> None:
    name = "Zähler 数.safetensors"
    command = [sys.executable, "-m", "explorer", "info", name]
    ran = subprocess.run(command, capture_output=True, cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 2
    assert rb"Z\xe4hler \u6570.safetensors: no such file" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_the_command_line_starts_without_torch_and_qt() -> None:
    program = "import sys, explorer.cli; print([m for m in ('torch', 'PySide6', 'numpy') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_what_libraries_tell_developers_stands_before_no_line(tmp_path: Path) -> None:
    """NumPy warns of a header as Python 2 wrote it, and reads it."""
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }".ljust(117) + b"\n"
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(24))
    words = [sys.executable, "-m", "explorer", "train", "ddpm", "--schedule", str(tmp_path / "a.npy"), "--out", str(tmp_path / "run")]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert said.stderr == f"generative-explorer: {tmp_path / 'a.npy'}: beta_1 = 0 is not in (0, 1)\n"
