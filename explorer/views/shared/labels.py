"""The words and colours of quantities and lanes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QColor

from explorer.checkpoints.snapshots import words as words_of
from explorer.datasets.shipped import shipped
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import NO_CLASS, Lane, Sampler
from explorer.recipe.labels import label_words
from explorer.recipe.quantities import QUANTITIES
from explorer.recipe.sampler import METHOD_TITLES
from explorer.recipe.start import End, Given, Inverted
from explorer.state.edits.labels import labels_of
from explorer.state.edits.words import edits_words
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var
from explorer.widgets.look.theme import Tokens
from explorer.widgets.plots.markers import MARKERS, Marker

PREDICTS = {"A": "mean", "B": "x̂₀", "C": "ε", "V": "v"}
PREDICTS_WORD = {"A": tr("the mean"), "B": tr("the image"), "C": tr("the noise"), "V": tr("the velocity")}
"""What an option predicts, for who does not know the lecture that names it."""
PREDICTS_LONG = {"A": tr("mean (posterior mean)"), "B": tr("x̂₀ (clean image)"), "C": tr("ε (noise)"), "V": tr("v (velocity)")}
OPTION, CLASS, CLASSLESS = tr("Option {option}", option=""), tr("class {labels}", labels=""), tr("no class")
"""What titles of lanes begin with, and what one is whose network is told none."""
NOTHING = "–"
TINTS = (100, 145, 72)
"""Lightness in percent of the first, second ... lane of one option, where these are few."""
FEW = 3
MOST_LABELS = 24
"""Letters of a lane's labels beyond which only their number is said."""
USUAL = (tr("own schedule"), tr("nothing changed"), tr("shared seed"))
"""Told of a lane only where nothing else is: the others say that they are not so."""


Called = Callable[[Lane, int], str]
"""What a label of a lane's class is called."""


def number_or_shipped(lane: Lane, label: int) -> str:
    """A class by its number; of the exact process of a data set that comes with the app by its name."""
    known = shipped(lane.exact.dataset) if lane.exact is not None else None
    return known.short_classes[label] if known is not None and 0 <= label < len(known.classes) else str(label)


def formula(name: str) -> Formula:
    """A quantity as it is typeset; empty if it is a word."""
    symbol = QUANTITIES[name].symbol
    return (var(symbol.letter, symbol.sub, symbol.mark),) if symbol is not None else ()


def term_colours(tokens: Tokens) -> dict[str, str]:
    """Colours of the terms of the equation, and of their curves in Reverse chain."""
    return {
        "x0_hat": tokens.accent,
        "drawn": tokens.accent,
        "x_t": tokens.muted,
        "z": tokens.violet,
        "eps_hat": tokens.orange,
    }


def lane_colours(lanes: Sequence[Lane]) -> tuple[str, ...]:
    """A colour for each lane: that of its option; lighter or darker for the second of an option and on."""
    seen: dict[str | None, int] = {}
    options = [lane.option for lane in lanes]
    colours = []
    for lane in lanes:
        nth = seen.get(lane.option, 0)
        seen[lane.option] = nth + 1
        base = QColor(OPTION_COLOURS[lane.option or "exact"])
        tint = tint_of(nth, options.count(lane.option))
        colours.append((base.lighter(tint) if tint > 100 else base.darker(round(10000 / tint))).name() if tint != 100 else base.name())
    return tuple(colours)


def lane_markers(lanes: Sequence[Lane]) -> tuple[Marker, ...]:
    """A small shape for each lane: none for the first of an option, so that only lanes of like colours have them."""
    seen: dict[str | None, int] = {}
    markers = []
    for lane in lanes:
        nth = seen.get(lane.option, 0)
        seen[lane.option] = nth + 1
        markers.append(MARKERS[nth % len(MARKERS)])
    return tuple(markers)


def tint_of(nth: int, count: int) -> int:
    """Lightness in percent of the nth lane of one option among `count`: from light to dark where they are many."""
    if count <= FEW:
        return TINTS[nth]
    lightest, darkest = 140, 60  # above, a colour that is light by itself would be white
    return round(lightest * (darkest / lightest) ** (nth / (count - 1)))


