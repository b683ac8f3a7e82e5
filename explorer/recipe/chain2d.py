"""The chain of two numbers: the points that q(x_0) is made of, the network that learns them, and how both are walked."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

PointShape = Literal["gaussians", "moons", "spiral", "rings", "letters", "own"]
OptionName = Literal["A", "B", "C", "V"]
SamplerName = Literal["ddpm", "ode", "both"]
SolverName = Literal["heun", "euler"]
COUNTS: dict[PointShape, int] = {"gaussians": 8, "moons": 200, "spiral": 240, "rings": 240, "letters": 320}
"""Points of a shape that is chosen anew."""
MOST_POINTS = 1000
MOST_LETTERS = 8
POINT_REACH = 2.8
"""Largest distance of a point from 0, along either axis: all axes end at 3."""
MOST_SD = 0.5
LEAST_UPDATES, MOST_UPDATES = 50, 10_000
MOST_PARTICLES = 500
MOST_STEPS = 2000


class Points2D(msgspec.Struct, frozen=True, omit_defaults=True):
    """q(x_0) = (1/n) sum_i N(x^i, sd^2 I).

    Attributes
    ----------
    shape : PointShape
        Where the x^i lie; "own" are those of `placed`.
    count : int
        How many of them a shape has, in 1..1000.
    letters : str
        What the shape "letters" writes.
    placed : tuple of (float, float)
        Points that the person drew, moved or opened.
    name : str
        Of the file that they are from.
    sd : float
        In [0, 0.5]; 0 for the points themselves.
    """

    shape: PointShape = "moons"
    count: int = 200
    letters: str = "abc"
    placed: tuple[tuple[float, float], ...] = ()
    name: str = ""
    sd: float = 0.1

    def __post_init__(self) -> None:
        """Refuse points that cannot be (ValueError)."""
        if not 1 <= self.count <= MOST_POINTS or len(self.placed) > MOST_POINTS:
            raise ValueError(f"there are 1 to {MOST_POINTS} points")
        if not all(math.isfinite(side) and abs(side) <= POINT_REACH for place in self.placed for side in place):
            raise ValueError(f"points are within {POINT_REACH:g} of 0 along either axis")
        if not 0 <= self.sd <= MOST_SD:
            raise ValueError(f"the points' sd is in [0, {MOST_SD:g}], not {self.sd}")
        if len(self.letters) > MOST_LETTERS:
            raise ValueError(f"at most {MOST_LETTERS} letters are written, not {len(self.letters)}")


class Network2D(msgspec.Struct, frozen=True, omit_defaults=True):
    """The small network: what it predicts, and how long it learns.

    Attributes
    ----------
    option : OptionName
    updates : int
        In 50..10,000.
    """

    option: OptionName = "C"
    updates: int = 1500

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not LEAST_UPDATES <= self.updates <= MOST_UPDATES:
            raise ValueError(f"the network learns for {LEAST_UPDATES} to {MOST_UPDATES} updates, not {self.updates}")


class Walk2D(msgspec.Struct, frozen=True, omit_defaults=True):
    """How particles come down from x_T.

    Attributes
    ----------
    sampler : SamplerName
        "ddpm": with fresh noise in each step; "ode": along the probability-flow ODE; "both": two clouds from the same x_T.
    solver : SolverName
        Of the ODE.
    steps : int
        Steps of a chain; a schedule that has fewer timesteps takes all of them.
    particles : int
        In 1..500.
    """

    sampler: SamplerName = "ddpm"
    solver: SolverName = "heun"
    steps: int = 250
    particles: int = 200

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 2 <= self.steps <= MOST_STEPS:
            raise ValueError(f"a chain has 2 to {MOST_STEPS} steps, not {self.steps}")
        if not 1 <= self.particles <= MOST_PARTICLES:
            raise ValueError(f"there are 1 to {MOST_PARTICLES} particles, not {self.particles}")


class Chain2D(msgspec.Struct, frozen=True, omit_defaults=True):
    """The chain of two numbers.

    Attributes
    ----------
    points : Points2D
    network : Network2D
    walk : Walk2D
    """

    points: Points2D = Points2D()
    network: Network2D = Network2D()
    walk: Walk2D = Walk2D()
