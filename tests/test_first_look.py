"""What comes with the app for its first look: it is found, it is what the engine would say, and a first start needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.chain.curve_messages import ShowCurves
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.kept.folder import shipped_chains
from explorer.engine.chain.messages import ChainFinished, ChainProgress, LanePlanned, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.desk import Desk, early_answer
from explorer.engine.engine import Engine
from explorer.engine.latent.messages import CodesShown, EncodeImages
from explorer.engine.models.messages import LibraryScanned, ScanLibrary
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.resources import resource
from explorer.state.edits.lanes import open_entry
from explorer.state.first_run import with_shipped_models
from explorer.state.session import MEGABYTE, Session

START = StartEngine(device="cpu", precision="fp32", kept_budget=1024 * MEGABYTE)
GREY_LEVEL = 2 / 255
"""Images span 2."""


def ask(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, "test") if outcome is not None]


@pytest.fixture
def desk() -> Desk:
    """Before there is an engine, on a fresh home."""
    made = Desk("test")
    assert early_answer(START, made) is None
    return made


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


def library(desk: Desk) -> LibraryScanned:
    scanned = early_answer(ScanLibrary(), desk)
    assert scanned is not None
    (found,) = scanned
    assert isinstance(found, LibraryScanned)
    return found


def first_session(desk: Desk) -> Session:
    return with_shipped_models(Session(), library(desk).entries)


def test_the_library_is_known_as_the_engine_knows_it(desk: Desk, engine: Engine) -> None:
    early = early_answer(ScanLibrary(), desk)
    assert early is not None
    assert list(early) == ask(engine, ScanLibrary())


def test_another_file_in_the_place_of_a_shipped_one_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    from explorer import resources

    for name in ("first", "checkpoints"):
        shutil.copytree(resource(name), tmp_path / name)
    monkeypatch.setattr(resources, "resource_root", lambda: tmp_path)
    monkeypatch.setattr("explorer.engine.models.scanning.resource_root", lambda: tmp_path)
    assert early_answer(ScanLibrary(), desk) is not None
    changed = tmp_path / "checkpoints" / "mnist-ddpm-c.safetensors"
    text = bytearray(changed.read_bytes())
    text[-100] ^= 1
    changed.write_bytes(text)
    assert early_answer(ScanLibrary(), desk) is None


def test_a_scan_is_remembered_and_a_changed_file_is_not(
    desk: Desk, engine: Engine, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(checkpoints["mnist-ddpm-b"].read_bytes())
    request = ScanLibrary((str(mine),))
    assert early_answer(request, desk) is None
    found = ask(engine, request)
    early = early_answer(request, desk)
    assert early is not None
    assert list(early) == found
    mine.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes() + b"\0")
    assert early_answer(request, desk) is None


def test_a_fresh_start_has_its_chains_without_torch(desk: Desk) -> None:
    session = first_session(desk)
    emoji = next(entry for entry in library(desk).entries if entry.name == "emoji-ddpm-c")
    for state in (session.reverse, session.compare, open_entry(session.reverse, emoji)):
        outcomes = early_answer(SampleChain(state.recipe), desk)
        assert outcomes is not None, "run tools/first_look.py"
        *planned, finished = outcomes
        assert all(isinstance(outcome, LanePlanned) for outcome in planned)
        assert isinstance(finished, ChainFinished)
        assert early_answer(ShowCurves(lane_keys(state.recipe), 0, lane_keys(state.recipe)[-1]), desk) is not None
    assert len(shipped_chains()) == 4


def test_the_first_chains_are_what_sampling_them_gives(desk: Desk, engine: Engine) -> None:
    recipe = first_session(desk).compare.recipe
    keys = lane_keys(recipe)
    assert any(isinstance(outcome, ChainProgress) for outcome in ask(engine, SampleChain(recipe)))
    for t in (1000, 800, 500, 200, 20, 0):
        for quantity, allowed in (("x_t", GREY_LEVEL), ("x0_hat", GREY_LEVEL)):
            (sampled,) = ask(engine, ShowStep(keys, t, quantity))
            shown = list(early_answer(ShowStep(keys, t, quantity), desk) or ())
            assert isinstance(sampled, StepShown)
            assert isinstance(shown[0], StepShown)
            for one, other in zip(sampled.frames, shown[0].frames, strict=True):
                size = max(1.0, float(np.abs(one.values).max()))
                assert np.abs(one.values - other.values).max() <= allowed * size, (t, quantity, one.key.lane.option)


def test_what_goes_on_from_a_first_chain_is_sampled_and_an_export_is_of_this_machine(desk: Desk, tmp_path: Path) -> None:
    from explorer.engine.chain.chains import Chains
    from explorer.engine.chain.export.messages import ExportChain, ExportLook
    from explorer.recipe import FreshNoise

    recipe = first_session(desk).reverse.recipe
    engine = Engine()
    ask(engine, START)
    (key,) = lane_keys(recipe)
    assert not any(isinstance(outcome, ChainProgress) for outcome in ask(engine, SampleChain(recipe)))
    shown = engine.of(Chains).shown(key)
    assert shown is not None
    assert shown.origin
    import msgspec

    branch = msgspec.structs.replace(recipe, lanes=(msgspec.structs.replace(recipe.lanes[0], edits=(FreshNoise(60, 1),)),))
    ask(engine, SampleChain(branch))
    assert engine.of(Chains).shown(lane_keys(branch)[0]).origin == shown.origin  # type: ignore[union-attr]
    small = msgspec.structs.replace(recipe)
    ask(engine, ExportChain(small, str(tmp_path / "first.npz"), ExportLook()))
    engine.of(KeptChains).writer.flush()
    again = Engine()
    ask(again, START)
    own = again.of(Chains)
    ask(again, SampleChain(recipe))
    assert own.shown(key).origin == "", "sampled here for the export, it is found as this machine's from now on"  # type: ignore[union-attr]


def test_the_codes_of_the_first_plane_are_the_engines(desk: Desk, engine: Engine) -> None:
    source = first_session(desk).latent.recipe.source
    early = early_answer(EncodeImages(source), desk)
    assert early is not None, "run tools/first_look.py"
    (shown,), (wanted,) = list(early), ask(engine, EncodeImages(source))
    assert isinstance(shown, CodesShown)
    assert isinstance(wanted, CodesShown)
    assert shown.path == wanted.path
    for one, other in ((shown.codes, wanted.codes), (shown.sigmas, wanted.sigmas)):
        assert one is not None
        assert other is not None
        assert np.abs(one - other).max() < 1e-4
    assert np.array_equal(shown.labels, wanted.labels)  # type: ignore[arg-type]
    assert (shown.distances, shown.spread, shown.dimensions, shown.origin) == (None, 0.0, wanted.dimensions, wanted.origin)
    assert early_answer(EncodeImages(source, 500), desk) is None


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in resource("first").iterdir()) < 10e6
