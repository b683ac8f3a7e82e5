"""The window's actions: its menus and its keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence

from explorer.views.workspace import Facts
from explorer.widgets.controls.actions import Do
from explorer.widgets.look.language import tr

Key = QKeySequence.StandardKey
Groups = tuple[tuple[Do, ...], ...]

THEMES = {"system": tr("As the system"), "dark": tr("Dark"), "light": tr("Light")}

FILE: Groups = (
    (
        Do("new_session", tr("&New session"), Key.New, tr("Begin anew, without a file; Undo brings back what was there")),
        Do("open", tr("&Open…"), Key.Open, tr("Open a document, a checkpoint, an export, a picture or a data set")),
        Do(
            "open_folder",
            tr("Open &folder…"),
            "Ctrl+Shift+O",
            tr("Open a model that is a folder, as diffusers writes them, or a folder of pictures"),
        ),
        Do("library", tr("Checkpoint &library…"), "Ctrl+L", tr("Checkpoints that are known on this machine")),
    ),
    (
        Do("save", tr("&Save"), Key.Save, tr("Write what is open to its document; the first time you are asked where")),
        Do("save_as", tr("Save &as…"), "Ctrl+Shift+S", tr("Write what is open to another document")),
        Do(
            "close_document",
            tr("&Close document"),
            "Ctrl+W",
            tr("Back to the untitled session, as it was"),
            needs=tr("no document is open"),
        ),
    ),
    (
        Do("export", tr("&Export…"), "Ctrl+E", tr("Write what is shown as a picture, a film or arrays, with its recipe inside")),
        Do(
            "save_plot",
            tr("Save a &plot…"),
            "",
            tr("Curves, histograms and maps that are shown, as SVG, PDF, CSV or PNG; a right click on one does the same"),
        ),
    ),
    (Do("quit", tr("&Quit"), "Ctrl+Q", tr("Close the app; what is open is kept")),),
)
EDIT: Groups = (
    (
        Do("undo", tr("&Undo"), Key.Undo, tr("Take back the last change"), needs=tr("nothing was changed")),
        Do("redo", tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), tr("Do again what was taken back"), needs=tr("nothing was taken back")),
    ),
    (Do("cancel", tr("&Cancel computation"), "Ctrl+.", tr("Stop what is being computed"), needs=tr("nothing is being computed")),),
    (Do("preferences", tr("&Preferences…"), "Ctrl+,", tr("Theme, size of text, colours of the digits, memory for frames, device")),),
)
LOOK: Groups = (
    (
        Do("inspector", tr("&Inspector"), "F9", tr("Show or hide the panel to the right"), checkable=True),
        Do("button_labels", tr("&Labels on buttons"), "", tr("Icons with the words of what they do"), checkable=True),
        Do(
            "reset_layout",
            tr("&Reset layout"),
            "",
            tr("Every part at its usual size and place again: the inspector, and what lies between handles"),
        ),
        Do(
            "full_screen",
            tr("&Full screen"),
            "F11",
            tr("The whole screen; again for a presentation, and again for a window"),
            checkable=True,
        ),
        Do("presentation", tr("&Presentation"), "", tr("Larger, without panels, with the keys that you press; Esc leaves"), checkable=True),
    ),
)
BOOKMARKS: Groups = (
    (
        Do("bookmark", tr("&Bookmark here"), "Ctrl+B", tr("Keep this place: workspace, timestep, sample and seed"), "ph.bookmark-simple"),
        Do(
            "notes",
            tr("&Notes and bookmarks"),
            "F8",
            tr("The panel below the inspector: what you write, and the places that you keep"),
            checkable=True,
        ),
    ),
    (
        Do(
            "previous_bookmark",
            tr("&Previous bookmark"),
            "Alt+Left",
            tr("The place before this one"),
            needs=tr("there is no bookmark before"),
        ),
        Do("next_bookmark", tr("Ne&xt bookmark"), "Alt+Right", tr("The place after this one"), needs=tr("there is no bookmark after")),
    ),
)
THEME: Groups = (tuple(Do(name, word, "", "", one_of="theme") for name, word in THEMES.items()),)
HELP: Groups = (
    (
        Do("find", tr("&Find anything…"), "Ctrl+K", tr("Every action, word, example and model, by its words"), "ph.magnifying-glass"),
        Do("keys", tr("&Keys"), "F1", tr("All keys on one sheet")),
    ),
    (
        Do("welcome", tr("&Welcome…"), "", tr("Five things to try, in two minutes")),
        Do("guide", tr("&Guide"), "Shift+F1", tr("What every workspace is for, with its gestures")),
        Do("glossary", tr("Gl&ossary"), "", tr("The symbols and words of the window, with their equations")),
        Do("examples", tr("&Examples…"), "", tr("Eleven things to look at, each opened as a session")),
    ),
    (
        Do("report", tr("&Report a problem…"), "", tr("Versions and log, to copy or save; nothing is sent")),
        Do("about", tr("&About Generative Explorer"), "", tr("Versions and device")),
    ),
)


def view(workspaces: Sequence[Facts]) -> Groups:
    """The View menu: the workspaces, in the order of their numbers, and what is shown of the window."""
    numbered = enumerate(workspaces, 1)
    return (tuple(Do(w.name, w.title, f"Ctrl+{number}", w.tooltip, one_of="workspace") for number, w in numbered), *LOOK)
