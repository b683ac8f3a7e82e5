"""The sampler in the inspector: what is chosen is the lane's, what does not go with it is not shown, the equation is the sampler's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot

from explorer.recipe import ExactProcess, Lane, Sampler
from explorer.recipe.sampler import METHOD_TITLES
from explorer.state.edits import exact_lanes, lanes
from explorer.state.session import ChainState
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.labels import lane_titles, sampler_words
from explorer.views.shared.lane_menu import SamplerFields
from explorer.views.shared.sampler_controls import SamplerControls

STEPS = 6


def choose(box: QComboBox, value: str) -> None:
    """As the mouse does: the entry, and what follows from it."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


@pytest.fixture
def page(open_page: Callable, lane: Callable) -> ReverseChainWorkspace:
    found: ReverseChainWorkspace = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), t=500)
    return found


def test_another_sampler_is_one_undo_and_its_equation_is_shown(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    controls, store = page.widgets.inspector.sampler, page.context.store
    for method, terms in (("heun", "ε̄"), ("dpm++2m", "D"), ("ddim", "ε̂")):
        choose(controls.method, method)
        assert page.part.recipe.lanes[0].sampler == Sampler(STEPS, 0.0, method=method)  # type: ignore[arg-type]
        key = page.controller.key
        qtbot.waitUntil(lambda key=key: page.idle and page.display.terms is not None and page.display.terms.key == key)
        equation = page.widgets.equation.equation
        assert METHOD_TITLES[method] in equation.title  # type: ignore[index]
        assert terms.replace("\u0302", "") in equation.text.replace("\u0302", "")
        assert {term.name for term in equation.step} <= set(page.widgets.equation.pictures)
        store.undo()
        assert page.part.recipe.lanes[0].sampler == Sampler(STEPS)
    assert controls.method.currentData() == "ancestral"


def test_only_what_goes_with_the_sampler_is_shown(page: ReverseChainWorkspace) -> None:
    controls = page.widgets.inspector.sampler
    shown = {name: not field.isHidden() for name, (_, field) in controls.rows.items()}
    assert [name for name, is_shown in shown.items() if is_shown] == ["sampler", "spacing", "eta", "variance", "clip"]
    choose(controls.method, "heun")
    assert controls.eta.isHidden()
    assert controls.variance.isHidden()
    page.set_sampler("clip", clip=True)
    assert not controls.range.isHidden()
    page.set_sampler("all steps", steps=None)
    assert controls.rows["spacing"][1].isHidden(), "all timesteps are the same however they are spaced"


def test_the_fields_say_what_the_person_chose(qtbot: QtBot) -> None:
    controls = SamplerControls()
    told: list[dict[str, object]] = []
    controls.changed.connect(lambda _label, fields: told.append(fields))
    controls.show_sampler(Sampler(20, clip=True), all_steps=False, learned=False)
    choose(controls.spacing, "leading")
    choose(controls.variance, "large")
    choose(controls.variance, "large")
    controls.quantile.setValue(0.995)
    controls.quantile.take()
    controls.range.setValue(1.5)
    controls.range.take()
    assert told == [{"spacing": "leading"}, {"variance": "large"}, {"variance": "large"}, {"threshold": 0.995}, {"clip_range": 1.5}]
    model, learned = controls.variance.model(), controls.variance.findData("learned")
    assert not model.flags(model.index(learned, 0)) & Qt.ItemFlag.ItemIsEnabled, "this network has learned none"
    controls.show_sampler(Sampler(20), all_steps=False, learned=True)
    assert model.flags(model.index(learned, 0)) & Qt.ItemFlag.ItemIsEnabled
    for _, field in controls.rows.values():
        field.deleteLater()


def test_a_lanes_menu_has_the_rows_that_apply(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    told: list[tuple[str, dict[str, object]]] = []
    fields = SamplerFields(Sampler(20, 0.0, method="ddim"), 1000, lambda label, fields: told.append((label, fields)), menu)
    menu.addAction(fields)
    assert fields.sampler.variance.isHidden()
    assert fields.sampler.eta.parent() is not None
    choose(fields.sampler.method, "dpm++2m")
    assert told == [("sample by DPM++ 2M", {"method": "dpm++2m"})]


def test_an_exact_lane_draws_or_has_another_sampler() -> None:
    state = ChainState()
    state = lanes.add_lane(state, exact_lanes.exact_lane(ExactProcess()))
    state = lanes.set_sampler(state, 0, method="heun")
    assert state.recipe.lanes[0].exact == ExactProcess(follow="mean")
    state = exact_lanes.set_exact(state, 0, "draw", None)
    assert state.recipe.lanes[0].sampler == Sampler()


def test_lanes_are_told_apart_by_their_samplers() -> None:
    every = [Sampler(9), Sampler(9, 0.0, method="ddim"), Sampler(9, 0.5, method="ddim"), Sampler(9, 0.0, method="heun")]
    made = [Lane("c", "c", "C", sampler) for sampler in every]
    assert lane_titles(made) == ("Option C · Ancestral", "Option C · DDIM, η 0", "Option C · DDIM, η 0.5", "Option C · ODE, Heun")
    said = sampler_words(Lane("c", "c", "C", Sampler(9, variance="large", spacing="leading", offset=1, clip=True, clip_range=1.5)))
    assert said == "9 steps, large variance, leading + 1, clipped to ±1.5"
