"""The linear schedule as most programs have it: from 1e-4 to 0.02 whatever T is, where this app rescales it by 1000 / T."""

from __future__ import annotations

from explorer.checkpoints.card import ScheduleCard

FIRST, LAST = 1e-4, 0.02


def linear_betas(count: int) -> tuple[float, ...]:
    """So many betas, evenly spaced."""
    step = (LAST - FIRST) / max(count - 1, 1)
    return tuple(FIRST + step * index for index in range(count))


def plain_linear(T: int) -> ScheduleCard:
    """With beta_1..beta_T; at T = 1000 it is the schedule that is called linear here."""
    return ScheduleCard("linear", T) if T == 1000 else ScheduleCard("linear", T, linear_betas(T))
