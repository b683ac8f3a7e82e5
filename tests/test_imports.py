"""What may be imported before the window is up: no torch, and without a window no Qt. And that no imports go in a circle."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from graphlib import TopologicalSorter
from importlib.resources import files
from pathlib import Path


def loaded(*modules: str) -> set[str]:
    """Top-level modules in memory after importing `modules` in a Python of its own."""
    return {name.partition(".")[0] for name in all_loaded(*modules)}


def all_loaded(*modules: str) -> set[str]:
    """As `loaded`, with all that lies below them."""
    program = f"import sys, {', '.join(modules)}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_window_needs_no_torch() -> None:
    views = [f"explorer.views.{name}.view" for name in ("reverse_chain", "compare", "latent")]
    modules = loaded("explorer.app", *views)
    assert "PySide6" in modules
    assert not {"torch", "lightning_fabric", "safetensors"} & modules


def test_the_window_needs_nothing_that_it_does_not_show() -> None:
    modules = loaded("explorer.cli.window", "explorer.app", "explorer.views.reverse_chain.view")
    assert not {"typer", "qtawesome", "qtpy", "superqt", "PIL", "imageio_ffmpeg", "psutil"} & modules


def test_what_is_wanted_later_is_imported_later() -> None:
    modules = all_loaded("explorer.cli.window", "explorer.app", "explorer.views.reverse_chain.view")
    later = (
        "finder.finder",
        "notes.notes_panel",
        "documents.missing",
        "help.welcome.tour",
        "help.guide",
        "help.glossary_page",
        "opening_exports",
        "preferences",
        "about",
    )
    assert not {f"explorer.views.window.{name}" for name in later} & modules
    assert not {"explorer.exports.kinds", "explorer.views.shared.export_dialog", "importlib.metadata"} & modules


def test_qt_reads_the_source_of_no_module_of_ours() -> None:
    program = (
        "from explorer.cli.display import require_qt; require_qt(beside_torch=False)\n"
        "import explorer.app; from PySide6.support import feature; print(*feature.pyside_feature_dict)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    looked_into = [name for name in done.stdout.split() if name.startswith("explorer.views")]
    assert not looked_into, "PySide6's import reads every module, for a feature that none uses"


def test_the_engine_is_started_before_what_talks_to_it_is_imported() -> None:
    assert not {"numpy", "msgspec", "PySide6"} & loaded("explorer.cli.window", "explorer.engine.process.spawning")


def test_reading_what_was_typed_imports_no_command() -> None:
    assert "typer" not in loaded("explorer.cli")
    assert not {"msgspec", "numpy"} & loaded("explorer.cli.typed")


def test_the_command_line_starts_without_torch_and_qt() -> None:
    modules = loaded(
        "explorer.cli",
        "explorer.recipe",
        "explorer.sources",
        "explorer.backends",
        "explorer.state.session",
        "explorer.engine.chain.messages",
    )
    assert not {"torch", "safetensors", "diffusers", "PySide6"} & modules


def test_the_engine_and_the_training_need_no_qt() -> None:
    modules = loaded("explorer.engine.engine", "explorer.training.loop", "explorer.evaluation.samples")
    assert "torch" in modules
    assert not {"PySide6"} & modules


@functools.cache
def imports(path: Path) -> list[ast.AST]:
    """Every import of a file, in functions and for type checking too."""
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom | ast.Import)]


def imported(path: Path, modules: set[str]) -> set[str]:
    """Those of `modules` that a file imports."""
    found = set()
    for node in imports(path):
        if isinstance(node, ast.ImportFrom):
            found |= {name if (name := f"{node.module}.{alias.name}") in modules else str(node.module) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules


def test_no_imports_go_in_a_circle() -> None:
    root = Path(str(files("explorer")))
    paths = {".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__"): path for path in root.rglob("*.py")}
    graph = {name: imported(path, set(paths)) for name, path in paths.items()}
    assert "explorer.state.session" in graph["explorer.state.store"]
    graph["explorer"] = set()  # the public face names what it gives, for type checkers; it imports nothing until it is asked
    assert list(TopologicalSorter(graph).static_order())  # a CycleError names the circle


def test_a_widget_that_one_workspace_alone_uses_lies_with_it() -> None:
    """`widgets` has what several use, by themselves or through another widget; `window`, `chain` and `shared` are rooms like theirs."""
    root = Path(str(files("explorer")))
    paths = {".".join(path.relative_to(root.parent).with_suffix("").parts): path for path in root.rglob("*.py")}
    users: dict[str, set[str]] = {name: set() for name in paths if name.startswith("explorer.widgets.")}
    for name, path in paths.items():
        for used in imported(path, set(users)):
            users[used].add(name)

    def rooms(widget: str, seen: frozenset[str] = frozenset()) -> set[str]:
        found = set()
        for user in users[widget] - seen:
            if user.startswith("explorer.widgets."):
                found |= rooms(user, seen | {widget})
            else:
                found.add(".".join(user.split(".")[1:3]) if user.startswith("explorer.views.") else "app")
        return found

    alone = {name: rooms(name) for name in users if not name.endswith("__init__") and len(rooms(name)) < 2}
    assert alone == {}


def test_info_of_what_comes_with_the_app_needs_neither_torch_nor_numpy() -> None:
    program = "import sys; from explorer.cli import main; status = main(sys.argv[1:]); print(*sys.modules); sys.exit(status)"
    words = [sys.executable, "-c", program, "info", "mnist-ddpm-c", "mnist-vae-2d", "mnist-pca-2d", "mnist-classifier"]
    *said, modules = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert sum(line.startswith("  file ") for line in said) == 4
    assert not {"torch", "numpy", "safetensors", "PySide6"} & set(modules.split())
