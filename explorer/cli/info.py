"""`info`: what checkpoints are, after reading every weight, and what documents hold."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer import sources
from explorer.cli import shared
from explorer.cli.told_options import takes_told
from explorer.endings import DOCUMENT, SESSIONS, has
from explorer.errors import BadInput
from explorer.paths import expanded, is_dir
from explorer.recipe.told import Told, option_name
from explorer.sources.asking import MustBeTold, Question

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint


CheckOption = Annotated[
    bool,
    typer.Option("--check", help="See whether a diffusion model denoises as was told of it, and try what else could be meant."),
]
CheckDataOption = Annotated[
    list[str] | None, typer.Option("--check-data", help="Images for that, as for train; else MNIST and emoji of its images' size.")
]


@takes_told("paths")
def info(
    paths: Annotated[list[str], typer.Argument(help=f"Checkpoints: {sources.a_file()}, or names of shipped ones; documents ({DOCUMENT}).")],
    as_json: shared.JsonOption = False,
    run_python: shared.RunPythonOption = False,
    check: CheckOption = False,
    check_data: CheckDataOption = None,
) -> int:
    """Say what checkpoints and documents are; exit status 2 if one cannot be opened. With --json a line for each."""
    status = 0
    for name in paths:
        try:
            if _is_document(name):
                _say_document(name, as_json)
                continue
            found = _found(name, run_python, check_data or () if check else None)
        except BadInput as error:
            shared.say(f"generative-explorer: {' '.join(str(error).split())}", sys.stderr)
            status = 2
            if isinstance(error, MustBeTold):
                _say_asked(error, as_json)
            continue
        if as_json:
            shared.print_json(found)
        else:
            for line in _lines(found):
                shared.say(line)
    return status


def _is_document(name: str) -> bool:
    """Whether a session is named, and not a checkpoint whose name ends so."""
    path = expanded(name)
    return has(path, SESSIONS) and not is_dir(path) and (has(path, (DOCUMENT,)) or sources.source_for(path) is None)


def _say_document(name: str, as_json: bool) -> None:
    from explorer.cli.document_info import describe_document, document_lines

    found = describe_document(expanded(name))
    if as_json:
        shared.print_json(found)
        return
    for line in document_lines(found):
        shared.say(line)


def _say_asked(asks: MustBeTold, as_json: bool) -> None:
    """All that it asks, also what has a default: with these options it opens."""
    questions = asked_rows(asks.questions)
    if as_json:
        shared.print_json({"path": asks.path, "format": sources.title_of(Path(asks.path)), "asks": questions})
        return
    shared.say(asks.path)
    shared.say(f"  format     {sources.title_of(Path(asks.path))}")
    for row in _asked_lines(questions):
        shared.say(f"  {row[0]:<10} {row[1]}")


def asked_rows(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """What can be told of a checkpoint: the option, what is usual, and why it is asked."""
    return [
        {"option": option_name(question.field), "default": _plain(question.default), "why": question.why} for question in questions
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return "x".join(map(str, value)) if isinstance(value, tuple) else value


def _asked_lines(questions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Lines such as "--heads (usually 4; any number fits its weights)"."""
    rows = []
    for number, asked in enumerate(questions):
        default = "must be given" if asked["default"] is None else f"usually {asked['default']}"
        why = f"; {asked['why']}" if asked["why"] else ""
        rows.append(("" if number else "asks", f"{asked['option']} ({default}{why})"))
    return rows


def _told_words(told: Told) -> str:
    """As the options that say it."""
    said = []
    for name in told.given:
        value = getattr(told, name)
        said.append(f"{option_name(name)} {f'of {len(value)} betas' if name == 'betas' else _plain(value)}")
    return " ".join(said)


def _checked(checkpoint: Checkpoint, data: Sequence[str]) -> dict[str, Any]:
    """How much of the noise that is put into known pictures its network finds, and under which other answers it finds more."""
    import torch

    from explorer.engine.models import devices
    from explorer.engine.models.checking import words
    from explorer.engine.models.checking.messages import NoiseChecked
    from explorer.engine.models.checking.search import checked

    last = NoiseChecked()
    with torch.inference_mode():
        for each in checked(checkpoint, devices.choose("auto"), data):
            last = each or last
    better = words.proposed(last)
    errors = {"T/10": last.given.tenth, "T/2": last.given.half}
    return {
        "verdict": words.verdict(last), "says": words.sentence(last), "adds": words.advice(last), "errors": errors,
        "pictures": last.pictures, "tried": last.tried, "left_out": last.left, "better": None if better is None else _told_words(better),
    }  # fmt: skip


