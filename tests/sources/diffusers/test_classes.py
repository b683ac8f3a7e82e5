"""Class-conditional networks of diffusers: their labels, what must be told of them, and the library's chain step for step."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from explorer import sources
from explorer.checkpoints.card import ClassesCard
from explorer.cli import main
from explorer.diffusion.exact_predictor import of_samples
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.models.predictors import conditioned, from_checkpoint
from explorer.errors import BadInput
from explorer.recipe import NO_CLASS, Lane
from explorer.recipe.told import NO_NULL, Told

from .conftest import changed, write
from .test_chain import CLOSE, SAMPLES, SEED, library_mean

NULL = 2
W = 1.5


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of four labels; unclipped, so that guidance can be told from it."""
    return write(tmp_path / "model", network={"num_class_embeds": 4}, clip_sample=False)


@pytest.mark.parametrize("labels", [(3, 1), (0,), (NO_CLASS, 3)])
@pytest.mark.parametrize("w", [0.0, W])
def test_every_mean_is_that_of_the_library(folder: Path, labels: tuple[int, ...], w: float) -> None:
    import diffusers

    checkpoint = sources.open(folder, Told(null_label=NULL))
    lane = Lane(checkpoint.sha256, str(folder), checkpoint.card.option, labels=labels, guidance=w)
    predictor = of_samples(conditioned(from_checkpoint(checkpoint, torch.device("cpu")), lane), SEED, range(SAMPLES))
    unet = diffusers.UNet2DModel.from_pretrained(folder, subfolder="unet", local_files_only=True).eval()
    scheduler = diffusers.DDPMScheduler.from_pretrained(
        folder, subfolder="scheduler", local_files_only=True, timestep_spacing="trailing", variance_type="fixed_small"
    )
    scheduler.set_timesteps(20)
    of_the_library = torch.tensor([NULL if label == NO_CLASS else label for label in (labels * SAMPLES)[:SAMPLES]])

    def asked(x_t: Tensor, t: int, told: Tensor) -> Tensor:
        said: Tensor = unet(x_t, t - 1, class_labels=told).sample
        return said

    noise = noise_source(SEED, range(SAMPLES), checkpoint.card.data.shape)
    with torch.no_grad():
        for step in reverse_steps(predictor, plan(predictor.schedule, 20), initial_state(noise), noise):
            if not step.t_prev:
                continue
            output = (1 + w) * asked(step.x_t, step.t, of_the_library) - w * asked(step.x_t, step.t, torch.full((SAMPLES,), NULL))
            wanted = library_mean(scheduler, output, step.t, step.x_t)
            assert float((step.prediction.mean - wanted).abs().max()) < CLOSE * float(step.x_t.abs().max())


def test_the_null_label_is_told_or_there_is_none(folder: Path) -> None:
    assert [question.field for question in sources.asks(folder)] == ["null_label"]
    silent, told = sources.card(folder), sources.card(folder, Told(null_label=NULL))
    assert silent.classes == ClassesCard(4)
    assert silent.told == Told(null_label=NO_NULL)
    assert silent.origin is not None
    assert any("--null-label" in note for note in silent.origin.notes)
    assert told.classes == ClassesCard(4, NULL)
    assert sources.sha256(folder, Told(null_label=NULL)) != sources.sha256(folder), "it is another checkpoint"
    with pytest.raises(BadInput, match=r"config.json: the null label must be in 0..3, not 7"):
        sources.card(folder, Told(null_label=7))


def test_it_is_sampled_from_the_command_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.png"
    common = ["sample", "--checkpoint", str(folder), "--steps", "2", "--samples", "3", "--out", str(out), "--json", "--force"]
    assert main([*common, "--guidance", "1"]) == 2
    assert "cannot be guided" in capsys.readouterr().err
    assert main([*common, "--guidance", "1", "--null-label", str(NULL)]) == 0
    assert json.loads(capsys.readouterr().out)["lanes"][0]["labels"] == [0, 1, 3]
    assert main([*common, "--label", "2,none"]) == 0, "what was told is remembered"
    assert json.loads(capsys.readouterr().out)["lanes"][0]["labels"] == [NO_CLASS] * 3


def test_a_network_without_classes_is_not_asked_for_them(pipeline: Path, said: Callable[[Path], str]) -> None:
    assert sources.asks(pipeline) == ()
    assert sources.card(pipeline).classes is None
    changed(pipeline / "unet" / "config.json", num_class_embeds=True)
    assert "its num_class_embeds is True" in said(pipeline)


def test_classes_are_called_as_an_id2label_says(folder: Path) -> None:
    changed(folder / "model_index.json", id2label={"0": "tench, Tinca tinca", "1": "goldfish", "3": "shark"})
    classes = sources.card(folder, Told(null_label=NULL)).classes
    assert classes is not None
    assert [classes.called(label) for label in classes.of_classes] == ["tench", "goldfish", "shark"]
    changed(folder / "model_index.json", id2label=["tench"])
    assert sources.card(folder).classes == ClassesCard(4), "what is no id2label names nothing"
