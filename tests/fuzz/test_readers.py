"""Whatever the bytes, a reader returns or says what is wrong: a short try of each, the same one every time.

By hand, and longer, each time another: FUZZ_EXAMPLES=2000 python -m pytest tests/fuzz -k recipe; or `python tools/fuzz.py recipe`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.fuzz import changes
from tests.fuzz.readers import CORPUS, READERS, corpus_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FEW = dict.fromkeys(("safetensors", "safetensors-header", "card", "torch-zip", "torch-pickle", "torch-old", "onnx"), 12)
"""Of readers that load a network each time."""
USUAL = 30
MOST_CORPUS = 200_000


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as the app does: what libraries tell developers
        yield Path(made)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_returns_or_says_what_is_wrong(name: str, folder: Path, _home: Path) -> None:
    reader = READERS[name]
    path = reader.prepare(_home if name == "told" else folder / name)
    sound = reader.seeds()
    assert sound
    for each in (*sound, *corpus_of(name)):
        reader.check(path, each)

    @settings(
        max_examples=EXAMPLES or FEW.get(name, USUAL), derandomize=not EXAMPLES, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(st.sampled_from(sound).flatmap(changes.of))
    @example(b"")
    def tried(changed: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader.check(path, changed)

    tried()


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("torch-zip", "torch-pickle", "torch-old")])
def test_what_is_sound_is_taken(name: str, folder: Path, _home: Path) -> None:
    """Else the changes would be of what nobody reads."""
    reader = READERS[name]
    path = reader.prepare(_home if name == "told" else folder / f"{name} sound")
    assert any(reader.check(path, each) for each in reader.seeds())


def test_the_corpus_stays_small_and_of_readers_that_there_are() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_CORPUS
    assert {path.parent.name for path in files} <= READERS.keys()