def checkpoint_name(lane: Lane) -> str:
    """File name without folder and ending; of a snapshot its run and the moment: "mnist-ddpm-c · epoch 3"."""
    run, moment = words_of(lane.source)
    return f"{run} · {moment}" if moment else run


def _told_apart(lane: Lane, twins: Sequence[Lane]) -> str:
    """As `checkpoint_name`; among lanes of one run the moment alone."""
    told = [words_of(twin.source) for twin in twins]
    one_run = len({run for run, _ in told}) == 1 and any(moment for _, moment in told)
    return words_of(lane.source)[1] or tr("final") if one_run else checkpoint_name(lane)


def option_name(lane: Lane) -> str:
    """For example "Option C"; of a data set "Exact", or "Ideal" where the mean is followed."""
    if lane.exact is not None:
        return (
            tr("Ideal {option}", option=lane.option)
            if lane.option is not None
            else tr("Exact")
            if lane.exact.follow == "draw"
            else tr("Ideal")
        )
    return tr("Option {option}", option=lane.option) if lane.option is not None else tr("Exact")


def predicts(lane: Lane) -> str:
    """What a lane's steps come from, in short: "predicts noise", or of a data set "draws from mnist"."""
    if lane.exact is None:
        return tr("predicts {what}", what=PREDICTS_WORD[lane.option].removeprefix("the ")) if lane.option is not None else ""
    name = checkpoint_name(lane)
    if lane.exact.follow == "draw":
        return tr("draws from {name}", name=name)
    return tr("E[x₀ | xₜ] of {name}", name=name) + (tr(" as {predicts}", predicts=PREDICTS[lane.option]) if lane.option is not None else "")


def predicted(option: str) -> str:
    """What an option predicts, such as "the noise ε"."""
    word, symbol = PREDICTS_WORD[option], PREDICTS[option]
    return tr("the posterior {symbol}", symbol=symbol) if option == "A" else f"{word} {symbol}"


def option_words(option: str | None) -> str:
    """An option for who may not know it: "Option C · predicts the noise ε"."""
    return (
        tr("Option {option} · predicts {predicted}", option=option, predicted=predicted(option))
        if option in PREDICTS_WORD
        else tr("Option {option}", option=option or "?")
    )


def predicts_long(lane: Lane) -> str:
    """The same, where there is room."""
    if lane.exact is None:
        return PREDICTS_LONG.get(lane.option or "", NOTHING)
    if lane.option is not None:
        return tr("{predicts} of the data set", predicts=PREDICTS[lane.option])
    return tr("q(xₜ₋₁ | xₜ), and draws") if lane.exact.follow == "draw" else tr("E[x₀ | xₜ], the mean")


def _origin(lane: Lane) -> tuple[str, str, int | None]:
    """The checkpoint or the data set that a lane is of."""
    exact = lane.exact
    return ("", lane.source, exact.images) if exact is not None else (lane.checkpoint, "", None)


def lane_titles(lanes: Sequence[Lane], called: Called = number_or_shipped) -> tuple[str, ...]:
    """Title of each lane: its option; where one comes more than once, with what tells them apart, or numbered."""
    names = [f"{option_name(lane)}{said}" for lane, said in zip(lanes, distinctions(lanes, called), strict=True)]
    return tuple(
        f"{name} ({names[: i + 1].count(name)})" if names.count(name) > 1 else name for i, name in enumerate(names)
    )  # fmt: skip


def short_titles(lanes: Sequence[Lane], called: Called = number_or_shipped) -> tuple[str, ...]:
    """As `lane_titles`, without the word Option: "C", "C (2)"; if all are of one option only what tells them apart."""
    titles = [title.removeprefix(OPTION) for title in lane_titles(lanes, called)]
    stems = {title.partition(" · ")[0] for title in titles}
    if len(lanes) > 1 and len(stems) == 1 and all(" · " in title for title in titles):
        return tuple(title.partition(" · ")[2] for title in titles)
    return tuple(titles)


