"""The true p(z|x) on the latent plane, and the lens on an ellipse that would be too small to be seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.edits import encoding as edits
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.plane.lens import SIDE, lens_extent, lens_rect, needs_lens
from explorer.views.latent.plane.viewport import Viewport
from explorer.views.latent.view import LatentWorkspace


@pytest.fixture
def ws(qtbot: QtBot) -> Iterator[LatentWorkspace]:
    """The workspace, with the codes of the test images shown."""
    explorer = Explorer(Loaded(Saved(session=Session(workspace="latent")), fresh=False), None, [LatentWorkspace.facts])
    qtbot.addWidget(explorer.window)
    explorer.window.resize(1280, 800)
    explorer.show()
    made = explorer.window.workspaces["latent"]
    assert isinstance(made, LatentWorkspace)
    qtbot.waitUntil(lambda: made.idle and len(made.plane.codes_drawn) == 10_000, timeout=60_000)
    yield made
    assert explorer.shutdown()


def encode(ws: LatentWorkspace, index: int) -> None:
    ws.context.store.update("encode", latent=edits.encode_image(ws.context.store.session.latent, index))


def test_the_ellipse_of_what_is_encoded_is_seen_at_the_default_zoom(ws: LatentWorkspace, qtbot: QtBot) -> None:
    assert not ws.plane.lens_shown, "nothing is encoded"
    encode(ws, 0)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.posterior is not None, timeout=60_000)
    assert ws.plane.lens_shown
    before = ws.plane.grab().toImage()
    posterior = ws.plane.posterior
    assert posterior is not None
    inside = lens_rect(ws.plane.view, posterior[0]).toRect()
    ws.plane.zoom(40)
    assert not ws.plane.lens_shown, "its ellipse is large enough now"
    ws.plane.fit()
    assert ws.plane.lens_shown
    ws.plane.set_posterior(None)
    assert ws.plane.grab(inside).toImage() != before.copy(inside), "it is drawn there"


def test_the_true_posterior_is_a_layer_with_its_figures(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode(ws, 8)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.posterior is not None, timeout=60_000)
    facts = ws.inspector.picture.facts
    assert facts.said("log p(x)") == ""
    assert ws.plane.truth is None
    ws.plane.setFocus()
    qtbot.keyClick(ws.plane, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.truth is not None, timeout=60_000)
    truth = ws.panes[0].truth
    assert truth is not None
    assert facts.said("log p(x)") == f"{truth.log_p:.2f} nats".replace("-", "−")
    assert facts.said("gap") == f"{truth.gap:.2f} nats"
    assert facts.said("ELBO") == f"{truth.elbo:.2f} nats".replace("-", "−")
    encode(ws, 0)
    qtbot.waitUntil(lambda: ws.idle and ws.panes[0].truth not in (None, truth), timeout=60_000)
    qtbot.keyClick(ws.plane, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: ws.idle, timeout=60_000)
    assert ws.plane.truth is None
    assert facts.said("gap") == ""


def test_an_ae_has_no_true_posterior(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode(ws, 0)
    ws.context.store.update_latent(truth=True)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.truth is not None, timeout=60_000)
    entry = ws.context.library.named("mnist-ae-2d")
    assert entry is not None
    ws.accept_entry(entry)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.truth is None, timeout=60_000)
    assert not ws.actions_["truth"].isEnabled()
    assert not ws.actions_["truth"].isChecked()
    assert not ws.plane.lens_shown


def test_the_lens_stays_within_the_plane_and_shows_all_of_both() -> None:
    view = Viewport(640, 480, 0.0, 0.0, 60.0)
    small, large = np.diag([0.05**2, 0.03**2]), np.diag([0.5**2, 0.2**2])
    assert needs_lens(view, small)
    assert not needs_lens(view, large)
    for mean in ((0.0, 0.0), (5.3, 3.9), (-5.3, -3.9), (5.3, -3.9)):
        rect = lens_rect(view, mean)
        assert rect.left() >= 0
        assert rect.top() >= 0
        assert rect.right() <= 640
        assert rect.bottom() <= 480
        assert rect.width() == rect.height() == SIDE
        px, py = view.to_screen(*mean)
        assert not rect.adjusted(-8, -8, 8, 8).contains(px, py), "the code itself is not covered"
    x0, x1, y0, y1 = lens_extent((1.0, 2.0), small, (0.4, 0.9, 2.0, 2.5))
    assert x0 <= 0.4
    assert x1 >= 1.0 + 2 * 0.05
    assert y1 >= 2.5
    assert x1 - x0 == pytest.approx(y1 - y0)
