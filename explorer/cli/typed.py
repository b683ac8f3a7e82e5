"""The commands as typer reads and tells them: each is made of its function when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from explorer import __version__
from explorer.cli.commands import COMMANDS, HIDDEN

PROGRAM = "generative-explorer"


def _settings() -> dict[str, Any]:
    return {"add_completion": False, "no_args_is_help": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


class _Listed(typer.core.TyperGroup):
    """The commands of the table."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        row = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if row is None:
            return None
        module, _, function = row.where.partition(":")
        alone = typer.Typer(**_settings())
        alone.command(cmd_name)(getattr(import_module(module), function))
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The table says what each does: to ask the commands themselves would import them all."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.does) for name, row in COMMANDS.items()])


app = typer.Typer(
    name=PROGRAM,
    cls=_Listed,
    help="See how a diffusion model and a VAE make images. Without a command, or with files alone: open the window.",
    **_settings(),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """See how a diffusion model and a VAE make images. Without a command, or with files alone: open the window."""


def run(arguments: list[str]) -> int | None:
    """Read what was typed and do it; the command's exit status, None for done.

    Raises
    ------
    KeyboardInterrupt
        If the person gave up.
    """
    command: Any = typer.main.get_command(app)
    try:
        with command.make_context(PROGRAM, arguments) as context:
            status: int | None = command.invoke(context)
            return status
    except typer.Exit as leave:
        return int(leave.exit_code)
    except typer.Abort:
        raise KeyboardInterrupt from None
