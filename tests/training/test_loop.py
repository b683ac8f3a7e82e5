"""The training loop: repeatable, resumable, averaged, and honest about what goes wrong."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.checkpoints.card import Card, DataCard, NetworkCard, TrainingCard
from explorer.checkpoints.files import load
from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings
from explorer.training.autoencoder import AutoencoderTask
from explorer.training.classifier import ClassifierTask
from explorer.training.ddpm import DdpmTask
from explorer.training.loop import learning_rate_factor, train
from explorer.training.progress import Progress
from explorer.training.task import Task


@pytest.fixture(scope="module")
def data() -> ImageSet:
    """The middle of 128 real digits."""
    whole = load_images("mnist", "test")
    assert whole.labels is not None
    return replace(whole, images=whole.images[:128, :, 8:20, 8:20], labels=whole.labels[:128])


def settings(out: Path, **changes: object) -> TrainSettings:
    values = {"epochs": 2, "batch": 32, "seed": 3, "warmup": 4, "ema": 0.9, "device": "cpu", "command": "generative-explorer train"}
    return TrainSettings(out=out, **(values | changes))  # type: ignore[arg-type]


def ddpm(data: ImageSet, option: Option = Option.C, **changes: object) -> Callable[[], Task]:
    return lambda: DdpmTask(data, option, linear(100), width=8, **changes)  # type: ignore[arg-type]


def vae(data: ImageSet) -> Callable[[], Task]:
    return lambda: AutoencoderTask(data, variational=True)


def weights(path: Path) -> dict[str, Tensor]:
    return load(path).network.state_dict()


def identical(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def curve(out: Path) -> list[list[str]]:
    with open(out / "loss.csv", newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


MAKERS = {"ddpm": ddpm, "vae": vae, "classifier": lambda data: lambda: ClassifierTask(data)}


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
def test_the_same_seed_gives_the_same_weights_and_another_one_others(
    tmp_path: Path, data: ImageSet, maker: Callable[[ImageSet], Callable[[], Task]]
) -> None:
    finals = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        torch.rand(len(finals))  # the global generator's state must not matter
        list(train(maker(data), data, settings(tmp_path / name, epochs=1, seed=seed)))
        finals.append(weights(tmp_path / name / "final.safetensors"))
    assert identical(finals[0], finals[1])
    assert not identical(finals[0], finals[2])


def test_halves_are_kept_of_weights_alone(tmp_path: Path, data: ImageSet) -> None:
    """Rounded to a half, Option A's skip(t) would lose what it differs from 1 by."""
    make = ddpm(data, Option.A, linear_skip=True)
    list(train(make, data, settings(tmp_path, epochs=1, stored="fp16")))
    kept, network = load_file(tmp_path / "final.safetensors"), make().network
    assert isinstance(network, nn.Module)
    for name, _ in network.named_parameters():
        assert kept[name].dtype == torch.float16
    for name, table in network.named_buffers():
        assert torch.equal(kept[name], table), name


@pytest.mark.parametrize(
    ("maker", "interrupt"),
    [("ddpm", "between epochs"), ("ddpm", "within an epoch"), ("vae", "within an epoch"), ("classifier", "between epochs")],
)
def test_a_resumed_run_is_the_run_that_was_not_interrupted(tmp_path: Path, data: ImageSet, maker: str, interrupt: str) -> None:
    whole, parts = settings(tmp_path / "whole", epochs=2), settings(tmp_path / "parts", epochs=2)
    make = MAKERS[maker](data)
    list(train(make, data, whole))
    run = train(make, data, parts)
    _stop_after_first_checkpoint(run, further=0 if interrupt == "between epochs" else 1)
    assert (parts.out / "epoch-001.safetensors").exists()
    assert not (parts.out / "final.safetensors").exists()
    lines = list(train(make, data, msgspec.structs.replace(parts, resume=True)))
    assert lines[0].epoch == 2
    for name in ("epoch-001", "epoch-002", "final"):
        assert identical(weights(parts.out / f"{name}.safetensors"), weights(whole.out / f"{name}.safetensors")), name
    assert curve(parts.out) == curve(whole.out)


def _stop_after_first_checkpoint(run: Iterator[Progress], further: int) -> None:
    for line in run:
        if line.checkpoint is not None:
            break
    list(itertools.islice(run, further))
    run.close()  # type: ignore[attr-defined]


