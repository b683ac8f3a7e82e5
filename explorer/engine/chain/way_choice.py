"""The person's choice of what runs a lane's network: shown, made, and measured anew."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.engine.chain.chains import Chains
from explorer.engine.chain.messages import LaneKey
from explorer.engine.chain.way_messages import MeasureAgain, SetWay, ShowWays, Way, WaysShown
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.kept_choices import Choice
from explorer.errors import BadInput
from explorer.recipe.arithmetic import RunBy


def show(chains: Chains, request: ShowWays) -> Iterator[WaysShown]:
    """What was measured; of a network that one thing alone can run, that (BadInput if its checkpoint cannot be opened)."""
    key = request.key
    only = getattr(chains.models.lane_checkpoint(key.lane).network, "only_way", "") if key.lane.checkpoint else ""
    yield WaysShown(key, only=only) if only else _shown(chains.models.choosing, key)


def set_way(chains: Chains, request: SetWay) -> Iterator[WaysShown]:
    """Take the wish down, and let go of what was sampled otherwise (BadInput as of `SetWay`)."""
    key, choosing = request.key, chains.models.choosing
    known = _known(choosing, key)
    if choosing is None or known is None or request.wish not in ("", *(each.wish for each in _ways(known))):
        raise BadInput(f"{request.wish or 'the fastest'}: has not been measured for this network on this machine; measure again first")
    if known.wish != request.wish:
        chains.check_not_held(key)
        choosing.wish(key.lane.checkpoint, key.samples, request.wish)
        chains.run_anew(key)
    yield _shown(choosing, key)


def measure_again(chains: Chains, request: MeasureAgain) -> Iterator[WaysShown | None]:
    """Measure (BadInput if its checkpoint cannot be opened)."""
    key, choosing = request.key, chains.models.choosing
    if choosing is not None and key.lane.checkpoint:
        yield from choosing.measure(chains.models.lane_checkpoint(key.lane), key.samples, again=True)
    yield _shown(choosing, key)


def _known(choosing: Choosing | None, key: LaneKey) -> Choice | None:
    return choosing.known(key.lane.checkpoint, key.samples) if choosing is not None and key.lane.checkpoint else None


def _shown(choosing: Choosing | None, key: LaneKey) -> WaysShown:
    is_open, known = choosing is not None and bool(key.lane.checkpoint), _known(choosing, key)
    if known is None:
        return WaysShown(key, is_open=is_open)
    return WaysShown(key, _ways(known), _way(known, known.without_wish.in_force), known.wish, known.busy, is_open)


def _ways(choice: Choice) -> tuple[Way, ...]:
    ways = [_way(choice, choice.run_by(each)) for each in choice.usable]
    return tuple(sorted(ways, key=lambda way: -way.gain))


def _way(choice: Choice, run: RunBy) -> Way:
    seconds = choice.seconds(run)
    return Way(f"{run.backend}/{run.precision}", run.words, choice.measured[0].seconds / seconds if seconds else 0.0, run.up_to, choice.T)
