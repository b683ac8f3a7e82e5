"""An equation whose terms name pictures: values that the equation strip draws."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.widgets.look.latex import Written, latex
from explorer.widgets.look.math_markup import formula as formula_of
from explorer.widgets.look.math_text import Formula, Run, plain, words


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes
    ----------
    name : str
        Key of its picture: "x_prev", "x_t", "x0_hat", "eps_hat", "mean", "z".
    factor : str
        Number before the variable; empty for none. It is underlined in the term's colour.
    variable : Formula
    before, after : str
        Signs around it, such as "=", "+", "(" or ") / 0.4284".
    colour : str
        #rrggbb; empty for no underline.
    network : bool
        It is what the network put out.
    picture : bool
        Its picture is drawn also where space is scarce.
    tip : str
        What it is, for the tooltip.
    general : Formula
        The variable at any timestep, such as x_t for x_980; empty for the variable itself.
    symbol, after_symbol : str
        What the numbers in `factor` and `after` are, as `math_markup` reads it; empty for these themselves.
    """

    name: str
    variable: Formula
    factor: str = ""
    before: str = ""
    after: str = ""
    colour: str = ""
    network: bool = False
    picture: bool = True
    tip: str = ""
    general: Formula = ()
    symbol: str = ""
    after_symbol: str = ""

    @property
    def formula(self) -> Formula:
        """Factor and variable, without the signs."""
        return (words(f"{self.factor} · "), *self.variable) if self.factor else self.variable

    def written(self, numbers: bool) -> Formula:
        """With the signs around it, as a document has it."""
        factor: Formula
        after: Formula
        if numbers:
            factor, variable, after = (words(self.factor),), self.variable, (words(self.after),)
        else:
            factor, variable = formula_of(self.symbol or self.factor), self.general or self.variable
            after = formula_of(self.after_symbol) if self.after_symbol else (words(self.after),)
        space: Run = words(" ")
        return (words(self.before), space, *factor, space, *variable, space, *after, space)


@dataclass(frozen=True, slots=True)
class Equation:
    """The step at the cursor.

    Attributes
    ----------
    step : tuple of Term
        x_{t-1} = a0 x0_hat + at x_t + sigma z.
    derivation : tuple of Term
        How the network's output gives x0_hat.
    title : str
        Which option this is.
    note : str
        Whatever else is to be said.
    """

    step: tuple[Term, ...] = ()
    derivation: tuple[Term, ...] = ()
    title: str = ""
    note: str = ""

    @staticmethod
    def as_latex(line: tuple[Term, ...]) -> Written:
        """One of its lines as LaTeX: its symbols, and its numbers where it has some."""
        symbols, numbers = (latex([run for term in line for run in term.written(with_numbers)]) for with_numbers in (False, True))
        return Written(symbols, numbers if numbers != symbols else "")

    @property
    def text(self) -> str:
        """The equation as plain text."""
        lines = [" ".join(f"{t.before} {plain(t.formula)} {t.after}".strip() for t in line) for line in (self.step, self.derivation)]
        return "; ".join(part for part in (*lines, self.title, self.note) if part)