def finished(out: Path, data: ImageSet, option: Option = Option.C, **changes: object) -> Path:
    list(train(ddpm(data, option, **changes), data, settings(out, epochs=1)))
    return out / "final.safetensors"


def first_weights(make: Callable[[], Task], data: ImageSet, options: TrainSettings) -> dict[str, Tensor]:
    """What the network has when it is shown the first batch."""
    found: dict[str, Tensor] = {}

    def note(module: nn.Module, args: object) -> None:
        if not found:
            found.update({name: tensor.clone() for name, tensor in module.state_dict().items()})

    def watched() -> Task:
        task = make()
        task.network.register_forward_pre_hook(note)
        return task

    next(train(watched, data, options))
    return found


def test_a_run_can_begin_with_the_weights_of_a_checkpoint(tmp_path: Path, data: ImageSet) -> None:
    begin = finished(tmp_path / "first", data)
    options = settings(tmp_path / "second", epochs=1, start_from=begin, seed=8)
    assert identical(first_weights(ddpm(data), data, options), weights(begin))


def test_attention_can_be_added_to_weights_that_have_none(tmp_path: Path, data: ImageSet) -> None:
    begin = finished(tmp_path / "first", data)
    options = settings(tmp_path / "second", epochs=1, start_from=begin)
    found = first_weights(ddpm(data, attention=(2,)), data, options)
    theirs = weights(begin)
    assert all(torch.equal(found[name], theirs[name]) for name in theirs)
    new = found.keys() - theirs.keys()
    assert new
    assert all("attention" in name for name in new)
    x, t = torch.randn(2, 1, 12, 12), torch.tensor([3, 70])
    with_attention = DdpmTask(data, Option.C, linear(100), width=8, attention=(2,)).network
    with_attention.load_state_dict(found)
    with torch.no_grad():
        assert torch.allclose(with_attention(x, t), load(begin).network(x, t), atol=1e-6), "it adds nothing yet"


def test_going_on_adds_up_and_draws_anew(tmp_path: Path, data: ImageSet) -> None:
    begin = finished(tmp_path / "first", data)
    list(train(ddpm(data), data, settings(tmp_path / "second", start_from=begin, seed=8, command="generative-explorer train --start-from")))
    training, first = (load(path).card.training for path in (tmp_path / "second" / "final.safetensors", begin))
    assert training is not None
    assert first is not None
    assert training.seed == first.seed != 8, "that of the first weights; the other is in its command"
    assert (training.images_seen, training.epochs) == (3 * 128, 3)
    assert training.command == "generative-explorer train && generative-explorer train --start-from"
    whole = DdpmTask(data, Option.C, linear(100), width=8)
    seen: list[Tensor] = []
    whole.network.register_forward_pre_hook(lambda module, args: seen.append(args[0].clone()))
    list(train(lambda: whole, data, settings(tmp_path / "whole", epochs=2)))
    later = DdpmTask(data, Option.C, linear(100), width=8)
    drawn: list[Tensor] = []
    later.network.register_forward_pre_hook(lambda module, args: drawn.append(args[0].clone()))
    list(train(lambda: later, data, settings(tmp_path / "later", epochs=1, start_from=begin)))
    assert all(torch.equal(a, b) for a, b in zip(seen[4:], drawn, strict=True)), "epoch 2 of the seed, not its epoch 1 again"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda data: ddpm(data, Option.B), "its option is C, the run's B"),
        (
            lambda data: lambda: DdpmTask(data, Option.C, linear(50), width=8),
            "its schedule is linear with T = 100, the run's linear with T = 50",
        ),
        (lambda data: lambda: DdpmTask(data, Option.C, linear(100), width=16), "its network's width is 8, the run's 16"),
        (vae, "its model is ddpm, the run's vae"),
    ],
)
def test_a_checkpoint_of_another_model_cannot_be_the_start(
    tmp_path: Path, data: ImageSet, make: Callable[[ImageSet], Callable[[], Task]], said: str
) -> None:
    begin = finished(tmp_path / "first", data)
    with pytest.raises(BadInput, match=f"cannot be the start of this run: {said}"):
        list(train(make(data), data, settings(tmp_path / "second", start_from=begin)))
    assert not (tmp_path / "second").exists()


