"""Entry point: dispatch, exit status and one-line errors.

Exit status 0 done, 2 bad input or usage (one line on stderr: the file and the cause), 1 a fault of ours.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer
import typer.main

from explorer import __version__
from explorer.cli import decode as decode_command
from explorer.cli import encode as encode_command
from explorer.cli import evaluate as evaluate_command
from explorer.cli import info as info_command
from explorer.cli import open as open_command
from explorer.cli import render as render_command
from explorer.cli import replay as replay_command
from explorer.cli import sample as sample_command
from explorer.cli import train as train_command
from explorer.errors import BadInput
from explorer.memory import keep_freed_memory, was_short
from explorer.processors import sleep_rather_than_spin

PROGRAM = "generative-explorer"
DEFAULT_COMMAND = "open"

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2
INTERRUPTED, PIPE_CLOSED = 130, 141  # 128 + SIGINT, 128 + SIGPIPE, as a shell reports them

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See how a diffusion model and a VAE make images. Without a command, or with files alone: open the window.",
)
# One line a command; `open` also takes what names no command.
app.command("open")(open_command.open_window)
app.command("render")(render_command.render)
app.command("sample")(sample_command.sample)
app.command("replay")(replay_command.replay)
app.command("train")(train_command.train)
app.command("decode")(decode_command.decode)
app.command("encode")(encode_command.encode)
app.command("evaluate")(evaluate_command.evaluate)
app.command("info")(info_command.info)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """See how a diffusion model and a VAE make images. Without a command, or with files alone: open the window."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    _keep_printable()
    sleep_rather_than_spin()
    keep_freed_memory()
    try:
        status = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return status
    except BadInput as error:
        return _say(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except Exception as error:
        if hasattr(error, "format_message"):  # click's usage errors
            return _say(error.format_message(), BAD_INPUT)
        if was_short(error):
            return _say("out of memory: lower --samples or --images, or choose --device cpu", OUR_FAULT)
        traceback.print_exc()
        return _say(f"a fault of the program, not of your input: {type(error).__name__}: {error}", OUR_FAULT)


def _run(arguments: list[str]) -> int:
    command: Any = typer.main.get_command(app)
    try:
        with command.make_context(PROGRAM, _with_command(arguments, set(command.commands))) as context:
            return int(command.invoke(context) or DONE)
    except typer.Exit as leave:
        return int(leave.exit_code)
    except typer.Abort:
        return INTERRUPTED


def _with_command(arguments: list[str], known: set[str]) -> list[str]:
    """Files alone, or nothing, open the window."""
    first = arguments[0] if arguments else ""
    if first in known or first in ("--help", "--version"):
        return arguments
    looks_like_a_file = "." in first or "/" in first or os.sep in first or os.path.exists(first)
    if first and not first.startswith("-") and not looks_like_a_file:
        from explorer.checkpoints.locate import shipped

        if first not in shipped():
            raise BadInput(f"{first}: no such command or file; see {PROGRAM} --help")
    return [DEFAULT_COMMAND, *arguments]


def _say(message: str, status: int) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return status


def _keep_printable() -> None:
    """A terminal's encoding may lack a character of a file's name: print it escaped rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _silence_stdout() -> None:
    """Keep the interpreter's last flush from failing again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
