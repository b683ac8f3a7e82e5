"""Entry point: dispatch, exit status and one-line errors.

Exit status 0 done, 2 bad input or usage, or nowhere to print (one line on stderr: the file and the cause), 1 a fault of ours.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.cli import streams
from explorer.cli.commands import COMMANDS, DEFAULT_COMMAND, HIDDEN
from explorer.errors import BadInput
from explorer.memory import keep_freed_memory, was_short
from explorer.own_process import RUN_IN_FILES
from explorer.processors import sleep_rather_than_spin

PROGRAM = "generative-explorer"

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2
INTERRUPTED, PIPE_CLOSED, TERMINATED = 130, 141, 143  # 128 + SIGINT, SIGPIPE, SIGTERM, as a shell reports them
TAKES_NO_SIGNAL = (DEFAULT_COMMAND, "render", "engine")
"""Qt passes over what a signal raises in its loop: the window looks for signals itself, and `render` has nothing half done. What is
raised while an engine answers would be a request's failure."""
NO_STDOUT = "standard output: cannot be written: "


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    if arguments is None and not sys.warnoptions:
        warnings.simplefilter("ignore")  # what libraries tell developers would stand between lines that are for people
    with streams.kept_usable():
        return _status(list(sys.argv[1:] if arguments is None else arguments))


def _status(arguments: list[str]) -> int:
    sleep_rather_than_spin()
    keep_freed_memory()
    try:
        named = arguments[:1] == [DEFAULT_COMMAND]
        arguments = _with_command(arguments)
        command = arguments[0]
        _check_stdout(command)  # before work is spent on what cannot be told
        with contextlib.nullcontext() if command in TAKES_NO_SIGNAL else _ended_by_a_signal():
            status = _run(arguments, runs_python=named)
        sys.stdout.flush()
        _check_stdout(command)
        return status
    except BadInput as error:
        return _say(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return INTERRUPTED
    except _Terminated:
        return TERMINATED
    except BrokenPipeError:
        return PIPE_CLOSED
    except Exception as error:
        if isinstance(error, OSError) and streams.refusal():
            return _say(NO_STDOUT + streams.refusal(), BAD_INPUT)
        if hasattr(error, "format_message"):  # click's usage errors
            return _say(error.format_message(), BAD_INPUT)
        if was_short(error):
            return _say("out of memory: lower --samples or --images, or choose --device cpu", OUR_FAULT)
        traceback.print_exc()
        return _say(f"a fault of the program, not of your input: {type(error).__name__}: {error}", OUR_FAULT)


def _check_stdout(command: str) -> None:
    """The window prints nothing; every other command has nowhere to say what came of it (BadInput)."""
    if command != DEFAULT_COMMAND and streams.refusal():
        raise BadInput(NO_STDOUT + streams.refusal())


class _Terminated(BaseException):
    """SIGTERM came: what is half done is cleared away on the way out."""


@contextlib.contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    def leave(number: int, frame: object) -> None:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(arguments: list[str], runs_python: bool) -> int:
    """Do it; `open` that was written out runs the Python files that it names, a file alone (a double click) never does."""
    command, *rest = arguments
    if command == DEFAULT_COMMAND and not any(each.startswith("-") for each in rest):
        from explorer.cli.window import open_files  # at once: typer has nothing to read

        return open_files(rest, run_python=runs_python)
    if arguments == ["engine", "--stdio"]:  # as every window calls it
        from explorer.engine.process.serve import serve

        serve()
    if command == RUN_IN_FILES and len(rest) > 2:
        from explorer.cli.run_in_files import into_files

        into_files(Path(rest[0]), Path(rest[1]))
        sys.argv = [PROGRAM, *rest[2:]]
        return main()
    from explorer.cli.typed import run

    if command == DEFAULT_COMMAND and runs_python:
        arguments = [command, "--run-python", *rest]
    return run(arguments) or DONE


def _with_command(arguments: list[str]) -> list[str]:
    """Files alone, or nothing, open the window."""
    first = arguments[0] if arguments else ""
    if first in COMMANDS or first in HIDDEN or first in (RUN_IN_FILES, "--help", "--version"):
        return arguments
    looks_like_a_file = "." in first or "/" in first or os.sep in first or os.path.exists(first)
    if first and not first.startswith("-") and not looks_like_a_file:
        from explorer.checkpoints.locate import shipped

        if first not in shipped():
            raise BadInput(f"{first}: no such command or file; see {PROGRAM} --help")
    return [DEFAULT_COMMAND, *arguments]


def _say(message: str, status: int) -> int:
    print(f"{PROGRAM}: {streams.printable(' '.join(message.split()))}", file=sys.stderr)
    return status
