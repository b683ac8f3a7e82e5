"""The model card of a folder: what its JSON files say of it, and the one sentence where that cannot be a lane. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from explorer.checkpoints.card import FORMAT_VERSION, UNSAID, VALUE_RANGE, Card, ClassesCard, DataCard, NetworkCard, OriginCard
from explorer.errors import BadInput
from explorer.recipe.told import MAX_LABEL, MAX_TIMESTEPS, NO_NULL, NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.costs import beyond
from explorer.sources.diffusers.autoencoder_settings import AUTOENCODERS, Coder, card_of_autoencoder, coder_of
from explorer.sources.diffusers.latent_settings import seen_notes, seen_through
from explorer.sources.diffusers.layout import AVERAGED, CODERS, CONFIG, Layout, class_of, read_json
from explorer.sources.diffusers.process import Process, process_of, told_process

NETWORK = "UNet2DModel"
MOST_BLOCKS, MOST_LAYERS, MOST_CHANNELS = 16, 64, 16384
"""Of a network that is built to see what weights it needs."""

_USUAL = {
    "act_fn": "silu", "add_attention": True, "center_input_sample": False, "downsample_padding": 1, "downsample_type": "conv",
    "dropout": 0.0,
    "flip_sin_to_cos": True, "freq_shift": 0, "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock2D", "norm_eps": 1e-5,
    "resnet_time_scale_shift": "default", "time_embedding_type": "positional", "upsample_type": "conv",
}  # fmt: skip
"""Settings of which the card says nothing."""
_TOLD = ("text_encoder", "text_encoder_2", "image_encoder", "prior", "bert")
MOST_LABELS = MAX_LABEL
NAMES, MOST_LETTERS = "id2label", 60
NO_GUIDANCE = "no label is said to stand for no class, so that it cannot be guided (--null-label tells it)"
_NO_EMBEDDING = "its network is told classes by {} (class_embed_type): what opens here has a vector for each of num_class_embeds labels"


def asked(layout: Layout) -> tuple[Question, ...]:
    """What its files do not say (BadInput as `card_of`)."""
    if class_of(layout.model) in AUTOENCODERS:
        coder = coder_of(layout.config, _config(layout))
        return (Question("image_size", coder.plane_size(), f"it takes images of any multiple of {coder.multiple}"),)
    process = () if layout.scheduler is not None else (
        Question("predicts", "C", "there is no scheduler_config.json"), Question("schedule", "linear"), Question("timesteps", 1000),
    )  # fmt: skip
    config = _config(layout)
    side = max(32, _multiple(config))
    size = () if config.get("sample_size") is not None else (Question("image_size", (side, side), "there is no sample_size"),)
    null = (Question("null_label", NO_NULL, "only its author knows whether a label stands for no class"),)
    questions = (*process, *size, *(null if config.get("num_class_embeds") else ()))
    if questions:  # of what no answer would open nothing is asked
        _checked(layout, config)
        _ = None if layout.scheduler is None else _process(layout, NOTHING)
    return questions


def card_of(layout: Layout, told: Told = NOTHING) -> Card:
    """Card of a model.

    Parameters
    ----------
    layout : Layout
    told : Told
        Answers to what is `asked`.

    Raises
    ------
    BadInput
        If a file is missing or damaged, or it is no pixel-space DDPM; the message says what it is.
    """
    config = _config(layout)
    if config.get("_class_name") in AUTOENCODERS:
        return _autoencoder(layout, _index(layout), config, told)
    index, coder = _checked(layout, config)
    process = _process(layout, told)
    try:
        _check_table(config, process.schedule.T)
        shape, notes = _shape(config, told)
        latent = None if coder is None else seen_through(coder, shape)
        said_of_it = {name: value for name, value in config.items() if not name.startswith("_") and name != NAMES}
        kept = {name: value for name, value in said_of_it.items() if value not in (None, _USUAL.get(name))}
        classes, said = _classes(index, config, told)
        seen = () if latent is None else seen_notes(latent)
        notes = (*_weights_notes(layout, config), *process.notes, *notes, *said, *seen)
        return Card(
            FORMAT_VERSION, "ddpm", NetworkCard(NETWORK, kept), DataCard(UNSAID, shape, VALUE_RANGE, ""),
            process.option, process.schedule, origin=OriginCard(_origin(index, config), notes, process.sampler, _learned(config)),
            classes=classes, latent=latent,
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(f"{layout.config}: {error}") from None


def _index(layout: Layout) -> dict[str, Any]:
    return read_json(layout.index) if layout.index is not None else {}


def _checked(layout: Layout, config: dict[str, Any]) -> tuple[dict[str, Any], Coder | None]:
    """What names a pipeline's parts, and its autoencoder; whatever is told of it, it can be a lane (BadInput)."""
    index = _index(layout)
    _check_pipeline(layout, index)
    coder = None if layout.coder is None else coder_of(layout.coder / CONFIG, read_json(layout.coder / CONFIG))
    _check_network(layout.config, config, coder)
    return index, coder


