"""The model card: what a checkpoint's metadata says of it, as one validated frozen value."""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

from explorer.recipe.told import Told

FORMAT_VERSION = 1
METADATA_KEY = "generative_explorer"
VALUE_RANGE = (-1.0, 1.0)
NO_ENCODER = "none"
"""In a network's configuration, under "encoder": it is a decoder alone."""
VALUE_RANGES = (VALUE_RANGE, (0.0, 1.0), (-0.5, 0.5))
"""Values of images, black and white, that networks of other programs are trained on; the first one is this app's."""

MOST_WORDS, MOST_METRICS = 50_000, 200
"""Characters of a command or of notes; figures."""

UNSAID = "not said"
"""Name of the data of a checkpoint that does not say it."""

Kind = Literal["ddpm", "vae", "ae", "classifier"]


class NetworkCard(msgspec.Struct, frozen=True):
    """Name of the network and its configuration."""

    name: str
    config: dict[str, Any]


class ScheduleCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """Forward process: a named schedule of T timesteps, or a checkpoint's own betas, with alpha_bar_0 where that is not 1."""

    name: str
    T: int
    betas: tuple[float, ...] | None = None
    start: float = 1.0


class DataCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """Data that the network was trained on."""

    name: str
    shape: tuple[int, int, int]
    value_range: tuple[float, float]
    sha256: str
    taken: str = ""
    """Which array of its file it is and what values that has, for people; empty where there was no choice."""


class TrainingCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the weights came to be."""

    images_seen: int
    epochs: int
    batch: int
    optimizer: str
    seed: int
    ema: float
    loss: str
    precision: str
    command: str
    notes: str = ""


class Metric(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measured figure, with the command that measured it.

    Attributes
    ----------
    name : str
        For example "fid" or "test accuracy".
    value : float
    command : str
        What to type to measure it again.
    reference : float or None
        The same figure for real images, where there is one.
    details : dict
        Whatever else the command printed.
    """

    name: str
    value: float
    command: str
    reference: float | None = None
    details: dict[str, Any] = {}


class SamplerCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the author of a checkpoint samples: what a lane of it begins with, unless it is told otherwise.

    The fields are those of `explorer.recipe.Sampler`, as far as a file says them.
    """

    clip: bool = False
    clip_range: float = 1.0
    threshold: float | None = None
    variance: Literal["small", "large", "learned"] = "small"
    spacing: Literal["trailing", "leading", "linspace"] = "trailing"
    offset: int = 0
    to_one: bool = True

    @property
    def said(self) -> dict[str, Any]:
        """What is not as usual, by the names of the fields."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) != getattr(_USUAL, name)}


_USUAL = SamplerCard()


class ClassesCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """Classes that a conditional network is told of.

    Attributes
    ----------
    labels : int
        It takes 0..labels - 1.
    null_label : int or None
        The one that stands for no class, with which guidance compares; None if there is none, or none is known.
    names : tuple of str
        What people call the classes, in the order of their labels; empty where nobody says.
    """

    labels: int
    null_label: int | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (ValueError)."""
        if self.labels < 1:
            raise ValueError(f"a conditional network has at least one label, not {self.labels}")
        if self.null_label is not None and not 0 <= self.null_label < self.labels:
            raise ValueError(f"the null label must be in 0..{self.labels - 1}, not {self.null_label}")
        if self.names and len(self.names) != len(self.of_classes):
            raise ValueError(f"there are {len(self.of_classes)} classes, but {len(self.names)} names")

    @property
    def of_classes(self) -> tuple[int, ...]:
        """Labels of the classes, the null label left out."""
        return tuple(label for label in range(self.labels) if label != self.null_label)

    def called(self, label: int) -> str:
        """Name of a label's class; its number where it has none."""
        known = dict(zip(self.of_classes, self.names, strict=False))
        return known.get(label, str(label))


class OriginCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is told of a checkpoint that another program wrote.

    Attributes
    ----------
    format : str
        What it is, after "is": "a diffusers folder, written by version 0.42.1".
    notes : tuple of str
        What was assumed of it, and what is different here.
    sampler : SamplerCard
        How its author samples.
    learned_variance : bool
        Its network puts out a variance as well.
    told : Told or None
        What a person told of it, as its file does not say it.
    """

    format: str
    notes: tuple[str, ...] = ()
    sampler: SamplerCard = _USUAL
    learned_variance: bool = False
    told: Told | None = None


class LatentCard(msgspec.Struct, frozen=True, omit_defaults=True):
    """Codes that are images of latent pixels: those of an autoencoder, or those that a ddpm walks and that are seen through a decoder.

    Attributes
    ----------
    shape : (C, h, w)
    images : (C, H, W)
        What they are decoded to; their sides are the same multiple of h and w.
    coder : str
        The autoencoder's class.
    scaling : str
        How diffusion models see raw codes z: "x = 0.18215 z". Empty if as they are.
    quantizes : bool
        The decoder takes the nearest entries of a code book.
    reach : float
        How far raw codes reach to either side, as far as is known: three standard deviations of what diffusion models see.
    sha256 : str
        Of the autoencoder's own file, of a ddpm that was trained on its codes here; empty where there is none.
    drawn : bool
        It was trained on draws of q(z|x), not on means.
    """

    shape: tuple[int, int, int]
    images: tuple[int, int, int]
    coder: str
    scaling: str = ""
    quantizes: bool = False
    reach: float = 3.0
    sha256: str = ""
    drawn: bool = False

    @property
    def dimensions(self) -> int:
        """Numbers of a code."""
        return math.prod(self.shape)


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that a checkpoint says of itself (DESIGN.md, section 6)."""

    format_version: int
    kind: Kind
    network: NetworkCard
    data: DataCard
    option: Literal["A", "B", "C", "V"] | None = None
    schedule: ScheduleCard | None = None
    training: TrainingCard | None = None
    metrics: tuple[Metric, ...] = ()
    origin: OriginCard | None = None
    classes: ClassesCard | None = None
    latent: LatentCard | None = None

    @property
    def sampler(self) -> SamplerCard:
        """What a lane of it begins with, unless it is told otherwise."""
        return _USUAL if self.origin is None else self.origin.sampler

    @property
    def learned_variance(self) -> bool:
        """Whether its steps can add noise of the variance that its network puts out."""
        return self.origin is not None and self.origin.learned_variance

    @property
    def clips(self) -> bool:
        """Whether that limits x0_hat."""
        return self.sampler.clip

    @property
    def told(self) -> Told | None:
        """What a lane of it says in its place, as its file does not."""
        return None if self.origin is None else self.origin.told

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises
        ------
        ValueError
            With the reason.
        """
        if self.kind == "ddpm" and (self.option is None or self.schedule is None):
            raise ValueError("a ddpm needs an option and a schedule")
        self._check_words()
        if any(not 1 <= side <= 4096 for side in self.data.shape):
            raise ValueError(f"images of shape {self.data.shape} are not supported")
        if self.data.value_range not in (VALUE_RANGES if self.kind == "ddpm" and self.origin is not None else (VALUE_RANGE,)):
            raise ValueError(f"images of values in {list(self.data.value_range)} are not supported: they are in {list(VALUE_RANGE)} here")

    def _check_words(self) -> None:
        """Refuse more words than anybody reads: they are shown, line by line (ValueError)."""
        training = self.training
        words = [self.data.name, self.network.name]
        words += [] if training is None else [training.notes, training.command, training.optimizer, training.loss, training.precision]
        words += [word for metric in self.metrics[:MOST_METRICS] for word in (metric.name, metric.command)]
        if len(self.metrics) > MOST_METRICS or max(map(len, words)) > MOST_WORDS:
            raise ValueError(f"a card has at most {MOST_METRICS} figures, and at most {MOST_WORDS:,} characters of words for each thing")


class _Version(msgspec.Struct):
    """Read first: a newer version may have another shape."""

    format_version: int


def encode_card(card: Card) -> str:
    """JSON text of a card."""
    return msgspec.json.encode(card).decode()


def decode_card(text: str) -> Card:
    """Card in a JSON text.

    Raises
    ------
    ValueError
        If it is not JSON, or a field is missing, of the wrong type or contradicts another.
    """
    try:
        encoded = text.encode()
        version = msgspec.json.decode(encoded, type=_Version).format_version
        if version != FORMAT_VERSION:
            raise ValueError(f"is of format version {version}; this app reads version {FORMAT_VERSION}")
        return msgspec.json.decode(encoded, type=Card)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(f"its metadata is not a model card: {error}") from None
