"""Chains: lanes, and what they start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.recipe.edits import Edit, check_order
from explorer.recipe.sampler import MAX_STEPS, Sampler
from explorer.recipe.start import Start
from explorer.recipe.told import Told

MAX_SAMPLES = 4096
MAX_SEED = 2**63 - 1
MAX_LANES = 16
MAX_BRANCHES = 64
NO_CLASS = -1
"""The null label, whichever number a network has for it."""
MAX_LABEL = 100_000
MIN_GUIDANCE, MAX_GUIDANCE = -1.0, 100.0

OptionName = Literal["A", "B", "C", "V"]


class ScheduleChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A forward process.

    Attributes
    ----------
    name : str
        "linear" or "cosine", or "betas" where they are given.
    T : int
        Number of timesteps.
    betas : tuple of float or None
        beta_1 .. beta_T of a schedule that has no name, each in (0, 1).
    """

    name: str = "linear"
    T: int = 1000
    betas: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a schedule that cannot be (ValueError)."""
        if not 1 <= self.T <= MAX_STEPS:
            raise ValueError(f"T must be in 1..{MAX_STEPS}, not {self.T}")
        if self.betas is not None and (len(self.betas) != self.T or not all(0 < beta < 1 for beta in self.betas)):
            raise ValueError(f"a schedule of T = {self.T} timesteps has as many betas, each in (0, 1)")

    @property
    def title(self) -> str:
        """What it is called: its name, or "bent" where its betas have none."""
        return self.name if self.betas is None else "bent"


class ExactProcess(msgspec.Struct, frozen=True, omit_defaults=True):
    """The exact reverse process of a data set, where a lane has no network.

    Attributes
    ----------
    dataset : str
        "mnist", "emoji", or the path of an IDX file, an array or a folder.
    sha256 : str
        Of the images: another data set of that name is refused. Empty before it was read.
    images : int or None
        Only the first so many.
    follow : "draw" or "mean"
        Draw an image i ~ w and then the Gaussian (the exact process), or follow the mean E[x_0 | x_t] (the ideal denoiser).
    label : int or None
        Of the images only those with this label: the exact process of one class.
    read : Reading
        How the file's images are taken.
    """

    dataset: str = "mnist"
    sha256: str = ""
    images: int | None = None
    follow: Literal["draw", "mean"] = "draw"
    label: int | None = None
    read: Reading = AS_FOUND

    def __post_init__(self) -> None:
        """Refuse an empty data set (ValueError)."""
        if self.images is not None and self.images < 1:
            raise ValueError(f"the exact process needs at least one image, not {self.images}")
        if self.label is not None and not 0 <= self.label <= MAX_LABEL:
            raise ValueError(f"the label of the exact process must be in 0..{MAX_LABEL}, not {self.label}")


class Lane(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column: a checkpoint with its option and sampler, or the exact process of a data set.

    Attributes
    ----------
    checkpoint : str
        sha256 of the file; empty for the exact process.
    source : str
        Where the file was, or the name of a shipped one: a hint for finding it again. The data set's for the exact process.
    option : str or None
        What its network predicts, as the checkpoint says. For the exact process: the ideal prediction is taken through
        that option's output, as a network's would be; None takes it as it is.
    sampler : Sampler
    exact : ExactProcess or None
    schedule : ScheduleChoice or None
        Forward process whose noise levels the chain walks, matched to the network's own; None is the network's own
        (linear with T = 1000 for the exact process).
    edits : tuple of Edit
        What is changed on the way down: a lane with edits is a branch of the one without the last of them.
    seed : int or None
        Noise of its own, in [0, 2**63), as a sweep over seeds needs; None is the noise that all lanes have.
    told : Told or None
        What its checkpoint's file does not say; None where it says everything.
    labels : tuple of int
        Of a class-conditional network: sample i is told labels[i % len(labels)], NO_CLASS (-1) being the null label. Empty:
        the classes in turn. The exact process has a label of its own.
    guidance : float
        w in eps = (1 + w) eps_c - w eps_null, in [-1, 100]; 0 is the plain conditional network, -1 that without a class.
    start : Start or None
        What its samples start from; None is noise of their own.
    """

    checkpoint: str
    source: str
    option: OptionName | None = None
    sampler: Sampler = Sampler()
    exact: ExactProcess | None = None
    schedule: ScheduleChoice | None = None
    edits: tuple[Edit, ...] = ()
    seed: int | None = None
    told: Told | None = None
    labels: tuple[int, ...] = ()
    guidance: float = 0.0
    start: Start | None = None

    def __post_init__(self) -> None:
        """Refuse a lane that is of two kinds, or whose edits cannot follow one another (ValueError)."""
        check_order(self.edits)
        if self.seed is not None and not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if self.exact is not None and self.checkpoint:
            raise ValueError("a lane is of a checkpoint or of the exact process, not of both")
        check_labels(self.labels, self.guidance)
        if self.exact is not None and (self.labels or self.guidance):
            raise ValueError("a lane of the exact process has no labels and no guidance: the process has a label")


def check_labels(labels: Sequence[int], guidance: float) -> None:
    """Refuse labels or a guidance that no lane can have (ValueError)."""
    if len(labels) > MAX_SAMPLES:
        raise ValueError(f"there can be at most {MAX_SAMPLES} labels, not {len(labels)}")
    if not all(NO_CLASS <= label <= MAX_LABEL for label in labels):
        raise ValueError(f"a label is in 0..{MAX_LABEL}, or {NO_CLASS} for no class: not {min(labels)}..{max(labels)}")
    if not MIN_GUIDANCE <= guidance <= MAX_GUIDANCE:
        raise ValueError(f"the guidance must be in [{MIN_GUIDANCE:g}, {MAX_GUIDANCE:g}], not {guidance:g}")


def following(lane: Lane) -> Lane:
    """An exact lane that draws no image where its sampler draws nothing; any other as it is."""
    if lane.exact is None or lane.exact.follow == "mean" or lane.sampler.method == "ancestral":
        return lane
    replace = msgspec.structs.replace
    return replace(lane, exact=replace(lane.exact, follow="mean"))


class Branch(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lane that the person keeps in the tree of branches.

    Attributes
    ----------
    lane : Lane
        With at least one edit.
    name : str
        What the person calls it; empty for words made from its last edit.
    """

    lane: Lane
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse a branch that leaves nothing (ValueError)."""
        if not self.lane.edits:
            raise ValueError("a branch has at least one edit")
        if len(self.name) > 64:
            raise ValueError("a branch's name has at most 64 characters")


class ChainRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lanes that start at the same x_T and get the same z_t.

    Attributes
    ----------
    lanes : tuple of Lane
    seed : int
        In [0, 2**63).
    samples : int
        N; sample i is the same at any N.
    branches : tuple of Branch
        Those that are kept, whether or not they are lanes now.
    """

    lanes: tuple[Lane, ...] = ()
    seed: int = 0
    samples: int = 16
    branches: tuple[Branch, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be sampled (ValueError)."""
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ValueError(f"samples must be in 1..{MAX_SAMPLES}, not {self.samples}")
        if len(self.lanes) > MAX_LANES:
            raise ValueError(f"there can be at most {MAX_LANES} lanes, not {len(self.lanes)}")
        if len(self.branches) > MAX_BRANCHES:
            raise ValueError(f"there can be at most {MAX_BRANCHES} branches, not {len(self.branches)}")
