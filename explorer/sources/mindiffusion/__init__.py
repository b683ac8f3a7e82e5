"""State dicts of minDiffusion, and of the conditional MNIST that was made of it: tables of the process, and a network.

`process.py` reads the tables, `kinds.py` knows the networks by their names, which no library has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import DENOISER, Source
from explorer.sources.mindiffusion.kinds import Kind, kind_of
from explorer.sources.pictures import check_channels, check_size
from explorer.sources.refusing import or_refused
from explorer.sources.tensor_file import Outline, bare, outline, under

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

TABLE = "sqrt_beta_t"


@dataclass(frozen=True)
class Found:
    """What a file holds.

    Attributes
    ----------
    where, wrapper : str
        The dictionary in it, and what stands before all its names.
    tensors : dict of str to Outline
        Without that.
    """

    where: str
    wrapper: str
    tensors: dict[str, Outline]


class MinDiffusion(Source):
    """Reads what `torch.save(ddpm.state_dict())` writes in both programs."""

    name = "mindiffusion"
    title = "a state dict of minDiffusion or of conditional MNIST"
    hints = ("*.pth", "*.pt")
    group = DENOISER

    def recognises(self, path: Path) -> bool:
        """All its tables, whatever its network is."""
        from explorer.sources.mindiffusion.process import has_tables

        return has_tables(_found(path).tensors)

    def asks(self, path: Path) -> tuple[Question, ...]:
        """The values of the images, and their size where its network does not say it."""
        kind, config = _network(path)
        side = max(kind.side, kind.multiple(config))
        size = (Question("image_size", (side, side), "any size fits its weights"),) if kind.side else ()
        return (Question("pixel_range", kind.pixels, "how its images were normalized"), *size)

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What its tables and shapes say, and what was told where they are silent."""
        from explorer.checkpoints.card import FORMAT_VERSION, Card, ClassesCard, DataCard, NetworkCard, OriginCard
        from explorer.recipe.told import pixel_range
        from explorer.sources.mindiffusion.process import schedule_in

        found, (kind, config) = _found(path), _network(path)
        multiple = kind.multiple(config)
        height, width = told.image_size or (multiple, multiple)
        or_refused(path, lambda: check_size((height, width), multiple))
        schedule = schedule_in(path, found.where, found.wrapper)
        low, high = pixel_range(told.pixel_range or kind.pixels)
        notes = (
            f"its images are in [{low:g}, {high:g}], as was told of it or as its author has them: so are x_t and x0_hat of its chain",
            f"its chain ends at alpha_bar_0 = {schedule.start:.6g}, as its first beta comes before its first timestep; it is told t / T",
            "its own program adds noise of variance beta_t; a lane that of the posterior unless it is told otherwise",
        )  # fmt: skip
        classes = ClassesCard(config["classes"] + 1, config["classes"]) if "classes" in config else None
        try:
            data = DataCard("not said", (config["channels"], height, width), (low, high), "")
            origin = OriginCard("a state dict of minDiffusion" if classes is None else "a state dict of conditional MNIST", notes)
            return Card(FORMAT_VERSION, "ddpm", NetworkCard(kind.title, config), data, "C", schedule, origin=origin, classes=classes)
        except ValueError as error:
            raise BadInput(f"{path}: {error}") from None

    def parameters(self, path: Path) -> int:
        """Numbers in its network's weights, the counts and averages of norms left out."""
        kind, _ = _network(path)
        learned = under(_found(path).tensors, kind.prefix)
        return sum(each.size for name, each in learned.items() if not name.endswith(("running_mean", "running_var", "num_batches_tracked")))

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """Its network, whose weights are checked before memory is taken."""
        found, (kind, config), card = _found(path), _network(path), self.card(path, told)

        import torch

        from explorer.checkpoints.files import Checkpoint
        from explorer.sources.tensor_reading import check, tensors

        assert card.schedule is not None
        T = card.schedule.T
        with torch.device("meta"):
            network = or_refused(path, lambda: kind.make(config, T))
        check(path, under(found.tensors, kind.prefix), network.state_dict(), "its network")
        network.load_state_dict(tensors(path, found.where, found.wrapper + kind.prefix), assign=True)
        return Checkpoint(path, card, network.requires_grad_(False).eval(), self.sha256(path))


def _found(path: Path) -> Found:
    content = outline(path)
    where, raw = ("", {}) if content is None else content.weights()
    tensors = bare(raw)
    named = next((name for name in raw if name.endswith(TABLE)), TABLE)
    return Found(where, named.removesuffix(TABLE), tensors)


def _network(path: Path) -> tuple[Kind, dict[str, Any]]:
    from explorer.sources.mindiffusion.process import length

    def known() -> tuple[Kind, dict[str, Any]]:
        found = _found(path).tensors
        length(found)
        kind = kind_of(found)
        config = kind.config(under(found, kind.prefix))
        check_channels(config["channels"])
        return kind, config

    return or_refused(path, known)
