"""Whether the parts of a card fit together: kind, network, schedule and data. No torch, unless its schedule is not one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.checkpoints.card import Card, ClassesCard, ScheduleCard
from explorer.models.configurations import misfit
from explorer.recipe.told import MAX_TIMESTEPS

if TYPE_CHECKING:
    from explorer.diffusion.schedule import Schedule

ALWAYS_VALID = {"linear": range(21, MAX_TIMESTEPS + 1), "cosine": range(1, MAX_TIMESTEPS + 1)}
"""T of the schedules that we know: a linear one of fewer timesteps has betas of 1 and more."""
NETWORKS_OF_KIND = {"ddpm": ("unet", "latent_mlp"), "vae": ("autoencoder",), "ae": ("autoencoder", "pca"), "classifier": ("classifier",)}


def make_schedule(card: ScheduleCard) -> Schedule:
    """Forward process that a card names.

    Raises
    ------
    ValueError
        If there is no such schedule, or its numbers are not valid.
    """
    from explorer.diffusion.schedule import from_betas, named

    if not 1 <= card.T <= MAX_TIMESTEPS:
        raise ValueError(f"T must be in 1..{MAX_TIMESTEPS}, not {card.T}")
    if card.betas is None:
        return named(card.name, card.T)
    if len(card.betas) != card.T:
        raise ValueError(f"its schedule has {len(card.betas)} betas for T = {card.T}")
    return from_betas(card.betas, card.start)


def check_schedule(card: ScheduleCard) -> None:
    """As `make_schedule`, without torch where it is one of ours."""
    if card.betas is not None or card.T not in ALWAYS_VALID.get(card.name, ()):
        make_schedule(card)


def classes_of(config: Any, names: tuple[str, ...] = ()) -> ClassesCard | None:
    """What the card of our U-Net says of its classes: the last label is the null label; None where it has none (ValueError: the names)."""
    classes = getattr(config, "classes", 0)
    return ClassesCard(classes + 1, classes, names) if classes else None


def _labels(classes: ClassesCard | None) -> str:
    return "no classes" if classes is None else f"{classes.labels} labels, of which {classes.null_label} is for no class"


def check_fit(card: Card, config: Any) -> None:
    """Refuse a card whose parts contradict each other; `config` is its network's, parsed.

    Raises
    ------
    ValueError
        With the reason.
    """
    wanted = NETWORKS_OF_KIND[card.kind]
    if card.network.name not in wanted:
        raise ValueError(f"a {card.kind} has the network {' or '.join(wanted)}, not a {card.network.name}")
    if card.schedule is not None:
        check_schedule(card.schedule)
        if getattr(config, "skip_by_timestep", False) and config.timesteps < card.schedule.T:
            raise ValueError(f"its schedule has {card.schedule.T} timesteps, and its network tables of {config.timesteps}")
    if reason := misfit(config, card.data.shape):
        raise ValueError(reason)
    if card.kind == "ddpm" and card.classes != (classes := classes_of(config, () if card.classes is None else card.classes.names)):
        raise ValueError(f"its card has {_labels(card.classes)}, its network {_labels(classes)}")
    coder = getattr(config, "coder", None)
    said = None if card.latent is None else (card.latent.shape, card.latent.images)
    if card.kind == "ddpm" and said != (None if coder is None else (config.image_shape, coder.image_shape)):
        raise ValueError("what its card says of codes is not what its network walks")
    if card.kind in ("vae", "ae") and config.variational != (card.kind == "vae"):
        raise ValueError(f"a {card.kind} whose network is {'' if config.variational else 'not '}variational")