def test_a_lost_attention_or_a_file_that_is_none_cannot_be_the_start(tmp_path: Path, data: ImageSet) -> None:
    begin = finished(tmp_path / "first", data, attention=(2,))
    with pytest.raises(BadInput, match="its network's attention is"):
        list(train(ddpm(data), data, settings(tmp_path / "second", start_from=begin)))
    with pytest.raises(BadInput, match="no such file"):
        list(train(ddpm(data), data, settings(tmp_path / "second", start_from=tmp_path / "none.safetensors")))


def test_resuming_a_folder_without_a_run_starts_one(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path / "new", epochs=1, resume=True)))
    list(train(vae(data), data, settings(tmp_path / "plain", epochs=1)))
    assert identical(weights(tmp_path / "new" / "final.safetensors"), weights(tmp_path / "plain" / "final.safetensors"))


def test_a_finished_run_resumes_to_nothing(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    before = curve(tmp_path)
    assert list(train(vae(data), data, settings(tmp_path, epochs=1, resume=True))) == []
    assert curve(tmp_path) == before


@pytest.mark.parametrize("resume", [False, True])
def test_a_finished_model_without_its_state_is_not_replaced(tmp_path: Path, data: ImageSet, resume: bool) -> None:
    (tmp_path / "final.safetensors").write_bytes(b"a model")
    with pytest.raises(BadInput, match="holds a finished model already"):
        list(train(ddpm(data), data, settings(tmp_path, resume=resume)))
    assert [path.name for path in tmp_path.iterdir()] == ["final.safetensors"]


def test_an_occupied_folder_is_refused_and_left_alone(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(BadInput, match="--resume"):
        list(train(vae(data), data, settings(tmp_path, epochs=1, seed=9)))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_state_of_another_network_or_no_state_is_refused(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    with pytest.raises(BadInput, match="has model vae, not ddpm"):
        list(train(ddpm(data), data, settings(tmp_path, resume=True)))
    (tmp_path / "state.ckpt").write_bytes(b"nothing")
    with pytest.raises(BadInput, match=r"state\.ckpt: is not a state of this run"):
        list(train(vae(data), data, settings(tmp_path, resume=True)))


def test_a_state_that_carries_a_program_is_not_run(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    torch.save({"network": _Trap(tmp_path / "sprung")}, tmp_path / "state.ckpt")
    with pytest.raises(BadInput, match=r"it is not opened because it may contain code$"):
        list(train(vae(data), data, settings(tmp_path, resume=True)))
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(("name", "value"), [("identity", 7), ("step", "many"), ("batch", -1), ("means", None)])
def test_a_state_whose_parts_are_of_other_kinds_is_refused(tmp_path: Path, data: ImageSet, name: str, value: object) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    kept = torch.load(tmp_path / "state.ckpt", weights_only=True)
    torch.save({**kept, name: value}, tmp_path / "state.ckpt")
    with pytest.raises(BadInput, match=r"state\.ckpt: is not a state of this run"):
        list(train(vae(data), data, settings(tmp_path, epochs=1, resume=True)))


def test_a_spoilt_curve_or_a_folder_for_a_file_does_not_end_in_a_fault(tmp_path: Path, data: ImageSet) -> None:
    list(train(vae(data), data, settings(tmp_path, epochs=1)))
    (tmp_path / "loss.csv").write_bytes(b"\xff\x00\xfe\n" * 9)
    list(train(vae(data), data, settings(tmp_path, epochs=1, resume=True)))
    assert len(curve(tmp_path)) == 1, "only its head is left"
    (tmp_path / "control").mkdir()
    with pytest.raises(BadInput, match="control: cannot be removed"):
        list(train(vae(data), data, settings(tmp_path, epochs=1, resume=True)))


class _Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, data: ImageSet) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        list(train(vae(data), data, settings(tmp_path / "file" / "run")))


def test_fewer_images_than_a_batch_are_refused(tmp_path: Path, data: ImageSet) -> None:
    with pytest.raises(BadInput, match="20 images are fewer than one batch of 32"):
        list(train(vae(data), data, settings(tmp_path, images=20)))


class Recorder:
    """A task of one weight that keeps what it was shown, so that the loop alone is under test."""

    loss_name = "recorded"
    timesteps: int | None = None

    def __init__(self, value: Callable[[int], float] = lambda update: 0.0) -> None:
        self.network: nn.Module = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.network.weight, 1.0)  # type: ignore[arg-type]
        self.value, self.batches, self.draws, self.weights = value, [], [], []  # type: ignore[var-annotated]

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        return (torch.rand(count, 4, generator=generator),)

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        assert labels is not None
        self.batches.append((x.clone(), labels.clone()))
        self.draws.append(draws[0])
        self.weights.append(float(self.network.weight.detach()))  # type: ignore[arg-type]
        return (network(torch.ones(len(x), 1)) + self.value(len(self.batches))).flatten()

    def timesteps_of(self, draws: tuple[Tensor, ...]) -> Tensor | None:
        return None

    def objective_scale(self) -> float:
        return 1.0

    def card(self, training: TrainingCard) -> Card:
        assert training.images_seen == 0, "not asked for before the end of an epoch"
        return Card(1, "ae", NetworkCard("none", {}), DataCard("none", (1, 12, 12), (-1.0, 1.0), ""))


def record(task: Recorder, data: ImageSet, options: TrainSettings) -> None:
    run = train(lambda: task, data, options)
    with pytest.raises(AssertionError, match="not asked for"):
        list(run)


def test_an_epoch_shows_every_image_once_scaled_and_with_its_label(tmp_path: Path, data: ImageSet) -> None:
    task = Recorder()
    record(task, data, settings(tmp_path))
    seen = torch.cat([x for x, _ in task.batches])
    labels = torch.cat([y for _, y in task.batches])
    assert seen.shape == (128, 1, 12, 12)
    assert seen.min() == -1
    assert seen.max() == 1
    original = torch.from_numpy(data.images.astype(np.float32)) / 127.5 - 1
    positions = [int((original == image).flatten(1).all(1).nonzero()[0]) for image in seen]
    assert sorted(positions) == list(range(128))
    assert positions != list(range(128)), "in another order"
    assert data.labels is not None
    assert labels.tolist() == data.labels[positions].tolist()


def test_options_see_the_same_images_timesteps_and_noise(tmp_path: Path, data: ImageSet) -> None:
    """Whatever is learnt, runs of one seed see the same draws in the same order."""
    seen: dict[str, list[Tensor]] = {}
    for option in (Option.A, Option.B, Option.C):
        task = DdpmTask(data, option, linear(100), width=8)
        inputs: list[Tensor] = []
        task.network.register_forward_pre_hook(lambda module, args, inputs=inputs: inputs.extend(a.clone() for a in args))
        list(train(lambda task=task: task, data, settings(tmp_path / option, epochs=1)))
        seen[option] = inputs
    for option in ("A", "B"):
        assert len(seen[option]) == len(seen["C"]) == 8
        assert all(torch.equal(a, b) for a, b in zip(seen[option], seen["C"], strict=True))


def test_options_start_from_the_same_weights(data: ImageSet) -> None:
    states = []
    for option in (Option.A, Option.B, Option.C):
        torch.manual_seed(3)
        states.append(DdpmTask(data, option, linear(100), width=8).network.state_dict())
    assert identical(states[0], states[1])
    assert identical(states[0], states[2])


def test_epochs_differ_in_order_and_noise(tmp_path: Path, data: ImageSet) -> None:
    task = DdpmTask(data, Option.C, linear(100), width=8)
    inputs: list[Tensor] = []
    task.network.register_forward_pre_hook(lambda module, args: inputs.append(args[0].clone()))
    list(train(lambda: task, data, settings(tmp_path, epochs=2)))
    assert not torch.equal(inputs[0], inputs[4])


def test_the_averaged_weights_are_an_exponential_average(tmp_path: Path, data: ImageSet) -> None:
    task = DdpmTask(data, Option.C, linear(100), width=8)
    history: list[Tensor] = []
    list(train(lambda: _watched(task, history), data, settings(tmp_path, epochs=1)))
    history.append(task.network.stem.weight.detach().clone())  # type: ignore[union-attr]
    average = history[1].double()
    for count, current in enumerate(history[2:], start=1):
        decay = min(0.9, (1 + count) / (10 + count))
        average = decay * average + (1 - decay) * current.double()
    found = weights(tmp_path / "final.safetensors")["stem.weight"].double()
    assert torch.allclose(found, average, atol=1e-6)
    assert not torch.allclose(found, history[-1].double(), atol=1e-6), "they are not the last weights"


def _watched(task: DdpmTask, history: list[Tensor]) -> DdpmTask:
    task.network.register_forward_pre_hook(lambda module, args: history.append(module.stem.weight.detach().clone()))  # type: ignore[union-attr]
    return task


def test_the_loss_falls_and_the_curve_tells_it(tmp_path: Path, data: ImageSet) -> None:
    lines = list(train(vae(data), data, settings(tmp_path, epochs=3, warmup=0, learning_rate=3e-3)))
    reports = [line for line in lines if line.checkpoint is None]
    assert reports[-1].loss < reports[0].loss - 2, "nats"
    head, *rows = curve(tmp_path)
    assert head == ["epoch", "step", "images", "loss", "learning_rate", "gradient_norm"]
    assert [row[:3] for row in rows] == [[str(r.epoch), str(r.step), str(r.images)] for r in reports]
    assert [float(row[3]) for row in rows] == pytest.approx([r.loss for r in reports], rel=1e-5)
    assert rows[-1][:3] == ["3", "12", "384"]
    assert all(line.steps == 12 for line in lines)


def test_each_epoch_writes_a_checkpoint_with_its_card(tmp_path: Path, data: ImageSet) -> None:
    lines = list(train(ddpm(data, Option.B), data, settings(tmp_path, precision="bf16", notes="a try")))
    written = [line.checkpoint for line in lines if line.checkpoint is not None]
    assert written == [tmp_path / "epoch-001.safetensors", tmp_path / "final.safetensors"]
    assert identical(weights(tmp_path / "epoch-002.safetensors"), weights(tmp_path / "final.safetensors"))
    card = load(tmp_path / "epoch-001.safetensors").card
    assert card.kind == "ddpm"
    assert card.option == "B"
    assert card.schedule is not None
    assert (card.schedule.name, card.schedule.T) == ("linear", 100)
    training = card.training
    assert training is not None
    assert (training.images_seen, training.epochs, training.batch, training.seed, training.ema) == (128, 1, 32, 3, 0.9)
    assert (training.precision, training.notes, training.command) == ("bf16", "a try", "generative-explorer train")
    assert load(written[-1]).card.training.images_seen == 256  # type: ignore[union-attr]
    assert not list(tmp_path.glob("*.partial"))


def test_a_loss_that_is_no_longer_finite_stops_the_run(tmp_path: Path, data: ImageSet) -> None:
    task = Recorder(lambda update: float("nan") if update == 3 else 0.0)
    with pytest.raises(BadInput, match="no longer finite at update 4; lower the learning rate"):
        list(train(lambda: task, data, settings(tmp_path)))
    assert not list(tmp_path.glob("*.safetensors"))


def test_the_objective_scale_does_not_change_the_reported_loss(tmp_path: Path, data: ImageSet) -> None:
    task = Recorder(lambda update: 41.0)
    task.objective_scale = lambda: 1e6  # type: ignore[method-assign]
    first = next(train(lambda: task, data, settings(tmp_path, learning_rate=1e-9)))
    assert first.loss == pytest.approx(42.0, rel=1e-3)


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    rates = [learning_rate_factor(step, 100, 10) for step in range(101)]
    assert rates[0] == pytest.approx(1 / 11)
    assert rates[10] == 1.0
    assert all(a < b for a, b in itertools.pairwise(rates[:11]))
    assert all(a > b for a, b in itertools.pairwise(rates[10:]))
    assert rates[55] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0.0, abs=1e-12)


def test_a_run_shorter_than_its_warm_up() -> None:
    assert [learning_rate_factor(step, 3, 500) for step in range(3)] == pytest.approx([1 / 501, 2 / 501, 3 / 501])


def test_the_largest_seed_works(tmp_path: Path, data: ImageSet) -> None:
    assert list(train(vae(data), data, settings(tmp_path, epochs=1, seed=2**63 - 1)))


def test_only_the_first_images_are_used_when_asked(tmp_path: Path, data: ImageSet) -> None:
    task = Recorder()
    record(task, data, settings(tmp_path, images=70))
    assert len(task.batches) == 2
    assert torch.cat([x for x, _ in task.batches]).shape[0] == 64
