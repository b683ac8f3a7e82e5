"""What the person chose when something was last exported: the next export begins with it."""

from __future__ import annotations

import msgspec


class ExportChoices(msgspec.Struct, frozen=True):
    """Remembered choices.

    Attributes
    ----------
    folder : str
        Where the last file went; empty for the person's pictures.
    chain, strip : str
        Endings of the last files of a chain, and of a strip of decodings.
    scale : int
        Pixels for each pixel of an image; 0 lets the app choose.
    labels : bool
        Names of lanes and a caption are drawn.
    fps : float
        Films: pictures a second, in [1, 50].
    frames : int
        Films: at most so many states of a chain, at least 2.
    """

    folder: str = ""
    chain: str = ".png"
    strip: str = ".gif"
    scale: int = 0
    labels: bool = True
    fps: float = 24.0
    frames: int = 100

    def __post_init__(self) -> None:
        """Refuse what cannot be exported (ValueError)."""
        if not 0 <= self.scale <= 64:
            raise ValueError(f"an export has 1 to 64 pixels for each pixel, or 0 for as many as fit, not {self.scale}")
        if not 1 <= self.fps <= 50:
            raise ValueError(f"a film has 1 to 50 pictures a second, not {self.fps}")
        if not 2 <= self.frames <= 2000:
            raise ValueError(f"a film has 2 to 2000 pictures, not {self.frames}")
