"""Which K of the T timesteps a chain visits."""

from __future__ import annotations

SPACINGS = ("trailing", "leading", "linspace")


def spaced(T: int, steps: int | None = None, spacing: str = "trailing", offset: int = 0) -> tuple[int, ...]:
    """Timesteps tau_K > ... > tau_1 > tau_0 = 0 of a chain of K steps (Lin et al. 2024, table 2; diffusers' timestep_spacing).

    Parameters
    ----------
    T : int
    steps : int or None
        K in 1..T; None takes all T, which are the same however they are spaced.
    spacing : str
        "trailing": round(T k / K), from T on. "leading": 1, 1 + T // K, 1 + 2 (T // K), ...: the chain begins below T although it
        starts as noise. "linspace": 1 + round((T - 1) i / (K - 1)), which has both T and 1; OpenAI's respacing is the same.
    offset : int
        Added to every timestep of "leading" (diffusers' steps_offset).

    Raises
    ------
    ValueError
        If there is no such chain.
    """
    count = T if steps is None else steps
    if not 1 <= count <= T:
        raise ValueError(f"steps must be in 1..{T}, not {count}")
    if count == T:
        return tuple(range(T, -1, -1))
    if spacing == "trailing":
        return tuple(round(T * k / count) for k in range(count, -1, -1))
    if spacing == "linspace":
        if count < 2:
            raise ValueError("linspace spacing needs at least 2 steps, or the chain would begin at t = 1")
        return (*(1 + round((T - 1) * i / (count - 1)) for i in range(count - 1, -1, -1)), 0)
    if spacing != "leading":
        raise ValueError(f"no spacing named {spacing!r}; there are {', '.join(SPACINGS)}")
    highest = 1 + (count - 1) * (T // count) + offset
    if highest > T:
        raise ValueError(f"{count} leading steps with an offset of {offset} would begin at t = {highest}, above T = {T}")
    return (*(1 + i * (T // count) + offset for i in range(count - 1, -1, -1)), 0)
