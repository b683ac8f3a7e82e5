"""What a person can do in the Forward workspace."""

from __future__ import annotations

import msgspec
import pytest

from explorer.datasets.reading import AS_FOUND
from explorer.recipe import ChainRecipe, FreshNoise, Lane, Picture, Sampler, ScheduleChoice
from explorer.recipe.forward import MAX_KNOTS, MAX_MODES, MODE_REACH, Chain1D, ForwardImage, ForwardRecipe, ForwardSchedule
from explorer.recipe.training import TrainRecipe
from explorer.state.edits import forward as edits
from explorer.state.edits.branches import rows_of, with_branch
from explorer.state.forward import ForwardState
from explorer.state.session import ChainState, Session
from explorer.state.training import TrainingState

KNOTS = ((0.0, 9.0), (0.5, 0.0), (1.0, -9.0))


def state(*, t: int = 0, **fields: object) -> ForwardState:
    return ForwardState(msgspec.structs.replace(ForwardRecipe(schedule=ForwardSchedule(T=100)), **fields), t)


def test_a_recipe_on_a_shorter_schedule_takes_the_cursor_along() -> None:
    found = edits.with_recipe(state(t=90), schedule=ForwardSchedule(T=60), seed=3)
    assert (found.t, found.recipe.seed, found.recipe.schedule.T) == (60, 3, 60)
    assert edits.with_recipe(state(t=90), seed=3).t == 90


@pytest.mark.parametrize(("t", "wanted"), [(-3, 0), (40, 40), (101, 100)])
def test_the_cursor_stays_on_the_schedule(t: int, wanted: int) -> None:
    assert edits.go_to(state(t=7), t).t == wanted
    assert state(t=t).cursor == wanted, "whatever a session file says"


def test_test_images_follow_in_a_circle() -> None:
    assert edits.choose_image(state(), 3, 10).recipe.image == ForwardImage(3)
    assert edits.choose_image(state(), 12, 10).recipe.image == ForwardImage(2)
    before = state()
    assert edits.choose_image(before, 3, 0) is before, "none are known yet"


def test_a_picture_takes_the_test_images_place() -> None:
    picture = Picture(1, 1, 1, b"\x07")
    assert edits.take_picture(state(image=ForwardImage(5)), picture).recipe.image == ForwardImage(picture=picture)


def test_other_images_are_of_another_data_set_and_pixels_stay_within_them() -> None:
    before = state(image=ForwardImage(5), pixels=((31, 2), (14, 60)))
    found = edits.choose_data(before, "emoji", AS_FOUND, 32, 32)
    assert found.recipe.image == ForwardImage(0, dataset="emoji")
    assert found.recipe.pixels == ((31, 2), (14, 31))
    assert edits.choose_image(found, 7, 370).recipe.image == ForwardImage(7, dataset="emoji")
    picture = Picture(1, 1, 1, b"\x07")
    assert edits.take_picture(found, picture).recipe.image == ForwardImage(0, picture, "emoji")


def test_another_T_keeps_the_cursor_at_its_share() -> None:
    found = edits.set_T(state(t=25), 200)
    assert (found.t, found.recipe.schedule.T) == (50, 200)
    assert edits.set_T(state(t=100), 25).t == 25


def test_the_bent_schedule_comes_back_as_it_was() -> None:
    before = state()
    assert edits.choose_shape(before, "bent", ()) is before, "there is nothing to bend it by"
    bent = edits.choose_shape(before, "bent", KNOTS)
    assert bent.recipe.schedule == ForwardSchedule("bent", 100, KNOTS)
    cosine = edits.choose_shape(bent, "cosine", ())
    assert cosine.recipe.schedule.shape == "cosine"
    assert edits.choose_shape(cosine, "bent", ((0.0, 1.0), (1.0, -1.0))) == bent


def test_control_points_are_kept_as_a_command_has_them() -> None:
    found = edits.drag_knot(state(), KNOTS, 1, 0.123456, 1.000049)
    assert found.recipe.schedule == ForwardSchedule("bent", 100, ((0.0, 9.0), (0.1235, 1.0), (1.0, -9.0)))
    assert edits.drag_knot(state(), KNOTS, 3, 0.5, 0.0) == state()
    assert edits.drag_knot(state(), KNOTS, -1, 0.5, 0.0) == state()


