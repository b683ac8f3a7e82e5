"""What a source is: one way in which checkpoints are written, by this app or by another.

A source is one file here and one line in `explorer.sources`. Its module is imported before the window is up: torch, and what
needs it, is imported within `card`, `load` and `parameters`, and never by `recognises`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.checkpoints.card import Card
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.hashing import file_hash

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint


AUTOENCODER, DENOISER = "the weights of an autoencoder", "the weights of a denoiser"
"""Groups of the kinds of single files that have one."""


class Source(Protocol):
    """Reads one kind of checkpoint.

    Attributes
    ----------
    name : str
        A word, told apart from every other source's.
    title : str
        For people, after "is not" and "opens here is": "a checkpoint of Generative Explorer".
    hints : tuple of str
        Patterns of file names for dialogs and messages, such as "*.safetensors" or "model_index.json". A file is never known by them.
    is_folder : bool
        A person names a folder rather than a file of these names.
    short : str
        What to choose, where it is a folder: "a diffusers folder".
    group : str
        What a sentence that lists every kind calls it and its like in the place of their titles; empty for its own title.
    """

    name: str
    title: str
    hints: tuple[str, ...]
    is_folder: bool = False
    short: str = ""
    group: str = ""

    def recognises(self, path: Path) -> bool:
        """Whether a file or a folder is of this kind, by what is in it: a look at its header, as the window asks, too.

        It may be damaged elsewhere: `card` and `load` say so. OSError and ValueError mean no.
        """
        ...

    def asks(self, path: Path) -> tuple[Question, ...]:
        """What it does not say and a person must; nothing, unless a source says otherwise. No torch (BadInput as `card`)."""
        return ()

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        """What it says of itself, without touching its weights (BadInput, beginning with the path, if that cannot be).

        Parameters
        ----------
        path : Path
        told : Told
            Answers to all that it `asks`.
        """
        ...

    def parameters(self, path: Path) -> int:
        """Numbers in its network, without touching its weights; 0 where that is not known."""
        return 0

    def is_sound(self, path: Path, told: Told = NOTHING) -> bool:
        """Whether it is certain that `load` opens it, looked at without torch; False where only `load` can say (BadInput as `card`)."""
        return False

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        """The whole, its network on the CPU in evaluation mode, in a part that `explorer.models.roles` names.

        Parameters and errors are those of `card`; its `sha256` is that of this source, without what was told.
        """
        ...

    def home(self, path: Path) -> Path:
        """Where the checkpoint is that a path is, or is a part of: one place, however it was named."""
        return path

    def parts(self, path: Path) -> tuple[Path, ...]:
        """The files that it consists of, in a fixed order: its hash and its size are theirs."""
        return (path,)

    def sha256(self, path: Path) -> str:
        """Hash of what it consists of: the file's, or one of the names and the hashes of several. What was told of it is not in it."""
        files = self.parts(path)
        if len(files) == 1:
            return file_hash(files[0])
        told = "".join(f"{file_hash(file)}  {file.name}\n" for file in files)
        return hashlib.sha256(told.encode()).hexdigest()
