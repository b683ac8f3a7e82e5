"""Checkpoints sent to workers elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.checkpoints.locate import locate
from explorer.sweeps.parcels import arrived, parcels_of


def test_a_file_is_sent_once_and_what_the_app_has_not_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))
    own = tmp_path / "mine.safetensors"
    own.write_bytes(b"weights")
    key = str(own), "a" * 64
    paths = {key: str(own), ("mnist-ddpm-c", "c" * 64): str(locate("mnist-ddpm-c")), (str(tmp_path), "d" * 64): str(tmp_path)}
    asked: list[object] = []

    def get(content: object) -> bytes:
        asked.append(content)
        assert isinstance(content, bytes)
        return content

    parcels = parcels_of(paths, lambda content: content)
    assert set(parcels) == {key}
    places = {arrived(parcels[key], get) for _ in range(2)}
    assert [Path(place).read_bytes() for place in places] == [b"weights"]
    assert asked == [b"weights"]
    assert Path(*places).name == "a" * 64 + ".safetensors"
