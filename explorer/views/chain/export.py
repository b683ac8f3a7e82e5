"""Export of a chain workspace: what is shown, as a picture, a film or arrays, written by the engine.

What knows the kinds of files is imported when something is exported: a workspace opens without it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Shown
from explorer.recipe.quantities import own
from explorer.views.chain.controller import ChainController
from explorer.views.shared.labels import lane_titles, short_titles
from explorer.views.shared.questions import Questions, When
from explorer.views.workspace import Status
from explorer.widgets.look.language import tr

if TYPE_CHECKING:
    from explorer.engine.chain.export.messages import ExportLook, ExportProgress, PreviewExport
    from explorer.views.export_offer import ExportChoice, ExportOffer

EXPORT = "export"
"""Name of the question."""
FILE_NAMES = {"reverse": "reverse-chain", "compare": "compare"}
"""What the names of exported files begin with."""
UNITS = ((2**30, "GB"), (2**20, "MB"), (2**10, "kB"))


class ChainExport(QObject):
    """Asks the engine to write a file; one at a time.

    Signals
    -------
    changed()
        It is further, or over.
    """

    changed = Signal()

    def __init__(self, controller: ChainController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._client = controller.context.client
        self._questions = Questions(self._client, controller.part.name, self)
        self._path = ""
        self._progress: ExportProgress | None = None
        self.told = ""

    @property
    def active(self) -> bool:
        """Whether it is under way."""
        return self._questions.is_open(EXPORT)

    def offer(self) -> ExportOffer | None:
        """What there is to export; None while there are no lanes."""
        state = self._controller.state
        if not state.recipe.lanes:
            return None
        from explorer.views.export_offer import ExportOffer

        quantities = tuple(dict.fromkeys((*own(), state.quantity)))
        states = max((len(plan.timesteps) for plan in self._controller.run.plans.values()), default=self._controller.T + 1)
        return ExportOffer(
            "chain", FILE_NAMES[self._controller.part.name], states, self._preview, self.start, quantities, state.quantity, state.t,
            len(self._some) or state.recipe.samples,
        )  # fmt: skip

    @property
    def _some(self) -> tuple[int, ...]:
        """Samples that are selected, where they are several and not all: one always is, which means nothing."""
        chosen = self._controller.samples
        return chosen if 1 < len(chosen) < self._controller.state.recipe.samples else ()

    def _look(self, choice: ExportChoice | None) -> ExportLook:
        from explorer.engine.chain.export.messages import ExportLook
        from explorer.exports.kinds import KINDS, Stored

        state = self._controller.state
        reference, weighed = self._controller.reference, self._controller.weighed
        some = self._some
        coloured = any(plan.image_shape[0] == 3 for plan in self._controller.run.plans.values())
        shown = Shown(
            state.t, state.quantity, reference, state.difference_of, state.layout, weighed, some, by_channel=coloured and not state.by_mean
        )
        if choice is not None:
            every = some or tuple(range(state.recipe.samples))
            samples = every[: choice.samples] if choice.samples < len(every) else some
            drawn = {"quantity": choice.quantity, "samples": samples, "scale": choice.scale, "labels": choice.labels}
            kind = KINDS[choice.ending]
            if isinstance(kind, Stored):
                chosen: dict[str, object] = {"samples": samples, "frames": choice.frames} if kind.page else {}
            else:
                chosen = drawn | ({"frames": choice.frames, "fps": choice.fps} if kind.film else {})
            shown = msgspec.structs.replace(shown, **chosen)
        titles = short_titles if state.layout == "grid" else lane_titles
        return ExportLook(shown, titles(state.recipe.lanes, self._controller.called), self._controller.timeline)

    def _preview(self, choice: ExportChoice) -> PreviewExport:
        from explorer.engine.chain.export.messages import PreviewExport

        return PreviewExport(self._controller.state.recipe, choice.ending, self._look(choice))

    def start(self, path: str, choice: ExportChoice | None = None) -> None:
        """Write what the person looks at now, or has chosen of it; the file's ending says as what."""
        from explorer.engine.chain.export.messages import ExportChain

        state, look = self._controller.state, self._look(choice)
        self._path, self._progress, self.told = path, None, ""
        self._questions.ask(EXPORT, ExportChain(state.recipe, path, look), self._take, When.AT_ONCE, on_failure=self._failed)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; nothing is left of the file."""
        if self.active:
            self._questions.forget(EXPORT)
            self.told = tr("{name} was not written", name=Path(self._path).name)
            self.changed.emit()

    @property
    def status(self) -> Status:
        """What the status bar says while it is under way, or at its end."""
        name, progress = Path(self._path).name, self._progress
        if not self.active:
            return Status(self.told)
        if progress is None:
            return Status(tr("exporting {name}", name=name), 0, 1, cancellable=True)
        return Status(tr("exporting {name}", name=name), progress.done, max(1, progress.total), progress.words, cancellable=True)

    def _take(self, outcome: Outcome) -> None:
        from explorer.engine.chain.export.messages import Exported, ExportProgress

        if isinstance(outcome, ExportProgress):
            self._progress = outcome
        elif isinstance(outcome, Exported):
            self.told = tr("exported {path} · {size}", path=os.path.basename(outcome.path), size=_size(outcome.nbytes))
        self.changed.emit()

    def _failed(self, failed: Failed) -> None:
        self._client.failed.emit(failed)
        self.changed.emit()


def _size(nbytes: int) -> str:
    return next((f"{nbytes / unit:.1f} {word}" for unit, word in UNITS if nbytes >= unit), tr("{nbytes} bytes", nbytes=nbytes))
