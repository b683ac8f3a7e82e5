"""Layers that several networks have, as operations of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from explorer.backends.native.program import Place, Program, Tap, filled

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Row and column of each of the four pixels that one becomes."""


def bias_of(layer: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> Tensor:
    """A layer's bias; zeros if it has none."""
    if layer.bias is not None:
        return layer.bias
    return layer.weight.new_zeros(layer.weight.shape[1 if isinstance(layer, nn.ConvTranspose2d) else 0])


def around(source: Place, conv: nn.Conv2d) -> list[Tap]:
    """The nine taps of a 3x3 convolution over a source with a border."""
    return [(source, y * source.row + x, conv.weight[:, :, y, x]) for y in range(3) for x in range(3)]


def first(program: Program, conv: nn.Conv2d, plane: int | None, sums: bool) -> Place:
    """The 3x3 convolution of the image, in float32."""
    pixels = program.gather(plane)
    return program.conv([(pixels, 0, conv.weight.flatten(1))], bias_of(conv), pixels.row, (pixels.height, pixels.width), sums=sums)


def last(program: Program, h: Place, norm: nn.Module, activation: str, conv: nn.Conv2d, factors: tuple[int, int | None]) -> None:
    """Normalization, activation and the 3x3 convolution to the image, in float32; factors as `Program.scatter` has them."""
    source, _ = program.norm([h], norm, activation, border=0, exact=True)
    weight = conv.weight.permute(0, 2, 3, 1).flatten(0, 2)
    given = program.conv([(source, 0, weight)], weight.new_zeros(len(weight)), source.row, (h.height, h.width), sums=False)
    program.scatter(given, bias_of(conv), *factors)


def halved(program: Program, h: Place, conv: nn.Conv2d, sums: bool, start: int = 0) -> Place:
    """A 3x3 convolution with a step of 2, whose first pixel is at row and column `start - 1`."""
    source, _ = program.norm([h], split=True)
    columns = [(x % 2) * (source.row // 2) + x // 2 for x in range(start, start + 3)]
    taps = [(source, (start + y) * source.row + columns[x], conv.weight[:, :, y, x]) for y in range(3) for x in range(3)]
    return program.conv(taps, bias_of(conv), 2 * source.row, (h.height // 2, h.width // 2), sums=sums)


def doubled(program: Program, source: Place, taps: Callable[[int, int], Sequence[Tap]], bias: Tensor, sums: bool) -> Place:
    """Twice as many rows and columns: each pixel becomes four, each with taps of its own."""
    out: Place | None = None
    for row, column in CORNERS:
        out = program.conv(
            taps(row, column), bias, source.row, (source.height, source.width), into=out, corner=(row, column), sums=sums,
            joined=(row, column) != CORNERS[-1],
        )  # fmt: skip
    assert out is not None
    return out


def attention(
    program: Program, h: Place, norm: nn.Module | None, qkv: tuple[Tensor, Tensor], out: tuple[Tensor, Tensor], heads: int, sums: bool
) -> Place:
    """Self-attention over the pixels, added to its input.

    Parameters
    ----------
    qkv : (Tensor, Tensor)
        Weight (3 C, C) and bias (3 C) of queries, keys and values, one after another.
    out : (Tensor, Tensor)
        Weight (C, C) and bias (C) of the layer after it.
    """
    channels = len(out[1])
    source, _ = program.norm([h], norm, border=0)
    order = [part * channels + channel if channel >= 0 else -1 for part in range(3) for channel in filled(channels)]
    size = h.height, h.width
    mixed = program.attention(
        program.conv([(source, 0, qkv[0])], qkv[1], source.row, size, channels=order, sums=False), heads, channels // heads
    )
    source, _ = program.norm([mixed], border=0)
    return program.conv([(source, 0, out[0])], out[1], source.row, size, added=h, sums=sums)
