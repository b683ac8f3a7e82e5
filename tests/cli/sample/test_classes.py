"""`sample` and `evaluate` of class-conditional models: labels, guidance, sweeps, one class of a data set, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.checkpoints.files import load, read_card
from explorer.diffusion.noise import noise_array
from explorer.exports.embedded import read_recipe
from explorer.recipe import NO_CLASS

Arrays = dict[str, np.ndarray]
NULL = 3


@pytest.fixture
def chain(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Arrays]:
    def call(*arguments: object) -> Arrays:
        path = tmp_path / f"chain-{len(list(tmp_path.iterdir()))}.npz"
        ran = run("sample", *arguments, "--out", path)
        assert ran.status == 0, ran.err
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)

    return call


def eps_of(path: Path, x: np.ndarray, t: int, labels: list[int]) -> np.ndarray:
    """eps_hat of the network itself."""
    import torch

    with torch.no_grad():
        said = load(path).network(torch.from_numpy(x), torch.full((len(x),), t), torch.tensor(labels))
    return said.numpy()  # type: ignore[no-any-return]


def test_samples_are_told_the_classes_in_turn(chain: Callable[..., Arrays], conditional: Path) -> None:
    found = chain("--checkpoint", conditional, "--samples", 5, "--steps", 3)
    assert found["lane0/labels"].tolist() == [0, 1, 2, 0, 1]
    np.testing.assert_allclose(found["lane0/eps_hat"][0], eps_of(conditional, found["lane0/x"][0], 20, [0, 1, 2, 0, 1]), atol=1e-5)
    same = chain("--checkpoint", conditional, "--samples", 5, "--steps", 3, "--label", "0..2")
    np.testing.assert_array_equal(same["lane0/x"], found["lane0/x"])


def test_guidance_weighs_both_predictions(chain: Callable[..., Arrays], conditional: Path) -> None:
    found = chain("--checkpoint", conditional, "--samples", 3, "--steps", 4, "--label", "1,none", "--guidance", 2)
    assert found["lane0/labels"].tolist() == [1, NO_CLASS, 1]
    x, t = found["lane0/x"][2], int(found["lane0/timesteps"][2])
    of_the_class, without = eps_of(conditional, x, t, [1, NULL, 1]), eps_of(conditional, x, t, [NULL] * 3)
    np.testing.assert_allclose(found["lane0/eps_hat"][2], 3 * of_the_class - 2 * without, atol=2e-5)
    assert abs(of_the_class[0] - without[0]).max() > 0.05, "there is something to weigh"


def test_a_label_is_a_samples_own_whatever_the_block(
    chain: Callable[..., Arrays], conditional: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("--checkpoint", conditional, "--samples", 7, "--steps", 2, "--clip")
    whole = chain(*arguments)
    monkeypatch.setattr("explorer.evaluation.samples.BLOCK_PIXELS", 2 * 784)
    np.testing.assert_allclose(chain(*arguments)["lane0/x"], whole["lane0/x"], atol=1e-2)


def test_a_sweep_over_labels_and_one_over_guidance(run: Callable[..., Any], conditional: Path, tmp_path: Path) -> None:
    out = tmp_path / "sweep.png"
    ran = run("sample", "--checkpoint", conditional, "--samples", 2, "--steps", 2, "--sweep", "label=0..2", "--out", out, "--json")
    assert [lane["labels"] for lane in ran.json["lanes"]] == [[0, 0], [1, 1], [2, 2]]
    arguments = ("--label", 1, "--sweep", "guidance=0,3", "--grid", "--out", out, "--force", "--json")
    ran = run("sample", "--checkpoint", conditional, "--samples", 2, "--steps", 2, *arguments)
    assert [(lane["labels"], lane["guidance"]) for lane in ran.json["lanes"]] == [([1, 1], 0.0), ([1, 1], 3.0)]
    recipe = read_recipe(out)
    assert recipe is not None
    assert recipe.chain is not None
    assert [(lane.labels, lane.guidance) for lane in recipe.chain.lanes] == [((1,), 0.0), ((1,), 3.0)]


def test_an_export_with_labels_is_made_again(run: Callable[..., Any], conditional: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "a.png", tmp_path / "b.png"
    assert run("sample", "--checkpoint", conditional, "--samples", 3, "--label", "2,0", "--guidance", 1, "--out", out).status == 0
    ran = run("replay", out, "--out", again, "--json")
    assert ran.status == 0, ran.err
    assert ran.json["identical"] is True


def test_the_exact_process_of_one_class_has_its_images_alone(chain: Callable[..., Arrays]) -> None:
    found = chain("--exact", "mnist", "--images", 50, "--label", 4, "--samples", 6, "--steps", 8)
    from explorer.datasets.images import load_images, to_unit_range

    data = load_images("mnist")
    assert data.labels is not None
    fours = to_unit_range(data.images[:50])[data.labels[:50] == 4].reshape(-1, 784)
    made = found["lane0/x"][-1].reshape(-1, 784)
    assert all(min(np.abs(image - four).max() for four in fours) < 1e-4 for image in made)
    np.testing.assert_array_equal(found["lane0/x"][0, 0], noise_array(0, 0, 0, (1, 28, 28)))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--checkpoint", "mnist-ddpm-c", "--label", 7), "mnist-ddpm-c: is not class-conditional"),
        (("--checkpoint", "mnist-ddpm-c", "--guidance", 1), "mnist-ddpm-c: is not class-conditional"),
        (("--checkpoint", "mnist-ddpm-c", "--sweep", "label=0..9"), "mnist-ddpm-c: is not class-conditional"),
        (("--checkpoint", "CONDITIONAL", "--label", 7), "takes the labels 0 to 3, of which 3 is for no class; not 7"),
        (("--checkpoint", "CONDITIONAL", "--label", "seven"), "label 'seven': write for example 7"),
        (("--exact", "mnist", "--label", "1,2"), "an exact lane is of one class or of all"),
        (("--exact", "mnist", "--guidance", 2), "an exact lane is of one class or of all"),
        (("--exact", "mnist", "--images", 5, "--label", 7), "mnist: holds no image of class 7"),
    ],
)
def test_what_a_model_does_not_take_is_refused(
    refused: Callable[..., str], conditional: Path, tmp_path: Path, arguments: tuple[object, ...], why: str
) -> None:
    given = [conditional if argument == "CONDITIONAL" else argument for argument in arguments]
    assert why in refused("sample", *given, "--samples", 2, "--steps", 2, "--out", tmp_path / "a.png")


def test_images_without_labels_have_no_class(refused: Callable[..., str], tmp_path: Path) -> None:
    np.save(tmp_path / "plain.npy", np.zeros((3, 8, 8), np.uint8))
    said = refused("sample", "--exact", tmp_path / "plain.npy", "--label", 1, "--out", tmp_path / "a.png")
    assert "has no labels, so that there is no exact process of one class" in said


def test_info_says_the_classes_and_the_null_label(run: Callable[..., Any], conditional: Path) -> None:
    assert "  classes    3; labels 0 to 3, 3 for no class, for guidance" in run("info", conditional).out.splitlines()
    assert run("info", conditional, "--json").json["classes"] == {"labels": 4, "null_label": 3}
    assert read_card(conditional).classes is not None


def test_the_bound_tells_every_image_its_own_label(run: Callable[..., Any], refused: Callable[..., str], conditional: Path) -> None:
    common = ("evaluate", "--checkpoint", conditional, "--images", 2, "--strata", 2)
    assert "of no meaning for vlb" in refused(*common, "--metric", "vlb", "--label", 1)
    said = refused(*common, "--metric", "vlb")
    assert "takes the labels 0 to 3, and this data set has label 9" in said
    assert run(*common, "--metric", "excess").status == 0, "that of all classes, told none"
