"""What `--engine` says: a machine that is reached by ssh, or a command."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass

from explorer.errors import BadInput

SSH = "ssh:"
ALIVE = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")
"""A connection that has broken without a word is told of after 15 s."""
THERE = ("generative-explorer", "engine", "--stdio")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an engine is.

    Attributes
    ----------
    name : str
        What the window calls it: the host, or the command's program.
    words : tuple of str
        What starts it, and carries its stdin and stdout.
    is_ssh : bool
        Whether `words` were made of a host's name.
    """

    name: str
    words: tuple[str, ...]
    is_ssh: bool = False


def address(said: str) -> Address:
    """Read what `--engine` was given: "ssh:HOST", "ssh:USER@HOST", or a command with its words.

    Raises
    ------
    BadInput
        If it is empty, no command, or its program is not on this machine.
    """
    if said.startswith(SSH):
        host = said.removeprefix(SSH)
        if not host or host.startswith("-") or any(c.isspace() for c in host):
            raise BadInput(f"--engine {said}: name a machine, as in --engine ssh:HOST or --engine ssh:USER@HOST")
        if shutil.which("ssh") is None:
            raise BadInput(
                f"--engine {said}: there is no ssh on this machine: install OpenSSH's client (on Debian and Ubuntu: openssh-client)"
            )
        return Address(host.rpartition("@")[2], ("ssh", "-T", *ALIVE, host, shlex.join(THERE)), is_ssh=True)
    try:
        words = shlex.split(said, posix=os.name == "posix")
    except ValueError as error:
        raise BadInput(f"--engine {said}: is no command: {error}") from None
    if not words:
        raise BadInput("--engine: say where the engine is: ssh:HOST, or a command that starts one")
    if shutil.which(words[0]) is None:
        raise BadInput(f"--engine {words[0]}: there is no such program on this machine; a machine is named as ssh:HOST")
    return Address(os.path.basename(words[0]), tuple(words))
