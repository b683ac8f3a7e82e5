"""The true p(z|x) on the latent plane, and the lens on an ellipse that would be too small to be seen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.views.latent.plane.lens import SIDE, filled, lenses
from explorer.views.latent.plane.viewport import Viewport
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import encode_image


def test_the_ellipse_of_what_is_encoded_is_seen_at_the_default_zoom(ws: LatentWorkspace, qtbot: QtBot) -> None:
    assert not ws.plane.lenses, "nothing is encoded"
    encode_image(ws, 8588)  # one of which the encoder is sure
    qtbot.waitUntil(lambda: ws.idle and ws.plane.posterior is not None, timeout=60_000)
    assert ws.plane.lenses
    before = ws.plane.grab().toImage()
    inside = ws.plane.lenses[0].rect.toRect()
    ws.plane.zoom(40)
    assert not ws.plane.lenses, "its ellipse is large enough now"
    ws.plane.fit()
    assert ws.plane.lenses
    ws.plane.set_posterior(None)
    assert ws.plane.grab().toImage().copy(inside) != before.copy(inside), "it is drawn there"


def test_the_true_posterior_is_a_layer_with_its_figures(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode_image(ws, 8)
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
    encode_image(ws, 0)
    qtbot.waitUntil(lambda: ws.idle and ws.panes[0].truth not in (None, truth), timeout=60_000)
    qtbot.keyClick(ws.plane, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: ws.idle, timeout=60_000)
    assert ws.plane.truth is None
    assert facts.said("gap") == ""


def test_an_ae_has_no_true_posterior(ws: LatentWorkspace, qtbot: QtBot) -> None:
    encode_image(ws, 0)
    ws.context.store.update_latent(truth=True)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.truth is not None, timeout=60_000)
    entry = ws.context.library.named("mnist-ae-2d")
    assert entry is not None
    ws.accept_entry(entry)
    qtbot.waitUntil(lambda: ws.idle and ws.plane.truth is None, timeout=60_000)
    assert not ws.actions_["truth"].isEnabled()
    assert not ws.actions_["truth"].isChecked()
    assert not ws.plane.lenses


def test_a_lens_lies_within_the_plane_beside_its_code() -> None:
    view = Viewport(640, 480, 0.0, 0.0, 60.0)
    small, large = np.diag([0.05**2, 0.03**2]), np.diag([0.5**2, 0.2**2])
    assert not lenses(view, (0.0, 0.0), large, None), "its ellipse is large enough"
    for mean in ((0.0, 0.0), (5.0, 3.7), (-5.0, -3.7), (5.0, -3.7)):
        (lens,) = lenses(view, mean, small, None)
        rect = lens.rect
        assert rect.left() >= 0
        assert rect.top() >= 0
        assert rect.right() <= 640
        assert rect.bottom() <= 480
        assert rect.width() == rect.height() == SIDE
        assert not rect.adjusted(-8, -8, 8, 8).contains(*view.to_screen(*mean)), "the code itself is not covered"
        assert lens.point_of(*mean).x() == pytest.approx(rect.center().x())
        edge = lens.point_of(mean[0] + 2 * 0.05, mean[1])
        assert rect.center().x() + 30 < edge.x() < rect.right(), "the ellipse of two deviations is seen in it"


def test_posteriors_that_lie_apart_have_a_lens_each() -> None:
    view = Viewport(640, 480, 0.0, 0.0, 60.0)
    small = np.diag([0.05**2, 0.03**2])
    (near,) = lenses(view, (1.0, 1.0), small, (1.0, 1.2, 0.9, 1.1))
    assert near.extent[0] <= 0.9
    assert near.extent[1] >= 1.2
    assert near.extent[1] - near.extent[0] == pytest.approx(near.extent[3] - near.extent[2])
    own, true = lenses(view, (1.0, 1.0), small, (-2.0, -1.8, 0.9, 1.1))
    assert own.at == (1.0, 1.0)
    assert true.at == pytest.approx((-1.9, 1.0))
    assert true.extent == (-2.0, -1.8, 0.9, 1.1)
    assert not own.rect.intersects(true.rect)
    px, py = view.to_screen(1.0, 1.0)
    for x in np.linspace(-3.0, 1.0, 9).tolist():
        for lens in lenses(view, (1.0, 1.0), np.diag([0.1**2, 0.1**2]), (x - 0.1, x + 0.1, -0.6, -0.4)):
            assert not lens.rect.adjusted(-20, -20, 20, 20).contains(px, py), "the code of the image stays in view"


def test_the_square_that_a_posterior_fills_has_all_of_its_modes() -> None:
    places = np.stack(np.meshgrid(np.linspace(-1.99, 1.99, 200), np.linspace(-1.99, 1.99, 200)), axis=-1)
    modes = (np.array([0.5, -0.2]), np.array([0.5, 0.6]))
    density = np.maximum(*(np.exp(-0.5 * ((places - mode) ** 2).sum(-1) / 0.03**2) for mode in modes))
    x0, x1, y0, y1 = filled(density, (-2.0, 2.0, -2.0, 2.0))
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert (x0 + x1) / 2 == pytest.approx(0.5, abs=0.03)
    assert (y0 + y1) / 2 == pytest.approx(0.2, abs=0.03)
    assert -0.6 < y0 < -0.26
    assert 0.66 < y1 < 1.0
