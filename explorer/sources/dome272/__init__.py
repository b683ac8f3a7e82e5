"""`ckpt.pt` and `ema_ckpt.pt` of dome272's Diffusion-Models-pytorch: a U-Net whose names say which it is (`network.py`).

Its program draws and visits i = 1..noise_steps - 1 of noise_steps betas counted from 0. So i is the lecture's t, T = noise_steps - 1,
and a chain ends at alpha_bar_0 = 1 - beta_0, as minDiffusion's does.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.pictures import check_channels, check_size
from explorer.sources.refusing import or_refused
from explorer.sources.tensor_file import Outline, bare
from explorer.sources.weights_in import named_in, shape_of

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card, ScheduleCard
    from explorer.checkpoints.files import Checkpoint

MARKS = ("inc.double_conv.0.weight", "down1.emb_layer.1.weight", "sa1.mha.in_proj_weight", "bot3.double_conv.0.weight", "outc.weight")
NOISE_STEPS, SIDE, MULTIPLE, HEADS = 1000, 64, 8, 4


class Dome272(Source):
    """Reads its state dict."""

    name = "dome272"
    title = "a state dict of Diffusion-Models-pytorch"
    hints = ("*.pt",)
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """The names of its parts."""
        tensors = named_in(path)[1]
        return all(name in tensors for name in MARKS)

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The process, and the size of images."""
        or_refused(path, lambda: _config(named_in(path)[1]))
        return (
            Question("schedule", "linear", "beta_start and beta_end"), Question("timesteps", NOISE_STEPS, "noise_steps"),
            Question("image_size", (SIDE, SIDE), "img_size; any size fits its weights"),
        )  # fmt: skip

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its shapes say, and what was told where they are silent."""
        return or_refused(path, lambda: _card(_config(named_in(path)[1]), told))

    def parameters(self, path: Path) -> int:
        """Numbers in its weights."""
        return sum(each.size for each in named_in(path)[1].values())

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """Its network, whose weights are checked before memory is taken."""
        card, (where, outlines) = self.card(path, told), named_in(path)

        import torch

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.dome272.network import DomeUNet
        from explorer.sources.tensor_reading import check, tensors

        def made() -> DomeUNet:
            with torch.device("meta"):
                return DomeUNet(**_config(outlines), heads=HEADS)

        network = or_refused(path, made)
        check(path, outlines, network.state_dict(), "its network")
        network.load_state_dict(bare(tensors(path, where)), assign=True)
        return Checkpoint(path, card, network.requires_grad_(False).eval(), self.sha256(path))


def _config(tensors: dict[str, Outline]) -> dict[str, Any]:
    """Sizes of its network (ValueError if there are none such)."""
    shape = partial(shape_of, tensors, whose="networks of Diffusion-Models-pytorch do")

    def made(part: str) -> int:
        return shape(f"{part}.double_conv.3.weight", 4)[0]

    first, channels = shape("inc.double_conv.0.weight", 4)[:2]
    check_channels(channels, shape("outc.weight", 4)[0])
    names = ("bot1", "bot2", "bot3") if "bot2.double_conv.0.weight" in tensors else ("bot1", "bot3")
    downs, ups = ([made(name.format(index)) for index in (1, 2, 3)] for name in ("down{}.maxpool_conv.2", "up{}.conv.1"))
    if odd := next((width for width in (*downs, *ups) if width % HEADS), 0):
        raise ValueError(f"has attention of {odd} channels, which do not divide into the {HEADS} heads of its program")
    return {
        "channels": channels, "widths": [first, *downs], "ups": ups, "middle": [made(name) for name in names],
        "told": shape("down1.emb_layer.1.weight", 2)[1], "classes": shape("label_emb.weight", 2)[0] if "label_emb.weight" in tensors else 0,
    }  # fmt: skip


def _card(config: dict[str, Any], told: Told) -> Card:
    from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, ClassesCard, DataCard, NetworkCard, OriginCard

    height, width = told.image_size or (SIDE, SIDE)
    check_size((height, width), MULTIPLE)
    schedule = _schedule(told)
    end = f"its chain has {schedule.T} and ends at alpha_bar_0 = {schedule.start:.6g}"
    notes = (
        f"of its {schedule.T + 1} noise steps the first is never visited: {end}",
        "what its file does not say is what was told of it, or as its program has it",
    )  # fmt: skip
    classes = ClassesCard(config["classes"] + 1, config["classes"]) if config["classes"] else None
    return Card(
        FORMAT_VERSION, "ddpm", NetworkCard("U-Net of Diffusion-Models-pytorch", config),
        DataCard("not said", (config["channels"], height, width), VALUE_RANGE, ""), "C", schedule, classes=classes,
        origin=OriginCard("a state dict of Diffusion-Models-pytorch", notes),
    )  # fmt: skip


def _schedule(told: Told) -> ScheduleCard:
    """T = noise_steps - 1 betas after the first one (ValueError if there are not two)."""
    from explorer.checkpoints.card import ScheduleCard
    from explorer.sources.plain_betas import linear_betas

    betas = told.betas
    if betas is None:
        T = told.timesteps or NOISE_STEPS
        if told.schedule == "cosine":
            raise ValueError("its program has no cosine schedule (--schedule): tell the betas that it was trained with")
        betas = linear_betas(T)
    if len(betas) < 2:
        raise ValueError("of one noise step (--timesteps) its program visits none")
    return ScheduleCard("linear" if told.betas is None else "betas", len(betas) - 1, betas[1:], 1 - betas[0])
