"""Where the files that come with the app are: in a checkout and in an installed wheel."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import BadInput

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """Folder of the shipped resources.

    Raises
    ------
    BadInput
        If neither an installed package nor a checkout has them.
    """
    for folder in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if folder.is_dir():
            return folder
    raise BadInput(f"{_PACKAGE / 'resources'}: the app's own files are missing: install it again, or run it from a checkout")


@contextlib.contextmanager
def read_as_shipped(path: Path) -> Iterator[None]:
    """Within it, whatever is wrong with a file that comes with the app is one sentence (BadInput): it is missing, or is not as it came."""
    try:
        yield
    except Exception as error:
        raise BadInput(f"{path}: a file of the app is missing or spoilt: install the app again") from error


def resource(*parts: str) -> Path:
    """Path of one shipped file or folder, existing or not."""
    return resource_root().joinpath(*parts)


def document(name: str) -> Path:
    """A page of the documentation, such as "user-guide.md": it comes with a wheel, and lies beside the package in a checkout.

    Raises
    ------
    FileNotFoundError
        If it is in neither.
    """
    for folder in (_PACKAGE / "resources" / "docs", _PACKAGE.parent / "docs"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is missing: install the app again, or run it from a checkout")
