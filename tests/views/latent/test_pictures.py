"""Latent: pictures that are encoded: files, test images, what is pasted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import load, save
from explorer.datasets.images import to_unit_range
from explorer.engine.latent.messages import DecodeCodes
from explorer.recipe import Slice
from explorer.views.latent.view import LatentWorkspace
from explorer.widgets.look.sharp import pixels_of
from tests.views.latent.hands import LEFT, add_point, assert_same, at, decodings, encode_image, network, settle, state, wide


def test_an_encoded_picture_has_a_posterior_and_elbo_terms(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    assert ws.accept_picture(str(file))
    settle(ws, qtbot)
    with torch.inference_mode():
        mean, _ = network(checkpoints["mnist-vae-2d"]).encode(torch.from_numpy(to_unit_range(mnist_test[0][:1])))
    section = ws.inspector.picture
    np.testing.assert_array_equal(pixels_of(section.pad.image)[:, :, 0], mnist_test[0][0, 0])
    assert_same(section.output.image, decodings(checkpoints["mnist-vae-2d"], mean.numpy())[0])
    terms = {n: float(section.facts.said(n).removesuffix(" nats").replace("−", "-")) for n in ("log p(x|z)", "KL", "ELBO")}
    assert terms["ELBO"] == pytest.approx(terms["log p(x|z)"] - terms["KL"], abs=0.11)
    before = ws.plane.grab().toImage()
    ws.actions_["no_picture"].trigger()
    assert section.pad.image is None
    assert ws.plane.posterior is None
    assert ws.plane.grab().toImage() != before


def test_an_ae_has_no_posterior(ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    ws.actions_["other_model"].trigger()
    ws.accept_picture(str(file))
    facts = ws.inspector.picture.facts
    qtbot.waitUntil(lambda: ws.idle and bool(facts.said("code")), timeout=60_000)
    assert ws.plane.posterior is not None
    assert ws.plane.posterior[1:] == (None, "a point: an AE has no q(z|x)")
    assert [facts.said(name) for name in ("q(z|x) mean", "σ", "KL", "ELBO")] == ["", "", "", ""]


def test_what_is_no_picture_becomes_a_message_and_the_plane_goes_on(
    ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path, checkpoints: Mapping[str, Path]
) -> None:
    file = tmp_path / "words.png"
    file.write_text("no picture")
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.accept_picture(str(file))
    assert "words.png: cannot be read as a picture" in failed.args[0].message
    assert state(ws).recipe.encoded.picture == ""  # or it would be told again at every start
    settle(ws, qtbot)
    point = add_point(ws, 0.3, 0.3)
    settle(ws, qtbot)
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0])


def test_a_test_image_that_is_not_there_is_put_away(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode_image(ws, 3)
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        encode_image(ws, 10_000)
    assert "there is no test image 10000" in failed.args[0].message
    assert state(ws).recipe.encoded.image == 3, "what was there before"
    settle(ws, qtbot)
    assert ws.plane.posterior is not None


def test_what_is_encoded_stays_whatever_else_fails(
    ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "digit.png"
    Image.fromarray(mnist_test[0][0, 0]).save(file)
    ws.accept_picture(str(file))
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.context.library.open(str(file))
    assert failed.args[0].message.startswith(str(file))
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.picture == str(file)
    encode_image(ws, 3)
    settle(ws, qtbot)
    through = Slice("images", images=(0, 1, 10_000))
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.context.client.send(DecodeCodes(wide(ws), ((0.0, 0.0),), slice=through), "test")
    assert "there is no test image 10000" in failed.args[0].message
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.image == 3


def test_a_model_that_cannot_be_read_takes_nothing_that_is_encoded_with_it(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine.safetensors"
    found = load(checkpoints["mnist-vae-2d"])
    save(mine, found.card, {name: tensor * 1.01 for name, tensor in found.network.state_dict().items()})
    encode_image(ws, 3)
    settle(ws, qtbot)
    with qtbot.waitSignal(ws.context.library.opened) as opened:
        ws.context.library.open(str(mine))
    mine.unlink()
    assert ws.accept_entry(opened.args[0])
    qtbot.waitUntil(lambda: ws.idle and "mine cannot be read" in ws.plane.message)
    assert state(ws).recipe.encoded.image == 3


def test_a_picture_of_another_size_is_offered_to_be_resized(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    Image.fromarray(np.tile(np.arange(60, dtype=np.uint8), (40, 1))).save(file)
    ws.accept_picture(str(file))
    settle(ws, qtbot)
    section = ws.inspector.picture
    assert section.offer_words.text() == "large.png is 60 × 40 pixels; this model takes 28 × 28."
    assert ws.plane.posterior is None
    section.resize_button.click()
    settle(ws, qtbot)
    assert ws.plane.posterior is not None
    assert not section.resize_button.isVisible()


def test_a_pasted_picture_is_encoded(ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    grey = np.ascontiguousarray(mnist_test[0][5, 0])
    QGuiApplication.clipboard().setImage(QImage(grey.data, 28, 28, 28, QImage.Format.Format_Grayscale8).copy())
    ws.actions_["paste"].trigger()
    qtbot.waitUntil(lambda: ws.plane.posterior is not None, timeout=30_000)
    np.testing.assert_array_equal(pixels_of(ws.inspector.picture.pad.image)[:, :, 0], grey)
    QGuiApplication.clipboard().clear()
    with qtbot.waitSignal(ws.context.client.failed) as failed:
        ws.actions_["paste"].trigger()
    assert "no picture in the clipboard" in failed.args[0].message
    settle(ws, qtbot)


def test_a_code_shows_its_image_and_a_click_encodes_it(
    ws: LatentWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    codes = ws.plane.codes_drawn
    inside = np.flatnonzero((codes[:, 0] < -2.6) & (np.abs(codes[:, 1]) < 2.0))
    apart = np.linalg.norm(codes[inside, None] - codes[None], axis=2)
    alone = int(inside[np.sort(apart, axis=1)[:, 1].argmax()])  # the farthest from any other
    where = at(ws, *codes[alone].tolist())
    QTest.mouseMove(ws.plane, where)
    assert ws.plane.pointed == alone
    settle(ws, qtbot)
    QTest.mouseClick(ws.plane, LEFT, pos=where)
    assert state(ws).recipe.encoded.image == alone
    settle(ws, qtbot)
    np.testing.assert_array_equal(pixels_of(ws.inspector.picture.pad.image)[:, :, 0], mnist_test[0][alone, 0])
    assert ws.plane.posterior is not None
    assert ws.plane.posterior[0] == pytest.approx(codes[alone], abs=1e-3)
    ws.actions_["resample"].trigger()
    settle(ws, qtbot)
    drawn = ws.plane.samples_drawn
    sigma = np.sqrt(np.diag(ws.plane.posterior[1]))  # type: ignore[arg-type]
    assert len(drawn) == ws.panel.strip.count == 24
    assert (np.linalg.norm((drawn - ws.plane.posterior[0]) / sigma, axis=1) <= 2.001).all()
    ws.actions_["resample"].trigger()
    settle(ws, qtbot)
    assert not np.array_equal(ws.plane.samples_drawn, drawn)
    QTest.mouseDClick(ws.plane, LEFT, pos=where)  # with no click before it that encoded something else
    assert state(ws).recipe.encoded.image == alone
    assert len(state(ws).recipe.points) == 1
    for _ in range(3):  # the point, both draws, the encoding
        ws.context.store.undo()
    settle(ws, qtbot)
    assert state(ws).recipe.encoded.image is None
    assert ws.plane.posterior is None
    assert len(ws.plane.samples_drawn) == 0
    assert ws.panel.content.title == ""
    add_point(ws, *codes[alone].tolist())
    assert len(state(ws).recipe.points) == 1
    assert state(ws).recipe.encoded.image is None  # a double-click on a code puts a point there and encodes nothing
    ws.context.store.undo()
    assert state(ws).recipe.points == ()
    settle(ws, qtbot)
