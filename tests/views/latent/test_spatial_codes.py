"""Latent with an autoencoder of diffusers whose codes are images of latent pixels: opened, dragged over, walked between pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.app import Explorer
from explorer.exports.latent_channels import side_by_side
from explorer.recipe.told import Told
from explorer.state.edits import encoding as encoding_edits
from explorer.state.edits.planes import slice_of
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import state

SIDE = 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small KL autoencoder of random weights."""
    import diffusers
    import torch

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("kl") / "kl-small"
    diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 16), down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        latent_channels=4, norm_num_groups=4, sample_size=SIDE,
    ).save_pretrained(path)  # fmt: skip
    return path


@pytest.fixture
def ws(qtbot: QtBot, folder: Path) -> Iterator[LatentWorkspace]:
    """The workspace with that folder opened in it, its codes shown; what it asks, the size of images, was told of it before."""
    sources.remember(folder, Told(image_size=(SIDE, SIDE)))
    app = Explorer(Loaded(Saved(session=Session(workspace="latent")), fresh=False), None, [LatentWorkspace.facts])
    qtbot.addWidget(app.window)
    app.window.resize(1280, 800)
    app.show()
    app.window.open_paths([str(folder)])
    made = app.window.workspaces["latent"]
    assert isinstance(made, LatentWorkspace)
    qtbot.waitUntil(lambda: made.idle and len(made.plane.codes_drawn) == 370, timeout=60_000)
    yield made
    assert app.shutdown()


def pictures(folder: Path) -> list[str]:
    """Two files of another size than the model's images."""
    found = []
    for name in ("one", "two"):
        pixels = np.random.default_rng(len(found)).integers(0, 255, (40, 40, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")
        found.append(str(folder / f"{name}.png"))
    return found


def test_its_code_is_shown_as_channels_and_its_card_says_the_scale(ws: LatentWorkspace, qtbot: QtBot) -> None:
    section = ws._inspector.probe
    assert section.channels.isVisible()
    shape = side_by_side(np.zeros((1, 4, 8, 8), np.float32)).shape[2:]
    image = section.channels.image
    assert image is not None
    assert (image.height(), image.width()) == shape
    assert "4 channels\nof 8 × 8 latent pixels" in section.channel_words.text()
    card = ws._inspector.card.facts
    assert card.said("kind") == "VAE, AutoencoderKL"
    assert card.said("codes") == "4 × 8 × 8 for images of 3 × 32 × 32"
    assert card.said("scale") == "raw z; x = 0.18215 z"
    assert card.said("prior").startswith("N(0, I) says little")
    assert card.said("p(x|z)") == ""
    assert len([each for each in ws._inspector.slice_.offsets if each.isVisible()]) == 8  # not 254


def test_a_plane_through_two_pictures_and_the_ways_between_them(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    assert not ws.actions_["walk"].isEnabled()
    assert not ws.hands.models.lay_through(pictures(tmp_path)[:1])
    ws.context.store.update(background="black")
    assert ws.hands.models.lay_through(pictures(tmp_path))
    slice_ = slice_of(state(ws).recipe)
    assert slice_ is not None
    assert slice_.background == "black", "as Preferences say"
    qtbot.waitUntil(lambda: ws.idle and len(ws.plane.marks) == 2, timeout=30_000)
    assert [name for name, _ in ws.plane.marks] == ["one", "two"]
    qtbot.waitUntil(lambda: ws.actions_["walk"].isEnabled())
    ws.actions_["walk"].trigger()
    qtbot.waitUntil(lambda: ws.idle and ws.panel.strip.count > 0, timeout=60_000)
    assert [point.name for point in state(ws).recipe.points] == ["one", "two"]
    places = [(point.x, point.y) for point in state(ws).recipe.points]
    np.testing.assert_allclose(places, [place for _, place in ws.plane.marks], atol=1e-4)
    assert [row.title for row in ws.panel.content.rows] == ["Straight line", "Spherical", "Geodesic"]


def test_a_plane_is_moved_to_the_code_of_what_is_encoded(ws: LatentWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    ws.context.store.update(encoding_edits.IMAGE, latent=encoding_edits.encode_image(state(ws), 3))
    qtbot.waitUntil(lambda: ws.idle and ws.controller.encoded is not None, timeout=30_000)
    qtbot.waitUntil(lambda: ws.actions_["through_code"].isEnabled())
    ws.actions_["through_code"].trigger()
    slice_ = slice_of(state(ws).recipe)
    assert slice_ is not None
    assert slice_.image == 3
    qtbot.waitUntil(lambda: ws.idle and ws.controller.encoded is not None and ws.controller.encoded.distance < 1e-2, timeout=30_000)
    assert ws._inspector.picture.facts.said("log p(x|z)") == ""
    assert ws._inspector.picture.facts.said("ELBO") == ""
    assert ws._inspector.picture.facts.said("KL").endswith("nats")
    ws.actions_["reset_offsets"].trigger()
    slice_ = slice_of(state(ws).recipe)
    assert slice_ is not None
    assert slice_.image is None


def test_classes_are_called_as_those_of_the_images_that_stand_in(ws: LatentWorkspace, qtbot: QtBot) -> None:
    assert [chip._name for chip in ws.legend.chips][:4] == ["smileys", "people", "nature", "food"]
    ws.context.store.update(encoding_edits.IMAGE, latent=encoding_edits.encode_image(state(ws), 3))
    qtbot.waitUntil(lambda: ws.idle and ws.controller.encoded is not None)
    assert ws.controller.encoded is not None
    assert ws.controller.encoded.name.split(", ")[1] in {chip._name for chip in ws.legend.chips}


def test_the_status_says_whose_codes_they_are(ws: LatentWorkspace) -> None:
    from explorer.views.latent.status import status_of

    assert status_of(state(ws), ws.panes[0], "", "").text == "370 codes of emoji"
