"""Rows of what snapshots make."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.engine.latent.messages import CodesShown
from explorer.training.runs import Launch, Run, Snapshot
from explorer.views.training.made import NO_SNAPSHOT, WAITING, Made, codes_of, rows_of
from explorer.views.training.pictures import Shown

TILES = np.zeros((8, 28, 28, 3), np.uint8)
CODES = CodesShown("vae.safetensors", np.zeros((4, 2), np.float32), None, None)
LATENT = Shown(TILES, "", TILES + 1, CODES)
AT = Snapshot("epoch-001.safetensors", 16)


def run_of(kind: str) -> Run:
    return Run(Path(kind), Launch(("train", kind), 0, 0.0), None, "finished")


def test_what_is_not_known_says_what_it_waits_for() -> None:
    made = [Made(run_of("ddpm"), None, None), Made(run_of("ddpm"), AT, None), Made(run_of("ddpm"), AT, Shown(None, "broken"))]
    assert [(row.tiles, row.words) for row in rows_of(made, "#000000")] == [(None, NO_SNAPSHOT), (None, WAITING), (None, "broken")]
    assert codes_of(made) is None


def test_the_images_stand_once_over_the_first_reconstructions() -> None:
    made = [Made(run_of("ddpm"), AT, Shown(TILES)), Made(run_of("vae"), AT, LATENT), Made(run_of("ae"), AT, LATENT)]
    rows = rows_of(made, "#123456")
    assert [row.name for row in rows] == ["Option C", "test images", "VAE", "AE"]
    assert rows[1].tiles is LATENT.originals
    assert rows[1].colour == "#123456"
    assert codes_of(made) is CODES


def test_a_judge_makes_nothing() -> None:
    assert rows_of([Made(run_of("classifier"), AT, None)], "#000000") == ()
    assert rows_of([], "#000000") == ()
