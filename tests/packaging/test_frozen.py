"""What is different in a bundle: how processes of the app are started, what programs of others find, and what is left out."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import psutil
import pytest

import explorer
from explorer import paths
from explorer.backends import backend_named, openvino
from explorer.cli.commands import COMMANDS, HIDDEN
from explorer.engine.process.child import Child
from explorer.own_process import TRY_GRAPH, own_command
from explorer.recipe.training import TrainRecipe
from explorer.training.runs import look, read_launch
from explorer.views.training import launcher

ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="a program that is a script")


def module(name: str) -> ModuleType:
    """A file of packaging/pyinstaller."""
    spec = importlib.util.spec_from_file_location(f"pyinstaller_{name}", ROOT / "packaging" / "pyinstaller" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


entry, trim = module("entry"), module("trim")

PROGRAM = """#!/bin/sh
echo "$@" >>{said}
exec {python} -P {root}/packaging/pyinstaller/entry.py "$@"
"""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a program was asked that stands for the app, as in a bundle: it is no Python, and knows the app's own commands alone."""
    said, program = tmp_path / "said", tmp_path / "bundle" / "generative-explorer"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(said=said, python=sys.executable, root=ROOT))
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return said


def test_the_program_of_a_bundle_gets_nothing_but_the_apps_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/usr/lib/generative-explorer/generative-explorer")
    monkeypatch.setattr(sys, "platform", "linux")
    assert own_command("engine", "--stdio") == ["/usr/lib/generative-explorer/generative-explorer", "engine", "--stdio"]


def test_on_windows_it_is_the_program_with_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", str(Path("programs", "Generative Explorer.exe")))
    assert own_command("--version") == [str(Path("programs", "generative-explorer.exe")), "--version"]


@POSIX
def test_an_engine_of_a_bundle_greets(said: Path) -> None:
    child = Child()
    lost: list[str] = []
    try:
        child.begin(lambda result: None, lambda: lost.append(child.why))
        until = time.monotonic() + 300
        while not child.greeted and not lost and time.monotonic() < until:
            with contextlib.suppress(psutil.TimeoutExpired):
                psutil.Process(child.pid).wait(0.05)
        assert child.greeted, lost
    finally:
        child.end()
    assert said.read_text() == "engine --stdio\n"


