"""The language of the window: what a person reads goes through Qt's translations.

English is what the sources say. Another language is a file `explorer_de.qm`, made by `tools/translations.py`, in
`resources/translations` or in the folder `translations` beside the session. It is chosen once, at the first text, and needs no
application to be there: tables of words at the head of a module are read in it too. `docs/architecture.md` says what stays English.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from explorer.paths import state_folder
from explorer.resources import resource

CONTEXT = "explorer"
"""Of every text, in the files of translations."""
ENGLISH = "en"
SYSTEM = ""
"""The choice of whatever the system speaks."""

_sources: dict[str, str] = {}
"""English text by what was said instead."""


def tr(text: str, /, **values: object) -> str:
    """A text in the language of the window, `{name}` in it replaced by the value of that name.

    Without values it is taken as it is, braces and all. A translation that names values which there are not is left for the English.
    """
    translator = in_force()
    said = text if translator is None or not text else translator.translate(CONTEXT, text) or text
    if said is not text:
        _sources[said] = text
    if not values:
        return said
    try:
        return said.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):
        return text.format(**values)


def english(text: str) -> str:
    """What a text that `tr` gave is in English: by this things are known that are named by their words."""
    return _sources.get(text, text)


@lru_cache(maxsize=1)
def in_force() -> QTranslator | None:
    """What translates in this process; None speaks English."""
    name = spoken(chosen())
    if name == ENGLISH:
        return None
    translator = QTranslator()
    return translator if translator.load(str(_files()[name])) else None


def spoken(choice: str) -> str:
    """The language of a choice: itself if its file is there, of the system's those that are; else English."""
    there = _files()
    if not there:
        return ENGLISH
    wanted = QLocale.system().uiLanguages() if choice == SYSTEM else [choice]
    for name in wanted:
        for one in (name.replace("-", "_"), name.replace("-", "_").partition("_")[0]):
            if one in there or one == ENGLISH:
                return one
    return ENGLISH


def languages() -> dict[str, str]:
    """Each language that can be chosen, by what it calls itself."""
    names = {ENGLISH: "English"}
    names.update((name, QLocale(name).nativeLanguageName().capitalize() or name) for name in sorted(_files()))
    return names


def chosen() -> str:
    """What was chosen, for this start or the next."""
    try:
        return _note().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return SYSTEM


def choose(name: str) -> None:
    """Speak a language from the next start on.

    Raises
    ------
    OSError
        If that cannot be kept.
    """
    _note().parent.mkdir(parents=True, exist_ok=True)
    _note().write_text(name, encoding="utf-8")


def speak_in(app: QCoreApplication) -> None:
    """Have Qt's own words, of its buttons and dialogs, in the same language."""
    translator = in_force()
    if translator is None or app.property(CONTEXT):
        return
    app.setProperty(CONTEXT, True)
    app.installTranslator(translator)
    own = QTranslator(app)
    if own.load(f"qtbase_{spoken(chosen())}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(own)


def _note() -> Path:
    return state_folder() / "language"


def _files() -> dict[str, Path]:
    """Files of translations by their language; those of the person before those that come with the app."""
    folders = (resource("translations"), state_folder() / "translations")
    return {path.stem.removeprefix("explorer_"): path for folder in folders for path in sorted(folder.glob("explorer_*.qm"))}
