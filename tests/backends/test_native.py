"""The native kernel computes what the module computes: at every instruction level that this processor has, for every setting of a U-Net."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from explorer.backends.native import Native, library, unet
from explorer.backends.native.program import Program
from explorer.backends.native.runner import KEPT_ROWS, Runner, Sized
from explorer.checkpoints.files import load
from explorer.errors import BadInput
from explorer.models.unet import UNet, UNetConfig

CPU = torch.device("cpu")
KERNEL = Native()
pytestmark = pytest.mark.skipif(bool(KERNEL.missing()), reason=KERNEL.missing())
HAS_BFLOAT16 = any(level.bfloat16 for level in library.levels())
needs_bfloat16 = pytest.mark.skipif(not HAS_BFLOAT16, reason="this processor does not multiply bfloat16")
SHIPPED = ("mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c")

SETTINGS = {
    "shipped": UNetConfig(outer_skip=True, skip_by_timestep=True),
    "lecture": UNetConfig(norm="none", residual=False, activation="relu", time="channel"),
    "colour": UNetConfig(channels=3, width=16, multipliers=(1, 2), outer_skip=True, output_scale=0.3),
    "attention": UNetConfig(width=16, attention=(1, 2)),
    "attention, half a block": UNetConfig(width=8, multipliers=(1, 3), attention=(0, 1)),
    "half blocks": UNetConfig(width=24, multipliers=(1, 1, 3)),
    "odd channels": UNetConfig(channels=2, width=10, multipliers=(1, 2), norm="none"),
    "one level": UNetConfig(width=8, multipliers=(1,), time="channel"),
    "wide": UNetConfig(width=48, multipliers=(1, 2)),
}


@pytest.fixture
def threads() -> Iterator[None]:
    """PyTorch's number of threads as it was, afterwards."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def network_of(config: UNetConfig) -> UNet:
    """One with no weight at 0, where layers that begin there would hide what is wrong before them."""
    torch.manual_seed(1)
    network = UNet(config).eval()
    for parameter in network.parameters():
        if not parameter.any() or parameter.ndim == 1:
            nn.init.normal_(parameter, 0.5 if parameter.ndim == 1 else 0, 0.1)
    for table in network.buffers():
        table.uniform_(0.5, 1)
    return network


def inputs(network: UNet, samples: int, size: tuple[int, int] = (28, 28), t: int | None = None) -> tuple[Tensor, Tensor]:
    noise = torch.Generator().manual_seed(samples)
    x_t = torch.randn(samples, network.config.channels, *size, generator=noise)
    steps = torch.randint(1, network.config.timesteps + 1, (samples,), generator=noise)
    return x_t, steps if t is None else torch.full((samples,), t)


def error(ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).norm() / theirs.norm())


def native(network: nn.Module, precision: str = "fp32") -> Runner:
    run = KERNEL.prepare(network, CPU, precision)
    assert isinstance(run, Runner)
    return run


@pytest.mark.parametrize("level", library.levels(), ids=lambda level: level.name)
@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_computed_in_float32(name: str, level: library.Level) -> None:
    network = network_of(SETTINGS[name])
    run = Runner(network, unet, level, False)
    for samples, size in ((3, (28, 28)), (1, (12, 20))):
        x_t, t = inputs(network, samples, size)
        with torch.no_grad():
            assert error(run(x_t, t), network(x_t, t)) < 3e-6


@pytest.mark.parametrize("width", [4, 12, 36, 60, 124])
def test_images_of_any_width_are_computed(width: int) -> None:
    network = network_of(UNetConfig(width=16, multipliers=(1, 2, 2)))
    x_t, t = inputs(network, 2, (8, width))
    with torch.no_grad():
        assert error(native(network)(x_t, t), network(x_t, t)) < 3e-6


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("samples", [1, 3, 16, 17])
def test_shipped_networks_are_computed(name: str, samples: int, checkpoints: Mapping[str, Path]) -> None:
    network = load(checkpoints[name]).network.eval()
    assert isinstance(network, UNet)
    for t in (1, 300, 1000):
        x_t, steps = inputs(network, samples, t=t)
        with torch.no_grad():
            torch.testing.assert_close(native(network)(x_t, steps), network(x_t, steps), rtol=1e-5, atol=1e-5)


@needs_bfloat16
@pytest.mark.parametrize("name", SHIPPED)
def test_bfloat16_is_as_close_as_its_rounding_allows(name: str, checkpoints: Mapping[str, Path]) -> None:
    """Each of 47 operations rounds to 2^-9; by chance that adds up to less than two roundings of the output."""
    network = load(checkpoints[name]).network.eval()
    run = native(network, "bf16")
    with torch.no_grad():
        for t in (1, 20, 300, 700, 1000):
            x_t, steps = inputs(network, 4, t=t)
            difference = error(run(x_t, steps), network(x_t, steps))
            assert 0 < difference < 2**-8


