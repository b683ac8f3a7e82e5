"""`try-graph`: what OpenVINO's compiler is tried in before it is let into a process that has something to lose; not for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.backends import openvino
from explorer.errors import BadInput


def try_graph(
    graph: Annotated[Path, typer.Argument(metavar="GRAPH", help="OpenVINO graph (.xml).")],
    hint: Annotated[str, typer.Argument(metavar="PRECISION", help="f32 or bf16.")],
) -> None:
    """Compile a graph and run it on ones."""
    if hint not in openvino.HINTS.values():
        raise BadInput(f"{hint}: is none of {', '.join(openvino.HINTS.values())}")
    if not graph.is_file():
        raise BadInput(f"{graph}: no such file")
    try:
        openvino.compile_and_run(graph, hint)
    except RuntimeError as error:
        raise BadInput(f"{graph}: {str(error).strip().splitlines()[-1]}") from None
