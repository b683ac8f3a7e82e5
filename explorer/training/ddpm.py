"""Training a DDPM under Option A, B, C or V (Algorithm 1)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import FORMAT_VERSION, Card, NetworkCard, ScheduleCard, TrainingCard
from explorer.datasets.images import ImageSet, to_unit_range
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import Schedule
from explorer.diffusion.training import TrainingTables, loss, loss_all_timesteps, residual_scale
from explorer.errors import BadInput
from explorer.models.unet import UNet, UNetConfig
from explorer.training.cards import config_dict, data_card

IMAGES_FOR_VARIANCE = 10_000


class DdpmTask:
    """A U-Net that learns one option's target.

    With an outer skip the output is x_t + s net(x_t, t), s the root mean square of (target - x_t) over all t,
    and the loss is divided by s^2 before its gradient is taken: the same rule for every option, so that the
    optimizer sees numbers of order one even where the target is within one percent of x_t (Option A).
    """

    def __init__(
        self,
        data: ImageSet,
        option: Option,
        schedule: Schedule,
        width: int = 32,
        attention: tuple[int, ...] = (),
        outer_skip: bool = True,
        loss_kind: str = "simple",
        all_timesteps: bool = False,
    ) -> None:
        self.data, self.option, self.schedule = data, option, schedule
        self.tables = TrainingTables(schedule)
        self.loss_kind, self.all_timesteps = loss_kind, all_timesteps
        self.loss_name = f"{loss_kind} ({'all timesteps' if all_timesteps else 'one t per image'})"
        scale = 1.0
        if outer_skip:
            variance = float((to_unit_range(data.images[:IMAGES_FOR_VARIANCE]) ** 2).mean())
            scale = residual_scale(option, self.tables, variance)
        try:
            self.config = UNetConfig(
                channels=data.image_shape[0], width=width, attention=attention,
                outer_skip=outer_skip, output_scale=scale, timesteps=schedule.T,
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(str(error)) from None
        if any(side % self.config.size_multiple for side in data.image_shape[1:]):
            raise BadInput(f"{data.name}: image sides must be multiples of {self.config.size_multiple}")
        self.network: nn.Module = UNet(self.config)

    def loss(self, network: nn.Module, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
        """Algorithm 1, or the lecture's form over all timesteps of each image."""
        T = self.schedule.T
        if self.all_timesteps:
            each = [
                loss_all_timesteps(network, self.option, self.tables, image, _normal((T, *image.shape), generator, x), self.loss_kind)
                for image in x
            ]
            return torch.stack(each).mean()
        t = torch.randint(1, T + 1, (len(x),), generator=generator).to(x.device)
        return loss(network, self.option, self.tables, x, t, _normal(x.shape, generator, x), self.loss_kind).mean()

    def objective_scale(self) -> float:
        """s^2 of the outer skip for the simple loss; the bound's loss is already of order one."""
        return self.config.output_scale**2 if self.loss_kind == "simple" else 1.0

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        name = self.schedule.name
        betas = tuple(self.schedule.betas.tolist()) if name == "betas" else None
        return Card(
            FORMAT_VERSION, "ddpm", NetworkCard("unet", config_dict(self.config)), data_card(self.data),
            option=self.option.value, schedule=ScheduleCard(name, self.schedule.T, betas), training=training,
        )  # fmt: skip


def _normal(shape: tuple[int, ...] | torch.Size, generator: torch.Generator, like: Tensor) -> Tensor:
    return torch.randn(shape, generator=generator).to(like.device)
