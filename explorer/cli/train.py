"""`train`: a DDPM, a VAE, an AE or the judge's classifier, on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from explorer.datasets.images import ImageSet
    from explorer.diffusion.schedule import Schedule
    from explorer.training.progress import Progress
    from explorer.training.task import Task


class Kind(StrEnum):
    """What can be trained."""

    ddpm = "ddpm"
    vae = "vae"
    ae = "ae"
    pca = "pca"
    classifier = "classifier"


class OptionName(StrEnum):
    """What a DDPM's network predicts."""

    A = "A"
    B = "B"
    C = "C"
    V = "V"


class Loss(StrEnum):
    """Weight of each timestep's squared error."""

    simple = "simple"
    min_snr = "min-snr"
    bound = "bound"


class Precision(StrEnum):
    """Arithmetic of the network."""

    bf16 = "bf16"
    fp32 = "fp32"


class FitName(StrEnum):
    """How a picture becomes a square."""

    resize = "resize"
    crop = "crop"


class Architecture(StrEnum):
    """Layers of an autoencoder."""

    mlp = "mlp"
    conv = "conv"


class Activation(StrEnum):
    """Units of an autoencoder's hidden layers."""

    silu = "silu"
    relu = "relu"
    sigmoid = "sigmoid"


class Stored(StrEnum):
    """Numbers in which a checkpoint keeps the weights."""

    fp32 = "fp32"
    fp16 = "fp16"


FOR_PCA = ("kind", "out", "dataset", "size", "fit", "code", "images", "threads", "as_json")
"""Parameters that mean something where nothing is trained."""


