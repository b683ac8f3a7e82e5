r"""Formulas as LaTeX, for the mathematics of `amsmath`: `x_{t-1} = \sqrt{\bar{\alpha}_{t}} \hat{x}_{0}`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPointF

from explorer.widgets.look.math_text import Run

ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar"}
SUPERSCRIPTS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "-", "⁺": "+",
                "⁽": "(", "⁾": ")", "ⁱ": "i", "ⁿ": "n", "ᵀ": r"\top"}  # fmt: skip
SUBSCRIPTS = {"₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9", "₋": "-", "₊": "+",
              "ₜ": "t", "ₛ": "s", "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₙ": "n", "ₓ": "x"}  # fmt: skip
LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "θ": r"\theta", "κ": r"\kappa",
    "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi", "χ": r"\chi",
    "ψ": r"\psi", "ω": r"\omega", "Δ": r"\Delta", "Σ": r"\sum", "Π": r"\prod", "Φ": r"\Phi", "Ω": r"\Omega", "ℓ": r"\ell",
    "∅": r"\varnothing", "I": r"\mathbf{I}", "½": r"\frac{1}{2}",
}  # fmt: skip
SIGNS = {
    "−": "-", "·": r"\cdot", "×": r"\times", "±": r"\pm", "≈": r"\approx", "≥": r"\geq", "≤": r"\leq", "≠": r"\neq", "∝": r"\propto",
    "~": r"\sim", "∈": r"\in", "←": r"\leftarrow", "→": r"\rightarrow", "…": r"\ldots", "∇": r"\nabla", "∂": r"\partial", "∞": r"\infty",
    "∫": r"\int", "⊙": r"\odot", "‖": r"\|", "|": r"\mid", "′": "'", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#",
    "$": r"\$", "_": r"\_", "\\": r"\backslash", "^": r"\wedge", "\u00a0": " ", "\u202f": r"\,",
}  # fmt: skip
FUNCTIONS = ("log", "ln", "exp", "min", "max", "det")
OPERATORS = ("KL", "Var", "tr", "Uniform", "ELBO", "FID", "KID", "SNR")
TOGETHER = ("dy", "ds", "dx", "dt")
"""Differentials: two letters that are no word."""

_UP, _DOWN, _ACCENT = (f"[{''.join(table)}]" for table in (SUPERSCRIPTS, SUBSCRIPTS, ACCENTS))
_LETTER = rf"(?!{_UP}|{_DOWN})[^\W\d_]"
_WORD = rf"(?:{_LETTER}){{2,}}(?!{_ACCENT})"
_NAME = r"[^\W_]+(?:[-_.][^\W_]+)*-[^\W_]+(?:[-_.][^\W_]+)*"
_TOKEN = re.compile(
    rf"(?P<up>{_UP}+)|(?P<down>{_DOWN}+)|(?P<number>\d[\d.]*(?:e(?P<power>[-−+]?\d+))?)|(?P<name>(?={_LETTER}){_NAME})"
    rf"|(?P<words>{_WORD}(?: (?:{_WORD}|{_LETTER}(?= {_WORD})))*)"
    rf"|(?P<letter>{_LETTER})(?P<accent>{_ACCENT}?)|(?P<space>\s+)|(?P<sign>.)",
    re.DOTALL,
)
_COMMAND = re.compile(r"\\[A-Za-z]+$")


@dataclass(frozen=True, slots=True)
class Written:
    """An equation as LaTeX.

    Attributes
    ----------
    symbols : str
    numbers : str
        The same with the numbers that are shown; empty where there are none.
    """

    symbols: str
    numbers: str = ""


@runtime_checkable
class HasEquations(Protocol):
    """A widget that shows equations."""

    def equation_at(self, point: QPointF | None) -> Written | None:
        """The equation at a point of the widget, or the first without a point; None where there is none."""
        ...


@dataclass(slots=True)
class _Atom:
    """A piece that a root, an index or a power takes whole.

    `kind` is "open", "close", "root", "function", "space", "words" (whose `tex` is the words themselves), "number", "name" or empty.
    """

    tex: str
    kind: str = ""


def latex(formula: Sequence[Run]) -> str:
    """A formula as LaTeX, without the signs around mathematics."""
    atoms: list[_Atom] = []
    for run in formula:
        if run.mark or run.sub:
            inner = _joined(_atoms_of(run.text))
            inner = rf"\{run.mark}{{{inner}}}" if run.mark else inner
            below = f"_{{{_joined(_atoms_of(run.sub))}}}" if run.sub else ""
            atoms.append(_Atom(inner + below))
        else:
            atoms += _atoms_of(run.text, atoms)
    for atom, following in pairwise(atoms):
        if atom.tex == "N" and following.kind == "open":  # the normal distribution, not a number
            atom.tex = r"\mathcal{N}"
    return _joined(atoms)


def _atoms_of(text: str, before: Sequence[_Atom] = ()) -> list[_Atom]:
    """Atoms of upright text; an index or a power at its beginning is put to the last atom `before` it."""
    atoms: list[_Atom] = []
    text = "".join(_taken_apart(sign) for sign in text)
    for match in _TOKEN.finditer(text):
        kind = next(name for name in ("up", "down", "number", "name", "words", "letter", "space", "sign") if match[name] is not None)
        if kind in ("up", "down"):
            table, sign = (SUPERSCRIPTS, "^") if kind == "up" else (SUBSCRIPTS, "_")
            last = (atoms or list(before) or [_Atom("{}")])[-1]
            if last.kind == "words":
                last.tex, last.kind = _text(last.tex), ""
            last.tex += f"{sign}{{{''.join(table[each] for each in match[0])}}}"
        elif kind == "letter":
            letter, accent = LETTERS.get(match["letter"], match["letter"]), ACCENTS.get(match["accent"])
            atoms.append(_Atom(rf"\{accent}{{{letter}}}" if accent else letter))
        elif kind == "words":
            atoms += _of_words(match[0])
        elif kind == "name":
            atoms.append(_Atom(match[0], "words"))
        elif kind == "space":
            atoms.append(_Atom("", "space"))
        elif kind == "number" and match["power"]:
            power = int(match["power"].replace("−", "-"))
            atoms.append(_Atom(rf"{match[0].partition('e')[0]} \times 10^{{{power}}}", "number"))
        else:
            atoms.append(_of_sign(match[0]) if kind == "sign" else _Atom(match[0], kind))
    return atoms


def _of_words(words: str) -> list[_Atom]:
    """A function or an operator, and the words behind it; else words as they are."""
    if words in FUNCTIONS:
        return [_Atom(rf"\{words}", "function")]
    if words in OPERATORS:
        return [_Atom(rf"\operatorname{{{words}}}", "function")]
    if words in TOGETHER:
        return [_Atom(words)]
    first, _, rest = words.partition(" ")
    if rest and first in (*FUNCTIONS, *OPERATORS):
        return [*_of_words(first), _Atom("", "space"), *_of_words(rest)]
    return [_Atom(words, "words")]


def _text(words: str) -> str:
    return rf"\text{{{words.replace('_', chr(92) + '_')}}}"


def _of_sign(sign: str) -> _Atom:
    if sign == "√":
        return _Atom(r"\sqrt", "root")
    kind = "open" if sign in "([" else "close" if sign in ")]" else "sign"
    return _Atom(SIGNS.get(sign, LETTERS.get(sign, sign)), kind)


def _taken_apart(sign: str) -> str:
    """A letter with an accent of mathematics as letter and accent; others stay, as of words in other languages."""
    apart = unicodedata.normalize("NFD", sign)
    return apart if len(apart) == 2 and apart[1] in ACCENTS else sign


def _joined(atoms: Sequence[_Atom]) -> str:
    """The atoms in a line, a root over what follows it, the spaces around words kept: TeX leaves out those of mathematics."""
    text, at, last = "", 0, ""
    while at < len(atoms):
        atom, spaced = atoms[at], at > 0 and atoms[at - 1].kind == "space"
        if atom.kind == "space":
            text, at = f"{text.rstrip()} ", at + 1
            continue
        if atom.kind == "root":
            part, at = _under_root(atoms, at + 1)
        elif atom.kind == "words":
            begins = " " if spaced and text.strip() and last != "words" else ""
            ends = " " if at + 2 < len(atoms) and atoms[at + 1].kind == "space" else ""
            part, at = _text(f"{begins}{atom.tex}{ends}"), at + 1
        else:
            apart = atom.kind == "number" and spaced and last in ("", "close")  # it is no factor of what is before it
            part, at = (rf"\; {atom.tex}" if apart else atom.tex), at + 1
        last = atom.kind
        # a letter after a command would be a part of its name
        text += f" {part}" if _COMMAND.search(text) and part[:1].isalpha() else part
    return text.strip()


def _under_root(atoms: Sequence[_Atom], at: int) -> tuple[str, int]:
    """A root with what it is of, and where one goes on: brackets after it, a function with its brackets, or a single atom."""
    if at >= len(atoms):
        return r"\sqrt{}", at
    begin = at + 1 if atoms[at].kind == "function" else at
    if begin < len(atoms) and atoms[begin].kind == "open":
        depth, end = 0, begin
        for end in range(begin, len(atoms)):
            depth += {"open": 1, "close": -1}.get(atoms[end].kind, 0)
            if depth == 0:
                break
        whole = begin > at
        inside = atoms[at : end + 1] if whole else atoms[begin + 1 : end]
        power = "" if whole else atoms[end].tex[1:]
        return rf"\sqrt{{{_joined(inside)}}}{power}", end + 1
    return rf"\sqrt{{{_joined(atoms[at : at + 1])}}}", at + 1
