"""How the probability-flow ODE is followed to a likelihood: what a person chooses. No torch: recipes and the window read it."""

from __future__ import annotations

from typing import Literal

Solver = Literal["heun", "euler"]
Probe = Literal["rademacher", "gaussian"]
Dequantise = Literal["gaussian", "uniform", "none"]

SOLVERS: tuple[Solver, ...] = ("heun", "euler")
MAX_PROBES = 64
LARGEST_TRACE = 4096
"""Numbers in an image whose trace may be taken exactly: as many derivatives a level."""
STEPS, MIN_STEPS, MAX_STEPS = 40, 4, 4000


def evaluations(steps: int, solver: Solver, halved: bool = True) -> tuple[int, int]:
    """How often the network is asked for a batch: in all, and how many of these with derivatives.

    Parameters
    ----------
    steps : int
    solver : Solver
        Heun's asks twice a step.
    halved : bool
        Followed again in half as many steps, which tells the error of discretisation.
    """
    plain, derived = steps + 1 + (steps if solver == "heun" else 0), steps + 1
    if not halved:
        return plain, derived
    once = evaluations(max(MIN_STEPS // 2, steps // 2), solver, halved=False)
    return plain + once[0], derived + once[1]
