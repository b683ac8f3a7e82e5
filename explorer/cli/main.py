"""Entry point: dispatch, exit status and one-line errors.

Exit status 0 done, 2 bad input or usage (one line on stderr), 1 a fault of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
import typer.core

from explorer.cli import train as train_command
from explorer.errors import BadInput

PROGRAM = "generative-explorer"

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    help="See how a diffusion model and a VAE make images. Without a command: open the window.",
)
app.command("train")(train_command.train)


@app.callback()
def _root() -> None:
    """See how a diffusion model and a VAE make images."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    known = set(getattr(command, "commands", {}))
    if not given or (given[0] not in known and given[0] not in ("--help", "--version")):
        given = ["open", *given]
    try:
        status = command.main(given, prog_name=PROGRAM, standalone_mode=False)
        return int(status or 0)
    except BadInput as error:
        return _bad(str(error))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):  # click's usage errors
            return _bad(error.format_message())
        if type(error).__name__ in ("Exit", "Abort"):
            return int(getattr(error, "exit_code", 1))
        raise


def _bad(message: str) -> int:
    print(f"{PROGRAM}: {' '.join(message.split())}", file=sys.stderr)
    return 2
