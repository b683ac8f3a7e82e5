"""The window's actions: its menus and its keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence

from explorer.views.workspace import Facts
from explorer.widgets.controls.actions import Do

Key = QKeySequence.StandardKey
Groups = tuple[tuple[Do, ...], ...]

THEMES = {"system": "As the system", "dark": "Dark", "light": "Light"}

FILE: Groups = (
    (
        Do("new_session", "&New session", Key.New, "Begin anew, without a file; Undo brings back what was there"),
        Do("open", "&Open…", Key.Open, "Open a document, a checkpoint, an export, a picture or a data set"),
        Do(
            "open_folder",
            "Open &folder…",
            "Ctrl+Shift+O",
            "Open a model that is a folder, as diffusers writes them, or a folder of pictures",
        ),
        Do("library", "Checkpoint &library…", "Ctrl+L", "Checkpoints that are known on this machine"),
    ),
    (
        Do("save", "&Save", Key.Save, "Write what is open to its document; the first time you are asked where"),
        Do("save_as", "Save &as…", "Ctrl+Shift+S", "Write what is open to another document"),
        Do("close_document", "&Close document", "Ctrl+W", "Back to the untitled session, as it was", needs="no document is open"),
    ),
    (Do("export", "&Export…", "Ctrl+E", "Write what is shown as a picture, a film or arrays, with its recipe inside"),),
    (Do("quit", "&Quit", "Ctrl+Q", "Close the app; what is open is kept"),),
)
EDIT: Groups = (
    (
        Do("undo", "&Undo", Key.Undo, "Take back the last change", needs="nothing was changed"),
        Do("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do again what was taken back", needs="nothing was taken back"),
    ),
    (Do("cancel", "&Cancel computation", "Ctrl+.", "Stop what is being computed", needs="nothing is being computed"),),
    (Do("preferences", "&Preferences…", "Ctrl+,", "Theme, size of text, colours of the digits, memory for frames, device"),),
)
LOOK: Groups = (
    (
        Do("inspector", "&Inspector", "F9", "Show or hide the panel to the right", checkable=True),
        Do("button_labels", "&Labels on buttons", "", "Icons with the words of what they do", checkable=True),
        Do(
            "reset_layout",
            "&Reset layout",
            "",
            "Every part at its usual size and place again: the inspector, and what lies between handles",
        ),
        Do("full_screen", "&Full screen", "F11", "The whole screen; again for a presentation, and again for a window", checkable=True),
        Do("presentation", "&Presentation", "", "Larger, without panels, with the keys that you press; Esc leaves", checkable=True),
    ),
)
BOOKMARKS: Groups = (
    (
        Do("bookmark", "&Bookmark here", "Ctrl+B", "Keep this place: workspace, timestep, sample and seed", "ph.bookmark-simple"),
        Do(
            "notes",
            "&Notes and bookmarks",
            "F8",
            "The panel below the inspector: what you write, and the places that you keep",
            checkable=True,
        ),
    ),
    (
        Do("previous_bookmark", "&Previous bookmark", "Alt+Left", "The place before this one", needs="there is no bookmark before"),
        Do("next_bookmark", "Ne&xt bookmark", "Alt+Right", "The place after this one", needs="there is no bookmark after"),
    ),
)
THEME: Groups = (tuple(Do(name, word, "", "", one_of="theme") for name, word in THEMES.items()),)
HELP: Groups = (
    (
        Do("find", "&Find anything…", "Ctrl+K", "Every action, word, example and model, by its words", "ph.magnifying-glass"),
        Do("keys", "&Keys", "F1", "All keys on one sheet"),
    ),
    (
        Do("welcome", "&Welcome…", "", "Five things to try, in two minutes"),
        Do("guide", "&Guide", "Shift+F1", "What every workspace is for, with its gestures"),
        Do("glossary", "Gl&ossary", "", "The symbols and words of the window, with their equations"),
        Do("examples", "&Examples…", "", "Eleven things to look at, each opened as a session"),
    ),
    (
        Do("report", "&Report a problem…", "", "Versions and log, to copy or save; nothing is sent"),
        Do("about", "&About Generative Explorer", "", "Versions and device"),
    ),
)


def view(workspaces: Sequence[Facts]) -> Groups:
    """The View menu: the workspaces, in the order of their numbers, and what is shown of the window."""
    numbered = enumerate(workspaces, 1)
    return (tuple(Do(w.name, w.title, f"Ctrl+{number}", w.tooltip, one_of="workspace") for number, w in numbered), *LOOK)
