"""What the chain starts from: between the panel, the session and the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import PICTURE_FILES
from explorer.engine.chain.branching.messages import FitPicture, PictureFitted
from explorer.engine.chain.inversion_messages import InversionShown, MeasureInversion, NoiseShown, ShowNoise
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe.start import Start
from explorer.state.edits.branches import root_of
from explorer.state.edits.starts import started
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.start_end import StartEnd
from explorer.views.reverse_chain.start_panel import StartPanel
from explorer.views.shared.questions import Questions, When
from explorer.widgets.controls.clipboard import copied
from explorer.widgets.look.language import tr

COUNTS = (10, 25, 50, 100)
"""Steps in which a picture is taken up and down again, beside those that are chosen."""
INVERSION = "inversion"
NO_COPY = tr("there is no picture in the clipboard; copy one, drop a file on the window or open one")


class Starting(QObject):
    """Opens the panel, reads its pictures, has the way up measured, and takes what is chosen.

    Parameters
    ----------
    own_tile : callable
        The lane's finished picture (H, W, 3) of the selected sample; None before it is there.
    """

    def __init__(
        self, chain: ChainController, panel: StartPanel, own_tile: Callable[[], np.ndarray | None], owner: QWidget
    ) -> None:  # fmt: skip
        super().__init__(owner)
        self._chain, self._panel, self._own_tile, self._owner = chain, panel, own_tile, owner
        self._questions = Questions(chain.context.client, f"{chain.part.name}.start", self)
        self._last = panel.first
        panel.start_wanted.connect(self.take)
        panel.inversion_changed.connect(self._ask)
        for end in (panel.first, panel.second):
            end.test_image_wanted.connect(partial(self._test_image, end))
            end.own_wanted.connect(partial(self._own, end))
            end.open_wanted.connect(partial(self._open_file, end))
            end.paste_wanted.connect(partial(self._paste, end))
            end.kinds.chosen.connect(partial(self._touch, end))
        chain.state_changed.connect(lambda _before, _after: self._follow())
        chain.context.client.renewed.connect(self._questions.drop)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    def open(self) -> None:
        """Offer what the chain could start from."""
        lanes = self._chain.state.recipe.lanes
        if not lanes or self._chain.key is None:
            return
        self._last = self._panel.first
        for place in ("first", "second"):
            self._questions.forget(f"noise of the {place}")
        self._panel.begin(lanes[0].start, self._chain.key.seed, self._own_tile() is not None)
        self._touch(self._panel.first)

    def accept_picture(self, picture: str | np.ndarray, end: StartEnd | None = None) -> bool:
        """Take a picture file, or pixels (H, W, 3), to the end that was touched last; False while the panel is not open."""
        if not self._panel.is_open or self._chain.key is None:
            return False
        paper = self._chain.context.store.session.background
        is_file = isinstance(picture, str)
        question = FitPicture(self._chain.key, picture, paper=paper) if is_file else FitPicture(self._chain.key, pixels=picture)  # type: ignore[arg-type]
        self._fit(end or self._last, question, Path(picture).name if isinstance(picture, str) else tr("the pasted picture"))
        return True

    def take(self, start: Start | None) -> None:
        """Start there."""
        self._panel.put_away()
        label = tr("start from noise of its own") if start is None else tr("start {words}", words=start.words)
        self._chain.following = True
        self._chain.part.put(started(self._chain.state, start), label)

    def leave(self) -> None:
        """Another workspace is shown."""
        self._questions.drop()

    # --- pictures ---

    def _touch(self, end: StartEnd, _kind: str = "") -> None:
        self._last = end
        if end.kind == "picture" and end.picture is None:
            self._test_image(end, end.image.value())

    def _test_image(self, end: StartEnd, image: int) -> None:
        if self._chain.key is not None:
            self._fit(end, FitPicture(self._chain.key, image=image), tr("test image {image}", image=image))

    def _own(self, end: StartEnd) -> None:
        tile = self._own_tile()
        if tile is not None and self._chain.key is not None:
            name = tr("x₀ of sample {index}", index=self._chain.state.selected)
            self._fit(end, FitPicture(self._chain.key, pixels=tile), name, named=name)

    def _open_file(self, end: StartEnd) -> None:
        path, _ = QFileDialog.getOpenFileName(self._owner.window(), tr("Picture to take back to noise"), "", PICTURE_FILES)
        if path:
            self.accept_picture(path, end)

    def _paste(self, end: StartEnd) -> None:
        picture = copied()
        if picture is None:
            self._chain.context.client.failed.emit(Failed(NO_COPY))
        else:
            self.accept_picture(picture, end)

    def _fit(self, end: StartEnd, question: FitPicture, name: str, named: str = "") -> None:
        self._last = end
        end.await_picture(name)
        place = "first" if end is self._panel.first else "second"
        self._questions.ask(place, question, partial(self._fitted, end, named), on_failure=partial(self._not_read, end))

    def _fitted(self, end: StartEnd, named: str, outcome: Outcome) -> None:
        if isinstance(outcome, PictureFitted):
            picture = outcome.picture
            end.show_picture(msgspec.structs.replace(picture, name=named) if named else picture, outcome.tile)
            self._panel.picture_came()

    def _not_read(self, end: StartEnd, failed: Failed) -> None:
        end.await_picture("")
        self._chain.context.client.failed.emit(failed)

    # --- how well it comes back ---

    def _ask(self) -> None:
        for place, end_ in (("first", self._panel.first), ("second", self._panel.second)):
            if end_.kind == "noise" and self._chain.key is not None and self._panel.modes.current != "own":
                ask = ShowNoise(self._chain.key, end_.noise)
                self._questions.ask(f"noise of the {place}", ask, partial(self._noise_came, end_), once=True)
        end, lanes = self._panel.inverted, self._chain.state.recipe.lanes
        if end is None or not lanes:
            self._questions.forget(INVERSION)
            return
        payload = MeasureInversion(msgspec.structs.replace(root_of(lanes[0]), start=None), end, COUNTS)
        if payload != self._questions.asked(INVERSION):
            self._questions.ask(INVERSION, payload, self._take_inversion, When.AT_ONCE)

    def _noise_came(self, end: StartEnd, outcome: Outcome) -> None:
        if isinstance(outcome, NoiseShown):
            end.show_noise(outcome.of, outcome.tile)

    def _take_inversion(self, outcome: Outcome) -> None:
        if isinstance(outcome, InversionShown) and outcome.end == self._panel.inverted:
            self._panel.show_inversion(outcome)

    def _follow(self) -> None:
        """Another network may be shown: what was measured is of the one before."""
        if self._panel.is_open:
            self._ask()
        else:
            self._questions.forget(INVERSION)
