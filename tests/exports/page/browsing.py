"""A real browser without a screen, and what it is asked."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

BROWSER, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(not BROWSER or not DRIVER, reason="there is no chromium with its chromedriver here")


def opened() -> Any:
    """A browser; it is closed with `quit`."""
    webdriver: Any = pytest.importorskip("selenium.webdriver", reason="the browser is driven by selenium")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1600,1100", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))


def wear(browser: Any, theme: str) -> None:
    """Have the system be dark or light."""
    wanted = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)


def press(browser: Any, *keys: str) -> None:
    """Keys on the page, where nothing in it has the focus."""
    body = browser.find_element("css selector", "body")
    for key in keys:
        body.send_keys(key)


def complaints(browser: Any) -> list[Any]:
    """What the browser complained of, and addresses outside of the file that it was asked for; it must have asked for the file."""
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"]
    assert addresses
    outside = [address for address in addresses if not address.startswith(("file:", "data:"))]
    return [*outside, *browser.get_log("browser")]
