"""Kill the app at random moments, with nothing said before (SIGKILL), and tell what was lost.

    python tools/kill.py --kills 50 --seed 1
    python tools/kill.py --kills 5 --only training

*window*: the whole window, while somebody does anything in it (tools/random_user.py), again and again in one home. How old was the session
that is found at the next start: seconds from the first change that is not in it to the kill. *sampling* and *exports*: commands that write
a picture, arrays, films, a network; *training*: one run, killed and gone on with until it is over, whose weights are compared with those
of a run that nothing happened to, to the last bit. Each time: is a file under its final name that is not whole, are all kept chains valid,
what lies about and does not after the next start, does a process go on. Exit status 1 if anything is lost that is promised to stay.
Needs a POSIX system.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
import psutil

from explorer.engine.chain.kept.lane import sums_of
from explorer.engine.chain.kept.layout import SMALL, described, read_array
from explorer.errors import BadInput
from explorer.own_process import own_command
from explorer.state.persistence import read_session

ROOT = Path(__file__).resolve().parent.parent
HOME = "GENERATIVE_EXPLORER_HOME"
PROMISED_SECONDS = 5.0
"""At most so much of what the person did is lost."""
SHARES = {"window": 0.3, "sampling": 0.3, "exports": 0.16, "training": 0.24}
"""Of all kills."""
AFTER_SECONDS = 5.0
"""Within which whatever belongs to a process that was killed ends, too."""
SAMPLE = ("sample", "--checkpoint", "mnist-ddpm-c", "--samples", "8", "--steps", "60", "--seed", "3", "--out")
SAMPLED = ("digits.png", "digits.npz", "digits.gif", "digits.mp4")
EXPORTS = (("export", "mnist-ddpm-c", "--out", "c.onnx"), ("decode", "--checkpoint", "mnist-vae-2d", "--grid", "128", "--out", "grid.png"))
TRAIN = (
    "train", "ae", "--hidden", "256,64", "--images", "4096", "--batch", "32", "--epochs", "6", "--seed", "5", "--device", "cpu",
    "--threads", "1", "--out",
)  # fmt: skip


@dataclass
class Row:
    """What came of the kills of one kind."""

    kind: str
    kills: int = 0
    lost: list[float] = field(default_factory=list)
    not_whole: list[str] = field(default_factory=list)
    left: int = 0
    went_on: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def is_bad(self) -> bool:
        """Whether a promise was broken."""
        return bool(self.not_whole or self.went_on or self.notes or max(self.lost, default=0.0) > PROMISED_SECONDS)

    def cells(self) -> Sequence[str]:
        """For the table."""
        lost = f"at most {max(self.lost):.1f} s" if self.lost else "nothing"
        said = "; ".join((*self.not_whole, *self.notes)) or "none"
        return self.kind, str(self.kills), lost, str(len(self.not_whole)), str(self.left), str(self.went_on), said


# --- what is looked at after a kill


def spoilt_chains(home: Path) -> list[str]:
    """Kept chains that are not what was written."""
    found = []
    for path in (home / "cache" / "chains").glob("*.safetensors"):
        try:
            with path.open("rb") as file:
                layout = described(file, path.stat().st_size)
                small = {name: read_array(file, layout.places[name]) for name in SMALL if name in layout.places}
                if read_array(file, layout.places["sums"]).tolist() != sums_of(file, layout, small):
                    found.append(path.name)
        except (OSError, ValueError):
            found.append(path.name)
    return found


def spoilt_exports(folder: Path) -> list[str]:
    """Files under their final names that are not whole."""
    found = []
    for path in (each for each in folder.glob("*") if each.is_file() and ".partial" not in each.name):
        try:
            _read_through(path)
        except Exception as error:  # whatever a damaged file makes of its reader
            found.append(f"{path.name}: {error}")
    return found


def _read_through(path: Path) -> None:
    """Read all of an exported file, with the recipe in it; raises whatever its reader raises."""
    from PIL import Image, ImageSequence

    from explorer.exports.kinds import kind_of

    if path.suffix == ".onnx":
        import onnx

        onnx.checker.check_model(onnx.load(path))
    elif path.suffix in (".png", ".gif"):
        with Image.open(path) as picture:
            for frame in ImageSequence.Iterator(picture):
                frame.load()
    elif path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            if (bad := archive.testzip()) is not None:
                raise ValueError(f"{bad} is spoilt")
    kind = kind_of(path)
    if kind is not None and not kind.read(path):
        raise ValueError("its recipe is missing")


def partial_files(*folders: Path) -> list[Path]:
    """What was being written."""
    return [path for folder in folders for path in folder.rglob("*.partial")]


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes with this home."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(HOME) == str(home):
                found.append(process)
    return found


def left_alone(home: Path) -> int:
    """How many processes of a home go on although nobody is there; they are ended. Runs of training are meant to."""
    until = time.monotonic() + AFTER_SECONDS
    while (found := [each for each in processes_of(home) if not _trains(each)]) and time.monotonic() < until:
        time.sleep(0.05)
    for process in processes_of(home):
        with contextlib.suppress(psutil.Error):
            process.kill()
    return len(found)


def _trains(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(word in ("run-in-files", "train") for word in process.cmdline())
    return False


# --- the kinds


def window(row: Row, kills: int, draw: random.Random, folder: Path) -> None:
    """Kill a window that somebody uses, and look at the session that the next finds."""
    home, log = folder / "home", folder / "log.jsonl"
    for _ in range(kills):
        command = [sys.executable, str(ROOT / "tools" / "random_user.py"), "--seed", str(draw.randrange(10**6)), "--log", str(log)]
        log.unlink(missing_ok=True)
        process = started([*command, "--minutes", "10", "--folder", str(folder)], home)
        wait = draw.uniform(1.0, 20.0)
        while process.poll() is None and not _has_begun(log):
            time.sleep(0.05)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        killed = time.time()
        process.wait()
        row.kills += 1
        row.went_on += left_alone(home)
        if not log.exists():
            row.notes.append("the window did not open")
            continue
        row.lost.append(unsaved_seconds(log, home / "state" / "session.json", killed))
        row.not_whole += spoilt_chains(home) + spoilt_exports(folder / "out")
        print(f"window {row.kills}: {row.lost[-1]:.1f} s lost after {wait:.1f} s", file=sys.stderr)


def _has_begun(log: Path) -> bool:
    return log.exists() and '"act"' in log.read_text(encoding="utf-8")


def unsaved_seconds(log: Path, session: Path, killed: float) -> float:
    """From the first change that the kept session has not to the kill; 0 where it has them all.

    Parameters
    ----------
    log : Path
        Of the random user, which has every session that there was, by its hash.
    """
    said = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    began = said[0]["about"]["began"]
    changes = [(began + each["at"], each["session"]["sha256"]) for each in said if "session" in each]
    if not session.exists():
        return killed - changes[0][0] if changes else 0.0
    try:
        kept = hash_of(session)
    except BadInput as error:
        raise SystemExit(f"the kept session cannot be read: {error}") from None
    known = [i for i, (_, sha256) in enumerate(changes) if sha256 == kept]
    after = changes[known[-1] + 1 :] if known else changes
    return max(0.0, killed - after[0][0]) if after else 0.0


def hash_of(session: Path) -> str:
    """Of a session as the random user notes it."""
    return hashlib.sha256(msgspec.json.encode(read_session(session))).hexdigest()[:16]


def sampling(row: Row, kills: int, draw: random.Random, folder: Path) -> None:
    """Kill commands that sample into files of all kinds."""
    for i in range(kills):
        name = SAMPLED[i % len(SAMPLED)]
        command_killed(row, (*SAMPLE, name), folder, draw, whole=name)


def exports(row: Row, kills: int, draw: random.Random, folder: Path) -> None:
    """Kill commands that write networks and decodings."""
    for i in range(kills):
        words = EXPORTS[i % len(EXPORTS)]
        command_killed(row, words, folder, draw, whole=words[-1])


TOOK: dict[str, float] = {}
"""Seconds of a command that nothing happens to, by its file."""


def command_killed(row: Row, words: Sequence[str], folder: Path, draw: random.Random, whole: str) -> None:
    """Kill a command within the time that it takes, then let it do its work: what was left is no hindrance, and gone."""
    home = folder / "home"
    out = folder / whole
    if whole not in TOOK:
        began = time.monotonic()
        finish(row, words, folder, home)
        TOOK[whole] = time.monotonic() - began
        out.unlink(missing_ok=True)
    process = started(own_command(*words), home, folder)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(draw.uniform(0.3, 1.0) * TOOK[whole])
    process.kill()
    process.wait()
    row.kills += 1
    row.went_on += left_alone(home)
    row.not_whole += spoilt_exports(folder)
    lying = len(partial_files(folder))
    out.unlink(missing_ok=True)
    finish(row, words, folder, home)
    row.left += len(partial_files(folder))
    if spoilt_exports(folder) or not out.exists():
        row.notes.append(f"{whole} is not written after a kill ({lying} half-written files lay there)")
    out.unlink(missing_ok=True)


def training(row: Row, kills: int, draw: random.Random, folder: Path) -> None:
    """Kill a run again and again, go on with it, and compare its weights with those of one that nothing happened to."""
    home = folder / "home"
    began = time.monotonic()
    finish(row, (*TRAIN, str(folder / "whole")), folder, home)
    took = time.monotonic() - began
    run = folder / "killed"
    for _ in range(kills):
        words = (*TRAIN, str(run), *(["--resume"] if (run / "state.ckpt").exists() else []))
        process = started(own_command(*words), home, folder)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0.4, 1.0) * took)
        if process.poll() is None:
            process.kill()
            row.kills += 1
        process.wait()
        row.went_on += left_alone(home)
        if (run / "final.safetensors").exists():  # it was over before: that is one run compared
            _compare(row, run, folder / "whole")
            shutil.rmtree(run)
    if run.exists():
        finish(row, (*TRAIN, str(run), *(["--resume"] if (run / "state.ckpt").exists() else [])), folder, home)
        _compare(row, run, folder / "whole")
    row.left += len(partial_files(folder))


def _compare(row: Row, run: Path, whole: Path) -> None:
    """The same curve and the same weights."""
    from safetensors.numpy import load_file

    if not (run / "final.safetensors").exists():
        row.notes.append("a killed run does not go on")
        return
    mine, its = (load_file(folder / "final.safetensors") for folder in (run, whole))
    if (run / "loss.csv").read_bytes() != (whole / "loss.csv").read_bytes() or any((mine[name] != its[name]).any() for name in its):
        row.notes.append("a resumed run is not the run that was not interrupted")


def started(command: Sequence[str], home: Path, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """A process with that home."""
    quiet, environment = subprocess.DEVNULL, {**os.environ, HOME: str(home)}
    return subprocess.Popen(list(command), cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)


def finish(row: Row, words: Sequence[str], folder: Path, home: Path) -> None:
    """Run a command to its end."""
    done = subprocess.run(own_command(*words), cwd=folder, env={**os.environ, HOME: str(home)}, capture_output=True, text=True)
    if done.returncode:
        row.notes.append((done.stderr.strip().splitlines() or [f"{words[0]}: status {done.returncode}"])[-1])


KINDS: dict[str, Callable[[Row, int, random.Random, Path], None]] = {
    "window": window, "sampling": sampling, "exports": exports, "training": training,
}  # fmt: skip
HEAD = ("killed", "kills", "lost", "not whole", "left over", "went on", "what")


def main() -> int:
    """Kill, tell, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="in all, or of each kind that is named")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--only", nargs="+", choices=list(KINDS), help="these kinds alone")
    options = parser.parse_args()
    rows = []
    print("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD), flush=True)
    for kind in options.only or KINDS:
        row, kills = Row(kind), options.kills if options.only else round(SHARES[kind] * options.kills)
        folder = Path(tempfile.mkdtemp(prefix=f"killed-{kind}-"))
        try:
            KINDS[kind](row, kills, random.Random(f"{options.seed} {kind}"), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        rows.append(row)
        print("| " + " | ".join(row.cells()) + " |", flush=True)
    return int(any(row.is_bad for row in rows))


if __name__ == "__main__":
    sys.exit(main())
