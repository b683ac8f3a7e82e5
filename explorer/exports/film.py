"""MP4 (H.264) with its recipe inside."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, BinaryIO, cast

import imageio_ffmpeg
import numpy as np

from explorer.errors import BadInput
from explorer.exports.atomic import whole
from explorer.exports.gif import LAST_FRAME_SECONDS
from explorer.half_written import neighbour
from explorer.recipe import Recipe, encode_recipe

MAX_SIDE = 8192
FFMPEG_SECONDS = 60
CRF = 5  # of 0..51, the least loss first: small images made large have edges that coarse quantization smears


def check_size(path: Path, size: tuple[int, int]) -> None:
    """Refuse a picture that H.264 cannot hold (BadInput)."""
    if max(size) > MAX_SIDE:
        raise BadInput(f"{path}: pictures of {size[1]}x{size[0]} are too large for a film: ask for fewer samples, or a lower scale")


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
        encoder: _Encoder | None = None
        last: np.ndarray | None = None

        def add(frame: np.ndarray) -> None:
            nonlocal encoder, last
            last = _even(frame)
            if encoder is None:
                encoder = _Encoder(partial, last, recipe, fps)
            encoder.add(last)

        try:
            yield add
            for _ in range(round(LAST_FRAME_SECONDS * fps)):
                if last is not None:
                    add(last)
            if encoder is not None:
                encoder.end()
        finally:
            if encoder is not None:
                encoder.close()
        if not partial.is_file():
            raise BadInput(f"{path}: ffmpeg wrote no film")


def recipe_text(path: Path) -> str:
    """The comment of a film, which is the recipe of ours; empty if it has none (BadInput if ffmpeg cannot read it)."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", _as_file(path), "-f", "ffmetadata", "-"]
    result = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, stdin=DEVNULL)
    if result.returncode:
        raise BadInput(result.stderr.decode(errors="replace").strip().splitlines()[-1])
    found = re.search(r"^comment=((?:[^\\\n]|\\.)*)", result.stdout.decode(), re.MULTILINE | re.DOTALL)
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL) if found else ""


def pictures_of(path: Path) -> list[str]:
    """A hash of each picture of a film, as it is decoded (BadInput as `recipe_text`)."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", _as_file(path), "-map", "0:v", "-f", "framemd5", "-"]
    result = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, stdin=DEVNULL)
    if result.returncode:
        raise BadInput(result.stderr.decode(errors="replace").strip().splitlines()[-1])
    rows = [line for line in result.stdout.decode().splitlines() if not line.startswith("#")]
    sizes = [line for line in result.stdout.decode().splitlines() if line.startswith("#dimensions")]
    return [*sizes, *(",".join(row.split(",")[1:]).replace(" ", "") for row in rows)]


def _as_file(path: Path) -> str:
    """A file's name as ffmpeg takes it: with a colon it would be a protocol's."""
    return f"file:{os.path.abspath(path)}"


class _Encoder:
    """An ffmpeg that is fed pictures of one size; its words are kept, and only its status says that the film is whole."""

    def __init__(self, partial: Path, frame: np.ndarray, recipe: Recipe, fps: float) -> None:
        height, width = frame.shape[:2]
        try:
            program = imageio_ffmpeg.get_ffmpeg_exe()
        except RuntimeError as error:
            raise BadInput(f"a film needs ffmpeg: {error}") from None
        self._told = _metadata(partial, encode_recipe(recipe))
        command = [
            program, "-y", "-f", "rawvideo", "-vcodec", "rawvideo", "-s", f"{width}x{height}",
            "-pix_fmt", "rgb24" if frame.ndim == 3 else "gray", "-r", str(Fraction(fps).limit_denominator()), "-i", "-",
            "-f", "ffmetadata", "-i", _as_file(self._told), "-map_metadata", "1",
            "-an", "-vcodec", "libx264", "-pix_fmt", "yuv420p", "-crf", str(CRF), "-v", "error",
            "-f", "mp4", "-movflags", "+faststart", _as_file(partial),
        ]  # fmt: skip
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=self._words, **_apart())
        self._input = cast(BinaryIO, self._process.stdin)

    def add(self, frame: np.ndarray) -> None:
        """OSError if ffmpeg has given up."""
        try:
            self._input.write(frame.data)
        except OSError:
            raise OSError(self._cause()) from None

    def end(self) -> None:
        """Let ffmpeg finish; OSError if it could not."""
        try:
            self._input.close()
        except OSError:
            raise OSError(self._cause()) from None
        if self._process.wait():
            raise OSError(self._cause())

    def close(self) -> None:
        """End what was not let finish."""
        self._process.kill()
        with contextlib.suppress(OSError):
            self._input.close()
        self._process.wait()
        self._words.close()
        self._told.unlink(missing_ok=True)

    def _cause(self) -> str:
        status = self._process.wait()
        self._words.seek(0)
        words = self._words.read().decode(errors="replace")
        full = os.strerror(errno.ENOSPC)
        return full if full in words else (words.strip().splitlines() or [f"ffmpeg ended with status {status}"])[-1]


def _metadata(beside: Path, comment: str) -> Path:
    """A file that tells ffmpeg a comment: a recipe with pictures in it is longer than a command may be."""
    path = neighbour(beside)
    path.write_text(";FFMETADATA1\ncomment=" + re.sub(r"([=;#\\\n])", r"\\\1", comment) + "\n", encoding="utf-8", newline="\n")
    return path


def _apart() -> dict[str, Any]:
    """An interrupt is the app's to answer, and no console opens on Windows."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def _even(frame: np.ndarray) -> np.ndarray:
    """With even sides, as 4:2:0 colour needs: a row or column more of the edge's own values."""
    margins = [(0, frame.shape[0] % 2), (0, frame.shape[1] % 2)] + [(0, 0)] * (frame.ndim - 2)
    return np.ascontiguousarray(np.pad(frame, margins, mode="edge"))
