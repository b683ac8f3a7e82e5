"""What snapshots make, asked of the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.thread.client import Client
from explorer.engine.thread.worker import Worker
from explorer.views.training.pictures import CODES, SAMPLES, SnapshotPictures

WAIT = 120_000
VAE = ("vae", None)


@pytest.fixture
def pictures(qtbot: QtBot) -> Iterator[SnapshotPictures]:
    worker = Worker()
    client = Client(worker)
    worker.start()
    yield SnapshotPictures(client)
    assert worker.shutdown()


def until_known(qtbot: QtBot, pictures: SnapshotPictures) -> None:
    qtbot.waitUntil(lambda: pictures.idle, timeout=WAIT)


def test_reconstructions_stand_beside_their_originals(qtbot: QtBot, pictures: SnapshotPictures, checkpoints: Mapping[str, Path]) -> None:
    path = str(checkpoints["mnist-vae-2d"])
    told: list[bool] = []
    pictures.changed.connect(lambda: told.append(pictures.of(path) is not None))
    pictures.want([(path, VAE)])
    assert pictures.of(path) is None
    until_known(qtbot, pictures)
    shown = pictures.of(path)
    assert shown is not None
    assert shown.tiles is not None
    assert shown.originals is not None
    assert shown.codes is not None
    assert told == [True]
    assert shown.tiles.shape == shown.originals.shape == (SAMPLES, 28, 28, 3)
    assert len({tile.tobytes() for tile in shown.originals}) == SAMPLES, "each is another image"
    apart = abs(shown.tiles[:, None].astype(int) - shown.originals[None]).mean(axis=(2, 3, 4))
    assert (apart.argmin(axis=1) == range(SAMPLES)).sum() >= SAMPLES - 2, "in the same order"
    assert len(shown.codes.codes) == CODES


def test_one_that_failed_is_asked_for_again_only_when_its_file_is_another(
    qtbot: QtBot, pictures: SnapshotPictures, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "epoch-001.safetensors"
    path.write_bytes(b"no checkpoint")
    wanted = [(str(path), VAE)]
    pictures.want(wanted)
    until_known(qtbot, pictures)
    shown = pictures.of(str(path))
    assert shown is not None
    assert shown.tiles is None
    assert path.name in shown.words
    pictures.forget()
    pictures.want(wanted)
    assert pictures.idle, "nothing is asked"
    path.write_bytes(checkpoints["mnist-vae-2d"].read_bytes())
    pictures.want(wanted)
    assert pictures.of(str(path)) is None
    assert not pictures.idle
    until_known(qtbot, pictures)
    again = pictures.of(str(path))
    assert again is not None
    assert again.tiles is not None


def test_what_is_no_longer_wanted_is_not_gone_on_with(qtbot: QtBot, pictures: SnapshotPictures, checkpoints: Mapping[str, Path]) -> None:
    first, other = (str(checkpoints[name]) for name in ("mnist-vae-2d", "mnist-ae-2d"))
    pictures.want([(first, VAE)])
    pictures.want([(other, ("ae", None))])
    until_known(qtbot, pictures)
    assert pictures.of(first) is None
    assert pictures.of(other) is not None
    pictures.want([(first, VAE), (other, ("ae", None))])
    pictures.forget()
    assert pictures.idle
    assert pictures.of(first) is None
    assert pictures.of(other) is not None, "what is known stays known"


def test_what_is_wanted_still_is_gone_on_with(qtbot: QtBot, pictures: SnapshotPictures, checkpoints: Mapping[str, Path]) -> None:
    first, other = (str(checkpoints[name]) for name in ("mnist-vae-2d", "mnist-ae-2d"))
    order: list[str] = []
    pictures.changed.connect(lambda: order.extend(path for path in (first, other) if pictures.of(path) is not None and path not in order))
    pictures.want([(first, VAE)])
    pictures.want([(other, ("ae", None)), (first, VAE)])
    until_known(qtbot, pictures)
    assert order == [first, other]
