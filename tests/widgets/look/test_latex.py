"""Formulas as LaTeX: by a table, and every one of the app as a TeX engine reads it."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import pytest

from explorer.recipe import glossary
from explorer.widgets.look.latex import latex
from explorer.widgets.look.math_markup import formula
from explorer.widgets.look.math_text import var, words

TABLE = {
    "x_t": "x_{t}",
    r"\hat{x}_0": r"\hat{x}_{0}",
    r"\text{μ̃}_t": r"\tilde{\mu}_{t}",
    r"x_t = √\bar{α}_t x_0 + √(1 − \bar{α}_t) ε": r"x_{t} = \sqrt{\bar{\alpha}_{t}} x_{0} + \sqrt{1 - \bar{\alpha}_{t}} \varepsilon",
    r"\hat{x}_0 = (x_t − √(1 − \bar{α}_t) \hat{ε}) / √\bar{α}_t":
        r"\hat{x}_{0} = (x_{t} - \sqrt{1 - \bar{\alpha}_{t}} \hat{\varepsilon}) / \sqrt{\bar{\alpha}_{t}}",
    "σ_t² = η² β_t": r"\sigma_{t}^{2} = \eta^{2} \beta_{t}",
    r"\hat{x}_0 ← min(max(\hat{x}_0, −1), 1)": r"\hat{x}_{0} \leftarrow \min(\max(\hat{x}_{0}, -1), 1)",
    "x_{t−1} ~ N(0, I)": r"x_{t-1} \sim \mathcal{N}(0, \mathbf{I})",
    "KL(q ‖ p) = E_q[log q − log p]": r"\operatorname{KL}(q \| p) = E_{q}[\log q - \log p]",
    "√det(JᵀJ)": r"\sqrt{\det(J^{\top}J)}",
    "‖x − y‖ = √(Σ_i (x_i − y_i)²)": r"\|x - y\| = \sqrt{\sum_{i} (x_{i} - y_{i})^{2}}",
    "√(a + b)² + c": r"\sqrt{a + b}^{2} + c",
    "w ← 0.999 w + 0.001 w_{new}": r"w \leftarrow 0.999 w + 0.001 w_{\text{new}}",
    "x_{t−1} (made anew)": r"x_{t-1} (\text{made anew})",
    r"\hat{ε}_{∅}": r"\hat{\varepsilon}_{\varnothing}",
    "E k(x, x′) ≥ 50 %": r"E k(x, x') \geq 50 \%",
}  # fmt: skip


@pytest.mark.parametrize("markup", TABLE)
def test_a_formula_is_written(markup: str) -> None:
    assert latex(formula(markup)) == TABLE[markup]


def test_runs_and_signs_in_words() -> None:
    assert latex((var("x", 980), words(" = 0.1234 "), var("x", 0, "hat"))) == r"x_{980} = 0.1234 \hat{x}_{0}"
    assert latex((words("x̂₀ − xₜ₋₁ + ᾱ · xⁱ"),)) == r"\hat{x}_{0} - x_{t-1} + \bar{\alpha} \cdot x^{i}"
    assert latex((words("∈ {1, …, T} "), words("und früher"))) == r"\in \{1, \ldots, T\} \text{und früher}"
    assert latex((var("x", "θ"), words("⁽⁰⁾"))) == r"x_{\theta}^{(0)}"
    assert latex((words("σ log ε"),)) == r"\sigma \log \varepsilon"
    assert latex(()) == ""


def in_the_source() -> list[str]:
    """Every formula that code writes as a literal."""
    found = set()
    for path in Path(str(files("explorer"))).rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "formula(" in source else ():  # parsing all files would take seconds of every run
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "formula":
                found |= {each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return sorted(found)


def of_the_glossary() -> list[str]:
    return sorted({each for term in glossary.terms().values() for each in (term.symbol, term.equation) if each})


@pytest.mark.parametrize("markup", [*of_the_glossary(), *in_the_source(), *TABLE])
def test_every_formula_can_be_read(markup: str) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    written = latex(formula(markup))
    mathtext.MathTextParser("path").parse(f"${written}$")
    assert written.isascii() or "text" in written, "no sign is left as it was"
    assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")
