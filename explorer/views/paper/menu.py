"""The menu of whatever has none of its own: its plot, its equation, its panel, copied or saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from explorer.engine.thread.client import Client
from explorer.state.store import Store
from explorer.views.paper.places import equation_of, panel_of, picture_of, plot_of, plots_in
from explorer.views.paper.saving import Saving
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot

FORMULA_SCALE = 4.0
"""Pixels of an equation's picture for each of the screen's: it is small."""
NOTHING = tr("Nothing is drawn in it yet")


class PaperMenu(QObject):
    """Answers a right click, or the menu key, that no widget of a window has taken, and of the dialogs over it.

    Attributes
    ----------
    saving : Saving
    """

    def __init__(self, store: Store, client: Client, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self.saving = Saving(store, client)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What comes to a window was left by all that lies in it."""
        if event.type() == QEvent.Type.ContextMenu and isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            return self._ask(watched, event)
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QWidget) and child.isWindow() and not isinstance(child, QMenu):
                child.installEventFilter(self)
        return False

    def _ask(self, window: QWidget, event: QContextMenuEvent) -> bool:
        with_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        widget = (QApplication.focusWidget() if with_keys else window.childAt(event.pos())) or window
        menu = QMenu(window)
        self.offer(menu, widget, None if with_keys else widget.mapFrom(window, event.pos()))
        if menu.isEmpty():
            menu.deleteLater()
            return False
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(widget.mapToGlobal(widget.rect().center()) if with_keys else event.globalPos())
        return True

    def offer(self, menu: QMenu, widget: QWidget, point: QPoint | None = None) -> None:
        """Put what can be done with what is at a point of a widget, or with the widget, at the end of a menu."""
        menu.setToolTipsVisible(True)
        plot, equation, panel = plot_of(widget), equation_of(widget, point), panel_of(widget)
        if plot is not None:
            self._offer_plot(menu, plot)
        if equation is not None:
            shown, written = equation
            _begin_group(menu)
            _row(menu, tr("Copy as LaTeX"), partial(_copy_text, written.symbols), tr("The equation, to be set in a document"))
            if written.numbers:
                _row(menu, tr("Copy as LaTeX with its numbers"), partial(_copy_text, written.numbers), tr("As it is shown here"))
            picture = partial(picture_of, shown, self._theme, FORMULA_SCALE)
            _row(menu, tr("Copy equation as a picture"), partial(_copy, picture), tr("Four times as large as on the screen"))
        if panel is not None:
            picture = partial(picture_of, panel, self._theme)
            _begin_group(menu)
            _row(menu, tr("Copy this panel as a picture"), partial(_copy, picture), tr("With twice as many pixels as on the screen"))
            _row(menu, tr("Save this panel…"), partial(self.saving.ask_for_picture, panel, picture), tr("The same as a PNG"))

    def ask_for_plot(self, *roots: QWidget) -> bool:
        """Ask where a plot seen in these widgets goes: that with the focus, the only one, or one of a menu; whether there is one."""
        plots = plots_in(*roots)
        focused = plot_of(QApplication.focusWidget() or self._window)
        if focused in plots or len(plots) == 1:
            self.saving.ask_for_plot(focused if focused in plots else plots[0])
        elif plots:
            menu = QMenu(self._window)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for plot in plots:
                _row(menu, plot.accessibleName(), partial(self.saving.ask_for_plot, plot), plot.accessibleDescription())
            size = menu.sizeHint()
            menu.popup(roots[0].mapToGlobal(roots[0].rect().center()) - QPoint(size.width(), size.height()) / 2)
        return bool(plots)

    def _offer_plot(self, menu: QMenu, plot: Plot) -> None:
        _begin_group(menu)
        _row(menu, tr("Copy plot as a picture"), partial(self.saving.copy_plot, plot), tr("As it is seen, with its legend"))
        some = bool(plot.columns())
        for ending, text, tip in (
            (".svg", tr("Save plot as SVG…"), tr("Lines and text on white, for a web page or a drawing program")),
            (".pdf", tr("Save plot as PDF…"), tr("Lines and text on white, for a document")),
            (".csv", tr("Save plot as CSV…"), tr("Its numbers, for a spreadsheet or a program")),
        ):
            _row(menu, text, partial(self.saving.ask_for_plot, plot, ending), tip if some else NOTHING, some)


def offer_paper(menu: QMenu, widget: QWidget, point: QPoint | None = None) -> None:
    """Put the rows of the window's PaperMenu for a widget at the end of a menu that the widget has of its own."""
    window: QWidget | None = widget.window()
    while window is not None:
        found = window.findChild(PaperMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if found is not None:
            found.offer(menu, widget, point)
            return
        parent = window.parentWidget()
        window = None if parent is None else parent.window()


def _begin_group(menu: QMenu) -> None:
    if not menu.isEmpty():
        menu.addSeparator()


def _row(menu: QMenu, text: str, do: Callable[[], object], tip: str, enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setToolTip(tip)
    action.setEnabled(enabled)
    action.triggered.connect(lambda _checked=False: do())


def _copy(picture: Callable[[], QImage]) -> None:
    QGuiApplication.clipboard().setImage(picture())


def _copy_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
