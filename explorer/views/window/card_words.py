"""What a model card says, in words for a person: rows of names and values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.checkpoints.card import Card, ClassesCard, Metric, TrainingCard
from explorer.engine.models.messages import LibraryEntry
from explorer.views.shared.labels import PREDICTS_WORD
from explorer.views.window.telling.words import told_rows
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped

KIND_WORDS = {"ddpm": tr("DDPM"), "vae": tr("VAE"), "ae": tr("AE"), "classifier": tr("judge")}
KIND_SENTENCES = {
    "ddpm": tr("A denoising diffusion model."), "vae": tr("A variational autoencoder."), "ae": tr("An autoencoder."),
    "classifier": tr("A judge: it reads digits for the figures and the latent plane, and has no workspace of its own. "
    "In its picture: digits of test images in rows, what it reads in them in columns."),
}  # fmt: skip
OPTION_WORDS = {"A": tr("the posterior mean μ̃"), "B": tr("the clean image x₀"), "C": tr("the noise ε"), "V": tr("the velocity v")}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a model card; `command` can be copied."""

    name: str
    value: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some rows under a heading."""

    title: str
    rows: tuple[Row, ...]


def summary(entry: LibraryEntry) -> str:
    """Kind, and option or dimensions of the codes, such as "DDPM · Option C, the noise" or "VAE · 2-D codes"."""
    if entry.card is None:
        return tr("cannot be opened")
    card = entry.card
    said = tr("Option {option}, {predicts_word}", option=card.option, predicts_word=PREDICTS_WORD[card.option]) if card.option else ""
    if card.kind in ("vae", "ae") and "code" in card.network.config:
        said = tr("{config}-D codes", config=card.network.config["code"])
    if card.latent is not None:
        code = _shape(card.latent.shape)
        said = tr("{said}, in codes of {code}", said=said, code=code) if said else tr("codes of {code}", code=code)
    return " · ".join(part for part in (KIND_WORDS[card.kind], said) if part)


def format_words(entry: LibraryEntry) -> str:
    """What another program wrote, in short: "diffusers folder"; empty for this app's own."""
    if entry.card is None or entry.card.origin is None:
        return ""
    said = entry.card.origin.format.partition(",")[0]
    return said.removeprefix("a ").removeprefix("an ")


def kind_words(entry: LibraryEntry) -> str:
    """What it is, in a word: "DDPM"."""
    return KIND_WORDS[entry.card.kind] if entry.card is not None else ""


def search_text(entry: LibraryEntry) -> str:
    """What a search looks in."""
    card = entry.card
    words = [entry.name, entry.path, summary(entry), entry.problem, format_words(entry)]
    if card is not None:
        words += [card.kind, card.network.name, card.data.name]
    return " ".join(words)


def sections(entry: LibraryEntry) -> tuple[Section, ...]:
    """The whole card."""
    card = entry.card
    if card is None:
        return ()
    found = [
        Section(tr("Network"), (*_network(card), Row(tr("parameters"), _count(entry.parameters)))),
        Section(tr("Data"), _data(card)),
        Section(tr("Training"), _training(card.training)),
        Section(tr("Measured"), tuple(row for metric in card.metrics for row in _metric(metric))),
        Section(tr("File"), _file(entry)),
    ]
    if card.option is not None and card.schedule is not None:
        predicts = Row(tr("predicts"), OPTION_WORDS[card.option])
        schedule = Row(tr("schedule"), f"{card.schedule.name}, T = {card.schedule.T}")
        classes = () if card.classes is None else (Row(tr("classes"), _classes(card.classes)),)
        found.insert(0, Section(tr("Option {option}", option=card.option), (predicts, schedule, *classes)))
    if card.origin is not None:
        notes = tuple(Row("" if number else tr("assumed"), note) for number, note in enumerate(card.origin.notes))
        found.insert(0, Section(tr("Format"), (Row(tr("is"), card.origin.format), *notes)))
        found.insert(1, Section(tr("You said of it"), tuple(Row(name.lower(), value) for name, value in told_rows(card.told))))
    return tuple(section for section in found if section.rows)


def _classes(classes: ClassesCard) -> str:
    names = f": {', '.join(classes.names)}" if classes.names else ""
    guided = (
        tr("no label is known to stand for none")
        if classes.null_label is None
        else tr("label {null_label} stands for none", null_label=classes.null_label)
    )
    return f"{len(classes.of_classes)}{names}; {guided}"


def file_size(size: int) -> str:
    """Bytes in decimal units."""
    if size < 1_000_000:
        return tr("{size:.0f} kB", size=size / 1000)
    return tr("{size:.1f} MB", size=size / 1000000.0)


def figure(value: float) -> str:
    """A measured value to four digits."""
    if math.isfinite(value) and value != 0 and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.3g}"
    return f"{value:.4g}"


def _count(number: int) -> str:
    return grouped(number) if number else tr("unknown")


def _network(card: Card) -> tuple[Row, ...]:
    rows = [Row(tr("network"), card.network.name)]
    rows += [Row(name.replace("_", " "), _plain(value)) for name, value in card.network.config.items()]
    return tuple(rows)


def _file(entry: LibraryEntry) -> tuple[Row, ...]:
    short_hash = Row(tr("sha256"), entry.sha256[:16] + "…", entry.sha256)
    return Row(tr("size"), file_size(entry.size)), short_hash, Row(tr("path"), entry.path, entry.path)


def _data(card: Card) -> tuple[Row, ...]:
    name = Row(tr("data set"), card.data.name)
    if card.latent is not None:  # what it is trained on has no bounds
        return name, Row(tr("codes"), _shape(card.latent.shape)), Row(tr("decoded"), _shape(card.latent.images))
    low, high = card.data.value_range
    return name, Row(tr("images"), tr("{shape}, in [{low:g}, {high:g}]", shape=_shape(card.data.shape), low=low, high=high))


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def _training(training: TrainingCard | None) -> tuple[Row, ...]:
    if training is None:
        return ()
    rows = [
        Row(tr("images seen"), _count(training.images_seen)),
        Row(tr("epochs"), str(training.epochs)),
        Row(tr("batch"), str(training.batch)),
        Row(tr("seed"), str(training.seed)),
        Row(tr("EMA"), f"{training.ema:g}" if training.ema else tr("none")),
        Row(tr("loss"), training.loss),
        Row(tr("optimizer"), training.optimizer),
        Row(tr("precision"), training.precision),
        Row(tr("notes"), training.notes),
        Row(tr("command"), training.command, training.command),
    ]
    return tuple(row for row in rows if row.value)


def _metric(metric: Metric) -> tuple[Row, ...]:
    value = figure(metric.value)
    if metric.reference is not None:
        value += tr("  (real images {reference})", reference=figure(metric.reference))
    details = [Row(f"· {name.replace('_', ' ')}", _plain(detail)) for name, detail in metric.details.items() if _short(detail)]
    return Row(metric.name, value, metric.command), *details


def _short(value: Any) -> bool:
    return isinstance(value, bool | int | float | str) or (isinstance(value, list | tuple) and len(value) <= 16)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value) or tr("none")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    return tr("none") if value is None else str(value)
