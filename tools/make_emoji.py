"""The colour data set that comes with the app: emoji of Noto, 32 x 32, over white, from the npm package emoji-datasource-google.

    npm pack emoji-datasource-google && tar xzf emoji-datasource-google-*.tgz && python tools/make_emoji.py package

Every tenth emoji is a test image, with all its skin tones, so that no test image has a near copy among the training images.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 32
HELD_OUT = 10
GROUPS = (
    "Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects", "Symbols",
    "Flags",
)  # fmt: skip
"""Labels 0 to 8."""


def read(package: Path) -> list[tuple[str, int, bool]]:
    """File, group and whether it is held out of each emoji and of its skin tones."""
    told = json.loads((package / "emoji.json").read_text())
    told = sorted((each for each in told if each["category"] in GROUPS), key=lambda each: each["sort_order"])
    found = []
    for place, each in enumerate(told):
        for one in (each, *each.get("skin_variations", {}).values()):
            if one["has_img_google"]:
                found.append((one["image"], GROUPS.index(each["category"]), place % HELD_OUT == HELD_OUT - 1))
    return found


def pictured(path: Path) -> np.ndarray:
    """(3, 32, 32) uint8."""
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    small = Image.alpha_composite(white, picture).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small).transpose(2, 0, 1)


def main(package: Path, out: Path) -> None:
    """Write the array file."""
    found = read(package)
    images = np.stack([pictured(package / "img" / "google" / "64" / name) for name, _, _ in found])
    groups = np.array([group for _, group, _ in found], np.uint8)
    held = np.array([test for _, _, test in found])
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, x_train=images[~held], y_train=groups[~held], x_test=images[held], y_test=groups[held])
    print(f"{out}: {(~held).sum()} training and {held.sum()} test images, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[1] / "resources" / "datasets" / "emoji" / "emoji.npz")
