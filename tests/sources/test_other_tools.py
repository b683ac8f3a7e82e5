"""Networks of other classes than ours: they take the parts all the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from explorer.checkpoints.files import file_sha256
from explorer.cli import main
from explorer.engine.chain.messages import SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.chain.network.messages import InspectUNet, UNetAbsent
from explorer.engine.engine import Engine
from explorer.engine.latent.field_messages import FieldShown, ShowField
from explorer.engine.models.messages import CheckpointOpened, MakeThumbnail, OpenCheckpoint, ThumbnailMade
from explorer.recipe import ChainRecipe, Lane, Sampler

pytestmark = pytest.mark.usefixtures("_other_tools")


def test_a_lane_is_sampled_and_the_panel_says_that_it_cannot_look_inside(zipped: Path, checkpoints: Mapping[str, Path]) -> None:
    engine, shipped = Engine(), checkpoints["mnist-ddpm-c"]
    *_, opened = engine.handle(OpenCheckpoint(str(zipped)))
    assert isinstance(opened, CheckpointOpened)
    lanes = (Lane(opened.entry.sha256, str(zipped), "C", Sampler(3)), Lane(file_sha256(shipped), str(shipped), "C", Sampler(3)))
    chain = ChainRecipe(lanes, 1, 2)
    list(engine.handle(SampleChain(chain), "test"))
    *_, shown = engine.handle(ShowStep(lane_keys(chain), 0, "x_t"))
    assert isinstance(shown, StepShown)
    np.testing.assert_array_equal(shown.frames[0].values, shown.frames[1].values)

    *_, absent = engine.handle(InspectUNet(lane_keys(chain)[0], 500, 0))
    assert isinstance(absent, UNetAbsent)
    assert "not known here: another tool built it" in absent.reason


def test_a_latent_plane_has_its_fields_and_its_picture(zipped_vae: Path, checkpoints: Mapping[str, Path]) -> None:
    found = []
    for path in (zipped_vae, checkpoints["mnist-vae-2d"]):
        *_, field = Engine().handle(ShowField(str(path), "magnification", (-1.0, 1.0, -1.0, 1.0), 4, 4))
        assert isinstance(field, FieldShown)
        found.append(field.values)
    np.testing.assert_array_equal(*found)
    *_, made = Engine().handle(MakeThumbnail(str(zipped_vae)))
    assert isinstance(made, ThumbnailMade)


def test_commands_take_them(zipped: Path, zipped_vae: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(zipped), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["network"]["name"] == "of another tool"
    wish = ["--steps", "2", "--samples", "1", "--out", str(tmp_path / "a.png")]
    assert main(["sample", "--checkpoint", str(zipped), *wish]) == 0
    assert main(["evaluate", "--checkpoint", str(zipped), "--metric", "vlb", "--write"]) == 2
    assert "has no card to write figures into" in capsys.readouterr().err
    assert main(["decode", "--checkpoint", str(zipped_vae), "--grid", "3", "--out", str(tmp_path / "b.png")]) == 0
    assert (tmp_path / "b.png").stat().st_size > 0
