"""Snapshots of runs: which there are, in which order, and what they are called."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from explorer.checkpoints.files import load, read_card
from explorer.checkpoints.locate import locate, source_of
from explorer.checkpoints.snapshots import card_of, end_of_run, name_of, place_of, snapshots, stamp, words
from explorer.cli import main
from explorer.errors import BadInput

TRAIN = "train ae --hidden 8 --images 256 --batch 4 --warmup 5 --epochs 2 --threads 1 --json --out"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run of two epochs of 64 updates."""
    folder = tmp_path_factory.mktemp("runs") / "ae"
    assert main([*TRAIN.split(), str(folder)]) == 0
    return folder


def stems(path: Path) -> list[str]:
    return [Path(snapshot.path).stem for snapshot in snapshots(path)]


IN_ORDER = ["snapshot-0000004", "snapshot-0000008", "snapshot-0000016", "snapshot-0000032", "epoch-001", "final"]


def test_a_run_has_its_snapshots_in_the_order_of_training_whichever_one_asks_for(made: Path) -> None:
    """The last epoch and `final` say the same: one of them counts."""
    for asked in ("final", "epoch-001", "epoch-002", "snapshot-0000016"):
        assert stems(made / f"{asked}.safetensors") == IN_ORDER
    known = snapshots(made / "final.safetensors")
    assert [snapshot.updates for snapshot in known] == [4, 8, 16, 32, 64, 128]
    assert [snapshot.images for snapshot in known] == [16, 32, 64, 128, 256, 512]
    assert place_of(known, str(made / "snapshot-0000016.safetensors")) == 2
    assert place_of(known, str(made / "epoch-002.safetensors")) == 5, "which has seen as many as final"
    assert end_of_run(made / "epoch-001.safetensors") == made / "final.safetensors"


def test_a_checkpoint_handed_on_has_those_in_the_folder_of_its_name(made: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.safetensors"
    shutil.copy(made / "final.safetensors", mine)
    assert snapshots(mine) == ()
    assert end_of_run(mine) == mine
    (tmp_path / "mine").mkdir()
    for name in ("snapshot-0000004", "epoch-001"):
        shutil.copy(made / f"{name}.safetensors", tmp_path / "mine")
    assert stems(mine) == ["snapshot-0000004", "epoch-001", "mine"]
    assert stems(tmp_path / "mine" / "epoch-001.safetensors") == ["snapshot-0000004", "epoch-001", "mine"]
    assert end_of_run(tmp_path / "mine" / "epoch-001.safetensors") == mine


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_devices_are_no_snapshots(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    os.mkfifo(folder / "epoch-098.safetensors")
    (folder / "epoch-099.safetensors").symlink_to("/dev/zero")
    assert stems(folder / "final.safetensors") == IN_ORDER
    assert card_of(folder / "epoch-098.safetensors") is None
    with pytest.raises(BadInput, match="is no regular file, but a pipe or a device"):
        read_card(folder / "epoch-098.safetensors")


def test_files_of_another_model_or_cut_short_are_no_snapshots(made: Path, tmp_path: Path, checkpoints: dict[str, Path]) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made, folder)
    shutil.copy(checkpoints["mnist-classifier"], folder / "epoch-003.safetensors")
    (folder / "epoch-004.safetensors").write_bytes((made / "final.safetensors").read_bytes()[:200])
    (folder / "epoch-x.safetensors").write_bytes(b"no name of a run's")
    assert stems(folder / "final.safetensors") == IN_ORDER
    assert snapshots(folder / "epoch-004.safetensors") == ()
    assert card_of(folder / "epoch-004.safetensors") is None


def test_a_run_that_grows_is_stamped_anew(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    first = folder / "snapshot-0000004.safetensors"
    shutil.copy(made / first.name, first)
    before = stamp(first)
    assert before
    assert snapshots(first) == (), "one moment is no time to go through"
    shutil.copy(made / "epoch-001.safetensors", folder)
    assert stamp(first) != before
    assert stems(first) == ["snapshot-0000004", "epoch-001"]
    assert stamp(tmp_path / "gone.safetensors") == 0


def test_cards_are_read_without_their_weights(made: Path) -> None:
    assert card_of(made / "final.safetensors") == read_card(made / "final.safetensors")


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("/runs/c/epoch-003.safetensors", "c/epoch-003", ("c", "epoch 3")),
        ("C:\\runs\\c\\snapshot-0000029.safetensors", "c/snapshot-0000029", ("c", "update 29")),
        ("mnist-ddpm-c/epoch-012", "mnist-ddpm-c/epoch-012", ("mnist-ddpm-c", "epoch 12")),
        ("/runs/c/final.safetensors", "c/final", ("c", "final")),
        ("/models/mnist-ddpm-c.safetensors", "mnist-ddpm-c", ("mnist-ddpm-c", "")),
        ("final", "final", ("final", "")),
        ("mnist", "mnist", ("mnist", "")),
    ],
)
def test_a_snapshot_is_called_by_its_run_and_the_moment(source: str, name: str, said: tuple[str, str]) -> None:
    assert name_of(source) == name
    assert words(source) == said


def test_shipped_snapshots_have_names_that_every_command_knows() -> None:
    known = snapshots(locate("mnist-vae-2d"))
    first = Path(known[0].path)
    name = f"mnist-vae-2d/{first.stem}"
    assert locate(name) == first
    assert locate(f"{name}.safetensors") == first
    assert source_of(first) == name
    assert load(locate(name)).card.training.images_seen == known[0].images  # type: ignore[union-attr]
    with pytest.raises(BadInput, match=rf"mnist-vae-2d/epoch-999: there is no such snapshot .*{first.stem}"):
        locate("mnist-vae-2d/epoch-999")
    with pytest.raises(BadInput, match="no such file"):
        locate("nobodys/epoch-001")
