"""How soon the engine lets go: the longest it goes on without a cancel point, request by request, and how long closing the window takes.

Usage: python benchmarks/letting_go.py [--seconds 4] [--only NAME …] [--steps] [--closing]

*Steps*: each request is answered by a bare engine for so many seconds; what counts is the longest time between two of its items, at each
of which it can be cancelled, and something that is looked at goes first. *Closing*: the real window, off screen, its engine in a process
of its own, is closed while that request is answered: seconds until the window is gone, until its process is, and until the engine's is.

Beside the app's own networks there is a large one (60 million weights, images of 64 x 64 in colour, made up), whose single evaluation takes
longer than a second on most CPUs: it cannot be cut, so that the engine's process is ended in the midst of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts.warning=false")

import psutil

from explorer.engine.chain.data_set.messages import OpenDataSet
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.messages import MeasureNetworks, SampleChain
from explorer.engine.latent.field_messages import ShowField
from explorer.engine.latent.messages import DecodeGrid, EncodeImages
from explorer.engine.models.checking.messages import CheckNoise
from explorer.engine.models.messages import MakeThumbnail, OpenCheckpoint, ScanLibrary
from explorer.engine.objective.messages import MeasureBound
from explorer.engine.thread.requests import Payload
from explorer.engine.training.messages import MeasureTraining
from explorer.recipe import ChainRecipe, ExactProcess, Lane, Sampler, Shown
from explorer.recipe.objective import BoundRecipe
from explorer.recipe.training import TrainRecipe
from explorer.resources import resource

Make = Callable[[Path], Payload]
LARGE = "large.safetensors"
BEGUN_SECONDS = 2.0
"""After which a request is surely under way, and the window is closed."""


def large(folder: Path) -> Path:
    """A network that is too much for a CPU, its weights made up."""
    import torch

    from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
    from explorer.checkpoints.files import save
    from explorer.models.unet import UNet, UNetConfig
    from explorer.training.cards import config_dict

    torch.manual_seed(0)
    config = UNetConfig(channels=3, width=128, multipliers=(1, 2, 3, 4))
    network = UNet(config)
    data = DataCard("made-up", (3, 64, 64), (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", config_dict(config)), data, option="C", schedule=ScheduleCard("cosine", 1000))
    save(folder / LARGE, card, network.state_dict())
    return folder / LARGE


def shipped(name: str) -> Path:
    """A checkpoint that comes with the app."""
    return resource("checkpoints", f"{name}.safetensors")


def lane(path: Path, **sampler: object) -> Lane:
    """A lane of a checkpoint."""
    from explorer.checkpoints.files import file_sha256

    return Lane(file_sha256(path), str(path), None, Sampler(**sampler))  # type: ignore[arg-type]


def chain(folder: Path, name: str = "mnist-ddpm-c", samples: int = 16, **sampler: object) -> ChainRecipe:
    """A recipe of one lane; of the large network if no other is named."""
    return ChainRecipe((lane(shipped(name) if name else folder / LARGE, **sampler),), 20_001, samples)


def exact(folder: Path) -> ChainRecipe:
    """The exact reverse process of MNIST."""
    return ChainRecipe((Lane("", "mnist", exact=ExactProcess("mnist"), sampler=Sampler()),), 20_001, 16)


REQUESTS: dict[str, Make] = {
    "sampling": lambda folder: SampleChain(chain(folder, steps=1000)),
    "sampling, large": lambda folder: SampleChain(chain(folder, "", 4, steps=50)),
    "sampling, exact": lambda folder: SampleChain(exact(folder)),
    "probing": lambda folder: MeasureNetworks(chain(folder)),
    "probing, large": lambda folder: MeasureNetworks(chain(folder, "", 4)),
    "opening": lambda folder: OpenCheckpoint(str(shipped("emoji-ddpm-c"))),
    "opening, large": lambda folder: OpenCheckpoint(str(folder / LARGE)),
    "checking, large": lambda folder: CheckNoise(str(folder / LARGE)),
    "thumbnail, large": lambda folder: MakeThumbnail(str(folder / LARGE)),
    "library": lambda folder: ScanLibrary((str(folder / LARGE),)),
    "data set": lambda folder: OpenDataSet("mnist"),
    "film": lambda folder: ExportChain(chain(folder, steps=50), str(folder / "film.mp4"), ExportLook(Shown(), frames=1000)),
    "film, large": lambda folder: ExportChain(chain(folder, "", 4, steps=50), str(folder / "film.mp4"), ExportLook(Shown())),
    "objective": lambda folder: MeasureBound(BoundRecipe((lane(shipped("mnist-ddpm-c")),), images=1000), excess=True),
    "training form": lambda folder: MeasureTraining(TrainRecipe()),
    "codes": lambda folder: EncodeImages(str(shipped("mnist-vae-2d"))),
    "manifold": lambda folder: DecodeGrid(str(shipped("mnist-vae-2d")), (-3, 3, -3, 3), 200, 200),
    "density": lambda folder: ShowField(str(shipped("mnist-vae-2d")), "density", (-3, 3, -3, 3), 200, 200),
    "magnification": lambda folder: ShowField(str(shipped("mnist-vae-2d")), "magnification", (-3, 3, -3, 3), 200, 200),
}
NOTHING = {"starting": 0.0, "idle": 6.0}
"""States in which nothing is asked: torch is still imported, or all is done."""


def longest_step(name: str, folder: Path, seconds: float) -> tuple[float, int]:
    """Longest time between two items of an answer, and how many came; answered for so long, or to its end."""
    from explorer.engine.engine import Engine
    from explorer.engine.thread.messages import StartEngine

    engine, worst, count = Engine(), 0.0, 0
    list(engine.handle(StartEngine(chosen=True, measured=True)))
    steps = engine.handle(REQUESTS[name](folder), "measured.step")
    began = last = time.perf_counter()
    for _ in steps:
        now = time.perf_counter()
        worst, count, last = max(worst, now - last), count + 1, now
        if now - began > seconds:
            break
    return worst, count


def close_while(name: str, folder: Path) -> None:
    """In a process of its own: open the window, ask, close, and print when that was and what was seen of it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from explorer.app import make_application, run
    from explorer.views.window.main_window import MainWindow

    make_application()
    payload = REQUESTS[name](folder) if name in REQUESTS else None
    wait = NOTHING.get(name, BEGUN_SECONDS)

    def window() -> MainWindow | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()), None)

    def ask() -> None:
        found = window()
        if found is None:
            QTimer.singleShot(20, ask)
        elif payload is None:
            QTimer.singleShot(round(1000 * wait), close)
        else:
            client = found._context.client
            client.send(payload, "measured.closing")
            look(0.0)

    def look(begun: float) -> None:
        """Once torch is there it is begun at once."""
        found = window()
        ready = found is not None and found.engine_news.engine is not None
        if ready and begun > wait:
            close()
        else:
            QTimer.singleShot(100, lambda: look(begun + 0.1 if ready else 0.0))

    def close() -> None:
        found = window()
        assert found is not None
        engines = psutil.Process().children()
        print("closing", time.time(), *(process.pid for process in engines), flush=True)
        found.leave()
        print("gone", time.time(), flush=True)

    QTimer.singleShot(0, ask)
    run(())
    print("over", time.time(), flush=True)


