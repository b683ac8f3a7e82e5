"""What every test needs: an off-screen Qt, a home of its own, the shipped models, and nothing left behind."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_LOGGING_RULES"] = "qt.qpa.fonts.warning=false"
os.environ.setdefault("PYTEST_QT_API", "pyside6")
os.environ["OMP_NUM_THREADS"] = "1"  # the tests' own processes too: two workers share the cores, and threads that wait for cores stall

import torch  # before Qt: on Windows it cannot be loaded after  # isort: skip

import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.resources import resource

SHIPPED = (
    "emoji-ddpm-c", "mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c", "mnist-vae-2d", "mnist-ae-2d", "mnist-pca-2d", "mnist-hinton2006-2d",
    "mnist-vae-16d", "mnist-classifier", "mnist-ddpm-lecture", "mnist-ddpm-a-small", "mnist-ddpm-b-small",
    "mnist-ddpm-classes", "mnist-ldm-2d", "mnist-ldm-16d",
)  # fmt: skip

PATIENCE = 300_000  # milliseconds; only a test that fails waits as long

torch.set_num_threads(1)
gc.disable()  # and collected below: a thread of a test that happened to collect would delete another test's widgets


@pytest.fixture(scope="session")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small U-Net told of three classes of 28 x 28 images, its weights random and none of them zero; T = 20, Option C."""
    from explorer.checkpoints.card import Card, DataCard, NetworkCard, ScheduleCard
    from explorer.checkpoints.files import save
    from explorer.checkpoints.fit import classes_of
    from explorer.models.unet import UNet, UNetConfig
    from explorer.training.cards import config_dict

    torch.manual_seed(2)
    config = UNetConfig(width=8, multipliers=(1, 2), classes=3, timesteps=20)
    network = UNet(config)
    for weights in network.parameters():
        if not weights.any():
            torch.nn.init.normal_(weights, std=0.2)
    assert network.class_embedding is not None
    network.class_embedding.weight.data.mul_(10)
    schedule, data = ScheduleCard("cosine", 20), DataCard("mnist", (1, 28, 28), (-1.0, 1.0), "0" * 64)
    card = Card(1, "ddpm", NetworkCard("unet", config_dict(config)), data, option="C", schedule=schedule, classes=classes_of(config))
    path = tmp_path_factory.mktemp("conditional") / "three-classes.safetensors"
    save(path, card, network.state_dict())
    return path


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Garbage is collected between tests, by the main thread, when Python would."""
    yield
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            break


class PatientBot(QtBot):
    """Waits as long as a busy machine may need, and until what came has been laid out.

    An answer can leave a new layout pending. A test that then looks up a place in the window would press where something used to be.
    """

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        """Wait until `callback` holds and goes on to hold once all pending layouts are done."""
        self._look_until(callback, max(timeout, PATIENCE))
        lay_out()
        self._look_until(callback, max(timeout, PATIENCE))

    def _look_until(self, callback: Callable[[], bool | None], timeout: int) -> None:
        """Look at once, and then less and less often: to look all the time would take a processor from what is waited for."""
        began = time.monotonic()
        while not _holds(callback):
            waited = time.monotonic() - began
            if waited > timeout / 1000:
                super().waitUntil(callback, timeout=0)  # says what was not so
            self.wait(max(1, min(int(50 * waited), 100)))

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE, raising: bool | None = None, **more: Any) -> Any:
        """Context that waits for a signal."""
        patience = timeout if raising is False else max(timeout, PATIENCE)  # not raising: that it does not come is meant
        return super().waitSignal(signal, timeout=patience, raising=raising, **more)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE, **more: Any) -> Any:
        """Context that waits for all of these signals."""
        return super().waitSignals(signals, timeout=max(timeout, PATIENCE), **more)

    def waitActive(self, widget: Any, *, timeout: int = PATIENCE) -> Any:
        """Context that waits until a window has the keys."""
        return super().waitActive(widget, timeout=max(timeout, PATIENCE))

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE) -> Any:
        """Context that waits until a window is shown."""
        return super().waitExposed(widget, timeout=max(timeout, PATIENCE))


def _holds(callback: Callable[[], bool | None]) -> bool:
    """As pytest-qt understands it: what asserts, and then returns nothing, holds where it does not raise."""
    try:
        found = callback()
    except AssertionError:
        return False
    return found is None or bool(found)


def lay_out() -> None:
    """Do all layouts that are pending."""
    from PySide6.QtCore import QCoreApplication, QEvent

    for _ in range(4):  # a layout can ask its parent for another
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    """The robot of pytest-qt, with patience; the pointer is in the corner, not where another test left it."""
    from PySide6.QtGui import QCursor, QGuiApplication

    QCursor.setPos(QGuiApplication.primaryScreen().geometry().bottomRight())
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, _close: dict[str, Any]) -> Iterator[Path]:
    """A settings and sessions folder of its own for every test: none sees the person's or another test's.

    Up to which timesteps a network is close in the short arithmetic is known in it, as at a second start, if a test before has looked:
    to look again takes a quarter of the time of a test that opens a lane. Tests of that look have another home.
    """
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(home))
    path = home / "cache" / "how-networks-run.json"
    if _close:
        path.parent.mkdir()
        path.write_bytes(msgspec.json.encode({"format": 1, "machines": {}, "probed": _close}))
    yield home
    with contextlib.suppress(OSError, msgspec.DecodeError, KeyError):
        for machine, found in msgspec.json.decode(path.read_bytes())["probed"].items():
            _close.setdefault(machine, {}).update({key: value for key, value in found.items() if key.endswith(" torch/bf16")})


@pytest.fixture(scope="session")
def _close() -> dict[str, Any]:
    """By machine and question, as `KeptChoices` keeps it."""
    return {}


@pytest.fixture(autouse=True)
def _same_chance() -> None:
    """Fresh weights and global draws are the same whatever ran before."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a non-daemon thread, a running QThread or a top-level widget behind."""
    threads = set(threading.enumerate())
    uses_qt = bool({"qtbot", "qapp"} & set(request.fixturenames))
    widgets = _top_level_widgets() if uses_qt else set()
    yield
    left = [f"thread {t.name}" for t in threading.enumerate() if t not in threads and t.is_alive() and not t.daemon]
    if uses_qt:
        _let_go_of_the_mouse()
        left += [f"running QThread {name}" for name in _running_qthreads()]
        left += [f"widget {w!r}" for w in _widgets_left(widgets)]
    if left:
        pytest.fail("the test left behind: " + "; ".join(left))


