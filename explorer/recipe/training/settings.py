"""The settings of a run, each once: type, default, bounds, option, help, whom it concerns, and its field of the form.

From here come the options of `train`, the recipe of a run with the command that it is, what the training loop
takes, and the form of a new run. Whoever adds a setting adds it here, and where it does what it is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from explorer.datasets.reading import Background, RangeName, Reading
from explorer.diffusion.knots import Knot
from explorer.recipe.training.field import ChoiceField, NumberField, SeedField, TextField, TickField
from explorer.recipe.training.setting import EVERY, Kind, Setting, Switch, Text
from explorer.recipe.training.words import knot_words, knots_of, width_words, widths_of

MOST_EMA = 0.999999
DDPM: tuple[Kind, ...] = ("ddpm",)
VAE: tuple[Kind, ...] = ("vae",)
LATENT: tuple[Kind, ...] = ("vae", "ae")
CODED: tuple[Kind, ...] = (*LATENT, "pca")


def of_codes(recipe: RunSettings) -> bool:
    """Whether a ddpm learns codes rather than images."""
    return bool(recipe.codes_of)


def of_images(recipe: RunSettings) -> bool:
    """Whether a ddpm's network is a U-Net, of images."""
    return not recipe.codes_of


class RunSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the form, the command line and the training loop have in common; files have the fields in this order."""

    dataset: Annotated[
        str, Setting("mnist, emoji, an IDX file, an .npy/.npz array or a folder of IDX files or pictures.", kinds=EVERY, costs=True)
    ] = "mnist"

    size: Annotated[
        int | None,
        Setting(
            "A folder's pictures: made squares of this side.", kinds=EVERY, least=1, costs=True,
            field=NumberField(
                "Pictures' si&de", "data", "A folder's pictures: made squares of this side; 0 leaves them as they are",
                least=0, most=1024, none="as they are",
            ),
        ),
    ] = None  # fmt: skip

    fit: Annotated[
        Literal["resize", "crop"],
        Setting(
            "With --size: squeeze them, or cut out their middle.", kinds=EVERY, said_if=lambda recipe: recipe.size is not None,
            field=ChoiceField("&Fit", "data", "With a side: squeeze pictures, or cut out their middle", choices=("resize", "crop")),
        ),
    ] = "resize"  # fmt: skip

    range: Annotated[
        RangeName,
        Setting(
            "Numbers of black and white in an array, or in pictures of floats; auto finds them.", kinds=EVERY,
            field=ChoiceField("&Values", "data", "Numbers of black and white in an array; auto finds them", choices=get_args(RangeName)),
        ),
    ] = "auto"  # fmt: skip

    member: Annotated[
        str,
        Setting(
            "Name of the array in an .npz; left out, the one that is of images.", kinds=EVERY,
            field=TextField("Arra&y", "data", "Name of the array in an .npz; empty for the one that is of images", usual="of images"),
        ),
    ] = ""  # fmt: skip

    labels: Annotated[
        str,
        Setting(
            "Name of the array of labels in an .npz; left out, what is found; none: no labels.", kinds=EVERY,
            field=TextField("L&abels", "data", "Name of the array of labels in an .npz; empty for what is found", usual="as found"),
        ),
    ] = ""  # fmt: skip

    background: Annotated[
        Background,
        Setting(
            "What is seen where pictures are transparent.", kinds=EVERY,
            field=ChoiceField("Back&ground", "data", "What is seen where pictures are transparent", choices=get_args(Background)),
        ),
    ] = "white"  # fmt: skip

    epochs: Annotated[
        int,
        Setting(
            "Passes over the images.", least=1, always=True,
            field=NumberField("&Epochs", "first", "Passes over the images", least=1, most=100_000),
        ),
    ] = 12  # fmt: skip

    batch: Annotated[
        int,
        Setting(
            "Images an update.", least=1, always=True, costs=True,
            field=NumberField("&Batch", "first", "Images an update", least=1, most=65_536),
        ),
    ] = 128  # fmt: skip

    images: Annotated[
        int | None,
        Setting(
            "Use only the first so many images.", kinds=EVERY, least=1,
            field=NumberField(
                "&Images", "learning", "Use only the first so many images; 0 is all", least=0, most=100_000_000, none="all"
            ),
        ),
    ] = None  # fmt: skip

    seed: Annotated[
        int,
        Setting(
            "Determines weights, order and noise.", least=0, always=True,
            field=SeedField("&Seed", "first", "Determines weights, order and noise: runs of one seed see the same"),
        ),
    ] = 0  # fmt: skip

    learning_rate: Annotated[
        float,
        Setting(
            "Peak of warm-up and cosine decay.", least=1e-8, most=1.0,
            field=TextField("&Learning rate", "learning", "Peak of warm-up and cosine decay, in [1e-8, 1]", ahead=True),
        ),
    ] = 1e-3  # fmt: skip

    warmup: Annotated[
        int | None,
        Setting(
            "Updates until the learning rate's peak.", least=0,
            field=NumberField(
                "&Warm-up", "learning", "Updates until the learning rate's peak; usual is 500, or a tenth of a shorter run",
                ahead=True, least=-1, most=1_000_000, none="usual",
            ),
        ),
    ] = None  # fmt: skip

    width: Annotated[
        int,
        Setting(
            "ddpm: channels of the first level.", kinds=DDPM, least=8, costs=True, said_if=of_images,
            field=NumberField(
                "W&idth", "network", "Channels of the U-Net's first level; cost and quality grow with it", least=8, most=512
            ),
        ),
    ] = 32  # fmt: skip

    network: Annotated[
        Literal["refined", "lecture"],
        Setting(
            "ddpm: refined layers, or the lecture's own: ReLU, max-pooling, t as one more channel, nothing added outside.", kinds=DDPM,
            costs=True, said_if=of_images,
            field=ChoiceField(
                "&U-Net", "network",
                "Refined: normalized, residual, told of t in every block. Lecture: ReLU, max-pooling with stride 2, t as one more channel, "
                "and its output is the prediction itself",
                choices=("refined", "lecture"),
            ),
        ),
    ] = "refined"  # fmt: skip

    levels: Annotated[
        int,
        Setting(
            "ddpm: levels of the U-Net; each has half the pixels a side and twice the channels of the one before.", kinds=DDPM,
            least=1, most=6, costs=True, said_if=of_images,
            field=NumberField(
                "Le&vels", "network", "Levels of the U-Net: each has half the pixels a side and twice the channels of the one before",
                least=1, most=6,
            ),
        ),
    ] = 3  # fmt: skip

    timesteps: Annotated[
        int | None,
        Setting(
            "ddpm: T (1000, or as many as a file has betas).", kinds=DDPM, least=2,
            field=NumberField("&Timesteps", "network", "T of the forward process", least=2, most=10_000),
        ),
    ] = None  # fmt: skip

    schedule: Annotated[
        str,
        Setting(
            "ddpm: linear, cosine, bent, or a file of betas (.json, .npy, a checkpoint).", kinds=DDPM,
            field=ChoiceField(
                "S&chedule", "network", "The forward process; one that was bent in Forward comes from there", choices=("linear", "cosine")
            ),
        ),
    ] = "linear"  # fmt: skip

    knots: Annotated[
        tuple[Knot, ...],
        Setting(
            "With --schedule bent: control points u:log SNR, as 0:9.2,0.5:0,1:-10.", kinds=DDPM,
            text=Text(knot_words, knots_of), said_if=lambda recipe: recipe.schedule == "bent",
        ),
    ] = ()  # fmt: skip

    loss: Annotated[
        Literal["simple", "min-snr", "bound"],
        Setting(
            "ddpm: how much each timestep counts.", kinds=DDPM,
            field=ChoiceField(
                "L&oss", "network",
                "Plain squared error; that of x₀ times min(SNR, 5), so that the middle of the chain counts most; or as in the bound",
                choices=("simple", "min-snr", "bound"),
            ),
        ),
    ] = "simple"  # fmt: skip

    attention: Annotated[
        bool,
        Setting(
            "ddpm: self-attention at the coarsest level.", kinds=DDPM, costs=True, said_if=of_images,
            field=TickField("Self-&attention", "network", "Self-attention at the U-Net's coarsest level", words="at the coarsest level"),
        ),
    ] = False  # fmt: skip

    skip: Annotated[
        Literal["constant", "linear", "none"],
        Setting(
            kinds=DDPM,
            switches=(
                Switch("outer_skip", True, "none", "ddpm: output = x_t + s net(x_t, t)."),
                Switch("linear_skip", False, "linear", "ddpm: output = skip(t) x_t + scale(t) net(x_t, t)."),
            ),
            field=ChoiceField(
                "S&kip", "network",
                "What is added to the network: xₜ; the best linear prediction of its target from xₜ; "
                "nothing, so that its output is the target",
                choices=("constant", "linear", "none"),
            ),
        ),
    ] = "constant"  # fmt: skip

    classes: Annotated[
        bool,
        Setting(
            "ddpm: the network is told each image's label, or the null label.", kinds=DDPM, costs=True, said_if=of_images,
            field=TickField(
                "Co&nditional", "network", "The network is told each image's label, so that one can ask it for a class, and guide it",
                words="told each image's label",
            ),
        ),
    ] = False  # fmt: skip

    drop_labels: Annotated[
        float,
        Setting(
            "With --classes: chance with which a label is left out.", kinds=DDPM, least=0.0, most=1.0,
            said_if=lambda recipe: recipe.classes and of_images(recipe),
            field=TextField(
                "Dro&pped labels", "network",
                "Chance with which the null label takes a label's place, in [0, 1]: what guidance compares with is learnt there",
            ),
        ),
    ] = 0.1  # fmt: skip

    codes_of: Annotated[
        str,
        Setting(
            "ddpm: learn the codes that this vae or ae gives the images, not the images: a file or a shipped one.", kinds=DDPM,
            option="--in", costs=True,
            field=TextField(
                "Codes o&f", "network",
                "A VAE or an AE, as mnist-vae-2d, or its file: the chain runs in its latent space, and is seen through its decoder",
                usual="none: images",
            ),
        ),
    ] = ""  # fmt: skip

    codes: Annotated[
        Literal["mean", "sample"],
        Setting(
            "With --in: learn the means of q(z|x), or a draw of it at each update.", kinds=DDPM, said_if=of_codes,
            field=ChoiceField(
                "C&odes", "network", "With codes: the means of q(z|x), or a draw of it at each update", choices=("mean", "sample")
            ),
        ),
    ] = "mean"  # fmt: skip

    units: Annotated[
        int,
        Setting(
            "With --in: units of each hidden layer.", kinds=DDPM, least=8, most=4096, costs=True, said_if=of_codes,
            field=NumberField("Un&its", "network", "With codes: units of each hidden layer of the network", least=8, most=4096),
        ),
    ] = 128  # fmt: skip

    depth: Annotated[
        int,
        Setting(
            "With --in: residual blocks, of two hidden layers each.", kinds=DDPM, least=1, most=32, costs=True,
            said_if=of_codes,
            field=NumberField("Bloc&ks", "network", "With codes: residual blocks of two hidden layers each", least=1, most=32),
        ),
    ] = 3  # fmt: skip

    architecture: Annotated[
        Literal["mlp", "conv"],
        Setting(
            "vae, ae: layers.", kinds=LATENT, costs=True,
            field=ChoiceField("La&yers", "network", "Layers: all to all, or convolutions", choices=("mlp", "conv")),
        ),
    ] = "mlp"  # fmt: skip

    code: Annotated[
        int,
        Setting(
            "vae, ae: dimensions of the latent space.", kinds=CODED, least=1, costs=True,
            field=NumberField("Code si&ze", "network", "Dimensions of the latent space", ahead=True, least=1, most=512),
        ),
    ] = 2  # fmt: skip

    hidden: Annotated[
        tuple[int, ...],
        Setting(
            "vae, ae: widths of the hidden layers from the image inwards, as 32,64,96.", kinds=LATENT, costs=True,
            text=Text(width_words, widths_of),
            field=TextField(
                "&Hidden widths", "network", "Widths of the hidden layers from the image inwards, as 1000,500,250", usual="usual"
            ),
        ),
    ] = ()  # fmt: skip

    beta: Annotated[
        float,
        Setting(
            "vae: weight of the KL; 1 is the ELBO, 0 leaves the prior out.", kinds=VAE, least=0.0, most=1000.0,
            field=TextField(
                "We&ight of KL", "network",
                "β, by which the KL to the prior counts: 1 is the ELBO; more makes dimensions of the code collapse, 0 leaves the prior out",
            ),
        ),
    ] = 1.0  # fmt: skip

    fixed_sigma: Annotated[
        float,
        Setting(
            "vae: one s for every q(z|x) = N(m(x), s²) instead of the encoder's.", kinds=VAE, least=0.0, most=100.0,
            field=TextField(
                "Fi&xed σ", "network", "One width of q(z|x) for every image, in units of the code; 0: the encoder says it of each",
            ),
        ),
    ] = 0.0  # fmt: skip

    objective: Annotated[
        Literal["cross-entropy", "mse"],
        Setting(
            "ae: cross-entropy of the pixels, or the lecture's J, the mean squared error.", kinds=("ae",),
            field=ChoiceField(
                "O&bjective", "network", "What a reconstruction is measured by: the pixels' cross-entropy, or J, their mean squared error",
                choices=("cross-entropy", "mse"),
            ),
        ),
    ] = "cross-entropy"  # fmt: skip

    ema: Annotated[
        float,
        Setting(
            "Decay of the averaged weights.", least=0.0, most=MOST_EMA,
            field=TextField("A&veraging", "learning", f"Decay of the averaged weights, which the checkpoints hold, in [0, {MOST_EMA}]"),
        ),
    ] = 0.999  # fmt: skip

    precision: Annotated[
        Literal["bf16", "fp32"],
        Setting(
            "bf16 is about twice as fast where there are units for it.", costs=True,
            field=ChoiceField(
                "&Precision", "learning", "Arithmetic of the network; bf16 is about twice as fast where there are units for it",
                choices=("fp32", "bf16"),
            ),
        ),
    ] = "fp32"  # fmt: skip

    devices: Annotated[
        int,
        Setting(
            "Processes on this machine, each with a device of its own.", least=1, costs=True,
            field=NumberField(
                "P&rocesses", "learning", "Processes, each with a device of its own, that share every batch evenly", least=1, most=64
            ),
        ),
    ] = 1  # fmt: skip

    threads: Annotated[
        int | None,
        Setting(
            "CPU threads (all, if left out).", kinds=EVERY, least=1, most=1024, costs=True,
            field=NumberField(
                "CP&U threads", "learning", "Of a process on the CPU; its share is all of them, or what leaves other runs theirs",
                least=0, most=1024, none="its share",
            ),
        ),
    ] = None  # fmt: skip

    stored: Annotated[
        Literal["fp32", "fp16"],
        Setting(
            "Numbers in which the checkpoints keep the weights.",
            field=ChoiceField(
                "Weights &kept in", "learning", "In which the checkpoints keep the weights; fp16 halves their size",
                choices=("fp32", "fp16"),
            ),
        ),
    ] = "fp32"  # fmt: skip

    @property
    def reading(self) -> Reading:
        """How the images of the data set are taken."""
        return Reading(self.range, self.member, self.background, self.labels)


class TrainSettings(RunSettings, frozen=True, kw_only=True):
    """What the training loop takes, alike for every kind of model.

    Attributes
    ----------
    weight_decay, clip : float
        AdamW's decay, and the largest norm of a gradient.
    save_seconds : float
        The state is kept at least so often (and at the end of each epoch), so that a killed run loses no more.
    command : str
        What was typed, for the model card.
    notes : str
        For the model card.
    """

    out: Annotated[Path, Setting("Folder of the run.", kinds=EVERY)]
    resume: Annotated[bool, Setting("Go on from the folder's last kept state.")] = False
    start_from: Annotated[str | None, Setting("Begin with this checkpoint's weights: a file or a shipped name.")] = None
    warmup: int = 500
    device: Annotated[str, Setting("auto, cpu, cuda or mps.")] = "auto"
    nodes: Annotated[int, Setting("Machines; started on each by torchrun or fabric run.", least=1)] = 1
    weight_decay: float = 0.01
    clip: float = 1.0
    save_seconds: float = 120.0
    command: str = ""
    notes: str = ""


class TrainOptions(TrainSettings, frozen=True, kw_only=True):
    """All that `train` can be asked for: beside the loop's settings, what is trained and how it is told."""

    kind: Annotated[Kind, Setting("What to train.", kinds=EVERY, is_argument=True)]
    option: Annotated[Literal["A", "B", "C", "V"], Setting("ddpm: what the network predicts (A mean, B x_0, C noise).", kinds=DDPM)] = "C"
    all_timesteps: Annotated[bool, Setting("ddpm: every t of one image in one update.", kinds=DDPM)] = False
    activation: Annotated[
        Literal["silu", "relu", "sigmoid"], Setting("vae, ae: units; sigmoid are Hinton and Salakhutdinov's.", kinds=LATENT)
    ] = "silu"
    as_json: Annotated[bool, Setting("JSON lines on stdout instead of a progress bar.", kinds=EVERY, option="--json")] = False
