"""Inside the U-Net, by the synchronous engine on shipped models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.diffusion.schedule import cosine, linear
from explorer.engine.chain.messages import LaneKey, SampleChain, ShowTerms, lane_keys
from explorer.engine.chain.network.messages import InspectUNet, UNetAbsent, UNetShown
from explorer.engine.chain.network.unet import picture, smaller
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles, stated_scale
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.models.trace import traced
from explorer.models.unet import UNet
from explorer.recipe import ChainRecipe, Change, ExactProcess, Lane, Sampler, ScheduleChoice

STEPS, SAMPLES = 6, 2
NAMES = {"input", "stem", "middle", "head", "output", *(f"{kind}.{i}" for kind in ("down", "up") for i in range(3))} | {
    f"{kind}.{i}" for kind in ("downsample", "upsample") for i in range(2)
}


def ask(engine: Engine, payload: Payload) -> list[Outcome | None]:
    return list(engine.handle(payload, "test"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


@pytest.fixture(scope="module")
def keys(engine: Engine, checkpoints: Mapping[str, Path]) -> dict[str, LaneKey]:
    """Sampled lanes of the three options."""
    lanes = []
    for name in "abc":
        checkpoint = load(checkpoints[f"mnist-ddpm-{name}"])
        lanes.append(Lane(checkpoint.sha256, str(checkpoint.path), checkpoint.card.option, Sampler(STEPS)))
    recipe = ChainRecipe(tuple(lanes), 5, SAMPLES)
    ask(engine, SampleChain(recipe))
    return {str(lane.option): LaneKey(lane, recipe.seed, SAMPLES) for lane in lanes}


def look(engine: Engine, key: LaneKey, t: int = 500, sample: int = 1, **more: object) -> UNetShown:
    outcome = ask(engine, InspectUNet(key, t, sample, **more))[-1]  # type: ignore[arg-type]
    assert isinstance(outcome, UNetShown)
    return outcome


def network_of(checkpoints: Mapping[str, Path], name: str) -> UNet:
    network = load(checkpoints[f"mnist-ddpm-{name}"]).network
    assert isinstance(network, UNet)
    return network


def test_every_block_is_shown_for_the_sample_at_the_cursor(
    engine: Engine, keys: dict[str, LaneKey], checkpoints: Mapping[str, Path]
) -> None:
    shown = look(engine, keys["C"], block="down.1")
    assert (shown.sample, shown.t, set(shown.blocks)) == (1, 500, NAMES)
    terms = ask(engine, ShowTerms(keys["C"], 500, 1, values=True))[-1]
    x = torch.from_numpy(terms.values["x_t"].copy())[None]  # type: ignore[union-attr]
    network = network_of(checkpoints, "c")
    with torch.inference_mode(), traced(network, network.anatomy(28, 28)) as seen:
        network(x, torch.tensor([500]))
    for name, h in seen.items():
        assert shown.blocks[name].norm == pytest.approx(float(h.double().norm()), rel=1e-5)
        assert shown.blocks[name].tile.shape[:2] == tuple(h.shape[2:])
        assert shown.anatomy.node(name).shape == tuple(h.shape[1:])  # type: ignore[union-attr]
    channels = seen["down.1"][0].numpy()
    assert shown.channels.count == len(shown.channels.tiles) == len(channels) == 64
    expected = diverging_tiles(channels[:, None], shown.channels.scale, "dark")
    assert np.abs(shown.channels.tiles.astype(int) - expected).max() <= 3
    np.testing.assert_allclose(shown.channels.high, channels.max(axis=(1, 2)), atol=1e-4)


def test_pictures_are_of_the_strongest_channel_or_of_the_mean(engine: Engine, keys: dict[str, LaneKey]) -> None:
    strongest, mean = (look(engine, keys["B"], summary=summary) for summary in ("strongest", "mean"))
    assert strongest.blocks["middle"].channel is not None
    assert mean.blocks["middle"].channel is None
    tile = strongest.channels.tiles[strongest.blocks["middle"].channel]
    assert tile.shape == strongest.blocks["middle"].tile.shape
    assert not np.array_equal(strongest.blocks["middle"].tile, mean.blocks["middle"].tile)
    assert all(shown.blocks["input"].channel is None and not shown.blocks["input"].diverging for shown in (strongest, mean))


@pytest.mark.parametrize(("option", "names"), [("A", ["mean", "x0_hat"]), ("B", ["x0_hat"]), ("C", ["eps_hat", "x0_hat"])])
def test_the_output_is_named_as_the_option_says(engine: Engine, keys: dict[str, LaneKey], option: str, names: list[str]) -> None:
    shown = look(engine, keys[option])
    assert [output.name for output in shown.outputs] == names
    assert all(output.switched is None and output.difference is None for output in shown.outputs)
    assert all(block.change == 0 for block in shown.blocks.values())
    assert shown.blocks["output"].diverging == (option == "C")


def test_the_predicted_picture_is_that_of_the_chain(engine: Engine, keys: dict[str, LaneKey]) -> None:
    for option, key in keys.items():
        terms = ask(engine, ShowTerms(key, 500, 1, values=True))[-1]
        values = terms.values["x0_hat"]  # type: ignore[union-attr]
        shown = next(output for output in look(engine, key).outputs if output.name == "x0_hat")
        assert np.abs(shown.whole.astype(int) - grey_tiles(values[None])[0]).max() <= 1, option


@pytest.mark.parametrize("off", [(0,), (1,), (0, 1, 2)])
def test_a_skip_switched_off_changes_what_comes_after_it(engine: Engine, keys: dict[str, LaneKey], off: tuple[int, ...]) -> None:
    whole, shown = look(engine, keys["C"]), look(engine, keys["C"], off=off)
    assert shown.off == off
    before = {"input", "stem", "middle"} | {name for name in NAMES if name.startswith("down")}
    assert all(shown.blocks[name].change == 0 for name in before)
    assert all(shown.blocks[f"up.{2 - level}"].change > 0.01 for level in off)
    for output, old in zip(shown.outputs, whole.outputs, strict=True):
        np.testing.assert_array_equal(output.whole, old.whole)
        assert output.switched is not None
        assert output.difference is not None
        assert not np.array_equal(output.switched, output.whole)
        assert output.distance > 0.1


def test_zeros_and_means_are_not_the_same(engine: Engine, keys: dict[str, LaneKey]) -> None:
    zero, mean = (look(engine, keys["C"], off=(0,), instead=instead) for instead in ("zero", "mean"))
    assert zero.outputs[0].distance != mean.outputs[0].distance


def test_the_chain_is_not_changed_by_looking(engine: Engine, keys: dict[str, LaneKey]) -> None:
    before = ask(engine, ShowTerms(keys["C"], 0, 0, values=True))[-1]
    look(engine, keys["C"], off=(0, 1, 2))
    network = engine.of(Models).predictor(keys["C"].lane).network
    assert isinstance(network, UNet)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
    fresh = Engine()
    ask(fresh, StartEngine(device="cpu", precision="fp32"))
    ask(fresh, SampleChain(ChainRecipe((keys["C"].lane,), keys["C"].seed, SAMPLES)))
    after = ask(fresh, ShowTerms(keys["C"], 0, 0, values=True))[-1]
    np.testing.assert_array_equal(after.values["x_t"], before.values["x_t"])  # type: ignore[union-attr]


def test_at_zero_it_is_the_last_step(engine: Engine, keys: dict[str, LaneKey]) -> None:
    shown = look(engine, keys["C"], t=0)
    assert shown.k == STEPS - 1
    assert shown.t > 0


def test_there_are_cancel_points_between_the_passes(engine: Engine, keys: dict[str, LaneKey]) -> None:
    outcomes = ask(engine, InspectUNet(keys["C"], 500, 0, off=(1,)))
    assert outcomes[:-1].count(None) >= 2
    assert isinstance(outcomes[-1], UNetShown)


def test_arrays_are_read_only(engine: Engine, keys: dict[str, LaneKey]) -> None:
    shown = look(engine, keys["C"], off=(0,))
    arrays = [block.tile for block in shown.blocks.values()]
    arrays += [shown.channels.tiles, shown.channels.low, shown.channels.high]
    arrays += [part for output in shown.outputs for part in (output.whole, output.switched, output.difference) if part is not None]
    assert all(not array.flags.writeable and array.flags.c_contiguous for array in arrays)


def test_what_the_network_has_not_is_passed_over(engine: Engine, keys: dict[str, LaneKey]) -> None:
    shown = look(engine, keys["C"], block="up.7", off=(5,))
    assert (shown.channels.block, shown.off) == ("middle", ())


def test_a_block_of_many_channels_shows_the_first(engine: Engine, keys: dict[str, LaneKey]) -> None:
    shown = look(engine, keys["C"], block="middle", channels=10)
    assert (len(shown.channels.tiles), len(shown.channels.low), shown.channels.count) == (10, 10, 128)


def test_a_lane_that_is_not_sampled_and_a_sample_that_is_not_there_are_refused(engine: Engine, keys: dict[str, LaneKey]) -> None:
    with pytest.raises(BadInput, match="not been sampled"):
        look(engine, LaneKey(keys["C"].lane, 99, SAMPLES))
    with pytest.raises(BadInput, match="no sample 7"):
        look(engine, keys["C"], sample=7)


def test_a_lane_without_a_network_says_so(engine: Engine) -> None:
    recipe = ChainRecipe((Lane("", "mnist", None, Sampler(3), ExactProcess("mnist", images=40)),), 0, 1)
    ask(engine, SampleChain(recipe))
    outcome = ask(engine, InspectUNet(lane_keys(recipe)[0], 500, 0))[-1]
    assert isinstance(outcome, UNetAbsent)
    assert "no U-Net" in outcome.reason


def test_a_network_of_codes_is_this_apps_and_said_to_be_no_unet(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ldm-2d"]
    recipe = ChainRecipe((Lane(load(path).sha256, str(path), "C", Sampler(2)),), 0, 1)
    ask(engine, SampleChain(recipe))
    outcome = ask(engine, InspectUNet(lane_keys(recipe)[0], 500, 0))[-1]
    assert isinstance(outcome, UNetAbsent)
    assert "walks codes" in outcome.reason
    assert "another tool" not in outcome.reason


def test_on_another_schedule_the_network_is_told_the_timestep_of_the_same_noise(engine: Engine, keys: dict[str, LaneKey]) -> None:
    lane = msgspec.structs.replace(keys["C"].lane, schedule=ScheduleChoice("cosine", 1000))
    recipe = ChainRecipe((lane,), 5, SAMPLES)
    ask(engine, SampleChain(recipe))
    shown = look(engine, lane_keys(recipe)[0])
    levels = linear(1000).alpha_bar
    wanted = float(cosine(1000).alpha_bar[shown.t])
    assert shown.asked == 1 + int((torch.logit(levels[1:]) - torch.logit(torch.tensor(wanted, dtype=levels.dtype))).abs().argmin())
    assert shown.asked != shown.t
    assert look(engine, keys["C"]).asked == 500


@pytest.mark.parametrize(("most", "scale"), [(0.0, 1.0), (0.9, 1.0), (1.0, 1.0), (1.2, 2.0), (3.0, 5.0), (7.0, 10.0), (0.034, 0.05)])
def test_scales_are_round(most: float, scale: float) -> None:
    assert stated_scale(np.array([most, -most / 2, most])) == scale


def test_one_stray_value_does_not_set_the_scale() -> None:
    values = np.full(1000, 0.8)
    values[0] = 50
    assert stated_scale(values) == 1.0
    assert stated_scale(np.array([np.nan, 2.0])) == 2.0


def test_large_planes_are_averaged() -> None:
    values = np.arange(2 * 6 * 8, dtype=np.float32).reshape(2, 6, 8)
    small = smaller(values, 4)
    assert small.shape == (2, 3, 4)
    assert small[1, 0, 0] == values[1, :2, :2].mean()
    assert smaller(values, 8) is values


def test_a_velocity_is_drawn_with_the_diverging_map() -> None:
    tile, scale, diverging = picture("v", np.zeros((1, 4, 4), np.float32), "dark")
    assert (tile.shape, scale, diverging) == ((4, 4, 3), 3.0, True)


def test_a_branch_with_another_network_shows_the_one_that_makes_the_step(
    engine: Engine, keys: dict[str, LaneKey], checkpoints: Mapping[str, Path]
) -> None:
    change = Change(500, clip=True, checkpoint=keys["B"].lane.checkpoint, source=keys["B"].lane.source, option="B")
    branch = msgspec.structs.replace(keys["C"].lane, edits=(change,))
    ask(engine, SampleChain(ChainRecipe((branch,), 5, SAMPLES)))
    key = LaneKey(branch, 5, SAMPLES)
    above, below = look(engine, key, 667), look(engine, key, 333)
    assert [output.name for output in above.outputs] == ["eps_hat", "x0_hat"]
    assert [output.name for output in below.outputs] == ["x0_hat", "x0_hat"]  # as put out, and clipped
    terms = ask(engine, ShowTerms(key, 333, 1, values=True))[-1]
    x = torch.from_numpy(terms.values["x_t"].copy())[None]  # type: ignore[union-attr]
    with torch.inference_mode(), traced(network := network_of(checkpoints, "b"), network.anatomy(28, 28)) as seen:
        network(x, torch.tensor([below.t]))
    for name, h in seen.items():
        assert below.blocks[name].norm == pytest.approx(float(h.double().norm()), rel=1e-5)


@pytest.mark.parametrize("name", ["a", "b", "c"])
@pytest.mark.parametrize("t", [1000, 500])
def test_what_is_added_outside_and_the_pictured_head_make_the_output(
    engine: Engine, keys: dict[str, LaneKey], checkpoints: Mapping[str, Path], name: str, t: int
) -> None:
    shown = look(engine, keys[name.upper()], t=t)
    network = network_of(checkpoints, name)
    x = torch.randn(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode(), traced(network, network.anatomy(28, 28)) as seen:
        network(x, torch.tensor([shown.asked]))
    made = shown.skip * seen["input"] + shown.scale * seen["head"]
    assert torch.allclose(made, seen["output"], rtol=0, atol=1e-5)
    assert (shown.skip, shown.scale) == (0.0, 1.0) if name == "b" else shown.skip != 0
