"""Actions with their keys, made alike everywhere: the key is in the tooltip, and acts while the focus is within the owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.icons import icon
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.theme import Theme


def make_action(owner: QObject, text: str, keys: str | Sequence[str], tip: str, checkable: bool = False) -> QAction:
    """An action; the first of several keys is the one that is told. A tip that ends with its key says it already."""
    action = QAction(text, owner)
    action.setIconVisibleInMenu(False)
    sequences = [QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)]
    action.setShortcuts(sequences)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shown = sequences[0].toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(tip if tip.endswith(")") else f"{tip}  ({shown})")
    action.setCheckable(checkable)
    return action


def make_choice(owner: QObject, words: Mapping[str, tuple[str, str, str]]) -> dict[str, QAction]:
    """Actions of which one is checked, by name, from (text, key, tip)."""
    group = QActionGroup(owner)
    made = {name: make_action(owner, text, key, tip, True) for name, (text, key, tip) in words.items()}
    for action in made.values():
        group.addAction(action)
    return made


def segment(name: str, action: QAction, label: str, formula: Formula = ()) -> Segment:
    """A segment that does what an action does, and says the same of it."""
    return Segment(name, label, action.toolTip(), formula)


def separated(owner: QObject, groups: Iterable[Iterable[QAction]]) -> list[QAction]:
    """The actions of a menu, with a line between the groups."""
    rows: list[QAction] = []
    for group in groups:
        if rows:
            line = QAction(owner)
            line.setSeparator(True)
            rows.append(line)
        rows += group
    return rows


class NamedActions(QObject):
    """Actions that are known by their names; subclasses add them.

    Parameters
    ----------
    icons : mapping of str to str
        Names of icons, by the names of actions.

    Attributes
    ----------
    by_name : dict of QAction
    """

    def __init__(self, theme: Theme, owner: QObject, icons: Mapping[str, str]) -> None:
        super().__init__(owner)
        self._theme, self._owner, self._icons = theme, owner, icons
        self.by_name: dict[str, QAction] = {}

    def add(self, name: str, text: str, keys: str | Sequence[str], tip: str, checkable: bool = False) -> None:
        """One more action."""
        action = self.by_name[name] = make_action(self._owner, text, keys, tip, checkable)
        action.setObjectName(name)

    def on(self, name: str, slot: Callable[[], object]) -> None:
        """Call `slot` when the action is triggered."""
        self.by_name[name].triggered.connect(lambda _checked=False: slot())

    def add_to(self, widget: QWidget) -> None:
        """Let the keys act while the focus is in a widget."""
        widget.addActions(list(self.by_name.values()))

    def in_groups(self, groups: Iterable[Iterable[str]]) -> list[QAction]:
        """The actions of a menu, by their names, with a line between the groups."""
        return separated(self, ([self.by_name[name] for name in group] for group in groups))

    def dress(self, _tokens: object = None) -> None:
        """Give the actions their icons, in the theme's colours."""
        for name, glyph in self._icons.items():
            self.by_name[name].setIcon(icon(glyph, self._theme.tokens))
