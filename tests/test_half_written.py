"""Half-written files: those of dead processes go when the next is written there, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from explorer.exports.arrays import ArrayArchive
from explorer.exports.atomic import whole
from explorer.half_written import keep, neighbour
from explorer.recipe import Recipe

HOLD = """
import sys, time
from pathlib import Path
from explorer.half_written import keep, neighbour
out = Path(sys.argv[1])
neighbour(out).write_bytes(b"half")
folder = neighbour(out.with_suffix(".npz"))
folder.mkdir()
(folder / "0.npy").write_bytes(b"half")
print("written", flush=True)
sys.stdin.read()
"""


def writer(out: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    return process


def left(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.partial"))


def test_what_a_killed_process_left_goes_with_the_next_export_and_what_another_is_writing_stays(tmp_path: Path) -> None:
    killed, at_work = writer(tmp_path / "one.png"), writer(tmp_path / "two.png")
    try:
        killed.kill()
        killed.communicate()
        (tmp_path / "mine.123.partial").write_bytes(b"of another program")
        assert len(left(tmp_path)) == 5
        with whole(tmp_path / "three.png") as partial:
            partial.write_bytes(b"all")
        assert [path.name.split(".")[0] for path in left(tmp_path)] == ["mine", "two", "two"]
    finally:
        at_work.communicate()


def test_of_another_machine_nothing_is_removed_and_of_an_earlier_start_of_this_one_everything(tmp_path: Path) -> None:
    own = neighbour(tmp_path / "a.png").name
    name, mark, ending = own.split(".")[0], own.split(".")[2], own.split(".")[3]
    machine, boot, rest = mark.split("-", 2)
    elsewhere = tmp_path / f"{name}.png.{'0' * 8}-{boot}-{rest}.{ending}"
    before = tmp_path / f"{name}.png.{machine}-{'0' * 8}-{rest}.{ending}"
    reused = tmp_path / f"{name}.png.{machine}-{boot}-{os.getpid()}-1-0.{ending}"
    for path in (elsewhere, before, reused):
        path.write_bytes(b"half")
    neighbour(tmp_path / "b.png")
    assert left(tmp_path) == [elsewhere]


def test_two_that_write_one_file_at_a_time_have_neighbours_of_their_own(tmp_path: Path) -> None:
    out = tmp_path / f"{'é' * 120}.npz"
    with ArrayArchive(out, Recipe()) as first, ArrayArchive(out, Recipe()) as second:
        first.put("x", np.zeros(3))
        second.put("x", np.ones(3))
        assert len(left(tmp_path)) == 2
    assert left(tmp_path) == []
    with np.load(out) as archive:
        assert archive["x"].tolist() == [0, 0, 0]  # the one that ended last


def test_what_is_no_loss_is_kept_whole_with_its_folder_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "book.json"
    keep(path, b"first")
    keep(path, b"second")
    assert path.read_bytes() == b"second"
    assert os.listdir(path.parent) == ["book.json"]
    (tmp_path / "file").write_bytes(b"")
    keep(tmp_path / "file" / "book.json", b"no folder can be made there")
    keep(path.parent, b"a folder is in its place")
    assert path.read_bytes() == b"second"
    assert sorted(os.listdir(tmp_path)) == ["file", "new"]
