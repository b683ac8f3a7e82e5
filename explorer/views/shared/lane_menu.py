"""The "..." menu of a lane, and the menu that adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QMenu, QWidget, QWidgetAction

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Sampler, ScheduleChoice
from explorer.views.shared.file_opener import FileOpener
from explorer.views.shared.labels import option_words
from explorer.views.shared.sampler_controls import SamplerControls
from explorer.views.shared.schedule_field import ScheduleField
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.look.language import tr


def add_checkpoints(
    menu: QMenu,
    entries: Sequence[LibraryEntry],
    chosen: Callable[[LibraryEntry], object],
    opener: FileOpener,
    lane: int | None,
    current: str = "",
) -> None:
    """One action for each entry, and "Open file", "Open folder" for a lane; `current` is the hash of the one that is in use."""
    for entry in entries:
        option = entry.card.option if entry.card is not None else None
        what = option_words(option)
        action = menu.addAction(f"{entry.name}\t{what}".replace("&", "&&"))
        action.setToolTip(entry.path)
        action.setCheckable(bool(current))
        action.setChecked(entry.sha256 == current)
        action.triggered.connect(lambda _checked=False, entry=entry: chosen(entry))
    if not entries:
        menu.addAction(tr("No diffusion model in the library")).setEnabled(False)
    menu.addSeparator()
    action = menu.addAction(tr("Open file…"))
    action.triggered.connect(lambda _checked=False: opener.ask(lane))
    folder = menu.addAction(tr("Open folder…"))
    folder.setToolTip(tr("A model that is a folder, as diffusers writes them"))
    folder.triggered.connect(lambda _checked=False: opener.ask_for_folder(lane))


class SamplerFields(QWidgetAction):
    """Sampler, steps and schedule of one lane, in its menu; without `reschedule` there is no schedule.

    `learned` says whether its network has learned a variance.
    """

    def __init__(
        self, sampler: Sampler, length: int, changed: Callable[[str, dict[str, object]], None], parent: QMenu,
        schedule: ScheduleChoice | None = None, reschedule: Callable[[ScheduleChoice | None], object] | None = None,
        learned: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        box = QWidget()
        form = QFormLayout(box)
        form.setContentsMargins(12, 4, 12, 4)
        form.setSpacing(4)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.steps = IntField(1, length, tr("Steps"), tr("How many of the T timesteps the chain takes"))
        self.steps.setSingleStep(50)
        self.steps.setSuffix(tr(" of {length}", length=length))
        self.steps.show_value(min(sampler.steps or length, length))
        self.sampler = SamplerControls(self)
        self.eta, self.clip = self.sampler.eta, self.sampler.clip
        applies = self.sampler.show_sampler(sampler, sampler.steps in (None, length), learned)
        for name, (_, field) in self.sampler.rows.items():
            if applies[name]:
                form.addRow(self.sampler.title(name), field)
            else:
                field.setParent(box)
                field.hide()
            if name == "sampler":
                form.addRow(tr("steps"), self.steps)
        self.steps.committed.connect(lambda n: changed(tr("change steps"), {"steps": None if n == length else n}))
        self.sampler.changed.connect(changed)
        self.sampler.method.activated.connect(lambda _at: parent.close())  # other rows go with another method
        self.schedule = ScheduleField()
        if reschedule is not None:
            form.addRow(tr("schedule"), self.schedule)
            self.schedule.show_choice(schedule, "")
            self.schedule.committed.connect(reschedule)
        for source in (self.steps, self.sampler, self.schedule):
            source.released.connect(parent.close)
        self.setDefaultWidget(box)


def verb(menu: QMenu, text: str, slot: Callable[[], object], enabled: bool = True, tip: str = "") -> QAction:
    """An action of a menu; its words are shown as they are, whatever a file's name has in it."""
    action = menu.addAction(text.replace("&", "&&"))
    action.setEnabled(enabled)
    if tip:
        action.setToolTip(tip)
    action.triggered.connect(lambda _checked=False: slot())
    return action
