"""What determines a training run, and the command that it is."""

from __future__ import annotations

import msgspec
import pytest
from typer.testing import CliRunner

from explorer.cli.main import app
from explorer.recipe.training import TrainRecipe, arguments, together


def test_what_is_usual_is_not_said() -> None:
    assert arguments(TrainRecipe(), "runs/c") == [
        "train", "ddpm", "--out", "runs/c", "--option", "C", "--epochs", "12", "--batch", "128", "--seed", "0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (TrainRecipe("A all", batch=1), "train ddpm --out o --option A --all-timesteps"),
        (TrainRecipe("vae", code=16), "--code 16"),
        (TrainRecipe("hinton"), "train ae --out o --activation sigmoid"),
        (TrainRecipe(dataset="/a b/c", size=32, fit="crop"), "--dataset /a b/c --size 32 --fit crop"),
        (TrainRecipe(learning_rate=3e-4, width=8, timesteps=100, schedule="cosine"), "--learning-rate 0.0003 --width 8 --timesteps 100"),
        (TrainRecipe(images=256, batch=16, epochs=1), "--images 256 --warmup 1"),
        (TrainRecipe(warmup=7), "--warmup 7"),
    ],
)
def test_what_is_not_usual_is_said(recipe: TrainRecipe, said: str) -> None:
    assert said in " ".join(arguments(recipe, "o"))


@pytest.mark.parametrize("model", ["A", "B", "C", "V", "A all", "vae", "ae", "hinton"])
def test_the_command_line_knows_every_argument(model: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    recipe = msgspec.convert(
        {"model": model, "size": 8, "fit": "crop", "images": 4, "learning_rate": 0.1, "dataset": str(tmp_path / "no")}, TrainRecipe
    )
    result = CliRunner().invoke(app, arguments(recipe, str(tmp_path / "out")))
    assert "No such option" not in result.output
    assert result.exit_code != 0, "there is no such data set"
    assert "no" in str(result.exception)


def test_updates_are_known_where_the_images_are() -> None:
    assert TrainRecipe().steps == 60_000 // 128 * 12
    assert TrainRecipe(images=100, batch=128).steps == 0
    assert TrainRecipe(dataset="/elsewhere").steps is None


def test_three_options_differ_in_nothing_else() -> None:
    runs = together(TrainRecipe("C", seed=5, epochs=2))
    assert [run.model for run in runs] == ["A", "B", "C"]
    assert len({msgspec.structs.replace(run, model="C") for run in runs}) == 1


@pytest.mark.parametrize("field", ["epochs", "batch", "images", "learning_rate", "timesteps", "width", "code"])
def test_what_no_run_can_have_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field.replace("_", " ")):
        TrainRecipe(**{field: 0})  # type: ignore[arg-type]
