"""What is handed to whoever does a recipe, and what comes back: plain values, the same in this process and on a worker."""

from __future__ import annotations

from dataclasses import dataclass, field

CheckpointKey = tuple[str, str]
"""What a recipe calls a checkpoint, and its hash."""


@dataclass(frozen=True, slots=True)
class Job:
    """A recipe to be done.

    Attributes
    ----------
    name : str
        A hash of the recipe (`task.name_of`).
    recipe : str
        Its JSON, a `Task`.
    ending : str
        Of its result: ".npz" or ".json".
    words : str
        What it is, for people.
    checkpoints : tuple of CheckpointKey
        That it needs.
    block : (int, int) or None
        Of the recipe's one lane the samples from the first to before the second, as pixels (N, C, H, W) uint8 in an .npy; None is the
        recipe as it is written.
    """

    name: str
    recipe: str
    ending: str
    words: str = ""
    checkpoints: tuple[CheckpointKey, ...] = ()
    block: tuple[int, int] | None = None

    @property
    def file(self) -> str:
        """Name of its result in the sweep's folder."""
        return self.name + self.ending


@dataclass(frozen=True, slots=True)
class Terms:
    """How all recipes of a sweep are done.

    Attributes
    ----------
    device, precision : str
        As of the command line.
    threads : int
        Of each process; 0 leaves them as they are.
    paths : dict
        Where checkpoints are, by what a recipe calls them and their hash.
    """

    device: str
    precision: str
    threads: int = 0
    paths: dict[CheckpointKey, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes
    ----------
    job : Job
    failure : str
        Why there is no result, in one line; empty where there is one.
    seconds : float
        That it took.
    lost : int
        Workers that ended while they did it.
    """

    job: Job
    failure: str = ""
    seconds: float = 0.0
    lost: int = 0
