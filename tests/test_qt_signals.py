"""The binding to Qt that is installed emits signals for as long as an app runs: PySide6 6.12 on Python 3.11 aborts the process."""

from __future__ import annotations

import subprocess
import sys

EMITS = 20_000
EMITTED = f"""
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

class Emitter(QObject):
    nothing = Signal()
    changed = Signal(object, object)
    moved = Signal(int, float, str)

class Hearer(QObject):
    def __init__(self):
        super().__init__()
        self.count = 0
    def hear(self, *what):
        self.count += 1

app = QCoreApplication([])
emitter, hearer, counted = Emitter(), Hearer(), []
emitter.nothing.connect(hearer.hear)
emitter.changed.connect(hearer.hear)
emitter.moved.connect(hearer.hear, Qt.ConnectionType.QueuedConnection)
emitter.changed.connect(lambda old, new: counted.append(new) if new % 100 == 0 else None)
for number in range({EMITS}):
    emitter.nothing.emit()
    emitter.changed.emit((number, "old"), number)
    emitter.moved.emit(number, 0.5, "moved")
    if number % 1000 == 0:
        app.processEvents()
app.processEvents()
print(hearer.count, len(counted))
"""


def test_signals_can_be_emitted_for_long() -> None:
    done = subprocess.run([sys.executable, "-c", EMITTED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [str(3 * EMITS), str(EMITS // 100)]
