"""Options that tell how the images of a file are taken: of the same names on every command that reads them."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer

from explorer.datasets.reading import AS_FOUND, NO_LABELS, Background, RangeName, Reading
from explorer.errors import BadInput


def _choice(option: str, kind: Any, does: str) -> Any:
    names = get_args(kind)

    def parse(text: str) -> str:
        if text.replace(" ", "") not in names:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(map(repr, names))}.")
        return text.replace(" ", "")

    return Annotated[str, typer.Option(option, metavar=f"[{'|'.join(names)}]", callback=parse, help=does)]


RangeOption = _choice("--range", RangeName, "Numbers of black and white in an array, or in pictures of floats; auto finds them.")
MemberOption = Annotated[str, typer.Option(help="Name of the array in an .npz; left out, the one that is of images.")]
LabelsOption = Annotated[
    str, typer.Option("--labels", help=f"Name of the array of labels in an .npz; left out, what is found; {NO_LABELS}: no labels.")
]
BackgroundOption = _choice("--background", Background, "What is seen where pictures are transparent.")


def reading(of: object, needs: str, values: str, member: str, background: str, labels: str = "") -> Reading:
    """What was told by these options.

    Parameters
    ----------
    of : object
        What they are about; nothing, where it is not named.
    needs : str
        The option that names it.

    Raises
    ------
    BadInput
        If something was told, and what it is about was not named.
    """
    told = Reading(values, member, background, labels)  # type: ignore[arg-type]  # each was checked to be one of them
    if told != AS_FOUND and not of:
        names = [f"--{name}" for name in told.__struct_fields__ if getattr(told, name) != getattr(AS_FOUND, name)]
        raise BadInput(f"{', '.join(names)}: of no meaning without {needs}")
    return told
