"""What determines a training run, and the command that it is."""

from __future__ import annotations

import msgspec
import pytest
from typer.testing import CliRunner

from explorer.cli.typed import app
from explorer.recipe.training import TrainRecipe, arguments, knot_words, knots_of, together

KNOTS = ((0.0, 9.2), (0.5, -0.25), (1.0, -10.0))


OF_VERSION_1 = (
    b'{"model":"B","dataset":"/a b/c","size":16,"fit":"crop","epochs":3,"batch":64,"images":1000,"seed":7,"learning_rate":0.0003,'
    b'"warmup":9,"width":24,"timesteps":60,"schedule":"bent","knots":[[0.0,9.2],[0.5,-0.25],[1.0,-10.0]],"loss":"min-snr","attention":true,'
    b'"skip":"linear","architecture":"conv","code":5,"hidden":[8,8,16],"ema":0.99,"precision":"bf16","devices":2,"threads":3,"stored":"fp16"}'
)
"""As sessions and launch.json have it since recipes were first kept."""


def test_a_recipe_that_was_kept_means_what_it_did_and_is_kept_alike() -> None:
    recipe = msgspec.json.decode(OF_VERSION_1, type=TrainRecipe)
    assert recipe == TrainRecipe(
        "B", dataset="/a b/c", size=16, fit="crop", epochs=3, batch=64, images=1000, seed=7, learning_rate=3e-4, warmup=9, width=24,
        timesteps=60, schedule="bent", knots=KNOTS, loss="min-snr", attention=True, skip="linear", architecture="conv", code=5,
        hidden=(8, 8, 16), ema=0.99, precision="bf16", devices=2, threads=3, stored="fp16",
    )  # fmt: skip
    assert msgspec.json.encode(recipe) == OF_VERSION_1
    assert msgspec.json.encode(TrainRecipe("hinton")) == b'{"model":"hinton"}'
    assert " ".join(arguments(recipe, "/r")) == (
        "train ddpm --out /r --option B --epochs 3 --batch 64 --seed 7 --dataset /a b/c --size 16 --fit crop --images 1000 "
        "--learning-rate 0.0003 --ema 0.99 --precision bf16 --devices 2 --threads 3 --stored fp16 --width 24 --timesteps 60 "
        "--schedule bent --knots 0:9.2,0.5:-0.25,1:-10 --loss min-snr --attention --linear-skip --warmup 9"
    )


@pytest.mark.parametrize("text", [b'{"schedule":"other"}', b'{"timesteps":null}', b'{"model":"D"}', b'{"ema":1.0}', b'{"epochs":0}'])
def test_what_no_recipe_says_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=TrainRecipe)


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
        (TrainRecipe("vae", hidden=(300, 100), architecture="conv", stored="fp16"), "--architecture conv --hidden 300,100"),
        (TrainRecipe(attention=True, skip="linear", loss="bound"), "--loss bound --attention --linear-skip"),
        (TrainRecipe("B", loss="min-snr", skip="none"), "--loss min-snr --no-outer-skip"),
        (TrainRecipe(ema=0.9999, precision="bf16", devices=2), "--ema 0.9999 --precision bf16 --devices 2"),
        (TrainRecipe(threads=3), "--threads 3"),
        (TrainRecipe(network="lecture", levels=2, width=8), "--width 8 --network lecture --levels 2"),
        (TrainRecipe(schedule="bent", knots=KNOTS), "--schedule bent --knots 0:9.2,0.5:-0.25,1:-10"),
    ],
)
def test_what_is_not_usual_is_said(recipe: TrainRecipe, said: str) -> None:
    assert said in " ".join(arguments(recipe, "o"))


def test_what_has_no_meaning_for_a_model_is_not_said() -> None:
    said = " ".join(arguments(TrainRecipe("vae", attention=True, loss="bound", schedule="bent", knots=KNOTS, width=8), "o"))
    assert not any(word in said for word in ("attention", "loss", "schedule", "knots", "width"))
    assert "--hidden" not in arguments(TrainRecipe(hidden=(3,)), "o")
    assert "--knots" not in arguments(TrainRecipe(schedule="cosine", knots=KNOTS), "o")


def test_control_points_come_through_a_command_unchanged() -> None:
    knots = ((0.0, 9.2103), (1 / 3, 0.1 + 0.2), (1.0, -10.0))
    assert knots_of(knot_words(knots)) == knots


@pytest.mark.parametrize("text", ["", "0:9", "0:9,1", "0:9,1:x", "0:9:1,1:-9", "0:-9,1:9", "0:9,0.5:nan,1:-9"])
def test_control_points_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control point"):
        knots_of(text)


@pytest.mark.parametrize("model", ["A", "B", "C", "V", "A all", "vae", "ae", "hinton"])
def test_the_command_line_knows_every_argument(model: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    recipe = msgspec.convert(
        {
            "model": model, "size": 8, "fit": "crop", "images": 4, "learning_rate": 0.1, "dataset": str(tmp_path / "no"), "ema": 0.5,
            "precision": "bf16", "devices": 2, "stored": "fp16", "attention": True, "skip": "linear", "loss": "bound",
            "schedule": "bent", "knots": KNOTS, "architecture": "conv", "hidden": [4, 2],
        },
        TrainRecipe,
    )  # fmt: skip
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


@pytest.mark.parametrize("field", ["epochs", "batch", "images", "learning_rate", "timesteps", "width", "code", "devices"])
def test_what_no_run_can_have_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field.replace("_", " ")):
        TrainRecipe(**{field: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"ema": 1.0}, {"ema": -0.1}, {"hidden": (4, 0)}, {"schedule": "bent"}])
def test_settings_that_contradict_themselves_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"ema|hidden|control points"):
        TrainRecipe(**changes)  # type: ignore[arg-type]
