"""Training a DDPM under Option A, B, C or V (Algorithm 1)."""

from __future__ import annotations

from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from explorer.checkpoints.card import FORMAT_VERSION, Card, LatentCard, NetworkCard, ScheduleCard, TrainingCard
from explorer.checkpoints.fit import classes_of
from explorer.datasets.images import ImageSet, to_unit_range
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import Schedule
from explorer.diffusion.training import Network, TrainingTables, linear_fit, loss, loss_all_timesteps, loss_weight, residual_scale
from explorer.errors import BadInput
from explorer.models.unet import UNet, UNetConfig
from explorer.models.vector_mlp import VectorMlp, VectorMlpConfig
from explorer.training.cards import config_dict, data_card

IMAGES_FOR_MEAN_SQUARE = 10_000
SEEDS = 2**62
LECTURE: dict[str, Any] = {"norm": "none", "residual": False, "activation": "relu", "time": "channel", "downsample": "max-pool"}
"""The lecture's own U-Net: 3x3 convolutions with ReLU, max-pooling with stride 2, t as one more channel of its input."""
DROPPED = 0.1
"""Chance with which an image's label is left out: that of Ho and Salimans (2022)."""


class DdpmTask:
    """A U-Net that learns one option's target.

    With an outer skip the output is x_t + s net(x_t, t), s the root mean square of (target - x_t) over all t,
    and the loss is divided by s^2 before its gradient is taken: the same rule for every option, so that the
    optimizer sees numbers of order one even where the target is within one percent of x_t (Option A).

    With a linear skip it is skip(t) x_t + scale(t) net(x_t, t), the best linear prediction of the target from x_t
    and the root mean square of what that leaves (`linear_fit`): the inner network is then asked for the same whatever
    its option, and the options differ in nothing but how much each t counts in the loss.

    The lecture's own network (`lecture`) is of the layers on its slide, each level with twice the channels of the one before.

    With classes the network is told the label of each image, or, with the chance `drop_labels`, the null label in its
    place: so that one network learns both the conditional and the unconditional prediction, as guidance needs them.

    Raises
    ------
    BadInput
        If there can be no such network for these images, or they have no labels that it could be told.
    """

    def __init__(
        self,
        data: ImageSet,
        option: Option,
        schedule: Schedule,
        *,
        width: int = 32,
        levels: int = 3,
        lecture: bool = False,
        attention: tuple[int, ...] = (),
        outer_skip: bool = True,
        loss_kind: str = "simple",
        all_timesteps: bool = False,
        linear_skip: bool = False,
        classes: bool = False,
        drop_labels: float = DROPPED,
    ) -> None:
        self.data, self.option, self.schedule = data, option, schedule
        self.tables = TrainingTables(schedule)
        self.loss_kind, self.all_timesteps = loss_kind, all_timesteps
        self.timesteps = None if all_timesteps else schedule.T
        self.drop_labels = drop_labels
        told = f", {100 * drop_labels:g} % of the labels left out" if classes else ""
        self.loss_name = f"{loss_kind} ({'all timesteps' if all_timesteps else 'one t per image'}{told})"
        self.width, self.levels, self.lecture, self.attention = width, levels, lecture, attention
        mean_square = self.mean_square()
        constant = residual_scale(option, self.tables, mean_square) if outer_skip and not linear_skip else 1.0
        self.classes = _classes_in(data) if classes else 0
        network = self.built(
            {"outer_skip": outer_skip, "output_scale": constant, "skip_by_timestep": linear_skip, "timesteps": schedule.T}, self.classes
        )
        self.network: nn.Module = network
        self.config: UNetConfig | VectorMlpConfig = network.config
        scale = torch.full((schedule.T + 1,), constant, dtype=torch.float64)
        if linear_skip:
            skip, scale = linear_fit(option, self.tables, mean_square)
            network.skip_table.copy_(skip)
            network.scale_table.copy_(scale)
        weight = loss_weight(option, self.tables, torch.arange(1, schedule.T + 1), loss_kind)
        self.untrained = float((weight * scale[1:].square()).mean())

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of what the chain walks."""
        return self.data.image_shape

    def mean_square(self) -> float:
        """Of the data, over pixels and images."""
        return float((to_unit_range(self.data.images[:IMAGES_FOR_MEAN_SQUARE]) ** 2).mean())

    def built(self, skip: dict[str, Any], classes: int) -> UNet | VectorMlp:
        """The network, fresh.

        Parameters
        ----------
        skip : dict
            Fields of the configuration that say what is added outside its layers.
        classes : int
            That it is told of; 0 for none.

        Raises
        ------
        BadInput
            If there can be none such.
        """
        data = self.data
        try:
            config = UNetConfig(
                channels=self.shape[0], width=self.width, multipliers=tuple(2**level for level in range(self.levels)),
                attention=self.attention, classes=classes, **skip, **(LECTURE if self.lecture else {}),
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(str(error)) from None
        if any(side % config.size_multiple for side in self.shape[1:]):
            raise BadInput(f"{data.name}: image sides must be multiples of {config.size_multiple}")
        return UNet(config)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """t and then eps; for all timesteps, which need T times as much noise, a seed for each image; last, which labels are left out."""
        if self.all_timesteps:
            drawn: tuple[Tensor, ...] = (torch.randint(0, SEEDS, (count,), generator=generator),)
        else:
            t = torch.randint(1, self.schedule.T + 1, (count,), generator=generator)
            drawn = t, torch.randn((count, *self.shape), generator=generator)
        return (*drawn, torch.rand(count, generator=generator) < self.drop_labels) if self.classes else drawn

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        """Algorithm 1, or the lecture's form over all timesteps of each image."""
        told = None
        if self.classes:
            assert labels is not None
            told = labels.masked_fill(draws[-1].to(x.device), self.classes)
        if not self.all_timesteps:
            t, eps = (draw.to(x.device) for draw in draws[:2])
            return loss(_told(network, told), self.option, self.tables, x, t, eps, self.loss_kind)
        each = []
        for index, (image, seed) in enumerate(zip(x, draws[0].tolist(), strict=True)):
            eps = torch.randn((self.schedule.T, *image.shape), generator=torch.Generator().manual_seed(seed)).to(x.device)
            own = None if told is None else told[index].expand(self.schedule.T)
            each.append(loss_all_timesteps(_told(network, own), self.option, self.tables, image, eps, self.loss_kind))
        return torch.stack(each)

    def timesteps_of(self, draws: tuple[Tensor, ...]) -> Tensor | None:
        """t of each image."""
        return None if self.all_timesteps else draws[0]

    def objective_scale(self) -> float:
        """What the loss is where the inner network says nothing; the bound's loss is already of order one."""
        return 1.0 if self.loss_kind == "bound" else self.untrained

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        return self.carded("unet", training)

    def carded(self, network: str, training: TrainingCard, latent: LatentCard | None = None) -> Card:
        """Card of a network of that name; of codes it says what they are."""
        name, config = self.schedule.name, self.config
        betas = tuple(self.schedule.betas.tolist()) if name == "betas" else None
        data = msgspec.structs.replace(data_card(self.data), shape=self.shape)
        return Card(
            FORMAT_VERSION, "ddpm", NetworkCard(network, config_dict(config)), data,
            option=self.option.value, schedule=ScheduleCard(name, self.schedule.T, betas), training=training,
            classes=classes_of(config), latent=latent,
        )  # fmt: skip


def _told(network: Network, labels: Tensor | None) -> Network:
    """The network, told the label of each image."""
    return network if labels is None else lambda x_t, t: network(x_t, t, labels)  # type: ignore[call-arg]


def _classes_in(data: ImageSet) -> int:
    """Classes that images are of: 0..the largest label (BadInput if they have none)."""
    if data.labels is None:
        raise BadInput(f"{data.name}: has no labels, which --classes needs: take mnist, or IDX files or an .npz with labels")
    return int(data.labels.max()) + 1