def narrow_titles(lanes: Sequence[Lane], called: Called = number_or_shipped) -> tuple[str, ...]:
    """As `short_titles`, for columns no wider than a picture: where lanes differ in their class, that alone."""
    titles = short_titles(lanes, called)
    if len(lanes) > 1 and all(title.startswith(CLASS) or title == CLASSLESS for title in titles):
        return tuple(title.removeprefix(CLASS) if title != CLASSLESS else tr("none") for title in titles)
    return titles


def distinctions(lanes: Sequence[Lane], called: Called = number_or_shipped) -> tuple[str, ...]:
    """What tells each lane from the others of its option, such as " · 50 steps, η 0"; empty if nothing does."""
    told = []
    for lane in lanes:
        twins = [other for other in lanes if option_name(other) == option_name(lane)]
        words = [words for differs, words in _settings(lane, twins, called) if differs]
        words = [word for word in words if word not in USUAL] or words
        told.append(f" · {', '.join(words)}" if words else "")
    return tuple(told)


def _settings(lane: Lane, twins: Sequence[Lane], called: Called) -> tuple[tuple[bool, str], ...]:
    """What may tell a lane from its twins, each with whether it does."""
    sampler, steps = lane.sampler, lane.sampler.steps

    def differ(of: Callable[[Lane], object]) -> bool:
        return len({of(twin) for twin in twins}) > 1

    return (
        (differ(_origin), _told_apart(lane, twins)),
        (differ(lambda twin: twin.schedule), schedule_words(lane) or tr("own schedule")),
        (
            differ(lambda twin: twin.sampler.steps),
            tr("all steps") if steps is None else (tr("{steps} step", steps=steps) if steps == 1 else tr("{steps} steps", steps=steps)),
        ),
        (differ(lambda twin: twin.sampler.method), tr(METHOD_TITLES[sampler.method])),
        (len({twin.sampler.eta for twin in twins if twin.sampler.method == sampler.method}) > 1, f"η {sampler.eta:g}"),
        (differ(lambda twin: twin.sampler.variance), tr("{variance} variance", variance=sampler.variance)),
        (differ(_spacing_of), spacing_words(sampler) or tr("trailing")),
        (differ(lambda twin: twin.sampler.to_one), tr("ᾱ to 1") if sampler.to_one else tr("ᾱ to that of t = 1")),
        (differ(lambda twin: twin.sampler.limits), sampler.limits or tr("unclipped")),
        (differ(lambda twin: twin.edits), edits_words(lane) or tr("nothing changed")),
        (differ(labels_of), class_words(lane, called) or (tr("all classes") if lane.exact is not None else tr("each class"))),
        (differ(lambda twin: twin.guidance), f"w {lane.guidance:g}"),
        (differ(lambda twin: twin.seed), tr("seed {seed}", seed=lane.seed) if lane.seed is not None else tr("shared seed")),
        (differ(lambda twin: twin.start), start_words(lane) or tr("own noise")),
    )


def start_words(lane: Lane) -> str:
    """What its samples start from, where it is not noise of their own: "from 7.png", "9 stations, 7.png to sample 3"."""
    start = lane.start
    if start is None:
        return ""
    ends = [_end_words(end) for end in start.ends]
    if start.stations:
        return tr("{count} stations, {first} to {last}", count=start.stations, first=ends[0], last=ends[1])
    return tr("from {end}", end=ends[0]) if len(ends) == 1 else tr("from {count} starts", count=len(ends))


def _end_words(end: End) -> str:
    if isinstance(end, Inverted):
        return end.picture.name or tr("a picture")
    if isinstance(end, Given):
        return tr("a given x_T")
    if end.seed is None:
        return tr("sample {sample}", sample=end.sample)
    return tr("sample {sample} of seed {seed}", sample=end.sample, seed=end.seed)


def schedule_words(lane: Lane) -> str:
    """The schedule that the lane walks if it is not its network's own, for example "cosine, T = 400"."""
    choice = lane.schedule
    if choice is None:
        return ""
    return f"{choice.title}, T = {choice.T}" if choice.T != 1000 else choice.title


