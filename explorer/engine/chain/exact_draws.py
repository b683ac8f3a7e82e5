"""The images that an exact lane draws on its way."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine.chain.branches import BranchLane
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.models.models import Models


def drawn_index(lane: ChainLane, k: int, sample: int) -> int | None:
    """Index of the image that the step from state k draws for a sample; above its last edit, a branch draws as its parent."""
    while isinstance(lane, BranchLane) and k < lane.leaves:
        lane = lane.parent
    drawn = lane.drawn.get(k)
    return None if drawn is None else int(drawn[sample])


def drawn_image(models: Models, lane: ChainLane, k: int, sample: int) -> np.ndarray | None:
    """That image, shape (1, C, H, W); None where nothing is drawn."""
    index, exact = drawn_index(lane, k, sample), lane.key.lane.exact
    if index is None or exact is None:
        return None
    image: np.ndarray = models.data_sets.get(exact).data.images(torch.tensor([index])).cpu().numpy()
    return image
