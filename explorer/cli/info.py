"""`info`: what checkpoints are, after reading every weight."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer import sources
from explorer.cli import shared
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint


@takes_told("paths")
def info(
    paths: Annotated[list[str], typer.Argument(help=f"Checkpoints: {sources.a_file()}, or names of shipped ones.")],
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
) -> int:
    """Say what checkpoints are; exit status 2 if one cannot be opened. With --json a line for each."""
    status = 0
    for name in paths:
        try:
            found = describe(shared.open_checkpoint(name, run_python))
        except BadInput as error:
            shared.say(f"generative-explorer: {' '.join(str(error).split())}", sys.stderr)
            status = 2
            continue
        if as_json:
            shared.print_json(found)
        else:
            for line in _lines(found):
                shared.say(line)
    return status


def describe(checkpoint: Checkpoint) -> dict[str, Any]:
    """Everything that a checkpoint says of itself, as plain JSON values.

    Raises
    ------
    BadInput
        If its schedule is not valid or does not fit its network.
    """
    import msgspec
    import torch

    from explorer.checkpoints.locate import source_of
    from explorer.checkpoints.snapshots import snapshots
    from explorer.model_exports.ways import ways_of

    card, ways = checkpoint.card, ways_of(checkpoint.card)
    if card.kind == "ddpm":
        from explorer.engine.models.predictors import from_checkpoint

        from_checkpoint(checkpoint, torch.device("cpu"))
    parameters = sum(weights.numel() for weights in checkpoint.network.parameters())
    found: dict[str, Any] = {
        "path": str(checkpoint.path), "bytes": sources.size(checkpoint.path), "sha256": checkpoint.sha256,
        "exports": {"onnx": list(ways.onnx), "diffusers": ways.folder, "words": ways.words},
        "kind": card.kind, "option": card.option, "predicts": _predicts(card.option), "parameters": parameters,
    }  # fmt: skip
    for part in ("origin", "network", "schedule", "classes", "data", "training", "metrics"):
        found[part] = msgspec.to_builtins(getattr(card, part))
    found["snapshots"] = [
        {"checkpoint": source_of(Path(snapshot.path)), "images": snapshot.images} for snapshot in snapshots(checkpoint.path)
    ]
    return found


def _origin(origin: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Of another program's: its format, and what was assumed."""
    return [] if origin is None else [("format", origin["format"]), *(("", note) for note in origin.get("notes", ()))]


def _classes(classes: dict[str, Any]) -> str:
    """How many it is told of, what they are called, and which label stands for none."""
    null, names = classes.get("null_label"), classes.get("names", ())
    count = classes["labels"] - (null is not None)
    guided = "none is known to stand for no class: it cannot be guided" if null is None else f"{null} for no class, for guidance"
    return f"{count}{': ' + ', '.join(names) if names else ''}; labels 0 to {classes['labels'] - 1}, {guided}"


def _predicts(option: str | None) -> str | None:
    from explorer.diffusion.parameterization import Option

    return None if option is None else Option(option).predicts


def _lines(found: dict[str, Any]) -> list[str]:
    """For people: a heading, and a line for each thing there is to say."""
    kind = found["kind"] + (f", option {found['option']} (predicts the {found['predicts']})" if found["option"] else "")
    data, network, schedule, training = found["data"], found["network"], found["schedule"], found["training"]
    channels, height, width = data["shape"]
    settings = ", ".join(f"{key} {value}" for key, value in network["config"].items())
    weights = f", {found['parameters']:,} parameters" if found["parameters"] else ""  # what is only called tells of none
    digest = f", sha256 {data['sha256'][:12]}…" if data["sha256"] else ""
    rows = [
        ("kind", kind),
        *_origin(found["origin"]),
        ("network", f"{network['name']}{weights}{': ' if settings else ''}{settings}"),
        ("data", f"{data['name']}, {channels} x {height} x {width}{digest}"),
    ]
    if schedule:
        rows.append(("schedule", f"{schedule['name']}, T = {schedule['T']}"))
    if found["classes"]:
        rows.append(("classes", _classes(found["classes"])))
    if training:
        images = f"{training['images_seen']:,} images in batches of {training['batch']}"
        rows += [
            ("training", f"{training['epochs']} epochs, {images}, seed {training['seed']}"),
            ("", f"{training['optimizer']}; EMA {training['ema']:g}; loss {training['loss']}; {training['precision']}"),
            ("", training["command"]),
        ]
        if training.get("notes"):
            rows.append(("", training["notes"]))
    for metric in found["metrics"]:
        real = f" (real images {metric['reference']:.4g})" if metric.get("reference") is not None else ""
        rows.append((metric["name"], f"{metric['value']:.4g}{real}: {metric['command']}"))
    for number, snapshot in enumerate(found["snapshots"]):
        rows.append(("" if number else "snapshots", f"{snapshot['images']:,} images: {snapshot['checkpoint']}"))
    rows.append(("exports as", found["exports"]["words"]))
    rows.append(("file", f"{found['bytes']:,} bytes, sha256 {found['sha256']}"))
    return [found["path"], *(f"  {name:<10} {text}" for name, text in rows)]
