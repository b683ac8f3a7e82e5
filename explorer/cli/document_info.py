"""What `info` says of a document: what it holds, and which of its files are here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from explorer.checkpoints.snapshots import name_of
from explorer.recipe.notes import Bookmark
from explorer.state.document import Document, read_document
from explorer.state.edits.bookmarks import place_words
from explorer.state.named_files import NamedFile, files_of
from explorer.state.placing import whereabouts
from explorer.state.session import WORKSPACES, Session, part_of


def describe_document(path: Path) -> dict[str, Any]:
    """Everything that a document holds, as plain JSON values (BadInput if it cannot be read)."""
    document = read_document(path)
    session = document.session
    return {
        "path": str(path), "bytes": path.stat().st_size, "kind": "document", "document": document.document, "app": document.app,
        "workspace": session.workspace, "holds": {name: said for name in WORKSPACES if (said := _held(session, name))},
        "notes": session.notes.recipe.text,
        "bookmarks": [_plain(place) for place in session.notes.recipe.bookmarks],
        "files": _files(document, path.absolute().parent),
    }  # fmt: skip


def _plain(place: Bookmark) -> dict[str, Any]:
    return {**msgspec.to_builtins(place), "place": place_words(place)}


def _held(session: Session, workspace: str) -> str:
    """What is in a workspace, in a few words; empty for nothing."""
    part = getattr(session, part_of(workspace))
    recipe: Any = getattr(part, "recipe", None)
    lanes = getattr(recipe, "lanes", ())
    if lanes:
        names = ", ".join(dict.fromkeys(name_of(lane.source) for lane in lanes))
        samples = f", {_count(recipe.samples, 'sample')}" if hasattr(recipe, "samples") else ""
        branches = f", {_count(len(recipe.branches), 'branch', 'branches')}" if getattr(recipe, "branches", ()) else ""
        return f"{_count(len(lanes), 'lane')} of {names}{samples}, seed {recipe.seed}{branches}"
    if workspace == "latent" and recipe.checkpoint:
        marks = [_count(len(each), word) for each, word in ((recipe.points, "point"), (recipe.strokes, "stroke")) if each]
        return ", ".join([name_of(recipe.source), *marks])
    return ""


def _count(number: int, word: str, several: str = "") -> str:
    return f"{number} {word if number == 1 else several or word + 's'}"


def _files(document: Document, folder: Path) -> list[dict[str, Any]]:
    """Each file that does not come with the app, and where it is now; of an earlier session those that it names."""
    files = document.files or tuple(file for file in files_of(document.session) if os.path.isabs(file.source))
    return [_file(file, folder) for file in files]


def _file(file: NamedFile, folder: Path) -> dict[str, Any]:
    path, why = whereabouts(file, folder)
    told = None if file.told is None else msgspec.to_builtins(file.told)
    place = {"source": file.source, "beside": file.beside, "sha256": file.checkpoint, "told": told}
    return {**place, "found": path or None, "problem": why or None}


def document_lines(found: dict[str, Any]) -> list[str]:
    """For people: a heading, and a line for each thing there is to say."""
    written = f", written by version {found['app']} of the app" if found["app"] else ""
    rows = [
        (
            "kind",
            f"document, version {found['document']}{written}"
            if found["document"]
            else "session, as it was kept before there were documents",
        )
    ]
    rows += [("opens on", found["workspace"]), *found["holds"].items()]
    text = found["notes"].strip().splitlines()
    rows += [("notes" if not number else "", line) for number, line in enumerate(text)]
    for number, place in enumerate(found["bookmarks"], 1):
        rows.append(("bookmarks" if number == 1 else "", f"{number}. {place['name']}: {place['place']}"))
    for number, file in enumerate(found["files"]):
        rows.append(("files" if not number else "", f"{file['source']}: {_whereabouts(file)}"))
    rows.append(("file", f"{found['bytes']:,} bytes"))
    width = max(len(name) for name, _ in rows)
    return [found["path"], *(f"  {name:<{width}} {text}" for name, text in rows)]


def _whereabouts(file: dict[str, Any]) -> str:
    if file["problem"]:
        return file["problem"]
    return "is there" if file["found"] == file["source"] else f"found at {file['found']}"
