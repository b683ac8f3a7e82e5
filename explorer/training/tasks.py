"""What a run learns, made from its settings: the network, fresh, with its loss."""

from __future__ import annotations

from explorer.datasets.images import ImageSet
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import Schedule
from explorer.errors import BadInput
from explorer.recipe.training import RunSettings, TrainOptions
from explorer.training.autoencoder import LOGISTIC_NOTES, AutoencoderTask
from explorer.training.classifier import ClassifierTask
from explorer.training.codes import CodeSet, coder_named, codes_of
from explorer.training.ddpm import DdpmTask
from explorer.training.latent_ddpm import LatentDdpmTask
from explorer.training.task import Task


def make_task(asked: TrainOptions, data: ImageSet, schedule: Schedule) -> Task:
    """What `train` is asked for, of any kind but pca, which learns nothing.

    Raises
    ------
    BadInput
        If there is no such network for these images.
    """
    if asked.kind == "ddpm":
        return ddpm_task(asked, data, Option(asked.option), schedule, asked.all_timesteps)
    if asked.kind == "classifier":
        return ClassifierTask(data)
    return autoencoder_task(asked, data, asked.kind == "vae", asked.activation)


def data_of(asked: RunSettings, data: ImageSet) -> ImageSet:
    """What is learnt of images: themselves, or their codes.

    Raises
    ------
    BadInput
        If the autoencoder is none, or does not take the images; or if something is asked for that a network of codes has not.
    """
    if not asked.codes_of:
        return data
    usual = RunSettings()
    odd = {
        "--attention": asked.attention, "--classes": asked.classes, "--network": asked.network != usual.network,
        "--width": asked.width != usual.width, "--levels": asked.levels != usual.levels,
    }  # fmt: skip
    if any(odd.values()):
        meant = ", ".join(name for name, is_given in odd.items() if is_given)
        raise BadInput(f"{meant}: of no meaning with --in: codes are learnt by fully connected layers (--units, --depth), without labels")
    return codes_of(data, coder_named(asked.codes_of), asked.codes)


def notes_of(asked: TrainOptions) -> str:
    """What the model card says of a network that is not what its name makes one expect."""
    return LOGISTIC_NOTES if asked.kind in ("ae", "vae") and asked.activation == "sigmoid" else ""


def ddpm_task(settings: RunSettings, data: ImageSet, option: Option, schedule: Schedule, all_timesteps: bool = False) -> DdpmTask:
    """A diffusion model of these settings, of codes where the data are codes (BadInput as `make_task`)."""
    if isinstance(data, CodeSet):
        return LatentDdpmTask(
            data, option, schedule, units=settings.units, depth=settings.depth, loss_kind=settings.loss, all_timesteps=all_timesteps,
            outer_skip=settings.skip != "none", linear_skip=settings.skip == "linear",
        )  # fmt: skip
    lecture = settings.network == "lecture"
    if lecture and settings.skip == "linear":
        raise BadInput("the lecture's network puts its prediction out as it is: --network lecture has no --linear-skip")
    return DdpmTask(
        data, option, schedule,
        width=settings.width, levels=settings.levels, lecture=lecture, attention=(settings.levels - 1,) if settings.attention else (),
        loss_kind=settings.loss, all_timesteps=all_timesteps,
        outer_skip=settings.skip != "none" and not lecture, linear_skip=settings.skip == "linear",
        classes=settings.classes, drop_labels=settings.drop_labels,
    )  # fmt: skip


def autoencoder_task(settings: RunSettings, data: ImageSet, variational: bool, activation: str) -> AutoencoderTask:
    """A VAE or an AE of these settings (BadInput as `make_task`)."""
    own = {"sigma": settings.fixed_sigma, "beta": settings.beta} if variational else {"squared": settings.objective == "mse"}
    return AutoencoderTask(data, variational, settings.architecture, settings.code, activation, settings.hidden, **own)
