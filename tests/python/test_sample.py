"""`explorer.sample`: the command line's numbers, networks in memory, and what is refused in one line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer import sources
from explorer.cli import main
from explorer.python.chain import check_memory

SHAPE = (3, 8, 8)


def given(**more: Any) -> dict[str, Any]:
    return {"option": "C", "betas": "linear", "shape": SHAPE, "samples": 2, "steps": 3, "name": "mine"} | more


def test_importing_it_imports_neither_torch_nor_qt() -> None:
    code = "import sys, explorer; explorer.BadInput; explorer.Model; assert not {'torch', 'PySide6', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_public_name_is_there_and_none_besides() -> None:
    assert {name: getattr(explorer, name) for name in explorer.__all__}
    assert set(explorer.__all__) <= set(dir(explorer))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        explorer.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("ending", "look"),
    [
        (".npz", {}), (".png", {}), (".png", {"scale": 3}), (".gif", {}), (".gif", {"scale": 2, "frames": 3, "fps": 5.0}),
        (".mp4", {"fps": 5.0}), (".html", {"frames": 3}),
    ],
)  # fmt: skip
def test_what_is_saved_is_what_the_command_line_writes(ending: str, look: dict[str, Any], tmp_path: Path) -> None:
    ours, theirs = tmp_path / f"ours{ending}", tmp_path / f"theirs{ending}"
    explorer.sample("mnist-ddpm-b", samples=3, seed=5, steps=4, eta=0.5, clip=True).save(ours, **look)
    wish = ["--samples", "3", "--seed", "5", "--steps", "4", "--eta", "0.5", "--clip"]
    wish += [word for name, value in look.items() for word in (f"--{name}", str(value))]
    assert main(["sample", "--checkpoint", "mnist-ddpm-b", *wish, "--out", str(theirs)]) == 0
    assert ours.read_bytes() == theirs.read_bytes()


def test_each_step_follows_from_its_arrays() -> None:
    chain = explorer.sample("mnist-ddpm-c", samples=2, steps=4)
    for k in range(4):
        np.testing.assert_allclose(chain.mean[k] + chain.sigma[k] * chain.z[k], chain.x[k + 1], atol=1e-5)
    assert chain.timesteps.tolist() == [1000, 750, 500, 250, 0]


def test_a_network_in_memory_gives_the_chain_of_its_checkpoint() -> None:
    network = sources.open(sources.located("mnist-ddpm-c")).network
    ours = explorer.sample(network=network, **given(shape=(1, 28, 28)))
    assert np.array_equal(ours.x, explorer.sample("mnist-ddpm-c", samples=2, steps=3).x)


@pytest.mark.parametrize(("first", "wanted"), [(1, [1000, 667, 333]), (0, [999, 666, 332])])
def test_it_is_asked_at_its_own_timesteps(first: int, wanted: list[int]) -> None:
    seen: list[int] = []

    def network(x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        assert t.dtype == torch.int64
        seen.append(int(t[0]))
        return x_t

    explorer.sample(network=network, **given(first_timestep=first))
    assert seen == wanted


def test_a_module_is_asked_in_evaluation_mode_and_is_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Dropout(0.5), nn.BatchNorm2d(3).eval()).train()
    net[2].eval()
    before = [part.training for part in net.modules()]
    first, again = (explorer.sample(network=lambda x, t: net(x), **given()).x for _ in range(2))
    assert not np.array_equal(first, again)  # a lambda tells nobody of its module: dropout drops
    first, again = (explorer.sample(network=_Ignoring(net), **given()).x for _ in range(2))
    assert np.array_equal(first, again)
    assert [part.training for part in net.modules()] == before


class _Ignoring(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self.inner(x_t)


def test_what_diffusers_networks_return_is_taken() -> None:
    class Output:
        def __init__(self, sample: torch.Tensor) -> None:
            self.sample = sample

    plain = explorer.sample(network=lambda x, t: 0.5 * x, **given())
    assert np.array_equal(explorer.sample(network=lambda x, t: Output(0.5 * x), **given()).x, plain.x)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (lambda x, t: x[:, :1], r"mine: its network gives \(2, 1, 8, 8\) of x_t \(2, 3, 8, 8\)$"),
        (lambda x, t: torch.cat([x, x], 1), "give its first half"),
        (lambda x, t: x.long(), "gives int64 numbers"),
        (lambda x, t: 3, "gives a int"),
        (lambda x, t: x * float("nan"), "not finite, at t = 1000"),
        (lambda x, t: x.nothing, r"mine: test_sample.py, line \d+, in <lambda>: AttributeError"),
        (lambda x: x, "mine: TypeError"),
    ],
)
def test_what_a_network_gives_is_looked_at(network: Callable[..., Any], words: str) -> None:
    with pytest.raises(explorer.BadInput, match=words) as caught:
        explorer.sample(network=network, **given())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "name a checkpoint, or give a network"),
        ({"source": "nowhere.pt"}, "nowhere.pt: no such file"),
        ({"source": "mnist-ddpm-c", "option": "C"}, "option: said of a network in memory"),
        ({"source": "mnist-ddpm-c", "network": len}, "give one of them"),
        ({"network": len}, "say its option, betas, shape, too"),
        (given(network=len, option="D"), "option is 'D', and must be 'A', 'B', 'C' or 'V'"),
        (given(network=len, betas=[0.1, 1.5]), "beta_2 = 1.5"),
        (given(network=len, betas=7), "its betas are a int"),
        (given(network=len, shape=(8, 8)), "its shape is"),
        (given(network=len, first_timestep=2), "first_timestep is 2"),
        (given(network=len, name="a/b"), "a network's name"),
        (given(network=len, told={"heads": 4}), "by its own fields"),
        ({"source": "mnist-ddpm-c", "told": {"hats": 4}}, "no 'hats'"),
        ({"source": "mnist-ddpm-c", "samples": 0}, "samples must be in"),
        ({"source": "mnist-ddpm-c", "seed": -1}, "seed must be in"),
        ({"source": "mnist-ddpm-c", "steps": 0}, "steps must be in"),
        ({"source": "mnist-ddpm-classes", "guidance": float("nan")}, "guidance must be in"),
        ({"source": "mnist-ddpm-c", "start": [[0.0], [0.0, 1.0]]}, "mnist-ddpm-c: takes images of"),
        ({"source": "mnist-vae-2d"}, "of kind vae"),
    ],
)
def test_what_cannot_be_is_one_line(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(explorer.BadInput, match=words) as caught:
        explorer.sample(**wish)
    assert "\n" not in str(caught.value)


def test_a_model_made_of_what_cannot_be_is_told_when_it_is_asked() -> None:
    with pytest.raises(explorer.BadInput, match=r"its option is 'D'; there are A \(posterior mean\)"):
        explorer.sample(explorer.Model(network=len, option="D", shape=SHAPE))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "look", "words"),
    [
        ("a.txt", {}, "a.txt: its ending must be one of"),
        ("a.png", {"scale": 0}, "scale must be in 1..64, not 0"),
        ("a.html", {"frames": -1}, "frames must be in 2..2000, not -1"),
        ("a.gif", {"fps": 0.0}, r"fps must be in \[1, 50\], not 0"),
        ("a.mp4", {"fps": float("nan")}, r"fps must be in \[1, 50\], not nan"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(name: str, look: dict[str, Any], words: str, tmp_path: Path) -> None:
    chain = explorer.sample("mnist-ddpm-c", samples=1, steps=1)
    with pytest.raises(explorer.BadInput, match=words):
        chain.save(tmp_path / name, **look)
    assert list(tmp_path.iterdir()) == []


def test_arrays_that_do_not_fit_are_refused_before_they_are_made() -> None:
    with pytest.raises(explorer.BadInput, match="big: the arrays of 4096 samples and 1000 steps take"):
        check_memory(4096, 1000, (3, 4096, 4096), "big")


class _Page(HTMLParser):
    """What a browser would see: tags must nest, and nothing may be fetched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 64), (3, 256, 256)])
def test_in_a_notebook_it_is_a_page_of_its_own(shape: tuple[int, int, int]) -> None:
    chain = explorer.sample(network=lambda x, t: 0.5 * x, **given(shape=shape, samples=5, steps=20, name="a"))
    text = chain._repr_html_()
    assert len(text) < 5_000_000
    assert "http" not in text.replace("data:image", "")
    page = _Page(text)
    pictures = [attributes for tag, attributes in page.found if attributes.get("role") == "img"]
    assert [attributes["aria-label"] for attributes in pictures] == [f"{name} of C · a · 20 steps at t = 0" for name in ("x_t", "x0_hat")]
    (slider,) = (attributes for tag, attributes in page.found if tag == "input")
    assert slider["type"] == "range"
    assert slider["max"] == slider["value"]
    assert int(slider["max"] or 0) >= 7
    assert "style" in pictures[0]
    assert "data:image/png;base64," in str(pictures[0]["style"])
