"""What a person changes in a chain: each at a timestep t, from which the chain goes on.

A branch is a lane with edits. Edits follow one another downwards in t, since what lay below an edit is made
anew: going on from t drops the edits below t. Only `BackUp` may be at a higher t than the edits before it:
these made the image that it takes up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from explorer.recipe.dabs import Dab, Mask, Picture
from explorer.recipe.told import Told

MAX_EDITS = 32
MAX_DABS = 256
MAX_CORNERS = 16_384
"""Of all brush marks of one edit."""
MAX_REPEATS = 50
MAX_STREAM = 2**31 - 1
MAX_T = 1_000_000


class FreshNoise(msgspec.Struct, frozen=True, omit_defaults=True, tag="noise", tag_field="edit"):
    """Another z from t down.

    Attributes
    ----------
    t : int
    stream : int
        Which noise; the same number is the same noise again, and 0 is the chain's own.
    """

    t: int
    stream: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        _check(self.t, self.stream)


class Paint(msgspec.Struct, frozen=True, omit_defaults=True, tag="paint", tag_field="edit"):
    """Brush marks on the state x_t, or on x0_hat, which then takes the place of the prediction in the step from t, or in several.

    Attributes
    ----------
    t : int
    until : int or None
        On x0_hat: in every step from timesteps t down to this one, 1 <= until <= t; None is the step from t alone.
    dabs : tuple of Dab
        In order; a later one covers an earlier one.
    on : "x_t" or "x0_hat"
    samples : tuple of int
        Of which samples; empty is all.
    stream : int
        Noise that the brush paints with.
    """

    t: int
    dabs: tuple[Dab, ...]
    on: Literal["x_t", "x0_hat"] = "x_t"
    samples: tuple[int, ...] = ()
    stream: int = 0
    until: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        _check(self.t, self.stream, self.samples)
        if self.until is not None and not (self.on == "x0_hat" and 1 <= self.until <= self.t):
            raise ValueError(f"marks on x0_hat are painted down to a timestep in 1..{self.t}, those on x_t at t alone, not to {self.until}")
        if not 1 <= len(self.dabs) <= MAX_DABS:
            raise ValueError(f"there are 1 to {MAX_DABS} brush marks, not {len(self.dabs)}")
        if sum(len(dab.path) for dab in self.dabs) > MAX_CORNERS:
            raise ValueError(f"brush marks have at most {MAX_CORNERS} corners together")


class Inpaint(msgspec.Struct, frozen=True, omit_defaults=True, tag="inpaint", tag_field="edit"):
    """Erase a region and make it anew from t down; the rest stays as it was (RePaint, Lugmayr et al. 2022).

    Attributes
    ----------
    t : int
    mask : Mask
        The region that is erased.
    repeats : int
        How often every step is taken (RePaint's resampling, with jumps of one step).
    known : "states" or "image"
        The rest comes from the states of the chain that is left, or from its x_0, noised anew at every step as in RePaint.
    samples : tuple of int
        Of which samples; empty is all.
    stream : int
        Noise of the region and of the repetitions.
    anew : bool
        The region begins as noise at T and is brought down to t beside the rest, with noise of its own from there on; nothing
        of what was there is left. False is how it was before this could be said: x_t is taken as it is, the first repetition
        of every step has the chain's own noise, and all of them draw the same image where an exact lane draws.
    """

    t: int
    mask: Mask
    repeats: int = 1
    known: Literal["states", "image"] = "states"
    samples: tuple[int, ...] = ()
    stream: int = 0
    anew: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        _check(self.t, self.stream, self.samples)
        if not 1 <= self.repeats <= MAX_REPEATS:
            raise ValueError(f"a step is taken 1 to {MAX_REPEATS} times, not {self.repeats}")


class Change(msgspec.Struct, frozen=True, omit_defaults=True, tag="change", tag_field="edit"):
    """Another sampler or another network from t down.

    Attributes
    ----------
    t : int
    eta : float or None
        None leaves it as it is.
    clip : bool or None
    checkpoint, source, option, told
        As of a Lane; empty for the network that it is.
    """

    t: int
    eta: float | None = None
    clip: bool | None = None
    checkpoint: str = ""
    source: str = ""
    option: Literal["A", "B", "C", "V"] | None = None
    told: Told | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        _check(self.t)
        if self.eta is not None and not 0 <= self.eta <= 1:
            raise ValueError(f"eta must be in [0, 1], not {self.eta}")
        if self.eta is None and self.clip is None and not self.checkpoint:
            raise ValueError("a change changes eta, the clipping or the checkpoint")


class BackUp(msgspec.Struct, frozen=True, omit_defaults=True, tag="back up", tag_field="edit"):
    """A finished image, noised forward to t by Property 1, and down again.

    Attributes
    ----------
    t : int
    picture : Picture or None
        The image of every sample; None is each sample's own x_0.
    stream : int
        Noise that it is noised with.
    fresh : bool
        Come down with noise of its own. The z_t that made an image lead back to it from almost anywhere, so with these
        nothing could be said of what survives.
    """

    t: int
    picture: Picture | None = None
    stream: int = 0
    fresh: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        _check(self.t, self.stream)


Edit = FreshNoise | Paint | Inpaint | Change | BackUp


def _check(t: int, stream: int = 0, samples: tuple[int, ...] = ()) -> None:
    if not 1 <= t <= MAX_T:
        raise ValueError(f"an edit is at a timestep in 1..{MAX_T}, not {t}")
    if not 0 <= stream <= MAX_STREAM:
        raise ValueError(f"a stream of noise is in 0..{MAX_STREAM}, not {stream}")
    if len(samples) > 4096 or not all(0 <= sample < 4096 for sample in samples):
        raise ValueError("an edit is of samples in 0..4095")


def check_order(edits: Sequence[Edit]) -> None:
    """Refuse edits that cannot follow one another (ValueError)."""
    if len(edits) > MAX_EDITS:
        raise ValueError(f"there can be at most {MAX_EDITS} edits, not {len(edits)}")
    for before, after in pairwise(edits):
        if after.t > before.t and not isinstance(after, BackUp):
            raise ValueError(f"an edit at t = {after.t} follows one at t = {before.t}: what is below an edit is made anew")


def alive_at(edits: tuple[Edit, ...], t: int) -> tuple[Edit, ...]:
    """The edits that have happened by timestep t: those below it are still to come."""
    while edits and edits[-1].t < t:
        edits = edits[:-1]
    return edits


def with_edit(edits: tuple[Edit, ...], edit: Edit) -> tuple[Edit, ...]:
    """The edits of a branch that leaves a chain of `edits`."""
    own_image = isinstance(edit, BackUp) and edit.picture is None
    return (*(edits if own_image else alive_at(edits, edit.t)), edit)