def train(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to train.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    option: Annotated[OptionName, typer.Option(help="ddpm: what the network predicts (A mean, B x_0, C noise).")] = OptionName.C,
    dataset: Annotated[str, typer.Option(help="mnist, an IDX file, an .npy/.npz array or a folder of IDX files or pictures.")] = "mnist",
    size: Annotated[int | None, typer.Option(min=1, help="A folder's pictures: made squares of this side.")] = None,
    fit: Annotated[FitName, typer.Option(help="With --size: squeeze them, or cut out their middle.")] = FitName.resize,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the images.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Determines weights, order and noise.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the folder's last kept state.")] = False,
    start_from: Annotated[str | None, typer.Option(help="Begin with this checkpoint's weights: a file or a shipped name.")] = None,
    loss: Annotated[Loss, typer.Option(help="ddpm: how much each timestep counts.")] = Loss.simple,
    all_timesteps: Annotated[bool, typer.Option("--all-timesteps", help="ddpm: every t of one image in one update.")] = False,
    outer_skip: Annotated[bool, typer.Option(help="ddpm: output = x_t + s net(x_t, t).")] = True,
    linear_skip: Annotated[bool, typer.Option("--linear-skip", help="ddpm: output = skip(t) x_t + scale(t) net(x_t, t).")] = False,
    attention: Annotated[bool, typer.Option("--attention", help="ddpm: self-attention at the coarsest level.")] = False,
    schedule: Annotated[str, typer.Option(help="ddpm: linear, cosine, bent, or a file of betas (.json, .npy, a checkpoint).")] = "linear",
    knots: Annotated[str | None, typer.Option(help="With --schedule bent: control points u:log SNR, as 0:9.2,0.5:0,1:-10.")] = None,
    timesteps: Annotated[int | None, typer.Option(min=2, help="ddpm: T (1000, or as many as a file has betas).")] = None,
    architecture: Annotated[Architecture, typer.Option(help="vae, ae: layers.")] = Architecture.mlp,
    code: Annotated[int, typer.Option(min=1, help="vae, ae: dimensions of the latent space.")] = 2,
    hidden: Annotated[str | None, typer.Option(help="vae, ae: widths of the hidden layers from the image inwards, as 32,64,96.")] = None,
    activation: Annotated[Activation, typer.Option(help="vae, ae: units; sigmoid are Hinton and Salakhutdinov's.")] = Activation.silu,
    width: Annotated[int, typer.Option(min=8, help="ddpm: channels of the first level.")] = 32,
    batch: Annotated[int, typer.Option(min=1, help="Images an update.")] = 128,
    images: Annotated[int | None, typer.Option(min=1, help="Use only the first so many images.")] = None,
    ema: Annotated[float, typer.Option(min=0.0, max=0.999999, help="Decay of the averaged weights.")] = 0.999,
    learning_rate: Annotated[float, typer.Option(min=1e-8, max=1.0, help="Peak of warm-up and cosine decay.")] = 1e-3,
    warmup: Annotated[int, typer.Option(min=0, help="Updates until the learning rate's peak.")] = 500,
    stored: Annotated[Stored, typer.Option(help="Numbers in which the checkpoints keep the weights.")] = Stored.fp32,
    precision: Annotated[Precision, typer.Option(help="bf16 is about twice as fast where there are units for it.")] = Precision.fp32,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    devices: Annotated[int, typer.Option(min=1, help="Processes on this machine, each with a device of its own.")] = 1,
    nodes: Annotated[int, typer.Option(min=1, help="Machines; started on each by torchrun or fabric run.")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="CPU threads (all, if left out).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout instead of a progress bar.")] = False,
) -> None:
    """Train a model; writes a checkpoint each epoch, loss.csv and final.safetensors (pca is computed, not trained)."""
    import torch

    from explorer.checkpoints.locate import locate
    from explorer.datasets.images import load_images
    from explorer.engine.models import devices as devices_here
    from explorer.training.control import read_status
    from explorer.training.loop import train as run
    from explorer.training.schedules import schedule_of
    from explorer.training.settings import TrainSettings

    _refuse_unwritable_names(dataset, str(out), schedule, start_from or "")
    devices_here.named(device, devices)
    if threads is not None:
        torch.set_num_threads(threads)
    if kind is Kind.pca:
        _refuse_for_pca(context, out)
    widths = _widths(hidden)
    forward = schedule_of(schedule, timesteps, knots)
    data = load_images(dataset, size=size, fit=fit.value)
    if kind is Kind.pca:
        _fit_pca(data, code, images, out, as_json)
        return
    settings = TrainSettings(
        dataset=dataset, out=out, epochs=epochs, batch=batch, images=images, seed=seed, learning_rate=learning_rate,
        ema=ema, precision=precision.value, device=device, devices=devices, nodes=nodes, resume=resume,
        warmup=warmup, stored=stored.value, notes=_notes(kind, activation), start_from=None if start_from is None else locate(start_from),
        command="generative-explorer " + shlex.join(a for a in sys.argv[1:] if a != "--resume"),
    )  # fmt: skip

    def make() -> Task:
        if kind is Kind.ddpm:
            return _ddpm(data, option, forward, width, attention, outer_skip, loss, all_timesteps, linear_skip)
        if kind is Kind.classifier:
            from explorer.training.classifier import ClassifierTask

            return ClassifierTask(data)
        from explorer.training.autoencoder import AutoencoderTask

        return AutoencoderTask(data, kind is Kind.vae, architecture.value, code, activation.value, widths)

    with _stopped_by_signals(out):
        told = _report(run(make, data, settings), as_json)
    status = read_status(out)
    if status is not None and status.pid == os.getpid() and status.phase == "finished" and not told:
        print(f"{out}: the run there is finished; nothing is left to do", file=sys.stderr)


def _refuse_unwritable_names(*names: str) -> None:
    """A run notes its command in UTF-8; a name of other bytes would end it with the first thing that it says."""
    from explorer.errors import BadInput

    for name in names:
        if not name.isprintable() and any("\ud800" <= character <= "\udfff" for character in name):
            raise BadInput(f"{name}: its name is not UTF-8, in which a run notes what it was asked for")


@contextlib.contextmanager
def _stopped_by_signals(out: Path) -> Iterator[None]:
    """Ctrl-C, or the end of the session or of its terminal, stops the run at the next update, with its state kept.

    A second one stops it at once, as does the first before the run has begun.
    """
    import signal

    from explorer.training.control import alive, ask, read_status

    before: dict[int, Any] = {}

    def stop(number: int, frame: object) -> None:
        for each, handler in before.items():
            signal.signal(each, handler)
        if number == getattr(signal, "SIGHUP", None):
            signal.signal(number, signal.SIG_IGN)  # a shell and the system may both send it
            _leave_the_terminal()
        status = read_status(out)
        if status is None or not alive(status):
            raise KeyboardInterrupt
        ask(out, "stop")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    status = read_status(out)
    if status is not None and status.phase == "stopped":
        print(f"stopped at update {status.step} of {status.steps}; the same command with --resume goes on", file=sys.stderr)


