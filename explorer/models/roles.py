"""The parts that a network can take in the app, whoever wrote it: what is asked of it, and no more.

Nothing outside this package asks for a class: a network of another tool takes a part by having its methods, in its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, Self, runtime_checkable

import torch
from torch import Tensor, nn, zeros_like

from explorer.models.anatomy import Anatomy

ImageShape = tuple[int, int, int]


@runtime_checkable
class Denoiser(Protocol):
    """Predicts a step of a chain; what its output means is the option's affair.

    More is said by attributes, where they are there. `self_conditioned`, if true: it is called (x_t, t, before), where
    `before` is the x0_hat of the state before as the chain has it, zeros at the first. `learned_variance`, "range" or "plain": it puts out
    (N, 2 C, H, W), the second half being the variance of the step (see `NetworkPredictor`). `run_by`: what runs it, for people, where
    that is not torch, with `only_way`: why nothing else can. `timestep_count`: T, where it has a table of so many timesteps; None as if it
    were not there.
    """

    def accepts(self, shape: ImageShape) -> bool:
        """Whether it takes images of this shape (C, H, W)."""
        ...

    def __call__(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Output of x_t's shape (N, C, H, W), for timesteps t of shape (N,), int64, in 1..T."""
        ...


@runtime_checkable
class SeenThroughDecoder(Protocol):
    """A denoiser of codes: what its chain walks is seen through the decoder that comes with it."""

    def seen(self, x: Tensor) -> Tensor:
        """Images (N, C, H, W), near [-1, 1], of states or predictions (N, c, h, w) of its chain."""
        ...


@runtime_checkable
class Conditional(Protocol):
    """A denoiser that is told a class for each image.

    What the labels are called, and which of them stands for no class (the null label), is the card's to say
    (`explorer.checkpoints.card.ClassesCard`): most files do not know.
    """

    @property
    def label_count(self) -> int:
        """Labels that it takes, 0..label_count - 1, the null label among them where it has one; 0 if it is told of none."""
        ...

    def accepts(self, shape: ImageShape) -> bool:
        """As a denoiser."""
        ...

    def __call__(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """As a denoiser, for labels of shape (N,), int64, on x_t's device."""
        ...


@runtime_checkable
class Dissectable(Protocol):
    """Can be drawn, and looked into while it answers: its blocks are modules of the names in its anatomy."""

    def anatomy(self, height: int, width: int) -> Anatomy:
        """Its blocks for images of a size (ValueError for one that it does not take)."""
        ...


class LatentConfig(Protocol):
    """What a latent plane needs to know of a network with codes, whatever its layers."""

    @property
    def variational(self) -> bool:
        """The encoder gives a Gaussian rather than a point."""
        ...

    @property
    def code(self) -> int:
        """Dimensions of the latent space."""
        ...

    @property
    def code_shape(self) -> tuple[int, ...]:
        """(code,), or (C, h, w) of a code that is an image of latent pixels; codes are such an array made flat, row by row."""
        ...

    @property
    def quantizes(self) -> bool:
        """The decoder takes the nearest entries of a code book: decodings are constant between jumps, with derivatives 0."""
        ...

    @property
    def likelihood(self) -> str:
        """Of pixels given a code: "bernoulli" or "gaussian"; empty where nothing is said of it."""
        ...

    @property
    def variance(self) -> float:
        """Of the Gaussian likelihood, pixels in [0, 1]."""
        ...

    @property
    def image_shape(self) -> ImageShape:
        """(C, H, W)."""
        ...


@runtime_checkable
class LatentModel(Protocol):
    """Has a latent plane: images in [-1, 1] to codes and back. It is a torch module, too.

    One that has no encoder has an attribute `decodes_only` that is true, and its `encode` raises BadInput.
    """

    config: LatentConfig

    def __call__(self, x: Tensor) -> Tensor:
        """Reconstruction of images (N, C, H, W) through the mean code."""
        ...

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Means (N, code) of q(z|x) for images (N, C, H, W), and log variances; None where codes are points."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """Mean images (N, C, H, W) of codes (N, code)."""
        ...

    def decode_logits(self, z: Tensor) -> Tensor:
        """Logits of intensities in [0, 1], of a Bernoulli likelihood (TypeError where there is none)."""
        ...

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Mean images, and their derivatives (N, k, C, H, W) along directions (k, code)."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Its weights, which tell where it is."""
        ...

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Itself on another device."""
        ...


@runtime_checkable
class ImageReader(Protocol):
    """Judges images: classes, and the features that distances between sets of images are measured in."""

    @property
    def image_shape(self) -> ImageShape:
        """(C, H, W) of the images that it reads."""
        ...

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [-1, 1] to (N, features)."""
        ...

    def logits_of(self, features: Tensor) -> Tensor:
        """(N, features) to (N, classes)."""
        ...

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Itself on another device."""
        ...

    def __call__(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [-1, 1] to logits (N, classes)."""
        ...


def told_of_before(network: object, x_t: Tensor) -> tuple[Tensor, ...]:
    """What a network is called with beside x_t and t where nothing was said before: zeros for a self-conditioned one."""
    return (zeros_like(x_t),) if getattr(network, "self_conditioned", False) else ()


def anatomy_of(network: object, height: int, width: int) -> Anatomy | None:
    """How a network is drawn for images of a size; None if it is not known what it is made of."""
    return network.anatomy(height, width) if isinstance(network, Dissectable) else None


def outside_of(network: object, t: int) -> tuple[float, float]:
    """(skip, scale) at timestep t: output = skip x_t + scale h, h of the head; (0, 1) of a network that adds nothing outside."""
    found: tuple[float, float] = network.outside(t) if hasattr(network, "outside") else (0.0, 1.0)
    return found


def label_count(network: object) -> int:
    """Labels that a denoiser has to be told one of for each image; 0 if it takes none."""
    return network.label_count if isinstance(network, Conditional) else 0


def timestep_count(network: object) -> int | None:
    """Timesteps that a denoiser has a row of a table for: beyond them it cannot be asked. None where it computes what it is told of t."""
    found = getattr(network, "timestep_count", None)
    return found if isinstance(found, int) else None


def some_labels(network: object, count: int, device: torch.device | str = "cpu") -> tuple[Tensor, ...]:
    """Labels (count,), every one in turn, to be put after x_t and t where a network takes any: ways to run it are tried with them."""
    known = label_count(network)
    return (torch.arange(count, device=device) % known,) if known else ()


def decodes_only(network: object) -> bool:
    """Whether a latent model has no encoder."""
    return bool(getattr(network, "decodes_only", False))
