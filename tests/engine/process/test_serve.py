"""The engine's process by itself: it greets, answers, prints nowhere else, and ends with who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import explorer
from explorer.engine.models.messages import LibraryScanned, ScanLibrary
from explorer.engine.process.child import Child, told_of
from explorer.engine.process.codec import Hello, Reader, Writer
from explorer.engine.process.spawning import command
from explorer.engine.thread.messages import EngineReady, Failed, StartEngine
from explorer.engine.thread.requests import Request, Result

TIMEOUT = 300


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield started
    started.kill()
    started.wait()
    for stream in (started.stdin, started.stdout, started.stderr):
        assert stream is not None
        stream.close()


def talking(process: subprocess.Popen[bytes]) -> tuple[Writer, Reader]:
    assert process.stdin is not None
    assert process.stdout is not None
    return Writer(process.stdin), Reader(process.stdout)


class Results:
    """What a child answers, from its threads."""

    def __init__(self) -> None:
        self.came: list[Result] = []
        self.changed = threading.Condition()
        self.ended = threading.Event()

    def take(self, result: Result) -> None:
        with self.changed:
            self.came.append(result)
            self.changed.notify_all()

    def last(self, request_id: int) -> Result:
        def found() -> list[Result]:
            return [r for r in self.came if r.request_id == request_id and r.last]

        with self.changed:
            assert self.changed.wait_for(found, TIMEOUT)
            return found()[0]


def test_it_greets_answers_and_ends_when_its_stdin_does(process: subprocess.Popen[bytes]) -> None:
    writer, reader = talking(process)
    writer.write(Hello(explorer.__version__))
    assert reader.greeting() == Hello(explorer.__version__)
    writer.write(Request(1, "engine", 1, StartEngine("cpu")))
    ready = reader.result()
    assert ready is not None
    assert isinstance(ready.outcome, EngineReady)
    assert ready.last
    process.stdin.close()  # type: ignore[union-attr]
    assert reader.result() is None
    assert process.wait(TIMEOUT) == 0


def test_it_ends_though_it_is_in_the_midst_of_importing(process: subprocess.Popen[bytes]) -> None:
    writer, reader = talking(process)
    writer.write(Hello(explorer.__version__))
    assert reader.greeting() is not None
    process.stdin.close()  # type: ignore[union-attr]
    assert process.wait(TIMEOUT) == 0


def test_a_window_of_another_version_is_refused_in_words(process: subprocess.Popen[bytes]) -> None:
    writer, reader = talking(process)
    writer.write(Hello("0.0.1"))
    hello = reader.greeting()
    assert hello is not None
    assert hello.version == explorer.__version__
    assert hello.refusal == f"the window is version 0.0.1, the engine {explorer.__version__}: install the same for both"
    assert process.wait(TIMEOUT) == 0


def test_what_is_no_frame_ends_it_with_words(process: subprocess.Popen[bytes]) -> None:
    _, error = process.communicate(b"GET / HTTP/1.1\r\n\r\n", TIMEOUT)
    assert b"cannot understand the window" in error
    assert process.returncode == 0


def test_a_request_that_cannot_be_understood_fails_alone(process: subprocess.Popen[bytes]) -> None:
    writer, reader = talking(process)
    writer.write(Hello(explorer.__version__))
    assert reader.greeting() is not None
    writer.write(Request(1, "engine", 1, StartEngine(frame_budget="much")))  # type: ignore[arg-type]
    writer.write(Request(2, "library", 1, ScanLibrary()))
    refused, scanned = reader.result(), reader.result()
    assert refused is not None
    assert isinstance(refused.outcome, Failed)
    assert "frame_budget" in refused.outcome.message
    assert scanned is not None
    assert isinstance(scanned.outcome, LibraryScanned)


def test_without_stdio_it_says_that_it_is_for_a_window(_home: Path) -> None:
    done = subprocess.run([*command()[:-1]], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--stdio" in done.stderr
    assert (
        "engine" not in subprocess.run([*command()[:-2], "--help"], capture_output=True, text=True, check=True).stdout.split("Commands")[-1]
    )


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_it_leaves_the_terminals_signals_to_the_window(process: subprocess.Popen[bytes]) -> None:
    writer, reader = talking(process)
    writer.write(Hello(explorer.__version__))
    assert reader.greeting() is not None
    for number in (signal.SIGINT, signal.SIGHUP):
        process.send_signal(number)
    writer.write(Request(1, "library", 1, ScanLibrary()))
    scanned = reader.result()
    assert scanned is not None
    assert isinstance(scanned.outcome, LibraryScanned)


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_it_dies_with_a_window_that_is_killed() -> None:
    """Its stdin is held open by another, so that only the system can tell it."""
    program = """
import os, sys
from explorer.engine.process.spawning import command
import subprocess
reading, writing = os.pipe()
os.set_inheritable(writing, True)
child = subprocess.Popen(command(), stdin=reading, stdout=subprocess.PIPE)
other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=(writing,))
from explorer.engine.process.codec import Hello, Reader, Writer
import explorer
Writer(os.fdopen(os.dup(writing), "wb")).write(Hello(explorer.__version__))
Reader(child.stdout).greeting()
print(child.pid, flush=True)
sys.stdin.read()
"""
    window = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert window.stdout is not None
    pid = int(window.stdout.readline())
    engine = psutil.Process(pid)
    window.kill()
    window.communicate()
    assert window.returncode == -signal.SIGKILL
    assert not psutil.wait_procs([engine], TIMEOUT)[1]


def test_what_is_printed_does_not_come_between_the_frames(tmp_path: Path) -> None:
    program = tmp_path / "prints.py"
    program.write_text(
        "import sys\nfrom explorer.engine.engine import Engine\n"
        "def early(self, payload):\n    print('to stdout'); import os; os.system('echo by another process'); return None\n"
        "Engine.early = early\nfrom explorer.engine.process.serve import serve\nserve()\n"
    )
    child, results = Child([sys.executable, str(program)]), Results()
    child.begin(results.take, results.ended.set)
    child.outgoing.put(Request(1, "engine", 1, StartEngine("cpu")))
    assert isinstance(results.last(1).outcome, EngineReady)
    child.end()
    assert "to stdout" in child.last_words
    assert "by another process" in child.last_words


def test_a_child_that_does_not_end_is_killed() -> None:
    child, results = Child([sys.executable, "-c", "import time; time.sleep(1000)"]), Results()
    child.begin(results.take, results.ended.set)
    child.end()
    for thread in child._threads:
        thread.join(TIMEOUT)
    assert not child.running
    assert not results.ended.is_set(), "it was meant to end"


@pytest.mark.parametrize(
    ("status", "words"),
    [(-9, "killed by signal 9"), (-11, "a segmentation fault, signal 11"), (3, "it ended with status 3"), (None, "it does not answer")],
)
def test_how_it_ended_is_told_in_words(status: int | None, words: str) -> None:
    assert told_of(status) == words


def test_a_command_that_is_no_engine_is_told_by_what_it_says() -> None:
    for words, told in (("print('Welcome to host')", "Welcome"), ("raise SystemExit('no such thing')", "no such thing")):
        child, results = Child([sys.executable, "-c", words]), Results()
        child.begin(results.take, results.ended.set)
        assert results.ended.wait(TIMEOUT)
        assert told in child.why
        assert not child.greeted