def _origin(index: dict[str, Any], config: dict[str, Any]) -> str:
    wrote = config.get("_diffusers_version") or index.get("_diffusers_version")
    return "a diffusers folder" if not isinstance(wrote, str) else f"a diffusers folder, written by version {wrote[:20]}"


def _autoencoder(layout: Layout, index: dict[str, Any], config: dict[str, Any], told: Told) -> Card:
    """Card of an autoencoder; of one that is a part of a pipeline that says so."""
    name, notes = index.get("_class_name"), tuple[str, ...]()
    if isinstance(name, str):
        notes = (f"the autoencoder of a {name[:60]}, whose chains are told what to draw and do not open",)
    coder = coder_of(layout.config, config)
    return card_of_autoencoder(layout.config, coder, config, _origin(index, config), told.image_size, notes)


def _classes(index: dict[str, Any], config: dict[str, Any], told: Told) -> tuple[ClassesCard | None, tuple[str, ...]]:
    """The classes that it is told of, and what was assumed of them (ValueError if the null label is none of its labels)."""
    labels = config.get("num_class_embeds")
    if not labels:
        return None, ()
    null = None if told.null_label in (None, NO_NULL) else told.null_label
    classes = _named(ClassesCard(labels, null), index, config)
    return classes, () if null is not None else (NO_GUIDANCE,)


def _named(classes: ClassesCard, index: dict[str, Any], config: dict[str, Any]) -> ClassesCard:
    """The classes with the names that an id2label has for them, as pipelines that are told labels keep it; of several words the first."""
    known = config.get(NAMES) or index.get(NAMES)
    if not isinstance(known, dict) or not any(str(label) in known for label in classes.of_classes):
        return classes
    names = (str(known.get(str(label), label)).partition(",")[0].strip()[:MOST_LETTERS] or str(label) for label in classes.of_classes)
    return msgspec.structs.replace(classes, names=tuple(names))


def _check_pipeline(layout: Layout, index: dict[str, Any]) -> None:
    name = index.get("_class_name", "")
    told = [part for part in _TOLD if index.get(part)]
    if told:
        raise BadInput(f"{layout.root}: a {name} is told what to draw by its {' and '.join(told)}; what opens of diffusers is a {NETWORK}")
    missing = next((part for part in CODERS if index.get(part) and layout.coder is None), None)
    if missing:
        raise BadInput(f"{layout.root}: a {name} makes images through its {missing}, and no folder {missing} with a config.json is there")
    if index and "unet" not in index and not layout.config.is_file():
        raise BadInput(f"{layout.root}: is a {name or 'pipeline'} without a unet; what opens of diffusers is a {NETWORK}")


def _config(layout: Layout) -> dict[str, Any]:
    if not layout.config.is_file():
        old = (layout.model / "pytorch_model.bin").is_file()
        why = "an old training state without" if old else "it has no"
        raise BadInput(f"{layout.model}: {why} config.json, which says how the network is built: put the one of its pipeline's unet there")
    return read_json(layout.config)


def _check_network(path: Path, config: dict[str, Any], coder: Coder | None) -> None:
    """Refuse another class, and settings that mean something else here or cannot be."""
    name = config.get("_class_name")
    if name == "UNet2DConditionModel":
        raise BadInput(f"{path}: is a {name}, which is told what to draw by a text or a picture; what opens of diffusers is a {NETWORK}")
    if name != NETWORK:
        said = f"is a {name} of diffusers" if isinstance(name, str) else "does not say the class of its network (_class_name)"
        raise BadInput(f"{path}: {said}; what opens of diffusers is a {NETWORK}")
    if config.get("class_embed_type"):
        raise BadInput(f"{path}: {_NO_EMBEDDING.format(config['class_embed_type'])}")
    if config.get("num_class_embeds") is not None and not _count(config["num_class_embeds"], MOST_LABELS):
        raise BadInput(f"{path}: its num_class_embeds is {config['num_class_embeds']!r}")
    if config.get("center_input_sample"):
        raise BadInput(f"{path}: its network takes images in [0, 1] (center_input_sample), and chains are in [-1, 1] here")
    if config.get("time_embedding_type", "positional") not in ("positional", "learned"):
        raise BadInput(f"{path}: its network is told a noise level, not a timestep (time_embedding_type {config['time_embedding_type']!r})")
    if "attention_legacy_order" in config:
        raise BadInput(f"{path}: its attention is of another order than diffusers' own (attention_legacy_order)")
    _check_sizes(path, config, coder)