def class_words(lane: Lane, called: Called = number_or_shipped) -> str:
    """What was said of its classes: "class 7", "class flags", "classes 0..4", "no class"; empty if nothing was."""
    labels = labels_of(lane)
    if not labels:
        return ""
    if len(labels) == 1:
        return CLASSLESS if labels == (NO_CLASS,) else tr("class {labels}", labels=called(lane, labels[0]))
    named = any(label != NO_CLASS and called(lane, label) != str(label) for label in labels)
    words = label_words(labels, partial(called, lane)) if named else label_words(labels).replace(",", ", ")
    return tr("{count} labels", count=len(labels)) if len(words) > MOST_LABELS else tr("classes {words}", words=words)


def sampler_words(lane: Lane) -> str:
    """What of the sampler is not as usual, for example "50 steps, η 0, clipped"."""
    sampler, said = lane.sampler, []
    if sampler.steps is not None:
        said.append(tr("{steps} step", steps=sampler.steps) if sampler.steps == 1 else tr("{steps} steps", steps=sampler.steps))
    if sampler.method != "ancestral":
        said.append(tr(METHOD_TITLES[sampler.method]))
    if sampler.eta != 1.0 and not _goes_without_saying(sampler):
        said.append(f"η {sampler.eta:g}")
    if sampler.variance != "small":
        said.append(tr("{variance} variance", variance=sampler.variance))
    said += [word for word in (spacing_words(sampler) if sampler.steps is not None else "", sampler.limits) if word]
    if not sampler.to_one:
        said.append(tr("ᾱ to that of t = 1"))
    return ", ".join(said)


def spacing_words(sampler: Sampler) -> str:
    """Which timesteps, if not the usual ones: "leading + 1"."""
    if sampler.spacing == "trailing":
        return ""
    return sampler.spacing + (f" + {sampler.offset}" if sampler.offset else "")


def _spacing_of(lane: Lane) -> str:
    return spacing_words(lane.sampler)


def _goes_without_saying(sampler: Sampler) -> bool:
    """Whether eta is what the method has anyway."""
    return sampler.method != "ancestral" and sampler.eta == 0


def lane_subtitle(lane: Lane, lanes: Sequence[Lane], called: Called = number_or_shipped) -> str:
    """What the lane predicts, and what tells it from the others."""
    said = [predicts(lane)]
    if lane.guidance:
        said.append(f"w {lane.guidance:g}")
    if told := class_words(lane, called):
        said.append(told)
    twins = [other for other in lanes if option_name(other) == option_name(lane)]
    if len({_origin(twin) for twin in twins}) > 1:
        said.append(_told_apart(lane, twins))
    if schedule := schedule_words(lane):
        said.append(schedule)
    if sampler := sampler_words(lane):
        said.append(sampler)
    if lane.seed is not None:
        said.append(tr("seed {seed}", seed=lane.seed))
    if begun := start_words(lane):
        said.append(begun)
    if branch := edits_words(lane):
        said.append(branch)
    title = distinctions(lanes, called)[lanes.index(lane)] if lane in lanes else ""
    in_title = set(title.removeprefix(" · ").split(", "))
    rest = (", ".join(word for word in words.split(", ") if word not in in_title) for words in said)
    return " · ".join(words for words in rest if words)


def lane_tip(lane: Lane, called: Called = number_or_shipped) -> str:
    """All of it, for a tooltip."""
    guided = tr("guidance w {guidance:g}", guidance=lane.guidance) if lane.guidance else ""
    told = (
        sampler_words(lane) or tr("all steps, ancestral"),
        schedule_words(lane),
        class_words(lane, called),
        guided,
        start_words(lane),
        edits_words(lane),
    )
    sampler = "; ".join(filter(None, told))
    if lane.exact is not None:
        return tr(
            "{option_name}: {source}, no network, {predicts_long}; {sampler}",
            option_name=option_name(lane),
            source=lane.source,
            predicts_long=predicts_long(lane),
            sampler=sampler,
        )
    return tr(
        "{option_name}: {checkpoint_name}, predicts {predicts_long}; {sampler}",
        option_name=option_name(lane),
        checkpoint_name=checkpoint_name(lane),
        predicts_long=predicts_long(lane),
        sampler=sampler,
    )