def _let_go_of_the_mouse() -> None:
    """A double click of Qt's test functions leaves its button pressed for whatever asks later, in another test too."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QWidget

    if QGuiApplication.instance() is None or QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
        return
    widget = QWidget()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
        QTest.mouseRelease(widget, button)
    widget.deleteLater()


def _top_level_widgets() -> set[object]:
    from PySide6.QtWidgets import QApplication

    return set(QApplication.topLevelWidgets()) if QApplication.instance() is not None else set()


def _widgets_left(before: set[object]) -> list[object]:
    from PySide6.QtCore import QCoreApplication, QEvent

    for collect in (False, True):
        if collect:
            gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        left = [w for w in _top_level_widgets() if w not in before]
        if not left:
            return []
    return left


def _running_qthreads() -> list[str]:
    from shiboken6 import isValid

    return [t.objectName() or repr(t) for t in list(_started) if isValid(t) and t.isRunning()]


_started: weakref.WeakSet[Any] = weakref.WeakSet()
"""Every QThread that was started."""


@pytest.fixture(scope="session", autouse=True)
def _threads_noted() -> Iterator[None]:
    """Note every QThread that starts: to look for them among all objects would take longer than most tests."""
    from PySide6.QtCore import QThread

    start = QThread.start

    def noted(self: QThread, *priority: QThread.Priority) -> None:
        _started.add(self)
        start(self, *priority)

    QThread.start = noted
    yield
    QThread.start = start


@pytest.fixture(scope="session")
def checkpoints() -> Mapping[str, Path]:
    """Paths of the shipped checkpoints by name, such as "mnist-ddpm-c"."""
    paths = {name: resource("checkpoints", f"{name}.safetensors") for name in SHIPPED}
    missing = [str(path) for path in paths.values() if not path.is_file()]
    assert not missing, f"shipped checkpoints are missing: {', '.join(missing)}"
    return paths


@pytest.fixture(scope="session")
def mnist_test() -> tuple[np.ndarray, np.ndarray]:
    """MNIST's test images (10000, 1, 28, 28) uint8 and labels (10000,) uint8."""
    from explorer.datasets.mnist import mnist

    return mnist("test")


@pytest.fixture(scope="session")
def digits(mnist_test: tuple[np.ndarray, np.ndarray]) -> torch.Tensor:
    """MNIST's first 64 test images, (64, 1, 28, 28) float32 in [-1, 1]."""
    from explorer.datasets.images import to_unit_range

    return torch.from_numpy(to_unit_range(mnist_test[0][:64]))


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checkpoints: Mapping[str, Path]) -> Callable[..., Path]:
    """Files that do not say how their network was trained: `silent("mnist-ddpm-c")`, and `untrained=True`."""
    from explorer import sources

    from .silent import Silent, write

    monkeypatch.setattr(sources, "SOURCES", [*sources.SOURCES, Silent()])
    return lambda name, untrained=False: write(tmp_path / "x.silent", checkpoints[name], untrained)
