"""Icons in the theme's colours, and the app's own."""

from __future__ import annotations

import qtawesome
from PySide6.QtGui import QIcon

from explorer.resources import resource
from explorer.widgets.look.theme import Tokens


def icon(name: str, tokens: Tokens, colour: str = "") -> QIcon:
    """A qtawesome icon ("ph.columns"): muted, full strength when on or under the pointer.

    Parameters
    ----------
    name : str
    tokens : Tokens
    colour : str
        #rrggbb of every state but disabled; empty for the theme's.
    """
    states = {"color_active": tokens.text, "color_on": tokens.text, "color_disabled": tokens.disabled}
    if colour:
        states = {"color_disabled": tokens.disabled}
    return qtawesome.icon(name, color=colour or tokens.muted, **states)


def app_icon() -> QIcon:
    """The app's icon, for windows and task bars."""
    icon = QIcon()
    for path in sorted(resource("icons").glob("app-*.png")):
        icon.addFile(str(path))
    return icon
