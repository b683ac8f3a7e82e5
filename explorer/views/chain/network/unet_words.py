"""What is said of a block and of a skip."""

from __future__ import annotations

from explorer.engine.chain.network.messages import BlockShown
from explorer.models.anatomy import Node, Skip

WHAT = {
    "input": "the state that the step starts from",
    "stem": "one 3×3 convolution",
    "down": "two 3×3 convolutions",
    "downsample": "3×3 convolution with stride 2: half the size",
    "middle": "two 3×3 convolutions",
    "up": "what comes from below and the skip, two 3×3 convolutions",
    "upsample": "2×2 transposed convolution: twice the size",
    "head": "normalization and one 3×3 convolution",
    "output": "what the network puts out",
}


def what(node: Node) -> str:
    """What a block does."""
    return f"{WHAT[node.kind]}, then self-attention" if node.attention else WHAT[node.kind]


def which(shown: BlockShown) -> str:
    """What a block's picture shows of it."""
    if shown.channel is None:
        return "mean of its channels" if shown.diverging and shown.scale else "the image"
    return f"channel {shown.channel}, the strongest"


def block_words(node: Node, shown: BlockShown | None) -> str:
    """A block in a few lines: what it does, what is shown of it, its norm, and what the skips changed."""
    lines = [f"{node.title} · {node.shape_text}", what(node)]
    if shown is not None:
        if node.kind not in ("input", "output"):
            lines.append(f"shown: {which(shown)}, −{shown.scale:g} to {shown.scale:g}")
        lines.append(f"norm {shown.norm:.4g}")
        if shown.change:
            lines.append(f"changed by {percent(shown.change)} of its norm without the skips that are off")
    return "\n".join(lines)


def skip_words(skip: Skip, source: Node, target: Node, off: bool) -> str:
    """A skip in a sentence, and what clicking it does."""
    state = "It is off: click to switch it on." if off else "Click to switch it off."
    return f"The {skip.channels} channels of {source.title} ({source.shape_text}), concatenated to the input of {target.title}. {state}"


def percent(share: float) -> str:
    """Such as "34 %"."""
    return f"{100 * share:.0f} %" if share >= 0.0095 else f"{100 * share:.1f} %"
