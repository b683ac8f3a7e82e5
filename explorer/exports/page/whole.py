"""The file around what a page shows: one that asks nothing of any network, with its style, its script and its recipe inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from explorer import __version__
from explorer.exports.colours import SIGNED_STOPS
from explorer.exports.page.embedding import block_of, in_script
from explorer.recipe import Recipe
from explorer.resources import read_as_shipped, resource

TOKENS: dict[str, dict[str, str]] = {
    "light": {
        "page": "#f1f3f5", "card": "#ffffff", "border": "#d8dce2", "text": "#16181d", "muted": "#5b6370", "accent": "#1f6feb",
        "on-accent": "#ffffff", "empty": "#e9ecef", "line": "#eceff2", "bright": "#6ea8fe", "signed": "url(#signed-light)",
        "bar": "var(--bar-light)",
    },
    "dark": {
        "page": "#16181d", "card": "#1f222a", "border": "#30343e", "text": "#e6e8ec", "muted": "#9aa1ad", "accent": "#6ea8fe",
        "on-accent": "#0d1524", "empty": "#101216", "line": "#272b34", "bright": "#6ea8fe", "signed": "url(#signed-dark)",
        "bar": "var(--bar-dark)",
    },
}  # fmt: skip
"""Colours by theme."""
THEME_BUTTON = (
    '<button type="button" id="theme" hidden aria-label="Dark or light colours"><svg viewBox="0 0 18 18" aria-hidden="true">'
    '<circle cx="9" cy="9" r="7.2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M9 1.8a7.2 7.2 0 0 1 0 14.4z" fill="currentColor"/></svg></button>'
)


@dataclass(frozen=True)
class Content:
    """What a page shows.

    Attributes
    ----------
    title : str
        As text.
    body : str
        HTML.
    name : str
        Of its style sheet and its script, and the id of its data.
    data : mapping
        What the script reads, as JSON.
    scripts : sequence of str
        Further ones, before its own.
    """

    title: str
    body: str
    name: str
    data: Mapping[str, object]
    scripts: Sequence[str] = ()


def whole_page(content: Content, recipe: Recipe) -> str:
    """The file."""
    scripts = "".join(_shipped(f"{name}.js") for name in ("page", *content.scripts, content.name))
    script = f'"use strict";\n{scripts}'
    styles = "".join(_shipped(name) for name in ("page.css", f"{content.name}.css"))
    packed = in_script(json.dumps(content.data, ensure_ascii=False, separators=(",", ":")))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{block_of(recipe)}\n{_policy(script)}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="Generative Explorer {__version__}">'
        f"<title>{escape(content.title)}</title>\n<style>{_theme()}{_bars()}{styles}</style></head>\n<body>{content.body}\n"
        f'<script type="application/json" id="{content.name}">{packed}</script>\n<script>{script}</script></body></html>\n'
    )


def header_of(title: str, summary: str) -> str:
    """Title, what there is to see, and the button for the colours; both are text."""
    return f"<header><h1>{escape(title)}</h1><p>{escape(summary)}</p>{THEME_BUTTON}</header>"


def footer_of(keys: Sequence[tuple[str, str]]) -> str:
    """What keys do, and where the page is from."""
    said = "".join(f"<span><kbd>{key}</kbd> {what}</span>" for key, what in keys)
    return (
        f'<footer><p class="keys" id="keys">{said}</p><p>Made with Generative Explorer. The recipe is in this file: '
        "<code>generative-explorer replay</code> makes it again, and so does dropping it on the app’s window.</p></footer>"
    )


def _shipped(name: str) -> str:
    path = resource("pages", name)
    with read_as_shipped(path):
        return path.read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """What the browser is told to refuse: whatever is not in the page, and any script but ours."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'


def _theme() -> str:
    """The browser's colours, unless the button has chosen the others."""
    light, dark = (
        f"color-scheme: {theme}; " + " ".join(f"--{name}: {value};" for name, value in tokens.items()) for theme, tokens in TOKENS.items()
    )
    return (
        f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {dark} }} }}\n"
        f":root[data-theme=dark] {{ {dark} }}\n"
    )


def _bars() -> str:
    """The maps of signed quantities, as scales beside pictures have them."""
    bars = (
        f"--bar-{theme}: linear-gradient(to right, {', '.join('rgb({} {} {})'.format(*stop) for stop in stops)});"
        for theme, stops in SIGNED_STOPS.items()
    )
    return f":root {{ {' '.join(bars)} }}\n"
