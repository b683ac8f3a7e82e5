"""`explorer.read_recipe`, `explorer.load` and `explorer.replay`: what an export is, and the chains that it was, again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

import explorer
from explorer.cli import main
from explorer.recipe import ChainRecipe, Dab, Paint, with_edit
from explorer.recipe.chain import Lane

C = "mnist-ddpm-c"


class Scaled(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self.factor * x_t


def chain_of(recipe: explorer.Recipe) -> ChainRecipe:
    assert recipe.chain is not None
    return recipe.chain


def test_what_was_saved_is_loaded_as_it_was(tmp_path: Path) -> None:
    chain = explorer.sample("mnist-ddpm-classes", samples=2, steps=3, label=7, guidance=1.0)
    chain.save(tmp_path / "chain.npz")
    (again,) = explorer.load(tmp_path / "chain.npz")
    for field in explorer.Chain.__dataclass_fields__:
        one, other = getattr(chain, field), getattr(again, field)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, field
    assert again.labels is not None


def test_lanes_of_a_codes_chain_have_their_decodings(tmp_path: Path) -> None:
    chain = explorer.sample("mnist-ldm-2d", samples=2, steps=3)
    chain.save(tmp_path / "codes.npz")
    (again,) = explorer.load(tmp_path / "codes.npz")
    assert chain.decoded is not None
    assert np.array_equal(chain.decoded, again.decoded)  # type: ignore[arg-type]
    assert np.array_equal(chain.images, again.images)


def test_recipes_are_read_of_every_kind_of_file_and_compared(tmp_path: Path) -> None:
    chain = explorer.sample(C, samples=2, steps=3)
    for ending in (".png", ".gif", ".npz", ".html"):
        chain.save(tmp_path / f"chain{ending}")
        read = explorer.read_recipe(tmp_path / f"chain{ending}")
        assert (read.chain, read.arithmetic) == (chain.recipe.chain, chain.recipe.arithmetic)
    (tmp_path / "recipe.json").write_bytes(msgspec.json.encode(chain.recipe))
    assert explorer.read_recipe(tmp_path / "recipe.json") == chain.recipe
    decoding = explorer.decode("mnist-vae-2d", [0.5, 1.0])
    decoding.save(tmp_path / "codes.png")
    read = explorer.read_recipe(tmp_path / "codes.png")
    assert (read.plane, read.arithmetic) == (decoding.recipe.plane, decoding.recipe.arithmetic)


def test_it_is_replayed_and_a_changed_recipe_gives_the_changed_chain(tmp_path: Path) -> None:
    chain = explorer.sample(C, samples=2, steps=3, seed=9)
    chain.save(tmp_path / "chain.png")
    (again,) = explorer.replay(tmp_path / "chain.png")
    for name in ("x", "x0_hat", "eps_hat", "mean", "z"):
        np.testing.assert_allclose(getattr(again, name), getattr(chain, name), atol=1e-4)
    assert (again.label, again.recipe) == (chain.label, chain.recipe)
    other = msgspec.structs.replace(chain.recipe, chain=msgspec.structs.replace(chain_of(chain.recipe), seed=10))
    (changed,) = explorer.replay(other)
    np.testing.assert_allclose(changed.x, explorer.sample(C, samples=2, steps=3, seed=10).x, atol=1e-4)


def test_each_lane_is_a_chain_and_a_painted_one_is_walked_too(tmp_path: Path) -> None:
    plain = explorer.sample(C, samples=2, steps=4)
    lane = chain_of(plain.recipe).lanes[0]
    painted: Lane = msgspec.structs.replace(lane, edits=with_edit(lane.edits, Paint(500, (Dab(((14.0, 14.0),), 4.0),), samples=(0,))))
    exact = chain_of(explorer.sample(exact="mnist", images=50, samples=2, steps=4).recipe).lanes[0]
    both = msgspec.structs.replace(plain.recipe, chain=msgspec.structs.replace(chain_of(plain.recipe), lanes=(lane, painted, exact)))
    one, other, third = explorer.replay(both)
    np.testing.assert_allclose(one.x, plain.x, atol=1e-4)
    assert np.array_equal(one.x[0], other.x[0])
    assert not np.array_equal(one.x[-1, 0], other.x[-1, 0])
    np.testing.assert_allclose(one.x[-1, 1], other.x[-1, 1], atol=1e-4)
    assert third.label.startswith("Exact")
    assert chain_of(other.recipe).lanes == (painted,)


def test_a_network_in_memory_is_given_again(tmp_path: Path) -> None:
    net = Scaled()
    model = explorer.Model(network=net, option="C", betas="linear", shape=(1, 8, 8), name="mine")
    chain = explorer.sample(model, samples=2, steps=3)
    (again,) = explorer.replay(chain.recipe, models=[model])
    np.testing.assert_allclose(again.x, chain.x, atol=1e-5)
    with pytest.raises(explorer.BadInput, match="mine"):
        explorer.replay(chain.recipe)
    with torch.no_grad():
        net.factor += 1
    with pytest.raises(explorer.BadInput, match="mine: is not the network of the recipe"):
        explorer.replay(chain.recipe, models=[model])


def test_what_the_command_line_wrote_of_two_lanes_is_two_chains(tmp_path: Path) -> None:
    out = tmp_path / "both.npz"
    words = ["sample", "--checkpoint", C, "--checkpoint", "mnist-ddpm-b", "--samples", "2", "--steps", "3", "--out", str(out)]
    assert main(words) == 0
    first, second = explorer.load(out)
    assert np.array_equal(first.x, explorer.sample(C, samples=2, steps=3).x)
    assert second.label == "B · mnist-ddpm-b · 3 steps"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda folder: explorer.load(folder / "none.npz"), "no such file"),
        (lambda folder: explorer.load(folder / "chain.png"), "loaded from an .npz"),
        (lambda folder: explorer.load(folder / "plain.npz"), "has no recipe"),
        (lambda folder: explorer.load(folder / "codes.npz"), "its recipe has no chain"),
        (lambda folder: explorer.load(folder / "short.npz"), "short.npz: cannot be read"),
        (lambda folder: explorer.read_recipe(folder / "none.png"), "no such file"),
        (lambda folder: explorer.read_recipe(folder / "plain.npz"), "has no recipe"),
        (lambda folder: explorer.replay(folder / "codes.npz"), "decoded again by explorer.decode"),
        (lambda folder: explorer.replay(explorer.Recipe()), "the recipe: has no chain"),
        (lambda folder: explorer.replay(folder / "gone.json"), "gone"),
        (lambda folder: explorer.replay(explorer.sample(C, samples=1, steps=1).recipe, models=[3]), "one of these is a int"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, call: Any, words: str) -> None:
    np.savez(tmp_path / "plain.npz", x=np.zeros(3))
    explorer.decode("mnist-vae-2d", [0.0, 0.0]).save(tmp_path / "codes.npz")
    chain = explorer.sample(C, samples=1, steps=1)
    np.savez(tmp_path / "short.npz", recipe=msgspec.json.encode(chain.recipe).decode())
    lane = msgspec.structs.replace(chain_of(chain.recipe).lanes[0], source="gone")
    gone = msgspec.structs.replace(chain.recipe, chain=ChainRecipe((lane,)))
    (tmp_path / "gone.json").write_bytes(msgspec.json.encode(gone))
    with pytest.raises(explorer.BadInput, match=words) as caught:
        call(tmp_path)
    assert "\n" not in str(caught.value)