@POSIX
@pytest.mark.usefixtures("qapp")
def test_a_run_of_a_bundle_trains(said: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    folder = launcher.start(TrainRecipe(images=32, batch=16, epochs=1, width=8))
    launch = read_launch(folder)
    assert launch is not None
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(launch.pid).wait(timeout=300)
    run = look(folder)
    assert run is not None
    assert run.phase == "finished", (folder / "errors.log").read_text()
    assert (folder / "final.safetensors").is_file()
    assert said.read_text().startswith(f"run-in-files {folder} {folder} train ddpm")


@POSIX
def test_openvino_is_tried_by_a_bundle_in_a_process_of_its_own(
    said: Path, tmp_path: Path, graph: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    openvino.tried(graph(), "fp32")
    word, file, hint = said.read_text().split()
    assert (word, Path(file).suffix, hint) == (TRY_GRAPH, ".xml", "f32")
    assert [each.name.split("-")[1] for each in (tmp_path / "home" / "cache" / "openvino").iterdir()] == ["fp32"]


@pytest.fixture
def graph() -> Callable[[], object]:
    """Makes a graph of OpenVINO's: relu(x), x of shape (1, 4)."""
    found = backend_named("openvino")
    assert found is not None
    if found.missing():
        pytest.skip(found.missing())

    def make() -> object:
        package = openvino.package()
        x = package.opset13.parameter([1, 4], package.Type.f32)
        return package.Model([package.opset13.relu(x)], [x])

    return make


def test_the_hidden_command_compiles_and_runs_a_graph(graph: Callable[[], object], tmp_path: Path) -> None:
    file = tmp_path / "graph.xml"
    openvino.package().save_model(graph(), file)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for hint, status in (("f32", 0), ("f16?", 2)):
        done = subprocess.run(own_command(TRY_GRAPH, str(file), hint), capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == status, done.stderr
    file.write_text("<net/>")
    done = subprocess.run(own_command(TRY_GRAPH, str(file), "f32"), capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if line.startswith("generative-explorer: ")]
    assert len(said) == 1
    assert said[0].startswith(f"generative-explorer: {file}: ")
    assert "Traceback" not in done.stderr


def test_hidden_commands_are_there_and_not_told_of() -> None:
    assert not set(HIDDEN) & set(COMMANDS)
    done = subprocess.run(own_command("--help"), capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert not any(name in done.stdout for name in HIDDEN)
    for row in HIDDEN.values():
        where, _, function = row.where.partition(":")
        assert callable(getattr(importlib.import_module(where), function))


def test_programs_of_others_find_their_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/app/_internal", raising=False)
    kept = {"LD_LIBRARY_PATH": "/opt/app/_internal:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"}
    entry.hand_back_library_paths(kept)
    assert kept == {"LD_LIBRARY_PATH": "/mine", entry.AFRESH: "1"}
    only_ours = {"LD_LIBRARY_PATH": "/opt/app/_internal"}
    entry.hand_back_library_paths(only_ours)
    assert only_ours == {entry.AFRESH: "1"}
    theirs = {"LD_LIBRARY_PATH": "/mine"}
    entry.hand_back_library_paths(theirs)
    assert theirs == {"LD_LIBRARY_PATH": "/mine", entry.AFRESH: "1"}


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (["ge"], ["/app/ge"]),
        (["./ge", "sample", "--out", "a.png"], ["/app/ge", "sample", "--out", "a.png"]),
        (["/app/ge", "/app/ge", "train", "ddpm"], ["/app/ge", "train", "ddpm"]),  # as Lightning starts a run's second process
        (["/app/ge", "info", "/app/ge"], ["/app/ge", "info", "/app/ge"]),
    ],
)
def test_the_words_of_a_process(given: list[str], then: list[str]) -> None:
    assert entry.own_words(given, "/app/ge") == then


def test_what_is_left_out_is_not_what_the_app_needs() -> None:
    """Of what is installed here: the shared memory of torch, its library, Qt's platforms, icons, OpenVINO on the CPU."""
    needed = [
        "torch/bin/torch_shm_manager", "torch/lib/libtorch_cpu.so", "torch/lib/libshm.so", "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so", "openvino/libs/libopenvino_intel_cpu_plugin.so",
        "openvino/libs/libopenvino_onnx_frontend.so.2641", "explorer/resources/fonts/Inter-Regular.otf", "numpy.libs/libgfortran.so.5",
        "qtawesome/fonts/phosphor-1.3.0.ttf", "qtawesome/fonts/materialdesignicons6-webfont-6.9.96.ttf", "libpython3.11.so.1.0",
    ]  # fmt: skip
    assert {each: trim.why_unwanted(each, linux=True) for each in needed} == dict.fromkeys(needed, "")
    unwanted = ["torch/test/test_jit", "torch/bin/protoc", "torch/bin/test_api", "libgtk-3.so.0", "libstdc++.so.6"]
    assert all(trim.why_unwanted(each, linux=True) for each in unwanted)
    assert not trim.why_unwanted("libstdc++.so.6", linux=False)
    assert trim.why_unwanted(r"torch\test\a.exe", linux=False)
    stays = [("torch/lib/b", "y", "BINARY"), ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK")]
    goes = [("torch/test/a", "x", "DATA"), ("libQt6Qml.so.6", "PySide6/Qt/lib/libQt6Qml.so.6", "SYMLINK")]
    assert trim.trimmed([*goes, *stays], linux=True) == stays


def test_every_icon_of_the_window_is_in_a_font_that_stays() -> None:
    from explorer.widgets.look.glyphs import _FONTS

    fonts = Path(str(importlib.util.find_spec("qtawesome").origin)).parent / "fonts"  # type: ignore[union-attr]
    stay = [each.name for each in fonts.iterdir() if not trim.why_unwanted(f"qtawesome/fonts/{each.name}", linux=True)]
    assert {next(name for name in _FONTS.values() if each.startswith(name.partition("-")[0])) for each in stay} == set(_FONTS.values())
    assert len(stay) == 2 * len(_FONTS)


def test_a_bundle_has_its_own_version() -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(ROOT / "packaging" / "pyinstaller" / "entry.py"), "--version"],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert done.stdout == f"generative-explorer {explorer.__version__}\n"
