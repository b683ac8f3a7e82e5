"""A page in a real browser: the slider moves the pictures, nothing is asked of any network, nothing is complained of."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.cli import main
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from tests.exports.page.browsing import complaints, needs_browser, press, wear

pytestmark = needs_browser
STEPS, SAMPLES = 4, 3


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two lanes, and the arrays of the same chains."""
    folder = tmp_path_factory.mktemp("pages")
    lanes = ["--checkpoint", "mnist-ddpm-b", "--checkpoint", "mnist-ddpm-c", "--steps", str(STEPS), "--samples", str(SAMPLES)]
    for ending in (".html", ".npz"):
        assert main(["sample", *lanes, "--out", str(folder / f"chain{ending}")]) == 0
    return folder


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, browser: Any, files: Path) -> str:
    """A theme in which the page is open."""
    wear(browser, request.param)
    browser.get((files / "chain.html").as_uri())
    return str(request.param)


def seen(browser: Any, lane: int) -> np.ndarray:
    """Pixels of the first sample of a lane as the browser draws them, (28, 28, 3)."""
    shown = [each for each in browser.find_elements("css selector", f'.picture[data-lane="{lane}"]') if each.is_displayed()]
    assert len(shown) == 1
    picture = np.asarray(Image.open(io.BytesIO(shown[0].screenshot_as_png)).convert("RGB"))
    scale = round(picture.shape[1] / (2 * 28 + 1))
    middles = np.arange(28) * scale + scale // 2
    pixels: np.ndarray = picture[middles][:, middles]
    return pixels


def test_keys_and_slider_show_what_the_app_shows(browser: Any, files: Path, theme: str) -> None:
    home, left = "\ue011", "\ue012"
    with np.load(files / "chain.npz") as arrays:
        x, x0_hat, eps_hat = (arrays[f"lane1/{name}"] for name in ("x", "x0_hat", "eps_hat"))
        apart = x - arrays["lane0/x"]
        sigma = float(arrays["lane1/sigma"][1])
    np.testing.assert_allclose(seen(browser, 1), grey_tiles(x[STEPS, :1])[0], atol=1)
    press(browser, left)
    np.testing.assert_allclose(seen(browser, 1), grey_tiles(x[STEPS - 1, :1])[0], atol=1)
    press(browser, home, "\ue014", "3")
    np.testing.assert_allclose(seen(browser, 1).astype(int), diverging_tiles(eps_hat[1, :1], 3.0, theme)[0], atol=4)  # type: ignore[arg-type]
    assert f"{sigma:.4g}"[:4] in browser.find_element("css selector", '.equation[data-lane="1"]').text
    press(browser, "2")
    np.testing.assert_allclose(seen(browser, 1), grey_tiles(x0_hat[1, :1])[0], atol=1)
    press(browser, "6")
    np.testing.assert_allclose(seen(browser, 1).astype(int), diverging_tiles(apart[1, :1], 1.0, theme)[0], atol=4)  # type: ignore[arg-type]
    assert "compared with" in browser.find_element("css selector", '.nothing[data-lane="0"]').text


def test_it_speaks_and_asks_for_nothing(browser: Any, theme: str) -> None:
    press(browser, "\ue011", "2")
    pictures = [each for each in browser.find_elements("css selector", ".picture") if each.is_displayed()]
    assert [each.get_attribute("aria-label").rpartition(" at ")[2] for each in pictures] == ["t = 1000"] * 2
    assert browser.find_element("id", "t").get_attribute("aria-valuetext") == "t = 1000"
    assert complaints(browser) == []


def test_the_button_changes_the_colours_and_the_pictures_with_them(browser: Any, theme: str) -> None:
    press(browser, "\ue011", "3")
    before = seen(browser, 1)
    button = browser.find_element("id", "theme")
    assert button.get_attribute("aria-label") == {"dark": "Light colours", "light": "Dark colours"}[theme]
    button.click()
    assert button.get_attribute("aria-label") == {"dark": "Dark colours", "light": "Light colours"}[theme]
    assert np.abs(seen(browser, 1).astype(int) - before).max() > 100


def test_on_a_narrow_screen_nothing_is_cut_off(browser: Any, theme: str) -> None:
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 400
        shot = browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
        assert Image.open(io.BytesIO(base64.b64decode(shot))).size == (400, 800)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
