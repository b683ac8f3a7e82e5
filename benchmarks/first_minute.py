"""The first minute: from launch to a picture worth seeing, on what is kept, against the same window that has to sample it.

Usage: python benchmarks/first_minute.py

Each line launches the app anew, off screen, as the command does (the engine's process first, bytecode compiled before), and waits until
the digits of Reverse chain (t = 0) are on the window: on a home that is fresh, which opens on the chain that comes with the app; on one
whose own chain was kept by the launch before; and, as the peer, on one where nothing is found and 16 samples in 50 steps are made. Beside
it stands when the window was first painted, which none of them changes, and what that took of its thread's processor time. The last line
is the wait from "New seed" to the end of its chain.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

NOTHING_KEPT = """
from explorer.engine.chain.kept import folder
folder.shipped_chains = dict
from explorer.engine.process.serve import serve
serve()
"""
PROGRAM = """
import gc, json, sys, time
gc.disable()
from explorer.engine.process.spawning import spawn
began, case = float(sys.argv[1]), sys.argv[2]
engine = spawn([sys.executable, "-c", sys.argv[3]] if case == "nothing" else None)
from explorer.cli.display import require_qt
require_qt(beside_torch=False)
from explorer import app
from explorer.engine.process.child import Child
from explorer.engine.process.link import ProcessLink
from explorer.state.persistence import load, session_file
from explorer.views.window.ahead import BuildAhead

told = {}
application = app.make_application()
link = ProcessLink(Child(process=engine))
link.start()
explorer = app.Explorer(load(session_file()), session_file(), link=link, measures=True)
ahead = BuildAhead(explorer.window.workspaces, explorer.store, explorer)
explorer.began.connect(ahead.begin)
page = explorer.window.current

from PySide6.QtCore import QEvent, QObject, QTimer

class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and "painted" not in told:
            told["painted"], told["worked"] = time.time() - began, time.thread_time()
        return False

painted = Painted()
explorer.window.installEventFilter(painted)

def done():
    run, grid = page.controller.run, page.panels[0].grid
    return not run.sampling and page.controller.state.t == 0 and grid.tiles is not None and run.done

def look():
    if "finished" not in told and done() and (case != "mine" or page.part.recipe.seed != 0):
        told["finished"] = time.time() - began
        if case == "seed":
            again.append(time.time())
            page.new_seed()
        else:
            application.quit()
    elif again and page.controller.idle and done() and time.time() - again[0] > 0.3:
        told["again"] = time.time() - again[0]
        application.quit()

again = []
timer = QTimer(interval=5)
timer.timeout.connect(look)
timer.start()
explorer.show()
app._spare_the_collector()
application.exec()
ahead.stop()
explorer.shutdown()
print(json.dumps(told))
sys.stdout.flush()
import os
os._exit(0)
"""


def launched(case: str, home: str) -> dict[str, float]:
    """Seconds after the launch of what the window came to."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as an installed app
    environment |= {"GENERATIVE_EXPLORER_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPYCACHEPREFIX"] = os.path.join(tempfile.gettempdir(), "first-minute-bytecode")
    words = [sys.executable, "-c", PROGRAM, str(time.time()), case, NOTHING_KEPT]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Print one line for each case."""
    from common import machine

    print(machine())
    with tempfile.TemporaryDirectory() as home:
        launched("seed", home)  # its bytecode is compiled now, and its files are in memory
    rounds: dict[str, list[dict[str, float]]] = {"fresh": [], "kept": [], "nothing": [], "seed": []}
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        with tempfile.TemporaryDirectory() as home:
            rounds["seed"].append(launched("seed", home))
            rounds["kept"].append(launched("mine", home))
        for case in ("fresh", "nothing"):
            with tempfile.TemporaryDirectory() as home:
                rounds[case].append(launched(case, home))
    median = {case: statistics.median(each["finished"] for each in found) for case, found in rounds.items()}
    for case, words in (("fresh", "first chain, which comes with the app"), ("kept", "own chain, kept by the launch before")):
        shown, worked = (statistics.median(each[name] for each in rounds[case]) for name in ("painted", "worked"))
        print(
            f"launch to digits, {words}: {median[case]:.2f} s (painted after {shown:.2f} s, {worked:.2f} of them its own), "
            f"sampled {median['nothing']:.2f} s, ratio {median[case] / median['nothing']:.2f}"
        )
    print(f"New seed to the finished chain of 16 in 50 steps: {statistics.median(each['again'] for each in rounds['seed']):.2f} s")


if __name__ == "__main__":
    main()