def _found(name: str, run_python: bool, check_data: Sequence[str] | None) -> dict[str, Any]:
    """What there is to say of a checkpoint, every weight read; without torch where it is certain that it opens."""
    path = sources.located(name)
    if not run_python and check_data is None and (sound := sources.sound(path)) is not None:
        if sound.card.told is not None:
            sources.remember(path, sound.card.told)
        return describe(path, sound.card, sound.sha256, sound.parameters)
    checkpoint = shared.open_checkpoint(name, run_python)
    _check_chain(checkpoint)
    parameters = sum(weights.numel() for weights in checkpoint.network.parameters()) or sources.parameters(checkpoint.path)
    sources.keep_opened(checkpoint, parameters)
    found = describe(checkpoint.path, checkpoint.card, checkpoint.sha256, parameters)
    return found if check_data is None else found | {"check": _checked(checkpoint, check_data)}


def _check_chain(checkpoint: Checkpoint) -> None:
    """See that a chain can be made of a ddpm: that its schedule is valid and fits its network (BadInput)."""
    if checkpoint.card.kind == "ddpm":
        import torch

        from explorer.engine.models.predictors import from_checkpoint

        from_checkpoint(checkpoint, torch.device("cpu"))


def describe(path: Path, card: Card, sha256: str, parameters: int) -> dict[str, Any]:
    """Everything that a checkpoint says of itself, as plain JSON values.

    Parameters
    ----------
    path : Path
    card : Card
    sha256 : str
        By which recipes know it.
    parameters : int
        Numbers that its network has learnt; 0 where that is not known.
    """
    import msgspec

    from explorer.checkpoints.locate import source_of
    from explorer.checkpoints.snapshots import snapshots
    from explorer.model_exports.ways import ways_of

    ways = ways_of(card)
    found: dict[str, Any] = {
        "path": str(path), "bytes": sources.size(path), "sha256": sha256,
        "exports": {"onnx": list(ways.onnx), "diffusers": ways.folder, "words": ways.words},
        "format": card.origin.format if card.origin is not None else sources.title_of(path),
        "asks": asked_rows(sources.asks(path)),
        "kind": card.kind, "option": card.option, "predicts": _predicts(card.option), "parameters": parameters,
    }  # fmt: skip
    for part in ("origin", "latent", "network", "schedule", "classes", "data", "training", "metrics"):
        found[part] = msgspec.to_builtins(getattr(card, part))
    found["snapshots"] = [{"checkpoint": source_of(Path(snapshot.path)), "images": snapshot.images} for snapshot in snapshots(path)]
    return found


def _origin(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Its format and what was assumed; what was told, and what can be."""
    import msgspec

    origin = found["origin"] or {}
    rows = [("format", found["format"]), *(("" if number else "assumed", note) for number, note in enumerate(origin.get("notes", ())))]
    if origin.get("told"):
        rows.append(("told", _told_words(msgspec.convert(origin["told"], Told))))
    return [*rows, *_asked_lines(found["asks"])]


def _classes(classes: dict[str, Any]) -> str:
    """How many it is told of, what they are called, and which label stands for none."""
    null, names = classes.get("null_label"), classes.get("names", ())
    count = classes["labels"] - (null is not None)
    guided = "none is known to stand for no class: it cannot be guided" if null is None else f"{null} for no class, for guidance"
    return f"{count}{': ' + ', '.join(names) if names else ''}; labels 0 to {classes['labels'] - 1}, {guided}"


def _codes(latent: dict[str, Any]) -> str:
    """What codes are that are images of latent pixels."""
    code, image = (" x ".join(map(str, latent[part])) for part in ("shape", "images"))
    scaled = f"; diffusion models see {latent['scaling']}" if latent.get("scaling") else ""
    return f"{code} of {latent['coder']}, for images of {image}{scaled}"


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
    taken = f", {data['taken']}" if data.get("taken") else ""
    rows = [
        ("kind", kind),
        *_origin(found),
        ("network", f"{network['name']}{weights}{': ' if settings else ''}{settings}"),
        ("data", f"{data['name']}, {channels} x {height} x {width}{taken}{digest}"),
    ]
    if found["latent"]:
        rows.append(("codes", _codes(found["latent"])))
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
    if "check" in found:
        rows += [("check", found["check"]["says"]), *([("", found["check"]["adds"])] if found["check"]["adds"] else [])]
        if found["check"]["better"]:
            rows.append(("", f"add {found['check']['better']}"))
    rows.append(("exports as", found["exports"]["words"]))
    rows.append(("file", f"{found['bytes']:,} bytes, sha256 {found['sha256']}"))
    return [found["path"], *(f"  {name:<10} {text}" for name, text in rows)]
