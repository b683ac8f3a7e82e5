"""`python -m explorer.cli.run_in_files FOLDER ARGUMENTS`: the command line with its words in files of a folder.

For runs that outlive the window that started them: nobody reads their pipes, and they give way to who explores meanwhile.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from explorer.cli.main import main
from explorer.processors import give_way


def logged(folder: Path, arguments: list[str]) -> int:
    """Run the command line, stdout going on in output.log and stderr anew in errors.log; its exit status."""
    from explorer.training.runs import ERRORS_NAME, OUTPUT_NAME

    for name, mode, stream in ((OUTPUT_NAME, "ab", sys.stdout), (ERRORS_NAME, "wb", sys.stderr)):
        with open(folder / name, mode) as file:
            os.dup2(file.fileno(), stream.fileno())
    give_way()
    sys.argv = ["generative-explorer", *arguments]
    return main()


if __name__ == "__main__":
    sys.exit(logged(Path(sys.argv[1]), sys.argv[2:]))
