"""Which cluster of Ray work goes to, and whether it may: one elsewhere must ask for a token."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import ipaddress
import os
import re
import socket
from pathlib import Path

from explorer.errors import BadInput

ADDRESS = "RAY_ADDRESS"
INSTALL = 'pip install "generative-explorer[cluster]"'
HERE = ("auto", "local", "localhost")


OLDEST = 2, 53
"""Of Ray: the first that asks for tokens throughout; pyproject.toml says so, too."""


def missing() -> str:
    """Why there is no Ray to work with, as what follows its name; empty where there is. It is not imported for this."""
    if importlib.util.find_spec("ray") is None:
        return "is not installed"
    try:
        version = importlib.metadata.version("ray")
    except importlib.metadata.PackageNotFoundError:  # not by pip: whoever did it knows
        return ""
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    return "" if numbers >= OLDEST else f"is {version} here, and {'.'.join(map(str, OLDEST))} or later is needed"


def check_installed(workers: int) -> None:
    """Refuse several workers where there is no Ray (BadInput)."""
    if why := missing():
        raise BadInput(f"--workers {workers}: several at once are done by Ray, which {why}: {INSTALL}")


def address() -> str | None:
    """The cluster that the person chose by RAY_ADDRESS; None where Ray is started here for this work."""
    said = os.environ.get(ADDRESS, "").strip()
    return None if said in ("", "local") else said


def check(address: str) -> None:
    """Refuse a cluster on another machine that does not ask for a token: whoever reaches its port would run what they like.

    Raises
    ------
    BadInput
        If token authentication is off for it, or no token is here.
    """
    if is_here(address):
        return
    what = f"{ADDRESS}={address}: is not this machine, and Ray lets whoever reaches its port run any program"
    if os.environ.get("RAY_AUTH_MODE", "").strip().lower() != "token":
        raise BadInput(
            f"{what} unless token authentication is on, which it is not by itself: "
            "start the cluster with RAY_AUTH_MODE=token, and set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN here"
        )
    if not _has_token():
        raise BadInput(
            f"{what} unless it asks for a token, of which none is here: set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH to a file with it"
        )


def is_here(address: str) -> bool:
    """Whether an address is of this machine; one that cannot be looked up is not."""
    host = _host(address)
    if host in HERE:
        return True
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    own = _own_addresses()
    return all(str(each) in own or ipaddress.ip_address(str(each).partition("%")[0]).is_loopback for each in found)


def _host(address: str) -> str:
    """Host of "ray://host:10001", "host:6379" or "[::1]:6379"."""
    place = address.partition("://")[2] or address
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.rpartition(":")[0] or place


def _own_addresses() -> set[str]:
    import psutil

    return {entry.address for entries in psutil.net_if_addrs().values() for entry in entries}


def _has_token() -> bool:
    if os.environ.get("RAY_AUTH_TOKEN", "").strip():
        return True
    said = os.environ.get("RAY_AUTH_TOKEN_PATH", "").strip()
    path = Path(said) if said else Path.home() / ".ray" / "auth_token"
    try:
        return bool(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeError):
        return False
