"""Says that a lane has few samples where its images are large, when that many was not the person's choice."""

from __future__ import annotations

from collections.abc import Callable

from explorer.recipe.sample_count import usual_samples
from explorer.state.library import Library
from explorer.state.session import ChainState
from explorer.widgets.look.language import tr

HINT = tr("The inspector has the number; more take more memory and time.")


class FewSamples:
    """Looks at each change of the lanes.

    Parameters
    ----------
    library : Library
    say : callable
        Takes a message and what it may mean.
    """

    def __init__(self, library: Library, say: Callable[[str, str], object]) -> None:
        self._library, self._say = library, say

    def look(self, before: ChainState, after: ChainState) -> None:
        """Say it where other lanes have brought fewer samples."""
        brought = before.recipe.lanes not in ((), after.recipe.lanes)
        if brought and after.recipe.samples < before.recipe.samples and self._are_few(after):
            many = tr("1 sample") if after.recipe.samples == 1 else tr("{samples} samples", samples=after.recipe.samples)
            self._say(tr("{many} at once: these images are large.", many=many), HINT)

    def _are_few(self, state: ChainState) -> bool:
        """Whether there are as many samples as images of this size have unless somebody asks for more."""
        found = (self._library.find(lane.checkpoint) for lane in state.recipe.lanes)
        return any(e is not None and e.card is not None and usual_samples(e.card.data.shape) == state.recipe.samples for e in found)
