"""What may be imported before the window is up: no torch, and without a window no Qt."""

from __future__ import annotations

import subprocess
import sys


def loaded(*modules: str) -> set[str]:
    """Top-level modules in memory after importing `modules` in a Python of its own."""
    program = f"import sys, {', '.join(modules)}\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_window_needs_no_torch() -> None:
    views = [f"explorer.views.{name}.view" for name in ("reverse_chain", "compare", "latent")]
    modules = loaded("explorer.app", *views)
    assert "PySide6" in modules
    assert not {"torch", "lightning_fabric", "safetensors"} & modules


def test_the_command_line_starts_without_torch_and_qt() -> None:
    modules = loaded("explorer.cli", "explorer.recipe", "explorer.state.session", "explorer.engine.messages")
    assert not {"torch", "PySide6", "pyqtgraph"} & modules


def test_the_engine_and_the_training_need_no_qt() -> None:
    modules = loaded("explorer.engine.engine", "explorer.training.loop", "explorer.evaluation.samples")
    assert "torch" in modules
    assert not {"PySide6", "pyqtgraph"} & modules
