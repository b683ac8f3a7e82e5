"""The window's link to an engine elsewhere: a real one with a home of its own, over a slow way, and killed in the midst of work."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook
from explorer.engine.chain.messages import ChainFinished, ChainProgress, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.models.messages import CheckpointOpened, LibraryScanned, OpenCheckpoint, Opening, ScanLibrary
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.link import FarLink
from explorer.engine.process.spawning import command
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed, StartEngine
from explorer.engine.thread.requests import Outcome
from explorer.paths import HOME_VARIABLE
from explorer.recipe import ChainRecipe, Lane, Sampler
from tests.engine.process.owner import Owner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
SLOW_WAY = Path(__file__).parents[4] / "tools" / "slow_way.py"


class Setup:
    def __init__(self, home: Path, over: tuple[str, ...] = (), engine: tuple[str, ...] | None = None) -> None:
        words = ("env", f"{HOME_VARIABLE}={home}", *(engine or command()))
        self.link = FarLink(Address("box", (*over, *words)))
        self.client = Client(self.link)
        self.owner = Owner(self.client, self.link)
        self.home = home
        self.failed: list[Failed] = []
        self.client.failed.connect(self.failed.append)
        self.link.start()
        self.ready: list[Outcome] = []
        self.client.send(StartEngine(device="cpu"), "engine", self.ready.append, on_failure=self.ready.append)

    @property
    def files(self) -> list[Path]:
        """What was sent, by its hash."""
        folder = self.home / "cache" / "elsewhere" / "files"
        return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def far(qtbot: QtBot, tmp_path: Path) -> Iterator[Setup]:
    made = Setup(tmp_path / "far")
    yield made
    assert made.link.shutdown()


@pytest.fixture
def mine(checkpoints: Mapping[str, Path], tmp_path: Path) -> Path:
    """A checkpoint that the other machine does not have."""
    path = tmp_path / "my models" / "mine.safetensors"
    path.parent.mkdir()
    shutil.copy(checkpoints["mnist-ddpm-c"], path)
    return path


def chain(path: Path, steps: int | None = 10) -> ChainRecipe:
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(steps)),), 0, 2)


def test_a_file_is_sent_once_and_called_as_it_is_here(far: Setup, qtbot: QtBot, mine: Path, tmp_path: Path) -> None:
    opened: list[Outcome] = []
    far.client.send(OpenCheckpoint(str(mine)), "library.open", opened.append)
    qtbot.waitUntil(lambda: any(isinstance(o, CheckpointOpened) for o in opened))
    sending = [o for o in opened if isinstance(o, Opening) and o.doing == "sending"]
    assert sending
    assert all(o.path == str(mine) and 0 < o.done < o.total == mine.stat().st_size for o in sending)
    assert isinstance(opened[-1], CheckpointOpened)
    assert (opened[-1].entry.path, opened[-1].entry.name) == (str(mine), "mine")
    assert [path.name for path in far.files] == [file_sha256(mine)]
    (ready,) = far.ready
    assert isinstance(ready, EngineReady)
    assert ready.device.startswith("box · CPU")
    assert far.link.shutdown()

    again = Setup(tmp_path / "far")
    finished: list[Outcome] = []
    again.client.send(SampleChain(chain(mine)), "chain", finished.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainFinished) for o in finished))
    copy = tmp_path / "my models" / "copy.safetensors"
    shutil.copy(mine, copy)
    opened.clear()
    again.client.send(OpenCheckpoint(str(copy)), "library.open", opened.append)
    qtbot.waitUntil(lambda: any(isinstance(o, CheckpointOpened) for o in opened))
    assert not any(isinstance(o, Opening) and o.doing == "sending" for o in opened), "what is in it is there already"
    assert len(again.files) == 1
    assert again.failed == []
    assert again.link.shutdown()


def test_an_export_is_fetched_and_what_fails_names_the_file_as_it_is_called_here(
    far: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    recipe, out = chain(checkpoints["mnist-ddpm-c"], 4), tmp_path / "out" / "a.png"
    out.parent.mkdir()
    done: list[Outcome] = []
    far.client.send(ExportChain(recipe, str(out), ExportLook()), "export", done.append)
    qtbot.waitUntil(lambda: any(isinstance(o, Exported) for o in done))
    assert isinstance(done[-1], Exported)
    assert (done[-1].path, done[-1].nbytes) == (str(out), out.stat().st_size)
    with Image.open(out) as picture:
        picture.load()
    assert [path.name for path in out.parent.iterdir()] == ["a.png"]
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nothing")
    far.client.send(OpenCheckpoint(str(broken)), "library.open")
    qtbot.waitUntil(lambda: len(far.failed) == 1)
    assert str(broken) in far.failed[0].message
    assert str(far.home) not in far.failed[0].message
    assert far.failed[0].path in ("", str(broken))
    assert far.failed[0].request == OpenCheckpoint(str(broken))


def test_latest_wins_and_cancel_stops_a_chain_across_the_way(far: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    client, recipe = far.client, chain(checkpoints["mnist-ddpm-c"], None)
    progress: list[Outcome] = []
    shown: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", progress.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress))
    for t in range(1000, 990, -1):
        client.send(ShowStep(lane_keys(recipe), t, "x_t"), "step", shown.append)
    qtbot.waitUntil(lambda: bool(shown))
    assert not any(isinstance(o, ChainFinished) for o in progress), "scrubbing is answered while the chain is sampled"
    assert {o.t for o in shown if isinstance(o, StepShown)} == {991}
    client.cancel("chain")
    again: list[Outcome] = []
    for _ in range(2):
        client.send(ShowStep(lane_keys(recipe), 0, "x_t"), "later", again.append, queued=True)
    qtbot.waitUntil(lambda: not client.busy)
    first, second = (o for o in again if isinstance(o, StepShown))
    assert first.frames[0].k == second.frames[0].k > 0, "no step is taken after the cancel"


def test_what_is_known_here_is_listed_without_being_sent(far: Setup, qtbot: QtBot, mine: Path) -> None:
    scanned: list[Outcome] = []
    far.client.send(ScanLibrary((str(mine),)), "library.scan", scanned.append)
    qtbot.waitUntil(lambda: bool(scanned))
    assert isinstance(scanned[0], LibraryScanned)
    assert [entry.name for entry in scanned[0].entries if not entry.shipped] == ["mine"]
    assert all(Path(entry.path).exists() for entry in scanned[0].entries)
    shutil.rmtree(far.home / "cache" / "elsewhere" / "files")
    scanned.clear()
    far.client.send(ScanLibrary((str(mine),)), "library.scan", scanned.append)
    qtbot.waitUntil(lambda: bool(scanned))
    assert isinstance(scanned[0], LibraryScanned)
    assert [entry.name for entry in scanned[0].entries if not entry.shipped] == ["mine"]
    assert far.files == []


def test_over_a_slow_way_nothing_piles_up_and_pictures_pass_what_is_being_sent(
    qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    rate = 500_000
    far = Setup(tmp_path / "far", (sys.executable, str(SLOW_WAY), "--rate", str(rate), "--delay", "0.05", "--notes", str(notes)))
    large = tmp_path / "large.safetensors"
    large.write_bytes(random.Random(1).randbytes(2_000_000))  # four seconds of this way
    client, recipe = far.client, ChainRecipe(chain(checkpoints["mnist-ddpm-c"], None).lanes, 0, 16)
    order: list[str] = []
    shown: list[StepShown] = []
    waits: list[str] = []

    def progress(outcome: Outcome) -> None:
        order.append(type(outcome).__name__)
        if isinstance(outcome, ChainProgress) and not waits:  # as who drags: when the one before is answered
            waits.append("step")
            client.send(ShowStep(lane_keys(recipe), 990, "x_t"), "step", show)

    def show(outcome: Outcome) -> None:
        if isinstance(outcome, StepShown):
            waits.clear()
            order.append("StepShown")
            shown.append(outcome)

    client.send(SampleChain(recipe), "chain", progress)
    qtbot.waitUntil(lambda: "StepShown" in order)
    begun = len(order)
    refused: list[Outcome] = []
    client.send(OpenCheckpoint(str(large)), "open", lambda outcome: order.append("Opening"), on_failure=refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    meanwhile = order[begun:]
    assert meanwhile.count("StepShown") > 4, "behind the file there would be one"
    assert meanwhile.count("ChainProgress") > 4
    assert meanwhile.count("Opening") > 2, "progress of what is sent comes, too"
    client.cancel("chain")
    shown.clear()
    client.send(ShowStep(lane_keys(recipe), 990, "x_t"), "step", show)
    qtbot.waitUntil(lambda: not client.busy)
    whole = shown[-1].frames[0]
    assert whole.values.shape == (16, 1, 28, 28)
    assert not (whole.values != whole.values).any(), "values come after the pictures"
    assert far.failed == []
    assert far.link.shutdown()
    for name in ("there", "back"):
        # the way holds 50,000; more where a busy machine is late to answer, but not all of the file
        assert int((notes / name).read_text()) < 400_000, "what was being sent did not pile up on the way"


def test_a_connection_that_breaks_at_any_moment_is_made_again_and_all_goes_on(far: Setup, qtbot: QtBot, mine: Path, tmp_path: Path) -> None:
    chance = random.Random(17)
    client, recipe = far.client, chain(mine, 40)
    qtbot.waitUntil(lambda: bool(far.ready))  # a first connection that fails is the person's to make again
    for kill in range(4):
        answers: dict[str, list[Outcome]] = {"chain": [], "open": [], "export": []}
        out = tmp_path / f"{kill}.png"
        client.send(SampleChain(recipe), "chain", answers["chain"].append)
        client.send(OpenCheckpoint(str(mine)), "open", answers["open"].append)
        client.send(ExportChain(chain(mine, 4), str(out), ExportLook()), "export", answers["export"].append)
        wait = QTimer(singleShot=True, interval=chance.randrange(1, 2000))
        wait.timeout.connect(lambda: os.kill(far.link.pid, signal.SIGKILL) if far.link.pid else None)
        told = len(far.owner.told)
        wait.start()
        qtbot.waitUntil(lambda told=told: len(far.owner.told) > told)
        qtbot.waitUntil(lambda wait=wait: not client.busy and not wait.isActive())
        assert any(isinstance(o, ChainFinished) for o in answers["chain"])
        assert any(isinstance(o, CheckpointOpened) for o in answers["open"])
        assert any(isinstance(o, Exported) for o in answers["export"])
        with Image.open(out) as picture:
            picture.load()
    assert far.failed == []
    assert {down.message for down in far.owner.told} == {"The connection to box broke (killed by signal 9); connecting again."}
    assert all(down.goes_on for down in far.owner.told)
    assert [path for path in tmp_path.iterdir() if ".partial" in path.name] == []


def test_a_machine_that_cannot_be_reached_again_is_tried_until_it_can(qtbot: QtBot, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    words = shlex.join(["env", f"{HOME_VARIABLE}={tmp_path / 'far'}", *command()])
    far = Setup(
        tmp_path / "far", engine=("sh", "-c", f"test -e {shlex.quote(str(closed))} && echo no route to box >&2 && exit 255; exec {words}")
    )
    qtbot.waitUntil(lambda: bool(far.ready))
    closed.touch()
    psutil.Process(far.link.pid).kill()
    qtbot.waitUntil(lambda: len(far.owner.told) > 1)
    assert far.owner.told[1].message == "box cannot be reached (no route to box); trying again."
    assert far.owner.told[1].goes_on
    closed.unlink()
    qtbot.waitUntil(lambda: not far.client.busy)
    assert far.link.running
    assert far.failed == []
    assert far.link.shutdown()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (
            "import explorer; explorer.__version__ = '0.0.1'; from explorer.cli import main; raise SystemExit(main())",
            "the engine 0.0.1: install the same",
        ),
        ("import sys; sys.exit('no such host')", "box: no such host"),
        ("print('Welcome to box!', flush=True); input()", "box: this is not what an engine says: b'Welcome to box!"),
    ],
)
def test_what_is_no_engine_of_this_version_is_told_and_not_tried_again_by_itself(
    qtbot: QtBot, tmp_path: Path, program: str, words: str
) -> None:
    far = Setup(tmp_path / "far", engine=(sys.executable, "-c", program, "engine", "--stdio"))
    qtbot.waitUntil(lambda: bool(far.ready))
    (down,) = far.ready
    assert isinstance(down, EngineDown)
    assert words in down.message
    assert down.can_retry
    assert not down.goes_on
    assert not far.link.running
    assert far.link.shutdown()
