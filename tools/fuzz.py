"""Fuzz one reader of files, guided by what its code does: as long as one likes, each time another.

    python tools/fuzz.py                           names the readers
    python tools/fuzz.py recipe --minutes 10       changes recipes for ten minutes
    python tools/fuzz.py recipe --minutes 10 --keep /tmp/found   keeps what leads to other places of the code there
    python tools/fuzz.py recipe --try crash-1234   tries one file again, with its traceback

Needs `python -m pip install -e ".[fuzz]"`. Ends with status 0 if the rule held: whatever the bytes, a reader returns or says in one
sentence what is wrong, within ten seconds and two gigabytes. What breaks it is written as `crash-…`, `timeout-…` or `oom-…` into the
current folder; once it is mended, it belongs into `tests/fuzz/corpus/READER`, where the tests try it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.readers import Reader

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SECONDS, MEGABYTES, LONGEST = 10, 2048, 1 << 18
"""Of one try; bytes of what is changed."""


def main() -> int:
    """Fuzz until the time is over, or something breaks the rule."""
    parser = argparse.ArgumentParser(description="Fuzz one reader of files.")
    parser.add_argument("reader", nargs="?", help="which; left out, they are named")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--keep", type=Path, help="a folder for what leads to other places of the code")
    parser.add_argument("--try", dest="one", type=Path, help="try this file, and nothing else")
    options = parser.parse_args()
    watches = options.reader is not None and options.one is None
    if watches:
        import atheris
    with TemporaryDirectory(prefix="fuzz-") as folder:
        os.environ["GENERATIVE_EXPLORER_HOME"] = folder
        with atheris.instrument_imports(include=["explorer"]) if watches else contextlib.nullcontext():
            from tests.fuzz.readers import READERS, corpus_of

            if options.reader not in READERS:
                print("\n".join(READERS))
                return 0 if options.reader is None else 2
            warnings.simplefilter("ignore")
            reader = READERS[options.reader]
            path = reader.prepare(Path(folder))
            sound = [*reader.seeds(), *corpus_of(options.reader)] if options.one is None else [options.one.read_bytes()]
            taken = [reader.check(path, each) for each in sound]  # which imports what is asked, and has it watched
        if not watches:
            print("taken" if taken[0] else "refused")
            return 0
        kept = options.keep or Path(folder, "corpus")
        kept.mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(sound):
            (kept / f"sound-{number}").write_bytes(each)
        limits = [f"-max_total_time={round(60 * options.minutes)}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}"]
        atheris.Setup([sys.argv[0], str(kept), *limits, f"-max_len={LONGEST}", "-print_final_stats=1"], _check(reader, path))
        atheris.Fuzz()
    return 0


def _check(reader: Reader, path: Path) -> Callable[[bytes], None]:
    def check(changed: bytes) -> None:
        reader.check(path, changed)

    return check


if __name__ == "__main__":
    sys.exit(main())
