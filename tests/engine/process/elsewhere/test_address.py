"""What --engine says, and what is told where it says nothing of use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.engine.process.elsewhere.address import address
from explorer.errors import BadInput


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has ssh."""
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("ssh")
def test_a_machine_is_reached_by_ssh_without_a_terminal_and_a_broken_connection_is_told() -> None:
    found = address("ssh:me@box.local")
    assert (found.name, found.is_ssh) == ("box.local", True)
    assert found.words[:2] == ("ssh", "-T")
    assert found.words[-2:] == ("me@box.local", "generative-explorer engine --stdio")
    assert "ServerAliveInterval=5" in found.words


def test_a_command_is_taken_as_a_shell_would() -> None:
    found = address(f"'{sys.executable}' -c 'print(1)' engine")
    assert found.words == (sys.executable, "-c", "print(1)", "engine")
    assert found.name == Path(sys.executable).name
    assert not found.is_ssh


@pytest.mark.usefixtures("ssh")
@pytest.mark.parametrize("said", ["ssh:", "ssh:-oProxyCommand=x", "ssh:a b"])
def test_what_is_no_machine_is_refused(said: str) -> None:
    with pytest.raises(BadInput, match="name a machine, as in --engine ssh:HOST"):
        address(said)


def test_without_ssh_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"--engine ssh:box: there is no ssh on this machine: install OpenSSH's client"):
        address("ssh:box")


@pytest.mark.parametrize(
    ("said", "words"), [(" ", "say where the engine is"), ("'", "is no command"), ("no-such-program engine", "there is no such program")]
)
def test_what_is_no_command_is_refused(said: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        address(said)
