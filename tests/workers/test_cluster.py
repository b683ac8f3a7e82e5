"""A cluster on another machine must ask for a token, and one must be here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from explorer.errors import BadInput
from explorer.workers import cluster
from explorer.workers.tasks import NoRay, connected

ELSEWHERE = "203.0.113.7:6379"  # of no machine: RFC 5737


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("RAY_ADDRESS", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize("address", ["auto", "127.0.0.1:6379", "localhost:6379", "[::1]:6379", "ray://127.0.0.1:10001"])
def test_this_machine_is_asked_nothing(address: str) -> None:
    cluster.check(address)


@pytest.mark.parametrize("address", [ELSEWHERE, "ray://203.0.113.7:10001", "no-such-host.invalid:6379"])
def test_elsewhere_it_is_refused_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    with pytest.raises(BadInput, match="unless token authentication is on, which it is not by itself"):
        cluster.check(address)
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    with pytest.raises(BadInput, match="none is here: set RAY_AUTH_TOKEN"):
        cluster.check(address)
    (tmp_path / "token").write_text("secret")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    cluster.check(address)
    monkeypatch.delenv("RAY_AUTH_TOKEN_PATH")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    cluster.check(address)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("2.53.0", ""),
        ("2.55.1", ""),
        ("3.0.0.dev0", ""),
        ("2.9.3", "is 2.9.3 here, and 2.53 or later is needed"),
        ("1.13.0", "is 1.13.0 here, and 2.53 or later is needed"),
    ],
)
def test_a_ray_that_knows_no_tokens_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, why: str) -> None:
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "__init__.py").touch()
    (tmp_path / f"ray-{version}.dist-info").mkdir()
    (tmp_path / f"ray-{version}.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ray\nVersion: {version}\n")
    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert cluster.missing() == why


def test_half_a_ray_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ImportError('libray is cut short')")
    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(NoRay, match=r"^Ray cannot be imported, install it anew \(pip install .*\): libray is cut short$"):
        connected(None, 1).__enter__()
