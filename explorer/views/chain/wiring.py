"""What the controls of a chain workspace are connected to: the gestures of its page."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from explorer.recipe import ScheduleChoice
from explorer.views.chain.chain_part import ChainPart
from explorer.views.chain.chain_widgets import ChainWidgets
from explorer.views.chain.controller import ChainController
from explorer.views.chain.cursor import Cursor
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr


class _Page(Protocol):
    """What is asked of the page; `explorer.views.chain.page` says what each is."""

    part: ChainPart
    controller: ChainController
    playback: Cursor
    chain_actions: Actions
    looks: Actions
    widgets: ChainWidgets

    def cancel(self) -> None: ...
    def new_seed(self) -> None: ...
    def resume_sampling(self) -> None: ...
    def focus_timeline(self) -> None: ...
    def set_recipe(self, label: str, **fields: object) -> None: ...
    def set_sampler(self, label: str, index: int | None = None, **fields: object) -> None: ...
    def set_schedule(self, schedule: ScheduleChoice | None, index: int | None = None) -> None: ...
    def set_all_steps(self, steps: int | None) -> None: ...
    def set_labels(self, labels: tuple[int, ...]) -> None: ...
    def set_guidance(self, w: float) -> None: ...
    def one_of_each(self) -> None: ...


def connect_actions(page: _Page) -> None:
    """What the menu and the keys do."""
    play, on = page.playback, page.chain_actions.on
    on("play", play.toggle_play)
    for name, count in (("back", -1), ("forward", 1)):
        on(name, partial(play.step, count))
        on(f"leap_{name}", partial(play.leap, count))
    on("start", play.to_start)
    on("end", play.to_end)
    on("type", page.widgets.transport.typed.begin)
    on("seed", page.new_seed)
    on("resume", page.resume_sampling)
    on("stop", page.cancel)
    for name in ("resume", "stop"):
        page.chain_actions[name].setEnabled(False)
    page.chain_actions.on_toggled("loop", play.set_loop)
    page.looks.on_toggled("by_mean", lambda by_mean: page.part.update(by_mean=by_mean))
    page.widgets.scale.clicked.connect(page.looks["by_mean"].trigger)
    for name in page.chain_actions.choice("quantity"):
        on(name, partial(page.part.update, quantity=name))


def connect_time(page: _Page) -> None:
    """Timeline, film strip and curves move the cursor."""
    widgets, play = page.widgets, page.playback
    for source in (widgets.transport.timeline, widgets.film, widgets.plot.plot):
        source.wheel_stepped.connect(play.step)
    widgets.transport.timeline.scrubbed.connect(play.scrub)
    widgets.plot.plot.scrubbed.connect(play.scrub)
    widgets.film.jumped.connect(play.scrub)
    widgets.transport.typed.committed.connect(play.scrub)
    widgets.transport.typed.released.connect(page.focus_timeline)
    widgets.film.slots_changed.connect(page.controller.film.set_slots)
    page.controller.film.set_slots(widgets.film.slots)


def connect_inspector(page: _Page) -> None:
    """What is set in the inspector."""
    panel = page.widgets.inspector
    panel.seed_committed.connect(lambda seed: page.set_recipe(tr("change seed"), seed=seed))
    panel.samples_committed.connect(lambda n: page.set_recipe(tr("change samples"), samples=n))
    panel.steps_committed.connect(lambda steps: page.set_sampler(tr("change steps"), steps=steps))
    panel.sampler_committed.connect(lambda label, fields: page.set_sampler(label, **fields))
    panel.schedule_committed.connect(page.set_schedule)
    panel.all_steps_committed.connect(page.set_all_steps)
    panel.labels_committed.connect(page.set_labels)
    panel.guidance_committed.connect(page.set_guidance)
    panel.one_of_each_wanted.connect(page.one_of_each)
    panel.released.connect(page.focus_timeline)
