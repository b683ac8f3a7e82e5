"""No training imports PyTorch's compiler, and whoever wants it has it all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TRAINED = """
import sys
from explorer.cli.main import main
few = ["--hidden", "32,16", "--images", "48", "--batch", "16", "--epochs", "1", "--device", "cpu", "--threads", "1"]
assert main(["train", "vae", *few, "--out", sys.argv[1]]) == 0
print(*sys.modules)
"""
COMPILED = """
import sys
import torch
from explorer.training.compiler_later import import_compiler_later
import_compiler_later()
import torch._dynamo
import torch._dynamo.utils as below
assert below is sys.modules["torch._dynamo.utils"] is sys.modules["torch._dynamo"].utils
assert torch._dynamo.OptimizedModule is sys.modules["torch._dynamo"].OptimizedModule
assert isinstance(torch.compile(torch.nn.Identity(), backend="eager"), torch._dynamo.OptimizedModule)
print("done")
"""


def printed(program: str, *arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_run_imports_no_compiler(tmp_path: Path) -> None:
    modules = set(printed(TRAINED, str(tmp_path / "run"))[-1].split())
    assert {"lightning_fabric", "torch._dynamo"} <= modules
    assert not {"sympy", "torch._dynamo.utils", "torch.fx.experimental.symbolic_shapes"} & modules
    assert (tmp_path / "run" / "final.safetensors").is_file()


def test_the_compiler_is_there_for_who_compiles() -> None:
    assert printed(COMPILED) == ["done"]
