"""Make what comes with the app so that a first start has something to show at once: resources/first.

Run it from a checkout after a shipped checkpoint, the sampling, the first session or an answer to the window has changed:

    python tools/first_look.py

It makes, with the app itself, the chains that a first session opens on and that of the emoji, which the library opens (in float32 on the
CPU), the library's entries of the shipped checkpoints, and the answers to what the Latent workspace asks first.
tests/test_first_look.py sees whether they are still right.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorer.engine.chain.chains import Chains
from explorer.engine.chain.kept.packing import pack
from explorer.engine.chain.messages import LaneKey, SampleChain, lane_keys
from explorer.engine.engine import Engine
from explorer.engine.latent.kept import write_codes
from explorer.engine.latent.messages import CodesShown, EncodeImages
from explorer.engine.models.library import entry
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.models.scanning import files, shipped_book, write_book
from explorer.engine.thread.messages import StartEngine
from explorer.resources import resource
from explorer.state.edits.lanes import open_entry
from explorer.state.first_run import with_shipped_models
from explorer.state.session import Session

FOLDER = resource("first")
EMOJI = "emoji-ddpm-c"


def main() -> None:
    """Write all of it; what was there goes."""
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    entries = tuple(entry(path, True) for path, shipped in files(()) if shipped)
    write_book(FOLDER / "library.json", shipped_book(entries))
    session = with_shipped_models(Session(), entries)
    engine = Engine()
    list(engine.handle(StartEngine(device="cpu", precision="fp32")))
    emoji = next(each for each in entries if each.name == EMOJI)
    for state in (session.reverse, session.compare, open_entry(session.reverse, emoji)):
        list(engine.handle(SampleChain(state.recipe), "first"))
        for key in lane_keys(state.recipe):
            _chain(engine, key, entries)
    recipe = session.latent.recipe
    *_, codes = engine.handle(EncodeImages(recipe.source))
    assert isinstance(codes, CodesShown)
    write_codes(codes, recipe.checkpoint)
    print(f"{sum(file.stat().st_size for file in FOLDER.iterdir()) / 1e6:.1f} MB in {FOLDER}")


def _chain(engine: Engine, key: LaneKey, entries: tuple[LibraryEntry, ...]) -> None:
    name = next(each.name for each in entries if each.sha256 == key.lane.checkpoint)
    lane = engine.of(Chains).shown(key)
    assert lane is not None
    started = time.perf_counter()
    pack(lane, FOLDER / f"chain-{name}.safetensors")
    print(f"{name}: {lane.course.K} steps of {key.samples} samples, packed in {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
