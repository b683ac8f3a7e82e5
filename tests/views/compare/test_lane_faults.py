"""A lane of Compare that cannot be sampled, opened or compared says so in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from explorer.checkpoints.files import file_sha256, read_card, save
from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import Lane
from explorer.views.compare.view import CompareWorkspace
from tests.views.compare.hands import STEPS, LaneMaker, Opener, lanes, press, settle


def test_a_lane_whose_network_puts_out_no_numbers_says_so_in_its_place(
    open_page: Opener, lane: LaneMaker, qtbot: QtBot, tmp_path: Path
) -> None:
    good, path = lane("C", steps=STEPS), tmp_path / "overflows.safetensors"
    weights = {name: 1e30 * weight.float() for name, weight in load_file(good.source).items()}
    save(path, read_card(Path(good.source)), weights)
    bad = msgspec.structs.replace(good, checkpoint=file_sha256(path), source=str(path))
    page = open_page(CompareWorkspace, (bad, good), wait=False)
    qtbot.waitUntil(lambda: page.panels[1].grid.tiles is not None and page.idle, timeout=60_000)
    assert page.panels[0].grid.tiles is None
    assert "puts out numbers that are not finite" in page.panels[0].grid.message
    assert page.controller.run.newest == 0


def test_a_lane_that_cannot_be_sampled_says_so_in_its_place(
    open_page: Opener, lane: LaneMaker, checkpoints: Mapping[str, Path], tmp_path: Path, own_chain: Callable, qtbot: QtBot
) -> None:
    path = tmp_path / "away.safetensors"
    away = msgspec.structs.replace(lane("C", steps=5), source=str(path))
    page = open_page(CompareWorkspace, (away, lane("B", steps=STEPS)), seed=4, reference=0)
    bad, good = page.panels
    assert bad.grid.tiles is None
    assert bad.grid.message.startswith(f"{path}: no such file")
    assert bad.note == "not sampled"
    assert page.window().banner.message == bad.grid.message
    np.testing.assert_array_equal(good.grid.tiles, tiles_of(own_chain(page.controller.keys[1]).x[-1], "x_t", "dark")[0])
    assert page.controller.run.status.text.endswith("· 1 lane cannot be sampled")
    page.playback.scrub(500)
    settle(page, qtbot)
    assert good.note == ""
    press(page, Qt.Key.Key_6)
    settle(page, qtbot)
    assert good.grid.tiles is None
    assert good.grid.message.startswith("The reference lane cannot be sampled")
    press(page, Qt.Key.Key_1)
    page.window().banner.dismiss()
    press(page, Qt.Key.Key_N)  # the same lane is refused again: that is no news
    settle(page, qtbot)
    assert bad.note == "not sampled"
    assert not page.window().banner.isVisible()
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    press(page, Qt.Key.Key_R)
    settle(page, qtbot)
    for panel, key in zip(page.panels, page.controller.keys, strict=True):
        k = own_chain(key).k(500 if key.lane.sampler.steps == STEPS else 600)
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own_chain(key).x[k], "x_t", "dark")[0])
    assert not bad.grid.message


def test_a_file_that_could_not_be_opened_is_no_longer_for_its_lane(
    page: CompareWorkspace, checkpoints: Mapping[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mended.safetensors"
    path.write_bytes(b"no checkpoint")
    before = lanes(page)
    page.opener.open(str(path), 1)
    qtbot.waitUntil(lambda: page.window().banner.isVisible(), timeout=60_000)
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    with qtbot.waitSignal(page.context.library.opened, timeout=60_000):
        page.window().opener.open_path(str(path))
    qtbot.waitUntil(lambda: len(lanes(page)) == 4, timeout=60_000)
    assert lanes(page)[:3] == before
    assert lanes(page)[3].source == str(path)


def test_one_file_opened_for_two_lanes_is_opened_in_both(
    page: CompareWorkspace, checkpoints: Mapping[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "twice.safetensors"
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    for index in (0, 1):
        page.opener.open(str(path), index)
    qtbot.waitUntil(lambda: [lane.source for lane in lanes(page)[:2]] == [str(path)] * 2, timeout=60_000)


def test_a_lane_without_a_difference_says_why(
    open_page: Opener, lane: LaneMaker, exact_lanes: Callable[..., tuple[Lane, ...]], qtbot: QtBot
) -> None:
    (small,) = exact_lanes(30)
    page = open_page(CompareWorkspace, (lane("C", steps=5), lane("B", steps=STEPS), small), quantity="difference", t=600)
    reference, other, exact = page.panels
    assert (reference.note, other.note, exact.note) == ("reference", "", "other size")
    assert reference.grid.tiles is not None
    assert other.grid.tiles is not None
    assert exact.grid.tiles is None
    assert "of another size" in exact.grid.message
    page.playback.scrub(500)
    settle(page, qtbot)
    assert reference.note == "reference · t = 600", "what it shows itself"
    assert other.grid.tiles is None
    assert other.grid.message == "No step of the reference at this noise level (t = 500)"
    page.toggle_layout()
    assert [label.note for label in page.multiples.grid._labels] == ["reference · t = 600", "no reference step", "other size"]
    press(page, Qt.Key.Key_1)
    settle(page, qtbot)
    assert all(panel.grid.tiles is not None and not panel.grid.message for panel in page.panels)
