"""The menu of what the sampler or the network can be changed to at a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget, QWidgetAction

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe.sampler import NOISY
from explorer.state.session import ChainState
from explorer.views.shared.labels import option_words
from explorer.views.shared.lane_menu import verb
from explorer.widgets.controls.menus import emptied
from explorer.widgets.controls.number_fields import FloatField
from explorer.widgets.look.language import tr

NO_NOISE = tr("This chain's sampler adds no noise: choose the ancestral one or DDIM for it")
ETAS = ((0.0, "deterministic"), (0.5, tr("half the noise")), (1.0, "ancestral"))


def fill_change_menu(menu: QMenu, state: ChainState, entries: Iterable[LibraryEntry], change: Callable[..., object]) -> None:
    """Another eta, clipping or model of these; `change` gets the fields of a Change."""
    emptied(menu)
    menu.addSection(tr("From t = {t} on", t=state.t))
    noisy = not state.recipe.lanes or state.recipe.lanes[0].sampler.method in NOISY
    for eta, words in ETAS:
        verb(menu, f"η = {eta:g}\t{words}", partial(change, eta=eta), noisy, "" if noisy else NO_NOISE)
    if noisy:
        menu.addAction(_eta_entry(menu, lambda eta: change(eta=eta)))
    menu.addSeparator()
    verb(menu, tr("Clip x̂₀ to [−1, 1]"), partial(change, clip=True))
    verb(menu, tr("Do not clip x̂₀"), partial(change, clip=False))
    menu.addSection(tr("Go on with another model"))
    lane = state.recipe.lanes[0]
    for entry in entries:
        option = entry.card.option if entry.card is not None else None
        to_it = partial(change, checkpoint=entry.sha256, source=entry.path, option=option)
        verb(menu, f"{entry.name}\t{option_words(option)}", to_it, entry.sha256 != lane.checkpoint or bool(lane.edits), entry.path)


def _eta_entry(menu: QMenu, take: Callable[[float], object]) -> QWidgetAction:
    """Any η, as an entry of a menu: a field and a button."""
    entry, box = QWidgetAction(menu), QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 4, 12, 4)
    row.setSpacing(8)
    field = FloatField(0.0, 1.0, 0.1, tr("Eta from here"), tr("η from here on: 1 is ancestral sampling, 0 is deterministic DDIM"))
    field.show_value(0.2)
    go = QPushButton(tr("Go on"))
    go.setToolTip(tr("Branch with this η"))
    go.setAccessibleName(tr("Go on with this eta"))
    for widget in (QLabel("η ="), field, go):
        row.addWidget(widget)

    def taken() -> None:
        menu.close()
        take(round(field.value(), 4))

    go.clicked.connect(taken)
    entry.setDefaultWidget(box)
    return entry