@needs_bfloat16
@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_computed_in_bfloat16(name: str) -> None:
    network = network_of(SETTINGS[name])
    x_t, t = inputs(network, 3)
    with torch.no_grad():
        assert error(native(network, "bf16")(x_t, t), network(x_t, t)) < 0.02


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("precision", ["fp32", pytest.param("bf16", marks=needs_bfloat16)])
def test_a_sample_depends_neither_on_its_batch_nor_on_threads(precision: str) -> None:
    network = network_of(UNetConfig(width=16, multipliers=(1, 2, 4), attention=(2,)))
    x_t, t = inputs(network, 17)
    run = native(network, precision)
    together = run(x_t, t)
    for count in (1, 2, 3, 8):
        torch.set_num_threads(count)
        assert torch.equal(run(x_t, t), together)
        for samples in (1, 2, 5):
            assert torch.equal(run(x_t[:samples], t[:samples]), together[:samples])


def test_calls_from_several_threads_do_not_meet() -> None:
    network = network_of(UNetConfig(width=16))
    x_t, t = inputs(network, 3)
    run = native(network)
    expected, found = run(x_t, t), []
    callers = [threading.Thread(target=lambda: found.extend(run(x_t, t) for _ in range(5))) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(found) == 20
    assert all(torch.equal(each, expected) for each in found)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["shipped", "lecture", "attention"])
def test_what_is_no_number_stays_with_its_sample(name: str, bad: float) -> None:
    network = network_of(SETTINGS[name])
    x_t, t = inputs(network, 3)
    run = native(network)
    expected = run(x_t, t)
    x_t[1, 0, 5, 7] = bad
    found = run(x_t, t)
    assert not found[1].isfinite().all()
    assert torch.equal(found[[0, 2]], expected[[0, 2]])


def test_memory_of_an_earlier_network_is_not_seen() -> None:
    """The arena is shared: what is left in it, NaN even, must be written over before it is read."""
    small, large = network_of(SETTINGS["half blocks"]), network_of(UNetConfig(width=64))
    x_t, t = inputs(small, 2)
    expected = native(small)(x_t, t)
    big, steps = inputs(large, 2)
    native(large)(torch.full_like(big, float("nan")), steps)
    assert torch.equal(native(small)(x_t, t), expected)


def test_rows_of_the_table_are_made_again_when_they_are_forgotten() -> None:
    network = network_of(UNetConfig(width=8, multipliers=(1,), timesteps=2 * KEPT_ROWS))
    run = native(network)
    x_t, t = inputs(network, 1, t=5)
    expected = run(x_t, t)
    for step in range(1, 2 * KEPT_ROWS, 64):
        run(x_t, torch.tensor([step]))
    (size,) = run.sizes.values()
    assert isinstance(size, Sized)
    assert len(size.rows) * 128 == KEPT_ROWS
    assert torch.equal(run(x_t, t), expected)


def test_x_t_may_lie_in_any_order() -> None:
    network = network_of(SETTINGS["colour"])
    x_t, t = inputs(network, 2)
    run = native(network)
    assert torch.equal(run(x_t.contiguous(memory_format=torch.channels_last), t), run(x_t, t))


@pytest.mark.parametrize("shape", [(2, 1, 28, 30), (2, 3, 28, 28), (2, 1, 28)])
def test_images_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="images of"):
        native(network_of(UNetConfig(width=8)))(torch.zeros(shape), torch.tensor([1, 1]))


def test_too_few_timesteps_are_refused() -> None:
    with pytest.raises(ValueError, match="for 1 timesteps"):
        native(network_of(UNetConfig(width=8)))(torch.zeros(2, 1, 28, 28), torch.tensor([1]))


def test_other_networks_are_left_to_others() -> None:
    class Other(UNet):
        """May compute anything."""

    for network in (Other(UNetConfig(width=8)), nn.Conv2d(1, 1, 3), UNet(UNetConfig(width=6, norm="none", attention=(0,)))):
        assert not KERNEL.supports(network)
        with pytest.raises(BadInput, match=r"^the native kernel cannot run this \w+; PyTorch can: --device cpu$"):
            KERNEL.prepare(network, CPU, "fp32")
    assert KERNEL.supports(UNet(UNetConfig(width=8, attention=(0,))))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("row_step", 99, "tap"),
        ("weights", 1 << 40, "weights"),
        ("first_slot", 99, "slots"),
        ("rows", 29, "rows"),
        ("table_bias", 1, "bias"),
    ],
)
def test_a_program_that_leaves_its_memory_is_refused(field: str, value: int, fault: str) -> None:
    program = Program(library.levels()[-1], False, (1, 28, 28))
    around = program.gather(None)
    program.conv([(around, 0, torch.ones(4, 9))], torch.zeros(4), around.row, (28, 28))
    setattr(program._ops[1][0], field, value)
    with pytest.raises(ValueError, match=f"operation 1: {fault}$"):
        program.finish()


