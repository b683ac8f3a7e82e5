"""The ending of an export's name."""

from __future__ import annotations

import pytest

from explorer.exports.kinds import dialog_filter
from explorer.views.shared.export_dialog import with_ending

PICTURE, GIF, MP4, ARRAYS = dialog_filter("chain").split(";;")


@pytest.mark.parametrize(
    ("path", "kind", "wanted"),
    [
        ("/a/compare", PICTURE, "/a/compare.png"),
        ("/a/compare", GIF, "/a/compare.gif"),
        ("/a/compare", MP4, "/a/compare.mp4"),
        ("/a/compare", ARRAYS, "/a/compare.npz"),
        ("/a/compare.gif", PICTURE, "/a/compare.gif"),
        ("/a/compare", "", "/a/compare"),
    ],
)
def test_a_name_without_an_ending_gets_that_of_its_kind(path: str, kind: str, wanted: str) -> None:
    assert with_ending(path, kind) == wanted
