"""What runs the networks of one lane, from its first step to its last."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.diffusion.predictor import Predictor
from explorer.engine.models.models import Models
from explorer.recipe import Change, Lane
from explorer.recipe.arithmetic import RunBy


class Ways:
    """Predictors of a lane's networks, and what runs them.

    Parameters
    ----------
    models : Models
    samples : int
        Of the lane.
    settled : mapping of str to RunBy
        What was chosen, by checkpoint. Of a network that is not among them it is what is safe.

    Attributes
    ----------
    runs : dict of str to RunBy
        By checkpoint, for those that were asked for; empty where nothing is chosen for networks one by one.
    """

    def __init__(self, models: Models, samples: int, settled: Mapping[str, RunBy]) -> None:
        self._models, self._samples, self._settled = models, samples, dict(settled)
        self.runs: dict[str, RunBy] = {}

    def predictor(self, lane: Lane) -> Predictor:
        """Predictor of a lane (BadInput as of `Models.predictor`)."""
        choosing = self._models.choosing
        if choosing is None or lane.exact is not None:
            return self._models.predictor(lane)
        run = self._settled.get(lane.checkpoint)
        if run is None:
            run = choosing.at_once(self._models.lane_checkpoint(lane))
        self.runs[lane.checkpoint] = run
        return self._models.predictor(lane, run, self._samples)

    def taking_over(self, lane: Lane) -> Predictor:
        """Predictor of a lane whose network goes on for another's (BadInput as of `Models.predictor`)."""
        return self.predictor(lane if lane.exact is not None else self._models.taking_over(lane))

    def words(self, lane: Lane) -> str:
        """What runs a lane's network, for people; empty where there is none."""
        models, run = self._models, self.runs.get(lane.checkpoint)
        if lane.exact is not None:
            return ""
        if own := getattr(models.lane_checkpoint(lane).network, "run_by", ""):
            return str(own)
        if run is None or models.choosing is None:
            return f"{models.backend.title} · {models.precision}"
        return models.choosing.words(run, self._samples)


def networks_of(lane: Lane) -> tuple[Lane, ...]:
    """The lane, and those whose networks take over from its own in it."""
    changes = [edit for edit in lane.edits if isinstance(edit, Change) and edit.checkpoint]
    return (lane, *(Lane(edit.checkpoint, edit.source, edit.option, lane.sampler, told=edit.told) for edit in changes))