def test_control_points_come_and_go() -> None:
    more = edits.add_knot(state(), KNOTS, 0.25)
    assert [u for u, _ in more.recipe.schedule.knots] == [0.0, 0.25, 0.5, 1.0]
    assert edits.remove_knot(more, more.recipe.schedule.knots, 1).recipe.schedule.knots == KNOTS
    assert edits.remove_knot(state(), KNOTS, 0).recipe.schedule.knots == KNOTS, "the first stays"
    full = tuple((i / (MAX_KNOTS - 1), 9.0 - i) for i in range(MAX_KNOTS))
    assert edits.add_knot(state(), full, 0.5) == state()
    assert edits.remove_knot(state(), (), 0) == state(), "before the engine has told any"


def test_reverse_chain_walks_over_the_schedule_with_no_more_steps_than_it_has() -> None:
    few, many = (Lane("a" * 64, "a", "C", Sampler(steps=steps)) for steps in (50, 500))
    reverse = ChainState(recipe=ChainRecipe((few, many)), t=1000)
    found = edits.use_in_reverse_chain(Session(workspace="forward", forward=state(), reverse=reverse))
    assert (found.workspace, found.reverse.t) == ("reverse-chain", 100)
    assert [lane.schedule for lane in found.reverse.recipe.lanes] == [ScheduleChoice("linear", 100)] * 2
    assert [lane.sampler.steps for lane in found.reverse.recipe.lanes] == [50, None]
    assert found.forward == state()


def test_the_branches_of_the_chain_go_along() -> None:
    lane = Lane("a" * 64, "a", "C", Sampler(steps=50))
    grown = with_branch(ChainState(recipe=ChainRecipe((lane,)), t=60), FreshNoise(60))
    before = Session(workspace="forward", forward=state(), reverse=grown)
    after = edits.use_in_reverse_chain(before).reverse.recipe
    assert (
        [branch.lane.edits for branch in after.branches] == [branch.lane.edits for branch in grown.recipe.branches] == [(FreshNoise(60),)]
    )
    assert len(rows_of(after)) == 2
    assert all(branch.lane.schedule == ScheduleChoice("linear", 100) for branch in after.branches)


@pytest.mark.parametrize(("model", "wanted"), [("A", "A"), ("vae", "C")])
def test_training_is_asked_for_a_model_that_has_the_schedule(model: str, wanted: str) -> None:
    training = TrainingState(form=TrainRecipe(model=model))  # type: ignore[arg-type]
    bent = edits.choose_shape(state(), "bent", KNOTS)
    found = edits.use_in_training(Session(forward=bent, training=training))
    form = found.training.form
    assert (form.model, form.schedule, form.timesteps, form.knots) == (wanted, "bent", 100, KNOTS)
    assert (found.workspace, found.training.asking) == ("training", True)
    linear = edits.choose_shape(bent, "linear", ())
    assert edits.use_in_training(msgspec.structs.replace(found, forward=linear)).training.form.knots == ()


def test_pixels_are_of_the_test_images_whatever_is_noised() -> None:
    found = edits.pick_pixel(state(), 1, 40, 3, 28, 28)
    assert found.recipe.pixels == (state().recipe.pixels[0], (27, 3))


def test_numbers_of_the_asides_and_of_the_chain() -> None:
    found = edits.with_chain(edits.with_asides(state(), x_mean=0.25), x=-1.0)
    assert (found.recipe.asides.x_mean, found.recipe.chain.x) == (0.25, -1.0)
    assert found.recipe.asides.y_mean == state().recipe.asides.y_mean


def test_modes_stay_within_reach_and_one_stays() -> None:
    start = state(chain=Chain1D(modes=(0.0, 1.0)))
    assert edits.drag_mode(start, 1, 9.0).recipe.chain.modes == (0.0, MODE_REACH)
    assert edits.drag_mode(start, 2, 0.5) is start
    assert edits.add_mode(start, -9.0).recipe.chain.modes == (0.0, 1.0, -MODE_REACH)
    full = state(chain=Chain1D(modes=(0.0,) * MAX_MODES))
    assert edits.add_mode(full, 0.5) is full
    one = edits.remove_mode(start, 0)
    assert one.recipe.chain.modes == (1.0,)
    assert edits.remove_mode(one, 0) is one
