r"""Formulas written as text: `\hat{x}_0`, `x_{t−1}`, `\bar{α}_t`, `KL(q ‖ p)`, and formulas as HTML.

Single letters are variables and set in italics, longer words are upright; `\text{…}` sets its content upright as it stands.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from explorer.widgets.look.math_text import Formula, Mark, Run
from explorer.widgets.look.theme import MATH_FAMILY

HTML_PIXELS = 15
"""Beside ordinary text: the serif font is smaller than it at equal size."""

_TOKEN = re.compile(
    r"\\(?P<mark>hat|bar)\{(?P<under>[^}]*)\}|\\text\{(?P<text>[^}]*)\}|(?P<word>[^\W\d_]+)|(?P<sign>.)", re.DOTALL
)  # fmt: skip
_SUB = re.compile(r"_\{([^}]*)\}|_(\w)")
_IN_WORDS = re.compile(r"(?<![\w/])([A-Za-zα-ωμσ][\u0302\u0303\u0304]?|x̂|ε̂|ᾱ|μ̃)_(\{[^}]*\}|\w(?:[−-]1)?)(?![\w(])")
_MARKS: dict[str, Mark] = {"hat": "hat", "bar": "bar"}


@lru_cache(maxsize=512)
def formula(text: str) -> Formula:
    """The formula that a text writes; nothing is refused, what is no markup stands as it is."""
    runs: list[Run] = []
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        written = match["under"] or match["text"] or match["word"] or match["sign"] or ""
        sub = _SUB.match(text, at) if match["sign"] is None else None
        if sub is not None:
            at = sub.end()
        below = (sub[1] or sub[2]) if sub is not None else ""
        italic = match["mark"] is not None or (match["word"] is not None and len(written) == 1)
        upright = not italic and not below and runs and not runs[-1].italic and not runs[-1].sub
        if upright:  # signs and words that follow each other are one piece
            runs[-1] = Run(runs[-1].text + written)
        else:
            runs.append(Run(written, below, _MARKS.get(match["mark"] or "", ""), italic))
    return tuple(runs)


def to_html(shown: Formula) -> str:
    """The formula for a tooltip or a page, in the font of mathematics."""
    marks = {"": "", "hat": "\u0302", "bar": "\u0304"}
    parts = []
    for run in shown:
        text = html.escape(run.text) + marks[run.mark]
        text = f"<i>{text}</i>" if run.italic else text
        parts.append(f"{text}<sub>{html.escape(run.sub)}</sub>" if run.sub else text)
    return f'<span style="font-family:{MATH_FAMILY};font-size:{HTML_PIXELS}px">{"".join(parts)}</span>'


def words_to_html(text: str) -> str:
    """Words in which symbols such as x_t and x_{t−1} are set as mathematics."""
    parts, at = [], 0
    for match in _IN_WORDS.finditer(text):
        below = match[2].removeprefix("{").removesuffix("}").replace("-", "−")
        parts += [html.escape(text[at : match.start()]), to_html((Run(match[1], below, "", italic=True),))]
        at = match.end()
    return "".join((*parts, html.escape(text[at:])))
