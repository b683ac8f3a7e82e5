"""MP4 (H.264) with its recipe inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np

from explorer.errors import BadInput
from explorer.exports.gif import LAST_FRAME_SECONDS
from explorer.exports.whole import whole
from explorer.recipe import Recipe, encode_recipe

MAX_SIDE = 8192
QUALITY = 9  # of 10: small images made large have edges that coarse quantization smears


def check_size(path: Path, size: tuple[int, int]) -> None:
    """Refuse a picture that H.264 cannot hold (BadInput)."""
    if max(size) > MAX_SIDE:
        raise BadInput(f"{path}: pictures of {size[1]}x{size[0]} are too large for a film: ask for fewer samples, or a lower --scale")


def write_mp4(path: Path, frames: Iterable[np.ndarray], recipe: Recipe, fps: float) -> None:
    """A film of pictures (H, W) or (H, W, 3) uint8; see `mp4_film`."""
    with mp4_film(path, recipe, fps) as add:
        for frame in frames:
            add(frame)


@contextmanager
def mp4_film(path: Path, recipe: Recipe, fps: float) -> Iterator[Callable[[np.ndarray], None]]:
    """A film that grows by the pictures (H, W) or (H, W, 3) uint8 that are given, its last one held; the recipe is its "comment".

    Nothing is left of the file if the block raises.

    Raises
    ------
    BadInput
        If it cannot be written, or no ffmpeg is installed.
    """
    with whole(path) as partial:
        writer: Any = None
        last: np.ndarray | None = None

        def add(frame: np.ndarray) -> None:
            nonlocal writer, last
            last = _even(frame)
            if writer is None:
                writer = _open(partial, last, recipe, fps)
            writer.send(last)

        try:
            yield add
            for _ in range(round(LAST_FRAME_SECONDS * fps)):
                if last is not None:
                    add(last)
        finally:
            if writer is not None:
                writer.close()
        if not partial.is_file():
            raise BadInput(f"{path}: ffmpeg wrote no film")


def _open(partial: Path, frame: np.ndarray, recipe: Recipe, fps: float):  # type: ignore[no-untyped-def]
    height, width = frame.shape[:2]
    comment = f"comment={encode_recipe(recipe)}"
    try:
        writer = imageio_ffmpeg.write_frames(
            partial, (width, height), pix_fmt_in="rgb24" if frame.ndim == 3 else "gray", fps=fps, codec="libx264",
            quality=QUALITY, macro_block_size=2, ffmpeg_log_level="error",
            output_params=["-f", "mp4", "-movflags", "+faststart", "-metadata", comment],
        )  # fmt: skip
        writer.send(None)
    except RuntimeError as error:
        raise BadInput(f"a film needs ffmpeg: {error}") from None
    return writer


def _even(frame: np.ndarray) -> np.ndarray:
    """With even sides, as 4:2:0 colour needs: a row or column more of the edge's own values."""
    margins = [(0, frame.shape[0] % 2), (0, frame.shape[1] % 2)] + [(0, 0)] * (frame.ndim - 2)
    return np.ascontiguousarray(np.pad(frame, margins, mode="edge"))