def closing(name: str, folder: Path) -> tuple[float, float]:
    """Seconds until the window is gone, and until all of its processes are."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, __file__, "--closing-one", name, "--folder", str(folder)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "GENERATIVE_EXPLORER_HOME": home})
        said, _ = child.communicate()
        ended = time.time()
        told = {words[0]: words[1:] for line in said.splitlines() if (words := line.split())}
        began, pids = float(told["closing"][0]), [int(pid) for pid in told["closing"][1:]]
        while any(psutil.pid_exists(pid) for pid in pids):
            time.sleep(0.01)
            ended = time.time()
        return float(told["gone"][0]) - began, ended - began


def main() -> None:
    """Both, or what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4.0, help="for which each request is answered")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these requests alone")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--closing", action="store_true")
    parser.add_argument("--closing-one", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.closing_one:
        close_while(options.closing_one, options.folder)
        return
    both = options.steps == options.closing
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        os.environ["GENERATIVE_EXPLORER_HOME"] = home
        large(Path(folder))
        for name in options.only or (*NOTHING, *REQUESTS):
            line = f"{name:18}"
            if name in REQUESTS and (both or options.steps):
                worst, count = longest_step(name, Path(folder), options.seconds)
                line += f"  longest step {worst:6.3f} s of {count:5}"
            if both or options.closing:
                gone, ended = closing(name, Path(folder))
                line += f"  window gone {gone:5.2f} s, all over {ended:5.2f} s"
            print(line, flush=True)
    from common import machine

    print(machine())


if __name__ == "__main__":
    main()
