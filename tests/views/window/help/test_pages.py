"""Guide, glossary and report: windows that are read, searched and copied."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFont, QGuiApplication, QTextDocument
from pytestqt.qtbot import QtBot

from explorer import log
from explorer.app import Explorer
from explorer.recipe import glossary
from explorer.resources import document
from explorer.views.window.help.documents import FIRST, PAGES, headings
from explorer.views.window.help.glossary_page import GlossaryDialog
from explorer.views.window.help.guide import GuideDialog
from explorer.views.window.help.report import ReportDialog
from explorer.views.window.help.typeset import typeset
from explorer.widgets.look.theme import Theme


@pytest.fixture
def guide(qtbot: QtBot) -> GuideDialog:
    dialog = GuideDialog(Theme("dark"))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_every_page_is_there_and_every_link_between_pages_leads_to_one() -> None:
    for page in PAGES:
        text = document(page).read_text(encoding="utf-8")
        assert set(re.findall(r"\]\(([^)#/]+\.md)", text)) <= set(PAGES)


def test_the_guide_goes_to_a_heading_and_follows_links_and_back(guide: GuideDialog) -> None:
    assert guide.page == FIRST
    guide.show_page(FIRST, "Latent plane")
    assert guide.browser.verticalScrollBar().value() > 0
    guide.browser.anchorClicked.emit(QUrl("mathematics.md"))
    assert guide.page == "mathematics.md"
    guide._back.click()
    assert guide.page == FIRST
    assert all(guide.go_to(heading) for _, heading in headings(FIRST))
    assert not guide.go_to("no such heading")


def test_a_guide_that_nobody_reads_is_set_in_other_colours_only_when_it_is_opened_again(qtbot: QtBot) -> None:
    theme = Theme("dark")
    dialog = GuideDialog(theme)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.hide()
    with qtbot.assertNotEmitted(dialog.browser.document().contentsChanged):
        theme.choose("light")
    with qtbot.waitSignal(dialog.browser.document().contentsChanged):
        dialog.show()
    with qtbot.waitSignal(dialog.browser.document().contentsChanged):
        theme.choose("dark")


def test_contents_list_the_headings_of_the_page_and_lead_there(guide: GuideDialog, qtbot: QtBot) -> None:
    item = guide.contents.findItems("Latent plane", Qt.MatchFlag.MatchContains)[0]
    qtbot.mouseClick(guide.contents.viewport(), Qt.MouseButton.LeftButton, pos=guide.contents.visualItemRect(item).center())
    assert guide.browser.verticalScrollBar().value() > 1000


def test_searching_goes_round_and_says_what_is_not_there(guide: GuideDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(guide.search, "timeline")
    first = guide.browser.textCursor().position()
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.browser.textCursor().position() > first
    guide.search.setText("no such words at all")
    assert not guide.find_next()
    assert guide._told.text()


def test_pictures_come_from_the_documentation_alone(guide: GuideDialog, tmp_path: Path) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    assert guide.browser.loadResource(kind, QUrl("images/compare-dark.png")) is not None
    elsewhere = tmp_path / "a.png"
    elsewhere.write_bytes(document("images/compare-dark.png").read_bytes())
    assert guide.browser.loadResource(kind, QUrl(str(elsewhere))) is None
    assert guide.browser.loadResource(kind, QUrl("../README.md")) is None


def test_symbols_are_set_as_mathematics_and_commands_stay(qapp: object) -> None:
    page = QTextDocument()
    page.setMarkdown("The `x0_hat` of x_{t-1} with sqrt(alpha_bar_t).\n\nRun `generative-explorer --eta x_t`.")
    typeset(page)
    assert "x\u03020 of xt−1 with √(α\u0304t)." in page.toPlainText()
    assert "--eta x_t" in page.toPlainText()


def test_names_that_are_typed_in_a_program_stay_as_they_are(guide: GuideDialog) -> None:
    guide.show_page("python.md")
    text = guide.browser.document().toPlainText()
    assert all(name in text for name in ("x0_hat", "eps_hat", "alpha_bar", "eta", "sigma"))
    assert "η" not in text


def test_the_glossary_shows_what_has_the_words(qtbot: QtBot) -> None:
    dialog = GlossaryDialog(Theme("dark"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert len(dialog.shown) == len(glossary.terms())
    dialog.search.setText("x̂₀")
    assert "x0_hat" in dialog.shown
    dialog.search.setText("lower bound vae")
    assert dialog.shown == ("elbo",)
    dialog.search.setText("no such words")
    assert dialog.shown == ()
    dialog.go_to("frechet")
    assert len(dialog.shown) == len(glossary.terms())
    qtbot.waitUntil(lambda: dialog._area.verticalScrollBar().value() > 1000)


def test_a_report_has_versions_words_and_the_log_and_is_copied_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    log.begin()
    log.note("engine ready: CPU")
    dialog = ReportDialog({"Python": "3.11"})
    log.end()
    qtbot.addWidget(dialog)
    qtbot.keyClicks(dialog.told, "It stood still")
    assert all(words in dialog.text for words in ("It stood still", "Python: 3.11", "INFO engine ready: CPU"))
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.text
    dialog.save_to(str(tmp_path / "report.txt"))
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == dialog.text
    dialog.save_to(str(tmp_path / "nowhere" / "report.txt"))
    assert "cannot be written" in dialog.problem.text()


def test_the_help_menu_opens_each(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    explorer = open_app(workspace="training")
    for name, kind in (("guide", GuideDialog), ("glossary", GlossaryDialog), ("report", ReportDialog)):
        explorer.window.menus.actions[name].trigger()
        dialog = explorer.window.findChild(kind)
        assert dialog is not None
        assert dialog.isVisible()
        dialog.close()


def test_no_text_is_bolder_than_the_fonts_that_are_shipped(guide: GuideDialog) -> None:
    weights, block = set(), guide.browser.document().begin()
    while block.isValid():
        found = block.begin()
        while not found.atEnd():
            weights.add(found.fragment().charFormat().fontWeight())
            found += 1
        block = block.next()
    assert QFont.Weight.DemiBold in weights
    assert max(weights) == QFont.Weight.DemiBold
