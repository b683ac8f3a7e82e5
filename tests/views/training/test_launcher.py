"""A run's folder is data: what it says of processes and modules is not obeyed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from explorer.own_process import RUN_IN_FILES
from explorer.training.control import RunStatus, write_status
from explorer.training.runs import Launch, look, read_launch, write_launch
from explorer.views.training import launcher

COMMAND = "generative-explorer train ddpm --out somewhere --epochs 1 --dataset nothing.npy"


@pytest.mark.usefixtures("qapp")
def test_going_on_with_a_run_from_elsewhere_runs_nothing_of_its_folder(tmp_path: Path) -> None:
    for name in ("explorer", "sitecustomize", "torch", "numpy", "msgspec", "random"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'proof')!r}, 'a').write({name!r})\n")
    write_status(tmp_path, RunStatus(1, "stopped", COMMAND, "ddpm", "C", started_in=str(tmp_path)))
    run = look(tmp_path)
    assert run is not None
    launcher.go_on(run)
    launch = read_launch(tmp_path)
    assert launch is not None
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(launch.pid).wait(timeout=120)
    assert not (tmp_path / "proof").exists()
    assert "nothing.npy: no such file" in (tmp_path / "errors.log").read_text()


def test_stop_ends_no_process_but_the_runs_own(tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    own = subprocess.Popen([sys.executable, "-c", "input()", RUN_IN_FILES, str(tmp_path)], stdin=subprocess.PIPE)
    try:
        for process in (bystander, own):
            write_launch(tmp_path, Launch(("train", "ddpm"), process.pid, time.time() + 60))
            run = look(tmp_path)
            assert run is not None
            assert run.phase == "starting"
            launcher.stop(run)
        assert own.wait(60) != 0
        assert bystander.poll() is None
    finally:
        bystander.communicate(b"\n")
        own.communicate()
