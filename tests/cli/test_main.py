"""Exit statuses and one-line errors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import explorer
from explorer.cli import info, shared

COMMANDS = ("sample", "train", "decode", "encode", "evaluate", "info")


def test_version_and_help(run: Callable[..., Any]) -> None:
    assert run("--version").out == f"generative-explorer {explorer.__version__}\n"
    shown = run("--help")
    assert shown.status == 0
    for command in COMMANDS:
        assert f"  {command} " in shown.out
        assert run(command, "--help").status == 0


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
        (["evaluate", "--checkpoint", "mnist-ddpm-c", "--metric", "kid"], ["--metric", "kid", "fid", "elbo", "accuracy"]),
        (["info"], ["Missing argument"]),
    ],
)
def test_usage_errors_are_one_line(refused: Callable[..., str], arguments: list[str], words: list[str]) -> None:
    line = refused(*arguments)
    for word in words:
        assert word in line


def test_a_fault_of_ours_is_status_1_with_its_traceback(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> None:
        raise ZeroDivisionError("not meant")

    monkeypatch.setattr(shared, "open_checkpoint", fail)
    ran = run("info", "mnist-ddpm-c")
    assert ran.status == 1
    assert "Traceback" in ran.err
    assert ran.err.splitlines()[-1] == "generative-explorer: a fault of the program, not of your input: ZeroDivisionError: not meant"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried")])
def test_out_of_memory_says_what_to_lower(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_name: str) -> None:
        raise error

    monkeypatch.setattr(shared, "open_checkpoint", fail)
    ran = run("info", "mnist-ddpm-c")
    assert ran.status == 1
    assert ran.err.splitlines() == ["generative-explorer: out of memory: lower --samples or --images, or choose --device cpu"]


def test_an_interrupt_is_130(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_checkpoint: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(info, "describe", interrupt)
    assert run("info", "mnist-ddpm-c").status == 130


def test_a_reader_that_leaves_is_no_fault() -> None:
    program = [sys.executable, "-m", "explorer", "--help"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait()
    assert process.returncode == 141


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
