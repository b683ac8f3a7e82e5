"""What the classes of lanes are called: by their checkpoints' cards, or by the data sets that come with the app."""

from __future__ import annotations

from explorer.recipe import Lane
from explorer.state.library import Library
from explorer.views.shared.labels import Called, number_or_shipped


def names_in(library: Library) -> Called:
    """Names as the cards of the checkpoints that are known say them, looked up when they are wanted."""

    def called(lane: Lane, label: int) -> str:
        entry = library.find(lane.checkpoint) if lane.checkpoint else None
        classes = entry.card.classes if entry is not None and entry.card is not None else None
        return number_or_shipped(lane, label) if classes is None else classes.called(label)

    return called
