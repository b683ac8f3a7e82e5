"""What the images of a denoiser must be, whatever wrote it: told by its shapes, or by a person."""

from __future__ import annotations


def check_channels(takes: int, makes: int | None = None, variance: bool = False) -> None:
    """Refuse a network whose images are no pictures, or whose output is no prediction of a step (ValueError).

    Parameters
    ----------
    takes : int
        Channels of x_t.
    makes : int or None
        Of its output; None is as many.
    variance : bool
        It may make twice as many: a prediction, and a variance.
    """
    if takes not in (1, 3):
        raise ValueError(f"takes {takes} channels; pictures have 1 or 3 here")
    if makes is not None and makes not in (takes, *((2 * takes,) if variance else ())):
        raise ValueError(f"makes {makes} channels of {takes}, so that its output is no prediction of a step")


def check_size(size: tuple[int, int], multiple: int) -> None:
    """Refuse a size (height, width) that a network cannot halve and double (ValueError)."""
    height, width = size
    if height % multiple or width % multiple:
        raise ValueError(f"images of {height} x {width} (--image-size) are none of multiples of {multiple}, as its network needs")
