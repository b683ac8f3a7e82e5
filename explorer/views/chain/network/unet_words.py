"""What is said of a block and of a skip."""

from __future__ import annotations

from explorer.engine.chain.network.messages import BlockShown
from explorer.models.anatomy import Node, Skip
from explorer.widgets.look.language import tr

WHAT = {
    "input": tr("the state that the step starts from"),
    "stem": tr("one 3×3 convolution"),
    "down": tr("two 3×3 convolutions"),
    "downsample": tr("3×3 convolution with stride 2: half the size"),
    "middle": tr("two 3×3 convolutions"),
    "up": tr("what comes from below and the skip, two 3×3 convolutions"),
    "upsample": tr("2×2 transposed convolution: twice the size"),
    "head": tr("normalization and one 3×3 convolution"),
    "output": tr("what the network puts out"),
}


POOLED = tr("max-pooling with stride 2: the largest of each 2×2 pixels, half the size")


def what(node: Node, pooled: bool = False) -> str:
    """What a block does; a network that is `pooled` halves its levels by max-pooling."""
    if pooled and node.kind == "downsample":
        return POOLED
    return tr("{what}, then self-attention", what=WHAT[node.kind]) if node.attention else WHAT[node.kind]


def added(skip: float, scale: float) -> str:
    """What is added outside, with its numbers: output = skip x_t + scale head."""
    return tr("output = {skip} xₜ + {scale} head", skip=number(skip), scale=number(scale)).replace("+ −", "− ")


def number(value: float) -> str:
    """Such as "0.9975", "−0.0139": four significant digits."""
    return f"{value:.4g}".replace("-", "−")


def which(shown: BlockShown) -> str:
    """What a block's picture shows of it."""
    if shown.channel is None:
        return tr("mean of its channels") if shown.diverging and shown.scale else tr("the image")
    return tr("channel {channel}, the strongest", channel=shown.channel)


def block_words(node: Node, shown: BlockShown | None, pooled: bool = False) -> str:
    """A block in a few lines: what it does, what is shown of it, its norm, and what the skips changed."""
    lines = [f"{node.title} · {node.shape_text}", what(node, pooled)]
    if shown is not None:
        if node.kind not in ("input", "output"):
            lines.append(tr("shown: {which}, −{scale:g} to {scale:g}", which=which(shown), scale=shown.scale))
        lines.append(tr("norm {norm:.4g}", norm=shown.norm))
        if shown.change:
            lines.append(tr("changed by {change} of its norm without the skips that are off", change=percent(shown.change)))
    return "\n".join(lines)


def skip_words(skip: Skip, source: Node, target: Node, off: bool) -> str:
    """A skip in a sentence, and what clicking it does."""
    state = tr("It is off: click to switch it on.") if off else tr("Click to switch it off.")
    return tr(
        "The {channels} channels of {title} ({shape_text}), concatenated to the input of {title2}. {state}",
        channels=skip.channels,
        title=source.title,
        shape_text=source.shape_text,
        title2=target.title,
        state=state,
    )


def percent(share: float) -> str:
    """Such as "34 %"."""
    return f"{100 * share:.0f} %" if share >= 0.0095 else f"{100 * share:.1f} %"