def _leave_the_terminal() -> None:
    """What is printed to a terminal that is gone would fail."""
    for stream in (sys.stdout, sys.stderr):
        if stream.isatty():
            with open(os.devnull, "w", encoding="utf-8") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _widths(text: str | None) -> tuple[int, ...]:
    from explorer.errors import BadInput

    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise BadInput(f"--hidden {text}: widths are whole numbers with commas between them, such as 1000,500,250")
    return tuple(int(part) for part in parts)


def _notes(kind: Kind, activation: Activation) -> str:
    from explorer.training.autoencoder import LOGISTIC_NOTES

    return LOGISTIC_NOTES if kind in (Kind.ae, Kind.vae) and activation is Activation.sigmoid else ""


def _refuse_for_pca(context: typer.Context, out: Path) -> None:
    """An option of training must not be passed over in silence, nor another model be replaced."""
    from explorer.errors import BadInput
    from explorer.training.state import refuse_taken

    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name not in FOR_PCA and source is not None and source.name == "COMMANDLINE":
            raise BadInput(f"{parameter.opts[0]}: means nothing for pca, which is computed, not trained")
    refuse_taken(out, resume=None)


def _fit_pca(data: ImageSet, code: int, images: int | None, out: Path, as_json: bool) -> None:
    """The exact solution: no epochs, one checkpoint."""
    from explorer.checkpoints.files import save
    from explorer.checkpoints.snapshots import FINAL_NAME
    from explorer.training.pca import fit

    command = "generative-explorer " + shlex.join(sys.argv[1:])
    card, network = fit(data, code, images, command)
    path = out / FINAL_NAME
    save(path, card, network.state_dict())
    notes = card.training.notes if card.training else ""
    print(json.dumps({"checkpoint": str(path), "notes": notes}) if as_json else f"{path}: {notes}")


def _ddpm(
    data: ImageSet,
    option: OptionName,
    schedule: Schedule,
    width: int,
    attention: bool,
    outer_skip: bool,
    loss: Loss,
    all_timesteps: bool,
    linear_skip: bool,
) -> Task:
    from explorer.diffusion.parameterization import Option
    from explorer.errors import BadInput
    from explorer.models.unet import UNetConfig
    from explorer.training.ddpm import DdpmTask

    if linear_skip and not outer_skip:
        raise BadInput("--linear-skip and --no-outer-skip: choose one of them")
    coarsest = len(UNetConfig().multipliers) - 1
    levels = (coarsest,) if attention else ()
    return DdpmTask(data, Option(option.value), schedule, width, levels, outer_skip, loss.value, all_timesteps, linear_skip)


def _report(progress_lines: Iterable[Progress], as_json: bool) -> bool:
    """Show the lines; whether there were any."""
    told = False
    if as_json:
        for line in progress_lines:
            told = True
            print(json.dumps(_plain(line)), flush=True)
        return told
    from tqdm import tqdm

    bar = None
    try:
        for line in progress_lines:  # a second process of the same run has none
            bar = bar or tqdm(unit="img", unit_scale=True, file=sys.stderr)
            bar.total = line.steps * (line.images // max(1, line.step))
            bar.set_description(f"epoch {line.epoch}")
            bar.set_postfix_str(f"loss {line.loss:.4g}", refresh=False)
            bar.update(line.images - bar.n)
            if line.checkpoint is not None:
                bar.write(f"{line.checkpoint}: loss {line.loss:.4g}", file=sys.stderr)
    finally:
        if bar is not None:
            bar.close()  # before what went wrong is told
    return bar is not None


def _plain(line: Progress) -> dict[str, object]:
    import msgspec

    values: dict[str, object] = msgspec.to_builtins(line, enc_hook=str)
    return values
