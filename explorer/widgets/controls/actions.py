"""Actions with their keys, made alike everywhere: declared in tables, and the key is in the tooltip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence, QShortcutEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.theme import Theme


def segment(name: str, action: QAction, label: str, formula: Formula = (), term: str = "") -> Segment:
    """A segment that does what an action does, and says the same of it; `term` is its key in the glossary."""
    return Segment(name, label, action.toolTip(), formula, term)


def with_keys(tip: str, action: QAction) -> str:
    """A tip, with the keys that do the same told after it."""
    told = tr(" or ").join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
    return f"{tip}  ({told})" if told else tip


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


@dataclass(frozen=True, slots=True)
class Do:
    """What can be done: one row of a workspace's declaration.

    Attributes
    ----------
    name : str
        By which the workspace asks for its action.
    text : str
        In the menu; "&" before its letter.
    keys : str, StandardKey or tuple of str
        The first is the one that menus show; empty for none. A standard key is each platform's own.
    tip : str
        What it does, without its keys: they are told after it.
    icon : str
        Name of its icon, in the theme's colours; empty for none.
    checkable : bool
    one_of : str
        Of the checkable actions with the same word here exactly one is checked.
    in_menu : bool
        The menu has it; else only a button does.
    label : str
        On its button where buttons have labels; empty for its text.
    needs : str
        What is missing where it cannot be done: told in its tip then, and by the finder.
    """

    name: str
    text: str
    keys: str | QKeySequence.StandardKey | tuple[str, ...]
    tip: str
    icon: str = ""
    checkable: bool = False
    one_of: str = ""
    in_menu: bool = True
    label: str = ""
    needs: str = ""


class Under(tuple[Do, ...]):
    """A group that lies in a menu of its own within the menu; neighbours under the same title share it, with a line between.

    Parameters
    ----------
    title : str
        Of that menu; "&" before its letter.
    rows : Do
    """

    title: str

    def __new__(cls, title: str, *rows: Do) -> Self:  # noqa: D102
        made = super().__new__(cls, rows)
        made.title = title
        return made


class _KeyedAction(QAction):
    """An action that leaves its key to the menu or the list of choices that is open: Qt would have the page under it act."""

    def event(self, event: QEvent) -> bool:
        popup = QApplication.activePopupWidget()
        if popup is None or not isinstance(event, QShortcutEvent):
            return super().event(event)
        pressed = event.key()[0]  # type: ignore[index]  # it is, its stub does not say so
        key, modifiers = pressed.key(), pressed.keyboardModifiers()
        text = chr(key.value) if Qt.Key.Key_Space <= key <= Qt.Key.Key_AsciiTilde else ""
        text = text if modifiers & Qt.KeyboardModifier.ShiftModifier else text.lower()
        app, keeper = QCoreApplication.instance(), _Keeper()
        assert app is not None
        app.installEventFilter(keeper)  # of all: a menu that has no use for a key hands it on to the bar
        QCoreApplication.sendEvent(popup.focusWidget() or popup, QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))
        app.removeEventFilter(keeper)
        return True


class _Keeper(QObject):
    """Keeps a key from the shortcuts while it is handed on: it has been there, and would come back without an end."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return False


class Actions(QObject):
    """The actions of a workspace or of the window, made from what it declares.

    Parameters
    ----------
    owner : QWidget
    groups : sequence of sequences of Do
        In the order of the menu, with a line between the groups.
    prefix : str
        Before the object names, where two sets share a window and some of their names.
    context : Qt.ShortcutContext
        Where the keys act: while the focus is within the owner, or within what `add_to` is called with, unless another is given.
    """

    def __init__(
        self, theme: Theme, owner: QWidget, groups: Sequence[Sequence[Do]], prefix: str = "",
        context: Qt.ShortcutContext = Qt.ShortcutContext.WidgetWithChildrenShortcut,
    ) -> None:  # fmt: skip
        super().__init__(owner)
        self._theme, self._owner, self._groups, self._context = theme, owner, groups, context
        self._submenus: dict[str, QMenu] = {}
        self._choices: dict[str, QActionGroup] = {}
        self.by_name: dict[str, QAction] = {row.name: self._made(owner, row, prefix) for group in groups for row in group}
        owner.addActions(list(self.by_name.values()))
        theme.changed.connect(self.dress)
        self.dress()

    def _made(self, owner: QWidget, row: Do, prefix: str) -> QAction:
        action = _KeyedAction(row.text, owner, checkable=row.checkable or bool(row.one_of))
        action.setObjectName(f"{prefix}{row.name}")
        action.setIconVisibleInMenu(False)
        if row.label:
            action.setIconText(row.label)
        keys = [QKeySequence(key) for key in (row.keys if isinstance(row.keys, tuple) else (row.keys,))]
        action.setShortcuts([key for key in keys if not key.isEmpty()])
        action.setShortcutContext(self._context)
        tip = with_keys(row.tip, action)
        action.setToolTip(tip)
        if row.needs:
            action.enabledChanged.connect(
                lambda able: action.setToolTip(tip if able else tr("{tip}\nNot now: {needs}", tip=tip, needs=row.needs))
            )
        if row.one_of:
            self._choices.setdefault(row.one_of, QActionGroup(owner)).addAction(action)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def choice(self, one_of: str) -> dict[str, QAction]:
        """The actions of which one is checked, by their names."""
        return {row.name: self.by_name[row.name] for group in self._groups for row in group if row.one_of == one_of}

    def on(self, name: str, slot: Callable[[], object]) -> None:
        """Call `slot` when the action is triggered."""
        self.by_name[name].triggered.connect(lambda _checked=False: slot())

    def on_toggled(self, name: str, slot: Callable[[bool], object]) -> None:
        """Call `slot` with whether it is checked now, when the person triggers a checkable action."""
        self.by_name[name].triggered.connect(lambda checked=False: slot(checked))

    def add_to(self, widget: QWidget) -> None:
        """Let the keys act while the focus is in a widget that is not within the owner."""
        widget.addActions(list(self.by_name.values()))

    def menu(self) -> list[QAction]:
        """The menu, with a line between the groups; menus within it stand together."""
        parts: list[list[QAction]] = []
        after_submenu = False
        for title, groups in groupby(self._groups, lambda group: group.title if isinstance(group, Under) else ""):
            shown = [[self.by_name[row.name] for row in group if row.in_menu] for group in groups]
            if title and after_submenu:
                parts[-1].append(self._submenu(title, shown))
            else:
                parts += [[self._submenu(title, shown)]] if title else shown
            after_submenu = bool(title)
        return separated(self, parts)

    def _submenu(self, title: str, groups: Sequence[Sequence[QAction]]) -> QAction:
        """What opens the menu within the menu; made once."""
        if title not in self._submenus:
            menu = self._submenus[title] = QMenu(title, self._owner)
            menu.setToolTipsVisible(True)
            menu.addActions(separated(menu, groups))
        return self._submenus[title].menuAction()

    def dress(self, _tokens: object = None) -> None:
        """Give the actions their icons, in the theme's colours."""
        for group in self._groups:
            for row in group:
                if row.icon:
                    self.by_name[row.name].setIcon(icon(row.icon, self._theme.tokens))
