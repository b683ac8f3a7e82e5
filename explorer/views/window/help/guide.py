"""The guide in the app: the pages of the documentation, with contents, search, links and typeset symbols."""

from __future__ import annotations

import html
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.resources import document
from explorer.views.window.help.documents import FIRST, PAGES, headings
from explorer.views.window.help.page_look import dress
from explorer.views.window.help.typeset import typeset
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

CONTENTS_WIDTH, TEXT_WIDTH = 232, 760
AS_WRITTEN = ("python.md",)
"""Pages whose symbols are names to be typed: a program has no η."""


class _Browser(QTextBrowser):
    """A page; pictures are no wider than it, and lie in the documentation's folder alone."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the documentation; nothing from elsewhere is read."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        folder = document(FIRST).parent
        path = (folder / QUrl(name).toString()).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            return None
        image = QImage(str(path))
        width = min(image.width(), TEXT_WIDTH)
        return image.scaledToWidth(2 * width, Qt.TransformationMode.SmoothTransformation) if image.width() > 2 * width else image


class GuideDialog(QDialog):
    """Contents to the left, the page to the right, a line to search in above."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Guide"))
        self._theme, self._page, self._is_stale = theme, "", False
        self.search = QLineEdit(placeholderText=tr("Search this page"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search this page"))
        self.contents = QListWidget()
        self.contents.setAccessibleName(tr("Contents"))
        self.browser = _Browser()
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(tr("Page"))
        self._told = QLabel()
        mark(self._told, "muted")
        self._back, self._up, self._down = (QToolButton() for _ in range(3))
        self._visited: list[str] = []
        self._lay_out()
        self._connect()
        theme.changed.connect(self._dress)
        self._dress(theme.tokens)
        self.show_page(FIRST)

    def show_page(self, name: str, heading: str = "") -> None:
        """Show a page of the documentation, at a heading."""
        if name != self._page:
            if self._page:
                self._visited.append(self._page)
            self._page = name
            self._fill()
        self._back.setEnabled(bool(self._visited))
        if heading:
            self.go_to(heading)

    def go_to(self, heading: str) -> bool:
        """Scroll to a heading, by its text or its anchor in a link; whether there is one."""
        block = self.browser.document().begin()
        wanted = _anchor(heading)
        while block.isValid():
            if block.blockFormat().headingLevel() and _anchor(block.text()) == wanted:
                place = self.browser.document().documentLayout().blockBoundingRect(block)
                self.browser.verticalScrollBar().setValue(round(place.top()) - 2 * GRID)
                return True
            block = block.next()
        return False

    @property
    def page(self) -> str:
        """File name of the page."""
        return self._page

    def find_next(self, backwards: bool = False) -> bool:
        """Go to the next place with the words of the search line, from the beginning again after the last; whether there is one."""
        text = self.search.text()
        flags = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        found = bool(text) and self.browser.find(text, flags)
        if text and not found:
            edge = QTextCursor.MoveOperation.End if backwards else QTextCursor.MoveOperation.Start
            cursor = self.browser.textCursor()
            cursor.movePosition(edge)
            self.browser.setTextCursor(cursor)
            found = self.browser.find(text, flags)
        self._told.setText("" if found or not text else tr("not on this page"))
        return found

    # --- parts

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(2 * GRID)
        for button, tip in (
            (self._back, tr("Back to the page before")),
            (self._up, tr("Place before (Shift+Enter)")),
            (self._down, tr("Next place (Enter)")),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        bar.addWidget(self._back)
        bar.addWidget(self.search, 1)
        bar.addWidget(self._up)
        bar.addWidget(self._down)
        bar.addWidget(self._told)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(self.contents)
        split.addWidget(self.browser)
        split.setSizes([CONTENTS_WIDTH, TEXT_WIDTH + 40])
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addLayout(bar)
        column.addWidget(split, 1)
        self.resize(CONTENTS_WIDTH + TEXT_WIDTH + 100, 720)

    def _connect(self) -> None:
        self.contents.itemActivated.connect(self._chosen)
        self.contents.itemClicked.connect(self._chosen)
        self.browser.anchorClicked.connect(self._follow)
        self.search.returnPressed.connect(lambda: self.find_next())
        self.search.textEdited.connect(self._typed)
        self._down.clicked.connect(lambda: self.find_next())
        self._up.clicked.connect(lambda: self.find_next(backwards=True))
        self._back.clicked.connect(self._go_back)
        for keys, slot in (
            ("Ctrl+F", self._start_search),
            ("Shift+Return", lambda: self.find_next(backwards=True)),
            ("Alt+Left", self._go_back),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _start_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _typed(self, text: str) -> None:
        cursor = self.browser.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.browser.setTextCursor(cursor)
        self.find_next()

    def _chosen(self, item: QListWidgetItem) -> None:
        page, heading = item.data(Qt.ItemDataRole.UserRole)
        self.show_page(page, heading)
        if not heading:
            self.browser.verticalScrollBar().setValue(0)

    def _go_back(self) -> None:
        if self._visited:
            self._page = self._visited.pop()
            self._fill()
            self._back.setEnabled(bool(self._visited))

    def _follow(self, url: QUrl) -> None:
        name = Path(url.path()).name
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif not name:
            self.go_to(url.fragment())
        elif name in PAGES:
            self.show_page(name, url.fragment())

    # --- the page

    def _fill(self) -> None:
        self._is_stale = False
        text = self.browser.document()
        text.clear()
        tokens = self._theme.tokens
        text.setDefaultFont(text_font(14))
        text.setDefaultStyleSheet(f"a {{ color: {tokens.accent}; }}")
        text.setMarkdown(document(self._page).read_text(encoding="utf-8"), QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        text.setDocumentMargin(4 * GRID)
        text.setIndentWidth(5 * GRID)
        whole = QTextCursor(text)
        whole.beginEditBlock()  # else everything is laid out anew after each change
        if self._page not in AS_WRITTEN:
            typeset(text)
        dress(text, tokens, TEXT_WIDTH)
        whole.endEditBlock()
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self._show_contents()

    def _show_contents(self) -> None:
        self.contents.clear()
        for page, title in PAGES.items():
            self._add(title, page, "", 1)
            if page == self._page:
                for level, heading in headings(page):
                    if 2 <= level <= 3:
                        self._add(heading, page, heading, level)

    def _add(self, text: str, page: str, heading: str, level: int) -> None:
        shown = text if level == 1 else text.partition(" (")[0]  # the files that compute it are in the page itself
        item = QListWidgetItem("    " * (level - 1) + shown, self.contents)
        item.setData(Qt.ItemDataRole.UserRole, (page, heading))
        item.setSizeHint(QSize(0, 7 * GRID if level == 1 else 6 * GRID))
        item.setToolTip(text)
        if level == 1:
            item.setFont(text_font(weight=QFont.Weight.DemiBold))

    def _dress(self, tokens: Tokens) -> None:
        for button, name in ((self._back, "ph.arrow-left"), (self._up, "ph.caret-up"), (self._down, "ph.caret-down")):
            button.setIcon(icon(name, tokens))
        self._is_stale = bool(self._page)
        if self.isVisible():
            self._freshen()

    def showEvent(self, event: QShowEvent) -> None:
        """A page that was set in other colours meanwhile is set anew now: doing so while nobody looks would hold the window up."""
        self._freshen()
        super().showEvent(event)

    def _freshen(self) -> None:
        if self._is_stale:
            self._fill()


def _anchor(text: str) -> str:
    """A heading as links name it: lower case, spaces as hyphens, nothing else but letters and digits."""
    plain = html.unescape(text).casefold().replace(" ", "-")
    return "".join(sign for sign in plain if sign.isalnum() or sign == "-")
