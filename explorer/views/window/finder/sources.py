"""Where the finder's lines come from: tables of actions, bookmarks, documents, the glossary, the guide, examples, the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import glossary
from explorer.recipe.notes import Bookmark
from explorer.state.edits.bookmarks import place_words
from explorer.views.window.finder.found import Found
from explorer.views.window.help.documents import FIRST, headings
from explorer.views.window.help.examples import Example
from explorer.views.workspace import Facts
from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr

NOT_NOW = tr("not possible at the moment")


def of_table(rows: Iterable[Do], where: str, actions: Mapping[str, QAction], do: Callable[[str], object], near: bool) -> Iterator[Found]:
    """Lines of a table's rows; `actions` are those that exist, by name: a workspace that was not built yet has none, and can do all."""
    for row in rows:
        action = actions.get(row.name)
        if action is not None and not action.isVisible():
            continue
        able = action is None or action.isEnabled()
        title = _plain(row.text) if action is None else words_of(action)
        yield Found(
            title,
            where,
            partial(do, row.name),
            keys_of(row),
            row.tip,
            row.icon or "ph.caret-right",
            "" if able else row.needs or NOT_NOW,
            near,
        )


def words_of(action: QAction) -> str:
    """Its words, without the mark before its letter."""
    return _plain(action.text())


def keys_of(row: Do) -> str:
    """The first key of a row, as the platform writes it."""
    key = row.keys[0] if isinstance(row.keys, tuple) else row.keys
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def of_workspace(facts: Facts, actions: Mapping[str, QAction], do: Callable[[str], object], near: bool) -> Iterator[Found]:
    """Lines of a workspace's table."""
    return of_table((row for group in facts.groups() for row in group), facts.title, actions, do, near)


def of_glossary(show: Callable[[str], object]) -> Iterator[Found]:
    """A line for each term."""
    for term in glossary.terms().values():
        tip = " ".join((tr(term.words), term.key, *term.also))
        yield Found(tr(term.name), tr("Glossary"), partial(show, term.key), tip=tip, icon="ph.book-bookmark")


def of_guide(show: Callable[[str], object]) -> Iterator[Found]:
    """A line for each heading of the guide."""
    for level, heading in headings(FIRST):
        if level > 1:
            yield Found(heading, tr("Guide"), partial(show, heading), icon="ph.book-open")


def of_examples(examples: Iterable[Example], show: Callable[[Example], object]) -> Iterator[Found]:
    """A line for each example."""
    for example in examples:
        yield Found(tr(example.title), tr("Examples"), partial(show, example), tip=tr(example.look), icon="ph.lightbulb")


def of_bookmarks(places: Iterable[Bookmark], go: Callable[[int], object]) -> Iterator[Found]:
    """A line for each bookmark."""
    for number, place in enumerate(places):
        tip = " ".join((place_words(place), place.note))
        yield Found(place.name, tr("Bookmarks"), partial(go, number), tip=tip, icon="ph.bookmark-simple", near=True)


def of_documents(paths: Iterable[str], show: Callable[[str], object]) -> Iterator[Found]:
    """A line for each document that was opened lately."""
    for path in paths:
        yield Found(Path(path).name, tr("Recent documents"), partial(show, path), tip=tr("open document {path}", path=path), icon="ph.file")


def of_library(entries: Iterable[LibraryEntry], show: Callable[[LibraryEntry], object]) -> Iterator[Found]:
    """A line for each checkpoint that a workspace shows."""
    for entry in entries:
        if entry.card is not None and entry.card.kind != "classifier":
            yield Found(
                entry.name, tr("Library"), partial(show, entry), tip=tr("checkpoint model {kind}", kind=entry.card.kind), icon="ph.stack"
            )


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
