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
    assert latex((words("∈ {1, …, T} "), words("und früher"))) == r"\in \{1, \ldots, T\} \text{ und früher}"
    assert latex((var("x", "θ"), words("⁽⁰⁾"))) == r"x_{\theta}^{(0)}"
    assert latex((words("σ log ε"),)) == r"\sigma \log \varepsilon"
    assert latex(()) == ""


def test_words_keep_their_distance() -> None:
    assert latex((words("mean"), words(" "), words("of its own step t → t−1 implies "), var("x", 0, "hat"))) == (
        r"\text{mean } \text{of its own step } t \rightarrow t-1 \text{ implies } \hat{x}_{0}"
    )
    assert latex((words("for "), var("x", 0), words(" ∈ "), var("D"), words(" "), words("do"))) == r"\text{for } x_{0} \in D \text{ do}"
    assert latex((words("xⁱ ~ w(xₜ); its mean is "), var("x", 0, "hat"))) == r"x^{i} \sim w(x_{t}); \text{ its mean is } \hat{x}_{0}"
    assert latex((var("σ"), words(" of a mode"))) == r"\sigma \text{ of a mode}"
    assert latex((words("log p "),)) == r"\log p"
    assert latex((words("√mean"),)) == r"\sqrt{\text{mean}}"
    assert latex((words("mean² "), var("x"))) == r"\text{mean}^{2} x"


def test_names_and_numbers_are_no_products() -> None:
    assert latex((words("mnist-ddpm-a, after 3 updates"),)) == r"\text{mnist-ddpm-a}, \text{ after } 3 \text{ updates}"
    assert latex((words("my-net_2.pt"),)) == r"\text{my-net\_2.pt}"
    assert latex((words("6.387e−07 → 1.5e+10"),)) == r"6.387 \times 10^{-7} \rightarrow 1.5 \times 10^{10}"
    assert latex((var("L", "T"), words(" 0.015 nats"))) == r"L_{T} \; 0.015 \text{ nats}"
    assert latex((words("a − 2 = (b) 3"),)) == r"a - 2 = (b) \; 3"


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
