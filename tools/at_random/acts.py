"""What a hand does, as a value that can be written down and done again."""

from __future__ import annotations

import msgspec


class Act(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a person does at the window.

    Attributes
    ----------
    kind : str
        "click", "double", "drag", "wheel", "hover", "keys", "text", "drop", "open", "file", "action", "resize", "close", "rest".
    where : str
        Which of the windows: "main", "popup" or "dialog".
    x, y, to_x, to_y : int
        Places in that window, in pixels; the size of a window that is resized; steps of a wheel in `to_y`.
    button : str
        "left" or "right".
    held : str
        "", "ctrl" or "shift".
    words : str
        Keys, as in "Ctrl+Z", what is typed, or the name of an action.
    paths : tuple of str
        Files that are dropped, opened, or typed into a dialog of files; none there gives it up.
    pause : int
        Milliseconds until the next.
    """

    kind: str
    where: str = "main"
    x: int = 0
    y: int = 0
    to_x: int = 0
    to_y: int = 0
    button: str = "left"
    held: str = ""
    words: str = ""
    paths: tuple[str, ...] = ()
    pause: int = 0
