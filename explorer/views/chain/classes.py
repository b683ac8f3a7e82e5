"""What a chain workspace shows of classes: the fields of its inspector, a name on each picture, and what lanes show that can be guided."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.checkpoints.card import ClassesCard
from explorer.datasets.shipped import shipped
from explorer.recipe import NO_CLASS, Lane
from explorer.recipe.labels import label_of_sample
from explorer.recipe.quantities import of_classes
from explorer.state.edits.labels import labels_of
from explorer.views.chain.chain_widgets import ChainWidgets
from explorer.views.chain.label_field import Choices
from explorer.views.chain.looked_at import LookedAt
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr


class Classes:
    """Reads the lanes and their cards.

    Parameters
    ----------
    looked : LookedAt
    widgets : ChainWidgets
    actions : Actions
    """

    def __init__(self, looked: LookedAt, widgets: ChainWidgets, actions: Actions) -> None:
        self._looked, self._widgets, self._actions = looked, widgets, actions

    def of(self, lane: Lane) -> ClassesCard | None:
        """Classes of a lane's network; None where it is told none, or has no network."""
        entry = self._looked.context.library.find(lane.checkpoint) if lane.checkpoint else None
        return entry.card.classes if entry is not None and entry.card is not None else None

    def show(self) -> None:
        """Fields of the lane that is looked at, and the quantities that there are."""
        lanes, inspector = self._looked.state.recipe.lanes, self._widgets.inspector
        lane = lanes[self._looked.lane] if lanes else None
        guided = self.some_can_be_guided
        for name in of_classes():
            self._widgets.quantities.set_shown(name, guided or self._looked.state.quantity == name)
            self._actions[name].setEnabled(guided)
        inspector.show_classes(None if lane is None else self._choices(lane), lane, self.can_be_guided(lane))

    @property
    def some_can_be_guided(self) -> bool:
        """Whether any lane can be."""
        return any(map(self.can_be_guided, self._looked.state.recipe.lanes))

    def can_be_guided(self, lane: Lane | None) -> bool:
        """Whether a lane's network has a label for no class."""
        classes = None if lane is None else self.of(lane)
        return classes is not None and classes.null_label is not None

    def _choices(self, lane: Lane) -> Choices | None:
        """What its label can be; None where it has none."""
        if lane.exact is not None:
            known = shipped(lane.exact.dataset)
            names = () if known is None else known.short_classes
            return Choices(tuple(range(len(names))), lambda label: names[label] if label < len(names) else str(label), one=True)
        classes = self.of(lane)
        return None if classes is None else Choices(classes.of_classes, classes.called, classes.null_label is not None)

    def names(self, lane: Lane, samples: int) -> tuple[str, ...]:
        """The class of each sample of a lane, where they are of several; empty where they are not."""
        classes = self.of(lane)
        if classes is None:
            return ()
        labels = labels_of(lane) or classes.of_classes
        found = tuple(_called(classes, label_of_sample(labels, i)) for i in range(samples))
        return found if len(set(labels)) > 1 else ()

    def said(self, lane: Lane, samples: Sequence[int]) -> str:
        """Of selected samples: " · label 3"; empty where they have none, or are of several classes."""
        classes = self.of(lane)
        if classes is None or not samples:
            return ""
        labels = labels_of(lane) or classes.of_classes
        told = {label_of_sample(labels, sample) for sample in samples}
        name = _called(classes, next(iter(told)))
        return "" if len(told) > 1 else tr(" · no class") if name == "–" else tr(" · class {name}", name=name)


def _called(classes: ClassesCard, label: int) -> str:
    return "–" if label in (NO_CLASS, classes.null_label) else classes.called(label)
