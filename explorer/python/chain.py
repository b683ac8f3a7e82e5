"""A sampled chain as arrays: what `explorer.sample` gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.errors import BadInput
from explorer.exports.pixels import as_uint8, drawable
from explorer.python.checked import checked
from explorer.recipe import Recipe
from explorer.recipe.shown import FPS, FPS_RANGE, FRAMES, FRAMES_RANGE, MAX_SCALE


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Chain:
    """One reverse chain, from x_T to x_0. In a notebook it is a picture with a slider.

    Attributes
    ----------
    x : ndarray, shape (K+1, N, C, H, W), float32
        The states: x[0] is x_T, x[-1] the images, pixels in [-1, 1].
    x0_hat, eps_hat, mean, z : ndarray, shape (K, N, C, H, W), float32
        Of the step from x[k] to x[k+1]: the clean image and the noise that the network sees in x[k], the mean of the step, and the
        fresh noise: x[k+1] = mean[k] + sigma[k] z[k].
    timesteps : ndarray, shape (K+1,), int64
        T .. 0.
    alpha_bar : ndarray, shape (K+1,), float64
        Of the states.
    a0, at, sigma : ndarray, shape (K,), float64
        mean = a0 x0_hat + at x, and the standard deviation of the step.
    recipe : Recipe
        How it came to be: checkpoint by hash, sampler, seed; what `save` puts into files.
    label : str
        Option, name and number of steps, for people.
    labels : ndarray, shape (N,), int64, or None
        What a class-conditional network was told of each sample, -1 for no class.
    decoded : ndarray, shape (N, 3 or 1, H, W), float32, or None
        x_0 as images, where the states are codes of an autoencoder.
    """

    x: np.ndarray
    x0_hat: np.ndarray
    eps_hat: np.ndarray
    mean: np.ndarray
    z: np.ndarray
    timesteps: np.ndarray
    alpha_bar: np.ndarray
    a0: np.ndarray
    at: np.ndarray
    sigma: np.ndarray
    recipe: Recipe
    label: str
    labels: np.ndarray | None = None
    decoded: np.ndarray | None = None

    @property
    def images(self) -> np.ndarray:
        """The samples x_0 as pixels, shape (N, H, W, C), uint8; (N, H, W) of one channel."""
        pixels = as_uint8(self.x[-1] if self.decoded is None else self.decoded).transpose(0, 2, 3, 1)
        return pixels[..., 0] if pixels.shape[-1] == 1 else pixels

    @checked
    def save(self, path: str | Path, *, scale: int | None = None, frames: int = FRAMES, fps: float = FPS) -> None:
        """Write it, with its recipe inside: what `generative-explorer sample --out` writes.

        Parameters
        ----------
        path : str or Path
            A picture of the samples (.png), a film of the chain (.gif, .mp4), all arrays (.npz), or a page with a slider (.html).
        scale : int, optional
            Of pictures and films: pixels for each pixel of an image, in 1..64.
        frames : int
            Of films and pages: at most so many states, in 2..2000.
        fps : float
            Of films: pictures a second, in [1, 50].

        Raises
        ------
        BadInput
            If the name says no such kind, a setting is out of its range, or the file cannot be written.
        """
        from explorer.exports.atomic import check_out
        from explorer.exports.kinds import KINDS, Drawn, Stored
        from explorer.sampling.writing import DrawnLane, as_drawn, draw

        out = Path(path).expanduser()
        check_out(out, tuple(KINDS))
        check_scale(scale)
        (fewest, most), (slowest, fastest) = FRAMES_RANGE, FPS_RANGE
        if not fewest <= frames <= most:
            raise BadInput(f"frames must be in {fewest}..{most}, not {frames}")
        if not slowest <= fps <= fastest:
            raise BadInput(f"fps must be in [{slowest:g}, {fastest:g}], not {fps:g}")
        kind = KINDS[out.suffix.lower()]
        if isinstance(kind, Stored):
            self._store(out, kind, frames)
            return
        assert isinstance(kind, Drawn)
        steps = tuple(int(t) for t in self.timesteps)
        lane = DrawnLane(self.label, self._source, self._picture_shape(kind.film), steps, self._tiles)
        draw(out, kind, [lane], as_drawn(self.recipe, [lane], scale, frames, fps, kind.film), scale, frames, fps)

    def _store(self, out: Path, kind: object, frames: int) -> None:
        from explorer.exports.kinds import Stored
        from explorer.exports.walk import DECODED, OF_STEPS, PLAN, STATE, Piece, WrittenLane, write_arrays
        from explorer.sampling.writing import as_paged

        assert isinstance(kind, Stored)
        everything, K = slice(None), len(self.sigma)

        def pieces() -> list[Piece]:
            steps = [Piece(k, everything, {STATE: self.x[k], **{name: getattr(self, name)[k] for name in OF_STEPS}}) for k in range(K)]
            images = [] if self.decoded is None else [Piece(0, everything, {DECODED: self.decoded})]
            return [*steps, Piece(K, everything, {STATE: self.x[K]}), *images]

        decoded = None if self.decoded is None else self.decoded.shape[1:]
        plan = {name: getattr(self, name) for name in PLAN} | ({} if self.labels is None else {"labels": self.labels})
        lane: WrittenLane[None] = WrittenLane(plan, self.x.shape[1], self._image_shape, pieces, decoded)
        recipe = as_paged(self.recipe, [self.label], frames) if kind.page else self.recipe
        for _ in write_arrays(out, kind, [lane], recipe):
            pass

    def _tiles(self, states: Sequence[int]) -> np.ndarray:
        """Pictures (count, N, C, H, W), uint8, of states; of codes their channels, of x_0 alone what it decodes to."""
        if self.decoded is None:
            return as_uint8(self.x[list(states)])
        if list(states) == [len(self.sigma)]:
            return as_uint8(self.decoded)[None]
        return as_uint8(drawable(self.x[list(states)], coded=True))

    def _picture_shape(self, several: bool) -> tuple[int, int, int]:
        """(C, H, W) of the pictures of several states, or of x_0 alone."""
        if self.decoded is None:
            return self._image_shape
        channels, height, width = (drawable(self.x[:1, :1], coded=True)[0] if several else self.decoded).shape[1:]
        return channels, height, width

    @property
    def _image_shape(self) -> tuple[int, int, int]:
        _, _, channels, height, width = self.x.shape
        return channels, height, width

    @property
    def _source(self) -> str:
        chain = self.recipe.chain
        return chain.lanes[0].source if chain is not None else self.label

    def __repr__(self) -> str:
        """What it is, in a line."""
        steps, samples = len(self.sigma), self.x.shape[1]
        channels, height, width = self._image_shape
        return f"<Chain {self.label}: {samples} samples of {channels} x {height} x {width}, x_T to x_0 in {steps} steps>"

    def _repr_html_(self) -> str:
        """A picture with a slider over the states, complete in itself."""
        from explorer.python.chain_html import html_of

        return html_of(self.label, self.timesteps, self.x, self.x0_hat, self.decoded)


def check_memory(samples: int, steps: int, shape: tuple[int, int, int], name: str) -> None:
    """Refuse a chain whose arrays do not fit into what memory is free (BadInput)."""
    check_room(4 * samples * int(np.prod(shape)) * (5 * steps + 1), f"{name}: the arrays of {samples} samples and {steps} steps")


def check_room(needed: int, what: str) -> None:
    """Refuse so many bytes of arrays where they do not fit into what memory is free (BadInput)."""
    import psutil

    free = psutil.virtual_memory().available
    if needed > 0.9 * free:
        raise BadInput(f"{what} take {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free: ask for fewer samples or steps")


def check_scale(scale: int | None) -> None:
    """Refuse a scale that no picture can have (BadInput)."""
    if scale is not None and not 1 <= scale <= MAX_SCALE:
        raise BadInput(f"scale must be in 1..{MAX_SCALE}, not {scale}")
