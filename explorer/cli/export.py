"""`export`: a checkpoint for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer import sources
from explorer.cli import shared
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint

OUT_HELP = "FILE.onnx (of an autoencoder FILE-encoder.onnx and FILE-decoder.onnx), or a new folder for diffusers."


@takes_told("checkpoint")
def export(
    checkpoint: Annotated[str, typer.Argument(help=f"{sources.a_file()}, or a shipped name.")],
    out: Annotated[Path, typer.Option(help=OUT_HELP)],
    force: shared.ForceOption = False,
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
) -> None:
    """Write a checkpoint for other programs: as ONNX, or as a folder that diffusers' DDPMPipeline opens.

    A graph takes x (N,C,H,W) in [-1, 1] and t (N), int64, in 1..T, and gives what the network predicts; its metadata says option, schedule
    and shape, so that this app opens it without a question. An encoder takes x and gives mean and log_variance, a decoder takes z.
    A folder can be written of a UNet2DModel; `info` says what a checkpoint can be written as.
    """
    is_graph = out.suffix.lower() == ".onnx"
    if is_graph:
        from explorer.model_exports.onnx_graph import require_packages

        require_packages()  # before anything is read
    opened = shared.open_checkpoint(checkpoint, run_python)
    written = _graphs(opened, out, force) if is_graph else [_folder(opened, out, force)]
    if as_json:
        shared.print_json({"source": checkpoint, "sha256": opened.sha256, "written": written})
        return
    for each in written:
        shared.say(_line(each))


def _graphs(opened: Checkpoint, out: Path, force: bool) -> list[dict[str, Any]]:
    from explorer.exports.atomic import check_free
    from explorer.model_exports import onnx_graph

    check_free(*onnx_graph.files_of(opened, out).values(), force=force)
    found = onnx_graph.write(opened, out).items()
    return [{"path": path, "kind": "onnx", "bytes": path.stat().st_size, "largest_difference": moved} for path, moved in found]


def _folder(opened: Checkpoint, out: Path, force: bool) -> dict[str, Any]:
    from explorer.model_exports import diffusers_folder

    if out.suffix and not out.is_dir():
        raise BadInput(f"{out}: its ending must be .onnx, or it names a folder, which has none")
    diffusers_folder.write(opened, out, replace=force)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return {"path": out, "kind": "diffusers", "bytes": size, "largest_difference": None}


def _line(written: dict[str, Any]) -> str:
    what = "a diffusers folder" if written["kind"] == "diffusers" else "an ONNX graph"
    moved = written["largest_difference"]
    checked = f"; it agrees with the network to {moved:.1g} of its largest output" if moved is not None else ""
    return f"{written['path']}: {what} of {written['bytes']:,} bytes{checked}"
