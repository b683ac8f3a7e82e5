"""From runs to names, colours and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor

from explorer.exports.colours import OPTION_COLOURS
from explorer.state.training import TrainingState
from explorer.training.curves import BINS
from explorer.training.reading import RunCurves, smoothed
from explorer.training.runs import Run, snapshots
from explorer.views.shared.labels import tint_of
from explorer.views.training.run_plot import RunFigure, RunSeries
from explorer.widgets.look.language import tr
from explorer.widgets.plots.bar_chart import BarFigure, Bars

KIND_COLOURS = {"vae": "#EE8866", "ae": "#66CCEE", "classifier": "#BBBBBB"}
RELATIVE = {"ddpm": tr("loss / s²"), "vae": tr("loss per pixel, nats"), "ae": tr("loss per pixel, nats")}
UNITS = {"loss": tr("loss"), "gradient_norm": tr("‖gradient‖ before clipping"), "learning_rate": tr("learning rate")}
PHASES = {
    "starting": tr("starting…"), "running": tr("running"), "paused": tr("paused"), "stopped": tr("stopped"), "finished": tr("finished"),
    "failed": tr("failed"),
}  # fmt: skip
WISHES = {"pause": tr("pausing…"), "stop": tr("stopping…"), "": ""}


def title(run: Run) -> str:
    """For example "Option C" or "VAE"."""
    if run.kind == "ddpm":
        return tr("Option {option}", option=run.option or "C") + (tr(", all t") if "--all-timesteps" in run.command else "")
    if run.kind == "ae":
        return tr("AE, logistic") if "--activation sigmoid" in run.command else "AE"
    return {"vae": tr("VAE"), "classifier": tr("Judge")}.get(run.kind, run.kind)


def names(runs: Sequence[Run]) -> tuple[str, ...]:
    """Titles; with the folder's name where two are alike."""
    titles = [title(run) for run in runs]
    return tuple(f"{own} · {run.folder.name}" if titles.count(own) > 1 else own for own, run in zip(titles, runs, strict=True))


def colours(runs: Sequence[Run]) -> tuple[str, ...]:
    """A colour for each run: that of its option or kind; lighter or darker for the second of one and on."""
    bases = [
        OPTION_COLOURS.get(run.option or "C", "#BBBBBB") if run.kind == "ddpm" else KIND_COLOURS.get(run.kind, "#BBBBBB") for run in runs
    ]
    made = []
    for index, base in enumerate(bases):
        tint = tint_of(bases[:index].count(base), bases.count(base))
        colour = QColor(base)
        made.append((colour.lighter(tint) if tint > 100 else colour.darker(round(10000 / tint))).name() if tint != 100 else base)
    return tuple(made)


def phase_words(run: Run) -> str:
    """What it does, or is asked to do, and on which machine where that is another."""
    words = tr("recorded") if run.recorded else WISHES[run.wish] or PHASES[run.phase]
    return tr("{words} on {elsewhere}", words=words, elsewhere=run.elsewhere) if run.elsewhere else words


def clock(seconds: float) -> str:
    """0:42, 12:05 or 3:20:00."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def progress_words(run: Run) -> str:
    """How far it is, and how long it will take."""
    status = run.status
    if status is None or not status.steps:
        return ""
    if run.phase == "running" and status.seconds_left > 0:
        return tr("{clock} left", clock=clock(status.seconds_left))
    return tr("{step} of {steps}", step=status.step, steps=status.steps)


def scales(runs: Sequence[Run], state: TrainingState) -> tuple[float, ...]:
    """What each run's loss is divided by: its scale, NaN where that is not known; 1 where losses are shown as they are."""
    if not state.relative:
        return (1.0,) * len(runs)
    known = (run.status.loss_scale if run.status is not None else 0.0 for run in runs)
    return tuple(scale if scale > 0 else np.nan for scale in known)


def unit_of(runs: Sequence[Run], state: TrainingState) -> str:
    """What is drawn upwards."""
    if state.curve != "loss" or not state.relative:
        return UNITS[state.curve]
    words = {RELATIVE.get(run.kind, tr("loss / its scale")) for run in runs}
    unknown = [name for name, scale in zip(names(runs), scales(runs, state), strict=True) if not np.isfinite(scale)]
    unit = words.pop() if len(words) == 1 else tr("loss / its scale")
    return unit + (tr(" (not known of {list})", list=", ".join(unknown)) if unknown else "")


def curve_figure(runs: Sequence[Run], curves: Mapping[Path, RunCurves], state: TrainingState) -> RunFigure:
    """The chosen curve of every run."""
    series = []
    for run, name, colour, scale in zip(runs, names(runs), colours(runs), scales(runs, state), strict=True):
        steps, values = curves[run.folder].curve(state.curve) if run.folder in curves else (np.zeros(0), np.zeros(0))
        if state.curve == "loss":
            values = values / scale
        smooth = values if state.curve == "learning_rate" else smoothed(values)
        series.append(RunSeries(name, colour, steps, values, smooth))
    ends = [run.status.steps for run in runs if run.status is not None]
    marks = tuple(sorted({snapshot.step for run in runs for snapshot in snapshots(run)}))
    return RunFigure(tuple(series), max([1, *ends]), state.log, state.raw, unit_of(runs, state), marks)


def timestep_figure(runs: Sequence[Run], curves: Mapping[Path, RunCurves], state: TrainingState) -> BarFigure:
    """Loss by timestep of every diffusion model, up to the update that is looked at."""
    made, longest = [], 1
    for run, name, colour, scale in zip(runs, names(runs), colours(runs), scales(runs, state), strict=True):
        if run.kind != "ddpm" or run.folder not in curves:
            continue
        T = run.timesteps
        values = curves[run.folder].by_timestep(state.snapshot) / scale
        if not np.isfinite(values).any():
            continue
        # bin i holds the t with (t - 1) * 20 // T == i
        starts = np.array([-(-i * T // BINS) + 1 for i in range(BINS + 1)])
        sizes = np.diff(starts)
        held = sizes > 0
        longest = max(longest, T)
        made.append(Bars(name, colour, starts[:-1][held], sizes[held], values[held], np.full(int(held.sum()), np.nan)))
    unit = tr("loss / s²") if state.relative else tr("loss")
    return BarFigure(
        longest if made else 1000, tuple(made), state.log, False, unit=tr("{unit} by timestep, the last 200 updates", unit=unit)
    )
