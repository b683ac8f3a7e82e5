"""The public names as a type checker and a reader see them."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

import explorer

PACKAGE = Path(explorer.__file__).parent
CALLS = [name for name in explorer.__all__ if inspect.isfunction(getattr(explorer, name))]
VALUES = ["Bound", "Chain", "Decoding", "Elbo", "Encoding", "Figure", "LogPx"]

SCRIPT = """
import numpy as np
import explorer

chain = explorer.sample("mnist-ddpm-c", samples=2, steps=3, start=np.zeros((1, 28, 28), np.float32), sampler="euler")
states: np.ndarray = chain.x
exact: explorer.Chain = explorer.sample(exact="mnist", follow="mean", images=10, schedule="cosine:100")
codes: explorer.Encoding = explorer.encode("mnist-vae-2d", ["mnist:0", np.zeros((28, 28), np.uint8)])
pixels: np.ndarray = explorer.decode("mnist-vae-2d", codes.mean).images
L: float = explorer.bound("mnist-ddpm-c", images=4).L.value
above: explorer.Figure = explorer.elbo("mnist-vae-2d").iwae
each: np.ndarray = explorer.log_px("mnist-vae-2d", images=2).each
recipe: explorer.Recipe = explorer.read_recipe("chain.png")
again: tuple[explorer.Chain, ...] = explorer.replay(recipe)
first: explorer.Chain = explorer.load("chain.npz")[0]
try:
    explorer.show("nowhere")
except explorer.BadInput as error:
    print(error)
"""
WRONG = '''
import explorer

explorer.sample("mnist-ddpm-c", sampler="ddmi")
explorer.bound("mnist-ddpm-c").l
explorer.decode("mnist-vae-2d", prior="many")
'''  # fmt: skip


CONFIGURATION = """
[mypy]
strict = True
follow_imports = skip
[mypy-explorer,explorer.python.*,explorer.recipe.*,explorer.errors,explorer.diffusion.figure,explorer.diffusion.flow_settings,\
explorer.datasets.reading,explorer.sources.plugins,explorer.sources.from_python.model,explorer.sources.from_python.model_source]
follow_imports = silent
[mypy-numpy.*]
follow_imports = silent
[mypy-msgspec.*]
follow_imports = silent
"""
"""Of the package only what the public names are made of: torch alone would take most of a minute."""


def test_the_marker_is_there_and_the_stub_names_what_the_package_does() -> None:
    assert (PACKAGE / "py.typed").is_file()
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    imported = {alias.asname: (node.module, alias.name) for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    (listed,) = (node.value for node in stub.body if isinstance(node, ast.Assign))
    assert ast.literal_eval(listed) == explorer.__all__
    where = {name: tuple(place.split(":")) for name, place in explorer._WHERE.items()}
    assert imported == where
    assert {*where, "__version__"} == set(explorer.__all__)


@pytest.mark.parametrize("name", CALLS)
def test_every_argument_and_answer_has_a_type_and_is_described(name: str) -> None:
    call = getattr(explorer, name)
    parameters = inspect.signature(call).parameters
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters.values())
    assert inspect.signature(call).return_annotation is not inspect.Signature.empty
    described = inspect.getdoc(call) or ""
    assert "Raises\n------\nBadInput" in described or name == "register_source"
    section = described.partition("Parameters\n---")[2]
    heads = [line.partition(":")[0] for line in section.splitlines() if line and not line.startswith((" ", "-"))]
    named = {word.strip() for head in heads for word in head.split(",")}
    assert not section or set(parameters) <= named, set(parameters) - named


@pytest.mark.parametrize("name", VALUES)
def test_every_field_has_a_type_and_is_described(name: str) -> None:
    value: Any = getattr(explorer, name)
    hints = typing.get_type_hints(value)
    described = inspect.getdoc(value) or ""
    for field in value.__dataclass_fields__:
        assert hints[field] is not Any
        assert name == "Figure" or field in described


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs mypy")
def test_a_type_checker_takes_a_script_and_finds_what_is_wrong_in_another(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(SCRIPT)
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    checker = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "right.py", "wrong.py"]
    told = subprocess.run(checker, cwd=tmp_path, env=_environment(), capture_output=True, text=True).stdout.splitlines()
    faults = [line.partition(": error: ") for line in told if ": error: " in line]
    assert [place for place, _, _ in faults] == ["wrong.py:4", "wrong.py:5", "wrong.py:6"], told
    assert [text.rpartition("[")[2] for _, _, text in faults] == ["arg-type]", "attr-defined]", "arg-type]"]


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"MYPYPATH": str(PACKAGE.parent)}