def test_a_kernel_that_was_not_built_is_not_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "PATH", tmp_path / "none.so")
    library.library.cache_clear()
    try:
        assert KERNEL.missing() == "the native kernel was not built: there was no C compiler when the package was installed"
        assert KERNEL.offers(CPU) == ()
        with pytest.raises(BadInput, match=r"^device native/cpu cannot be used here: the native kernel was not built"):
            KERNEL.choose("cpu")
    finally:
        monkeypatch.undo()
        library.library.cache_clear()
    assert KERNEL.offers(CPU) == (("fp32", "bf16") if HAS_BFLOAT16 else ("fp32",))


DIFFUSERS = {
    "plain": {"block_out_channels": (16, 32, 48), "down_block_types": ("DownBlock2D",) * 3, "up_block_types": ("UpBlock2D",) * 3},
    "attention": {
        "block_out_channels": (16, 32), "attention_head_dim": 8, "in_channels": 3, "out_channels": 3, "downsample_padding": 0,
        "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
    },
    "scale and shift": {
        "block_out_channels": (24, 24), "resnet_time_scale_shift": "scale_shift", "add_attention": False,
        "down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFUSERS)
def test_networks_of_diffusers_are_computed(name: str) -> None:
    diffusers = pytest.importorskip("diffusers")
    torch.manual_seed(1)
    settings = {"in_channels": 1, "out_channels": 1, "layers_per_block": 1, "norm_num_groups": 8, **DIFFUSERS[name]}
    network = diffusers.UNet2DModel(sample_size=16, **settings).eval()
    for parameter in network.parameters():
        nn.init.normal_(parameter, 0.5 if parameter.ndim == 1 else 0, 0.1)
    assert KERNEL.supports(network)
    x_t, t = torch.randn(3, network.config.in_channels, 16, 24), torch.tensor([0, 500, 999])
    with torch.no_grad():
        assert error(native(network)(x_t, t), network(x_t, t).sample) < 3e-6


@pytest.mark.parametrize(
    "setting",
    [
        {"class_embed_type": "timestep"},
        {"act_fn": "gelu"},
        {"downsample_type": "resnet"},
        {"mid_block_scale_factor": 2},
        {"out_channels": 2},
    ],
)
def test_networks_of_diffusers_with_other_settings_are_left_to_others(setting: dict[str, object]) -> None:
    diffusers = pytest.importorskip("diffusers")
    plain = {"in_channels": 1, "out_channels": 1, "norm_num_groups": 8, **DIFFUSERS["scale and shift"]}
    assert KERNEL.supports(diffusers.UNet2DModel(**plain))
    assert not KERNEL.supports(diffusers.UNet2DModel(**plain | setting))


LOWERED = """
import os, threading
import torch
from explorer.backends.native import Native
from explorer.models.unet import UNet, UNetConfig
def tasks(): return {int(task) for task in os.listdir("/proc/self/task")}
def helpers(before): return [os.getpriority(os.PRIO_PROCESS, task) for task in tasks() - before]
network, cpu = UNet(UNetConfig(width=8, multipliers=(1,))).eval(), torch.device("cpu")
run = Native().prepare(network, cpu, "fp32")
x, t = torch.randn(4, 1, 28, 28), torch.full((4,), 3)
torch.set_num_threads(2)
def call():
    with torch.inference_mode(): run(x, t)
def lowered():
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), here + 5)
    known = tasks() - pool
    call()
    call()
    print(*(level - here for level in helpers(known)))
here = os.getpriority(os.PRIO_PROCESS, 0)
before = tasks()
with torch.inference_mode(): torch.randn(64, 64) @ torch.randn(64, 64)
call()
pool = tasks() - before
print(*(level - here for level in helpers(before)), end=" ")
thread = threading.Thread(target=lowered); thread.start(); thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_who_gives_way_does_not_have_helpers_that_do_not() -> None:
    done = subprocess.run([sys.executable, "-c", LOWERED], capture_output=True, text=True, check=True)
    first, *then = done.stdout.split()
    assert first == "0"
    assert "5" in then
