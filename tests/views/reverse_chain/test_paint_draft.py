"""What a draft covers, without a window."""

from __future__ import annotations

import numpy as np

from explorer.recipe import Dab
from explorer.views.reverse_chain.paint_draft import PaintDraft

ERASE, KEEP = Dab(((14.0, 14.0),), 6.0, 1.0), Dab(((14.0, 14.0),), 2.0, -1.0)


def test_the_later_mark_says_what_becomes_of_a_pixel() -> None:
    erased = PaintDraft(inpainting=True, dabs=(ERASE,)).region
    both = PaintDraft(inpainting=True, dabs=(ERASE, KEEP)).region
    assert erased[14, 14]
    assert not both[14, 14]
    assert 0 < both.sum() < erased.sum() < 28 * 28
    np.testing.assert_array_equal(PaintDraft(inpainting=True, dabs=(KEEP, ERASE)).region, erased)
    np.testing.assert_array_equal(PaintDraft(inpainting=True, dabs=(ERASE,), inverted=True).region, ~erased)


def test_the_mark_under_the_hand_counts() -> None:
    draft = PaintDraft(inpainting=True, growing=ERASE, shape=(20, 24))
    assert draft.marks == (ERASE,)
    assert draft.region.shape == (20, 24)
    assert draft.ready


def test_nothing_to_branch_with() -> None:
    assert not PaintDraft().ready
    assert not PaintDraft(inpainting=True).ready
    assert not PaintDraft(inpainting=True, dabs=(KEEP,)).ready, "nothing is erased"
    assert PaintDraft(dabs=(ERASE,)).ready
    draft = PaintDraft(inpainting=True, dabs=(ERASE,), inverted=True, shape=(20, 24))
    draft.start(False)
    assert draft == PaintDraft(shape=(20, 24))
