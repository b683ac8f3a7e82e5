"""Several pictures at once: each is encoded, and becomes a point of its name on the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from explorer.engine.latent.messages import EncodePicture, PictureEncoded
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.state.edits import latent as edits
from explorer.state.edits.planes import slice_of
from explorer.views.workspace import Context
from explorer.widgets.look.language import tr

MOST = 24
"""Pictures of one gesture: more points than that hide each other."""


class SeveralPictures:
    """Encodes them one after another; the points are put at once, so that one undo takes them back.

    Parameters
    ----------
    context : Context
    entry : callable
        Whose encoder it is; None where there is none.
    notice : callable
        Told what became of them, and a hint.
    """

    def __init__(self, context: Context, entry: Callable[[], LibraryEntry | None], notice: Callable[[str, str], object]) -> None:
        self._context, self._entry, self._notice = context, entry, notice

    def encode(self, paths: Sequence[str]) -> bool:
        """Encode the first `MOST`; False where there is no encoder."""
        entry = self._entry()
        if entry is None:
            return False
        some, done = list(paths[:MOST]), dict[str, PictureEncoded | None]()
        session = self._context.store.session
        slice_, paper = slice_of(session.latent.recipe), session.background
        for path in some:
            take = partial(self._take, entry, path, some, done, len(paths))
            payload = EncodePicture(entry.path, path, slice=slice_, paper=paper)
            self._context.client.send(payload, "latent.several", take, queued=True, on_failure=take)
        return True

    def _take(
        self, entry: LibraryEntry, path: str, some: list[str], done: dict[str, PictureEncoded | None], dropped: int, outcome: Outcome
    ) -> None:  # fmt: skip
        if not isinstance(outcome, PictureEncoded | Failed):
            return
        done[path] = outcome if isinstance(outcome, PictureEncoded) else None
        if len(done) < len(set(some)):
            return
        found = [(Path(each).stem, said.mean) for each in dict.fromkeys(some) if (said := done[each]) is not None]
        store = self._context.store
        if found:
            store.update(tr("encode {count} pictures", count=len(found)), latent=edits.add_points(store.session.latent, entry, found))
        unread = [Path(each).name for each in dict.fromkeys(some) if done[each] is None]
        if unread or dropped > MOST:
            left = (
                [tr("{list}{value} cannot be encoded", list=", ".join(unread[:3]), value=tr(" and more") if len(unread) > 3 else "")]
                if unread
                else []
            )
            left += [tr("the first {most} of {dropped} were taken", most=MOST, dropped=dropped)] if dropped > MOST else []
            self._notice(tr("{count} pictures are points of the plane now: {list}.", count=len(found), list="; ".join(left)), "")
