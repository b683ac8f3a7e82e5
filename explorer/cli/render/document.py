"""`render --session`: a workspace as a document has it, at a bookmark if one is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.paths import expanded

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.document import Document
    from explorer.state.session import Session

BESIDE = ("--t",)
"""Options that mean something beside a document; the others are what it says itself."""
WITH_CURSOR = ("reverse-chain", "compare", "forward", "objective")
"""Workspaces that are at a timestep."""


def check_beside_document(options: Options) -> None:
    """Refuse what the document says itself (BadInput)."""
    odd = [option for option, given in options.given.items() if given and option not in BESIDE]
    if odd:
        raise BadInput(f"{', '.join(odd)}: of no meaning beside --session, which says it")
    if options.t is not None and options.workspace not in WITH_CURSOR:
        raise BadInput(f"--t: of no meaning for {options.workspace}")


def document_for(options: Options) -> Document:
    """The document, read (BadInput if it cannot be, or has no such bookmark in the workspace)."""
    from explorer.state.document import read_document

    assert options.session is not None
    document = read_document(expanded(options.session))
    document_at(options, document)
    return document


def document_at(options: Options, document: Document) -> Session:
    """Its session in the workspace that is drawn, as the person looks at the bookmark.

    Raises
    ------
    BadInput
        If there is no such bookmark, it is of another workspace, or what it says is not there.
    """
    import msgspec

    from explorer.state.edits.bookmarks import gone_to, not_there

    session = msgspec.structs.replace(document.session, workspace=options.workspace)
    if options.bookmark is None:
        return session
    number = _number(options, session)
    place = session.notes.recipe.bookmarks[number]
    if place.workspace != options.workspace:
        raise BadInput(f"--bookmark {options.bookmark}: is of {place.workspace}; render {place.workspace} draws it")
    if why := not_there(session, number):
        raise BadInput(f"--bookmark {options.bookmark}: {why}")
    return gone_to(session, number)


def _number(options: Options, session: Session) -> int:
    wanted, places = (options.bookmark or "").strip(), session.notes.recipe.bookmarks
    names = [place.name for place in places]
    if wanted in names:
        return names.index(wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(places):
        return int(wanted) - 1
    there = f"there are {', '.join(names)}" if names else "there are none"
    raise BadInput(f"--bookmark {wanted}: {options.session} has no such bookmark; {there}")


def shown_document(options: Options, document: Document, person: Session, entries: Sequence[LibraryEntry]) -> Session:
    """The session that shows it, under the settings of `person` (BadInput if a file that the workspace needs is not here)."""
    import msgspec

    from explorer.state.first_run import with_shipped_models
    from explorer.state.named_files import files_of
    from explorer.state.placing import placed
    from explorer.state.session import part_of, with_settings_of

    assert options.session is not None
    at = msgspec.structs.replace(document, session=document_at(options, document))
    found = placed(at, Path(expanded(options.session)).absolute().parent, entries)
    session = with_settings_of(found.session, person)
    part = part_of(options.workspace)
    needed = {file.source for file in files_of(getattr(session, part))}
    for file in found.missing:
        if file.source in needed:
            raise BadInput(f"{options.session}: {file.source}, which {options.workspace} needs, is not on this machine")
    session = with_shipped_models(session, entries)
    if options.t is not None:
        session = msgspec.structs.replace(session, **{part: msgspec.structs.replace(getattr(session, part), t=options.t)})
    return session
