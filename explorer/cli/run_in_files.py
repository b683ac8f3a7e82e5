"""`run-in-files FOLDER WHERE ARGUMENTS`: the command line with its words in files of a folder, and its relative paths from another.

For runs that outlive the window that started them: nobody reads their pipes, and they give way to who explores meanwhile. They begin
where the window did, and go where their paths are meant once the path of modules is settled: what lies there is no module.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from explorer.errors import BadInput
from explorer.processors import give_way


def into_files(folder: Path, where: Path) -> None:
    """Have stdout go on in output.log of a folder and stderr anew in its errors.log, and go where relative paths start from.

    Raises
    ------
    BadInput
        If there is no going there.
    """
    from explorer.training.runs import ERRORS_NAME, OUTPUT_NAME

    for name, mode, stream in ((OUTPUT_NAME, "ab", sys.stdout), (ERRORS_NAME, "wb", sys.stderr)):
        with open(folder / name, mode) as file:
            os.dup2(file.fileno(), stream.fileno())
    give_way()
    try:
        os.chdir(where)
    except OSError as error:
        raise BadInput(f"{where}: relative paths of the run start from there, and it cannot be gone to: {error.strerror}") from None
