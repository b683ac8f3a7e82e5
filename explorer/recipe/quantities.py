"""The table of quantities: what a lane can show at a step, and all that is said of it.

A new quantity is a row here and a maker in `explorer/engine/chain/quantities.py`; buttons, keys, menus, maps, captions, recipes
and `replay` read this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable as it is typeset: a letter, its subscript, and what stands over it."""

    letter: str
    sub: str = ""
    mark: Literal["", "hat", "bar"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One row.

    Attributes
    ----------
    name : str
        In recipes, sessions and requests.
    label : str
        On buttons without a symbol, and wherever text names it.
    title : str
        What its action shows, if that is more than the label.
    symbol : Symbol or None
        Set in the place of the label where mathematics is.
    tip : str
        One line, without the key.
    key : str
    diverging : bool
        Drawn by the map with two ends, 0 in its middle; else an image in [-1, 1].
    scale : float
        Half width of the map; 1 for images.
    beside : "", "lane", "data set" or "no class"
        What a lane must be seen beside to have it: nothing, the reference lane, the data set of the ideal denoiser, or itself
        without a class, which a network that can be guided has.
    of : str
        Beside a data set: the lane's own quantity that is measured.
    of_step : bool
        It belongs to a step, so that the newest state of an unfinished chain has none yet.
    same : bool
        The same in every lane: of no interest as a difference.
    caption : str
        Under an exported picture: `{of}` and `{reference}` are put in; empty if nothing need be said.
    """

    name: str
    label: str
    tip: str
    key: str
    caption: str
    title: str = ""
    symbol: Symbol | None = None
    diverging: bool = False
    scale: float = 1.0
    beside: Literal["", "lane", "data set", "no class"] = ""
    of: str = ""
    of_step: bool = True
    same: bool = False


_ROWS = (
    Quantity(
        name="x_t", label="xₜ", symbol=Symbol("x", "t"), key="1", caption="", of_step=False,
        tip="x_t: the state of the chain at step t",
    ),
    Quantity(
        name="x0_hat", label="x̂₀", symbol=Symbol("x", "0", "hat"), key="2", caption="x0_hat",
        tip="x̂₀: the clean image that the network's output implies at step t",
    ),
    Quantity(
        name="eps_hat", label="ε̂", symbol=Symbol("ε", "", "hat"), key="3", caption="eps_hat", diverging=True, scale=3.0,
        tip="ε̂: the noise that the network sees in x_t; negative to positive as the scale says",
    ),
    Quantity(
        name="mean", label="mean", key="4", caption="mean",
        tip="The mean of p(x_{t−1} | x_t): where the step would go without fresh noise",
    ),
    Quantity(
        name="z", label="z", symbol=Symbol("z"), key="5", caption="z", diverging=True, scale=3.0, same=True,
        tip="z: the fresh noise of this step, the same in every lane",
    ),
    Quantity(
        name="difference", label="difference", title="difference to the reference lane", key="6",
        caption="{of} minus that of {reference}", diverging=True, beside="lane",
        tip="How far each lane is from the reference lane",
    ),
    Quantity(
        name="to_ideal", label="to ideal", key="7", caption="x0_hat minus the ideal", diverging=True, beside="data set", of="x0_hat",
        tip="x̂₀ minus the ideal denoiser's answer to the same x_t; negative to positive as the scale says",
    ),
    Quantity(
        name="eps_class", label="ε̂ of the class", symbol=Symbol("ε", "c", "hat"), key="8", caption="eps_hat of the class",
        diverging=True, scale=3.0, beside="no class", of="eps_hat",
        tip="ε̂ of the class: the noise that the network sees in x_t when it is told the label, before guidance",
    ),
    Quantity(
        name="eps_null", label="ε̂ without a class", symbol=Symbol("ε", "∅", "hat"), key="9", caption="eps_hat without a class",
        diverging=True, scale=3.0, beside="no class", of="eps_hat",
        tip="ε̂ without a class: the noise that it sees when it is told none, which guidance moves away from",
    ),
    Quantity(
        name="guidance", label="guidance", symbol=Symbol("ε", "c−∅", "hat"), key="Y", title="what guidance adds",
        caption="eps_hat of the class minus that without",
        diverging=True, beside="no class", of="eps_hat",
        tip="ε̂ of the class minus ε̂ without one: w times it is added; blue is negative, orange positive",
    ),
)  # fmt: skip
QUANTITIES: dict[str, Quantity] = {row.name: row for row in _ROWS}
"""By name, in the order of the buttons."""


def own() -> tuple[str, ...]:
    """Names of what a lane has by itself."""
    return tuple(row.name for row in QUANTITIES.values() if not row.beside)


def offered(several: bool) -> tuple[Quantity, ...]:
    """What can be chosen where there are several lanes, or a single one that has no other to be compared with."""
    return tuple(row for row in QUANTITIES.values() if several or row.beside != "lane")


def of_classes() -> tuple[str, ...]:
    """Names of what lanes have that can be guided."""
    return tuple(row.name for row in QUANTITIES.values() if row.beside == "no class")


def check_name(name: str, names: Sequence[str]) -> None:
    """Refuse a name that is none of `names` (ValueError)."""
    if name not in names:
        raise ValueError(f"there is no quantity {name!r} here: it must be one of {', '.join(names)}")
