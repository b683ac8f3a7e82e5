"""What the lanes answer: requests to sample them and to show them."""

from __future__ import annotations

from explorer.engine.chain import showing, way_choice
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.curve_messages import MeasureSimilarity, ShowCurves
from explorer.engine.chain.messages import MeasureNetworks, SampleChain, ShowFilm, ShowStep, ShowTerms
from explorer.engine.chain.way_messages import MeasureAgain, SetWay, ShowWays
from explorer.engine.desk import Desk
from explorer.engine.thread.requests import Steps


def sample_chain(request: SampleChain, desk: Desk) -> Steps:
    """Sample lanes, which then are those that the request's channel has open."""
    return desk.of(Chains).sample(request, desk.channel)


def measure_networks(request: MeasureNetworks, desk: Desk) -> Steps:
    """What runs the lanes' networks, measured."""
    return desk.of(Chains).measure_networks(request.recipe)


def show_ways(request: ShowWays, desk: Desk) -> Steps:
    """The ways to run a lane's network."""
    return way_choice.show(desk.of(Chains), request)


def set_way(request: SetWay, desk: Desk) -> Steps:
    """Another of them from now on."""
    return way_choice.set_way(desk.of(Chains), request)


def measure_again(request: MeasureAgain, desk: Desk) -> Steps:
    """Their figures, anew."""
    return way_choice.measure_again(desk.of(Chains), request)


def show_step(request: ShowStep, desk: Desk) -> Steps:
    """Tiles at the cursor."""
    return showing.show_step(desk.of(Chains), request)


def show_terms(request: ShowTerms, desk: Desk) -> Steps:
    """The pictures of the equation."""
    return showing.show_terms(desk.of(Chains), request)


def show_film(request: ShowFilm, desk: Desk) -> Steps:
    """Evenly spaced states of one sample."""
    return showing.show_film(desk.of(Chains), request)


def show_curves(request: ShowCurves, desk: Desk) -> Steps:
    """Norms and distances against t."""
    return desk.of(Chains).show_curves(request)


def measure_similarity(request: MeasureSimilarity, desk: Desk) -> Steps:
    """SSIM with the reference, a stretch at a time."""
    return desk.of(Chains).measure_similarity(request)
