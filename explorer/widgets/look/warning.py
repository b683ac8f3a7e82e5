"""Words in the colour of a warning."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme


def set_warning(label: QLabel, warning: bool, theme: Theme) -> None:
    """Colour a label as a warning or as usual; a style sheet costs much, so only when it is another."""
    sheet = tr("color: {warning}", warning=theme.tokens.warning) if warning else ""
    if label.styleSheet() != sheet:
        label.setStyleSheet(sheet)
