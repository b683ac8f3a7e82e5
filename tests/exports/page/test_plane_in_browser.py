"""The page of a plane in a real browser: what is dragged there is decoded as the engine decodes it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from explorer import sources
from explorer.cli import main
from explorer.exports.page.plane import packed
from explorer.latent.graph_of import graph_in_a_row
from explorer.models.in_a_row import Signed
from tests.exports.page.browsing import complaints, needs_browser, press, wear

pytestmark = needs_browser
HOME, LEFT, UP, SHIFT = "\ue011", "\ue012", "\ue013", "\ue008"
P1, P2 = (0.5, -1.0), (-1.25, 0.75)
AWAY = ((120, 40), (-260, 90), (30, -150))
"""How far a point is dragged, in pixels."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a model, with two points and an arc about the origin between them."""
    folder = tmp_path_factory.mktemp("planes")

    def made(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            places = ["--z", "{},{}".format(*P1), "--z={},{}".format(*P2), "--path", "spherical"]
            assert main(["decode", "--checkpoint", name, *places, "--device", "cpu", "--out", str(path)]) == 0
        return path

    return made


@pytest.fixture
def vae(browser: Any, page: Callable[[str], Path]) -> Any:
    """The browser on the VAE's page."""
    browser.get(page("mnist-vae-2d").as_uri())
    return browser


def decoded(name: str, z: Sequence[float]) -> np.ndarray:
    """Pixels (H, W) in [-1, 1] as torch decodes them."""
    network = sources.open(sources.located(name)).network
    with torch.inference_mode():
        image: np.ndarray = network.decode(torch.tensor([z]))[0, 0].numpy()  # type: ignore[operator]
    return image


def place(browser: Any) -> tuple[float, float]:
    """The place that is decoded, once the page has drawn it."""
    drawn(browser)
    x, y = browser.execute_script("const of = document.getElementById('decoded').dataset; return [+of.x, +of.y]")
    return x, y


def drawn(browser: Any) -> None:
    """Wait for two pictures of the screen."""
    browser.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")


def grey(browser: Any, canvas: str = "decoded") -> np.ndarray:
    """Red of a canvas, (H, W)."""
    script = "const c = document.getElementById(arguments[0]); return c.toDataURL('image/png').split(',')[1]"
    with Image.open(io.BytesIO(base64.b64decode(browser.execute_script(script, canvas)))) as picture:
        return np.asarray(picture.convert("RGB"))[..., 0].astype(float)


def hands(browser: Any) -> Any:
    from selenium.webdriver import ActionChains

    return ActionChains(browser, duration=10)


def point_at(browser: Any, name: str) -> tuple[float, float]:
    """Where a point lies when the page is opened, from the middle of the plane, in pixels to the right and down."""
    script = """
      const data = JSON.parse(document.getElementById('plane').textContent), stage = document.getElementById('over');
      const e = data.extent, w = stage.clientWidth, h = stage.clientHeight, p = data.points.find(p => p.name === arguments[0]);
      const scale = 0.94 * Math.min(w / (e[1] - e[0]), h / (e[3] - e[2]));
      return [(p.x - (e[0] + e[1]) / 2) * scale, -(p.y - (e[2] + e[3]) / 2) * scale]
    """
    x, y = browser.execute_script(script, name)
    return x, y


def on_stage(browser: Any, x: float, y: float) -> Any:
    """Hands with the pointer so far from the plane's middle."""
    return hands(browser).move_to_element_with_offset(browser.find_element("id", "over"), round(x), round(y))


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-2d"])
def test_what_is_dragged_is_decoded_as_the_engine_decodes_it(browser: Any, page: Callable[[str], Path], name: str) -> None:
    browser.get(page(name).as_uri())
    assert place(browser) == P1
    x, y = point_at(browser, "P1")
    for dx, dy in AWAY:
        before = place(browser)
        on_stage(browser, x, y).click_and_hold().move_by_offset(dx, dy).release().perform()
        x, y = x + dx, y + dy
        z = place(browser)
        assert np.hypot(z[0] - before[0], z[1] - before[1]) > 0.1
        wanted = decoded(name, z)
        script = "const g = JSON.parse(document.getElementById('plane').textContent).graph; return [...makeDecoder(g).image(arguments[0])]"
        np.testing.assert_allclose(np.reshape(browser.execute_script(script, z), (28, 28)), wanted, atol=1e-3)
        np.testing.assert_allclose(grey(browser), 127.5 * (wanted + 1), atol=0.6)


def test_a_slice_of_more_dimensions_goes_through_a_convolutional_decoder(browser: Any, page: Callable[[str], Path], tmp_path: Path) -> None:
    browser.get(page("mnist-vae-16d").as_uri())
    assert place(browser) == P1
    arguments = ["--slice", "components", "--z", "{},{}".format(*P1), "--device", "cpu", "--out", str(tmp_path / "z.npz")]
    assert main(["decode", "--checkpoint", "mnist-vae-16d", *arguments]) == 0
    with np.load(tmp_path / "z.npz") as arrays:
        np.testing.assert_allclose(grey(browser), 127.5 * (arrays["x"][0, 0] + 1), atol=0.6)


def test_every_layer_that_a_page_knows_is_what_torch_has(vae: Any) -> None:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(6)
    layers = nn.Sequential(
        nn.Linear(3, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 24, bias=False), nn.ELU(0.7), nn.Softplus(), nn.Dropout(),
        nn.Unflatten(1, (6, 2, 2)), norm, nn.LeakyReLU(0.1), nn.Upsample(scale_factor=2), nn.Conv2d(6, 4, 3, padding=1), nn.Tanh(),
        nn.GroupNorm(2, 4), nn.ConvTranspose2d(4, 5, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.Conv2d(5, 4, (3, 2), stride=(2, 1), padding=(1, 0)), nn.SiLU(), nn.ConvTranspose2d(4, 3, (4, 2), stride=(2, 1), padding=(1, 0)),
        nn.Sigmoid(), Signed(),
    ).eval()  # fmt: skip
    with torch.no_grad():
        for statistic, low, high in ((norm.running_mean, -1, 1), (norm.running_var, 0.5, 2), (norm.weight, 0.5, 2), (norm.bias, -1, 1)):
            assert statistic is not None
            statistic.uniform_(low, high)
    graph = packed(graph_in_a_row([layers], 3))
    for z in torch.randn(3, 3):
        with torch.inference_mode():
            wanted = layers(z[None])[0].numpy()
        found = vae.execute_script("return [...makeDecoder(arguments[0]).image(arguments[1])]", graph, z.tolist())
        np.testing.assert_allclose(np.reshape(found, wanted.shape), wanted, atol=1e-5)


def test_keys_move_the_point_hide_classes_and_zoom(vae: Any) -> None:
    assert place(vae) == P1
    assert "log p(z) = −2.46" in vae.find_element("id", "decoded").get_attribute("aria-label")
    press(vae, LEFT)
    left = place(vae)
    assert left[0] < P1[0]
    assert left[1] == P1[1]
    hands(vae).key_down(SHIFT).send_keys(UP).key_up(SHIFT).perform()
    assert place(vae)[1] - P1[1] == pytest.approx((P1[0] - left[0]) / 10)
    press(vae, "+", LEFT)
    assert left[0] - place(vae)[0] == pytest.approx((P1[0] - left[0]) / 1.25)
    press(vae, HOME)
    assert place(vae) == (0, 0)
    press(vae, "n")
    assert place(vae) == P2
    press(vae, "r")
    assert place(vae) == P1
    drawn(vae)
    every = grey(vae, "ground")
    press(vae, "7")
    assert vae.find_element("css selector", '[data-class="7"]').get_attribute("aria-pressed") == "false"
    drawn(vae)
    assert (grey(vae, "ground") != every).mean() > 0.001
    press(vae, "7")
    drawn(vae)
    assert (grey(vae, "ground") == every).all()


def test_the_pointer_alone_decodes_what_is_under_it(vae: Any) -> None:
    on_stage(vae, -200, 60).perform()
    z = place(vae)
    assert z != P1
    assert vae.find_element("css selector", "#seen h2").text == "Under the pointer"
    np.testing.assert_allclose(grey(vae), 127.5 * (decoded("mnist-vae-2d", z) + 1), atol=0.6)
    hands(vae).move_to_element(vae.find_element("css selector", "h1")).perform()
    assert place(vae) == P1


def test_wheel_middle_button_and_fingers_move_the_view_and_no_point(vae: Any) -> None:
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

    stage = vae.find_element("id", "over")
    on_stage(vae, 200, 0).perform()
    before = place(vae)
    hands(vae).scroll_from_origin(ScrollOrigin.from_element(stage, 200, 0), 0, -300).perform()
    on_stage(vae, 200, 0).perform()
    assert place(vae) == pytest.approx(before, abs=0.01), "the code under the pointer stays under it"
    on_stage(vae, 0, 0).perform()
    middle = place(vae)
    press(vae, "f")
    box = stage.rect
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchEnd", 0)):
        fingers = [] if kind == "touchEnd" else [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        vae.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    on_stage(vae, 100, 0).perform()
    twice = place(vae)
    press(vae, "f")
    on_stage(vae, 50, 0).perform()
    assert place(vae) == pytest.approx(twice, abs=0.02), "two fingers twice as far apart: twice as large"
    assert middle != twice
    hands(vae).move_to_element(vae.find_element("css selector", "h1")).perform()
    assert place(vae) == P1


def test_a_finger_moves_a_point(vae: Any) -> None:
    box = vae.find_element("id", "over").rect
    at = {"x": box["x"] + 100, "y": box["y"] + 100, "id": 0}
    for kind, points in (("touchStart", [at]), ("touchMove", [{**at, "x": at["x"] + 50}]), ("touchEnd", [])):
        vae.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert place(vae)[0] < P1[0] - 0.5


def test_the_strip_is_decoded_along_the_way_and_plays(vae: Any) -> None:
    assert [option.text for option in vae.find_elements("css selector", "#way option")] == ["P1 → P2", "Spherical"]
    tiles = vae.find_element("id", "tiles")
    hands(vae).move_to_element_with_offset(tiles, tiles.rect["width"] // 2 - 3, 0).click().perform()
    assert place(vae) == P2
    drawn(vae)
    shown = grey(vae, "tiles")
    many = round(shown.shape[1] / shown.shape[0])
    first = np.asarray(Image.fromarray(shown[:, : shown.shape[1] // many]).resize((28, 28), Image.Resampling.NEAREST))
    assert np.corrcoef(first.ravel(), decoded("mnist-vae-2d", P1).ravel())[0, 1] > 0.97
    vae.execute_script(
        "document.getElementById('way').selectedIndex = 1; document.getElementById('way').dispatchEvent(new Event('change'))"
    )
    slider = vae.find_element("id", "along")
    vae.execute_script("arguments[0].value = 500; arguments[0].dispatchEvent(new Event('input'))", slider)
    x, y = place(vae)
    assert np.hypot(x, y) == pytest.approx((np.hypot(*P1) + np.hypot(*P2)) / 2, abs=0.1), "about the origin, not through it"
    vae.find_element("id", "play").click()
    vae.execute_async_script(
        "const done = arguments[0], of = document.getElementById('decoded').dataset, x = of.x;"
        "(function look() { of.x === x ? requestAnimationFrame(look) : done(); }())"
    )
    vae.find_element("id", "play").click()
    assert vae.find_element("id", "play").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_manifold_lies_behind_the_codes(vae: Any, theme: str) -> None:
    wear(vae, theme)
    press(vae, "c", "p", "g")
    vae.execute_async_script(  # until two pictures of the screen are alike
        "const done = arguments[0], c = document.getElementById('ground'); let before = '';"
        "(function look() { const now = c.toDataURL(); if (now === before) return done(); before = now;"
        "  requestAnimationFrame(() => requestAnimationFrame(look)); }())"
    )
    shown, (right, down) = grey(vae, "ground"), point_at(vae, "P1")
    away = point_at(vae, "P2")
    scale = (right - away[0]) / (P1[0] - P2[0])
    unit = next(2.0**k for k in range(-6, 6) if 2.0**k * scale >= 36)
    cell = np.floor(np.array(P1) / unit)
    left = shown.shape[1] / 2 + right + (cell[0] * unit - P1[0]) * scale
    bottom = shown.shape[0] / 2 + down - (cell[1] * unit - P1[1]) * scale
    middles = (np.arange(28) + 0.5) * unit * scale / 28
    seen = shown[np.round(bottom - middles[::-1] - 0.5).astype(int)][:, np.round(left + middles - 0.5).astype(int)]
    wanted = decoded("mnist-vae-2d", ((cell + 0.5) * unit).tolist())
    assert np.corrcoef(seen.ravel(), wanted.ravel())[0, 1] > 0.9


def test_it_asks_for_nothing_speaks_and_is_reached_by_the_keyboard(vae: Any) -> None:
    order = []
    for _ in range(40):
        hands(vae).send_keys("\ue004").perform()
        said = vae.execute_script(
            "const e = document.activeElement; return e === document.body ? '' : e.getAttribute('aria-label') || e.textContent"
        )
        if not said or said in order:
            break
        order.append(said)
    assert order[0] in ("Dark colours", "Light colours")
    assert order[1:4] == ["Codes", "Manifold", "Prior"]
    assert order[4:14] == [f"Codes of class {digit}" for digit in range(10)]
    assert order[14].startswith("Latent plane of mnist-vae-2d")
    assert order[-2:] == ["▶ Play", "Place along the way"]
    vae.execute_async_script(
        "const done = arguments[0], of = document.querySelector('.said');"
        "(function look() { of.textContent ? done() : requestAnimationFrame(look); }())"
    )
    assert vae.find_element("css selector", ".said").get_attribute("textContent") == "P1: z = (0.500, −1.000), log p(z) = −2.46"
    assert complaints(vae) == []


def test_on_a_narrow_screen_nothing_is_cut_off(vae: Any) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    vae.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert vae.execute_script("return document.documentElement.scrollWidth") <= 390
        stage = vae.find_element("id", "over").rect
        assert stage["y"] + stage["height"] < 844, "the whole plane is seen at once"
    finally:
        vae.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