def _check_sizes(path: Path, config: dict[str, Any], coder: Coder | None) -> None:
    """Before a network is built of them: nobody waits for a million layers."""
    widths, layers = config.get("block_out_channels", [224]), config.get("layers_per_block", 2)
    good = isinstance(widths, list) and 1 <= len(widths) <= MOST_BLOCKS and all(_count(width, MOST_CHANNELS) for width in widths)
    if not (good and _count(layers, MOST_LAYERS)):
        raise BadInput(f"{path}: block_out_channels or layers_per_block are not those of a network")
    for name in ("in_channels", "out_channels"):
        if not _count(config.get(name, 3), MOST_CHANNELS):
            raise BadInput(f"{path}: its {name} is {config[name]!r}")
    before, after = config.get("in_channels", 3), config.get("out_channels", 3)
    if coder is not None and before != coder.latent_channels:
        raise BadInput(f"{path}: its network takes {before} channels, and the codes of its autoencoder have {coder.latent_channels}")
    if coder is None and before not in (1, 3):
        raise BadInput(f"{path}: its network takes {before} channels; pictures have 1 or 3 here")
    if after not in (before, 2 * before):
        raise BadInput(f"{path}: its network makes {after} channels of {before}, so its output is no prediction of a step")


def _count(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _process(layout: Layout, told: Told) -> Process:
    if layout.scheduler is None:
        try:
            return told_process(told)
        except ValueError as error:
            raise BadInput(f"{layout.root}: {error}") from None
    try:
        return process_of(read_json(layout.scheduler))
    except ValueError as error:
        raise BadInput(f"{layout.scheduler}: {error}") from None


def _check_table(config: dict[str, Any], T: int) -> None:
    """Refuse a table of timesteps that is shorter than the schedule (ValueError)."""
    rows: Any = config.get("num_train_timesteps")
    if config.get("time_embedding_type") != "learned":
        return
    if not _count(rows, MAX_TIMESTEPS):
        raise ValueError(f"its num_train_timesteps is {rows!r}, and it has a table of them")
    if rows < T:
        raise ValueError(beyond(T, rows))


def _multiple(config: dict[str, Any]) -> int:
    widths = config.get("block_out_channels", [0] * 4)
    return int(2 ** (len(widths) - 1)) if isinstance(widths, list) and 1 <= len(widths) <= MOST_BLOCKS else 1


def _shape(config: dict[str, Any], told: Told) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    """(C, H, W) of its images, and what was assumed of it."""
    channels, multiple = config.get("in_channels", 3), _multiple(config)
    size = config.get("sample_size")
    notes: tuple[str, ...] = ()
    if size is None:
        size = list(told.image_size or (max(32, multiple),) * 2)
        notes = (f"images of {size[0]} x {size[1]}, as no sample_size is there",)
    sides = size if isinstance(size, list) else [size, size]
    if len(sides) != 2 or not all(_count(side, 4096) for side in sides):
        raise ValueError(f"its sample_size {size!r} is no size of images")
    height, width = sides
    if height % multiple or width % multiple:
        raise ValueError(f"its sample_size {height} x {width} is not one of multiples of {multiple}, as its network needs")
    return (channels, height, width), notes


def _learned(config: dict[str, Any]) -> bool:
    """Whether the network puts out a variance as well."""
    return bool(config.get("out_channels", 3) != config.get("in_channels", 3))


def _weights_notes(layout: Layout, config: dict[str, Any]) -> list[str]:
    notes = []
    if layout.model.name == AVERAGED:
        notes.append("its averaged weights (unet_ema)")
    elif (layout.model.parent / AVERAGED).is_dir():
        notes.append("its weights as they were trained, not the averaged ones beside them (unet_ema)")
    if _learned(config):
        notes.append("the second half of the network's output is a variance, which a lane can add noise by")
    return notes
