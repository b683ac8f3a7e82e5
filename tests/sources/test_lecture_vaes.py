"""VAEs of teaching code, bare and in what training leaves: what they decode is what their own code makes of the same weights."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import sources
from explorer.cli import main
from explorer.latent.elbo import elbo
from explorer.models.roles import LatentModel

X = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1)) * 2 - 1


def example(hidden: int = 30, code: int = 5, pixels: int = 784, names: str = "fc1 fc21 fc22 fc3 fc4") -> dict[str, Tensor]:
    """Weights as PyTorch's example of a VAE has them."""
    torch.manual_seed(2)
    one, mean, variance, three, four = names.split()
    sizes = {one: (pixels, hidden), mean: (hidden, code), variance: (hidden, code), three: (code, hidden), four: (hidden, pixels)}
    layers = nn.ModuleDict({name: nn.Linear(*size) for name, size in sizes.items()})
    return dict(layers.state_dict())


class Convolutions(nn.Module):
    """A convolutional VAE as Lightning modules of courses have them."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 6, 3, 2, 1), nn.ReLU(), nn.Flatten())
        self.fc_mu, self.fc_var, self.decoder_input = nn.Linear(294, 2), nn.Linear(294, 2), nn.Linear(2, 294)
        self.decoder = nn.Sequential(nn.ConvTranspose2d(6, 4, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Sigmoid())

    def forward(self, z: Tensor) -> Tensor:
        images: Tensor = self.decoder(self.decoder_input(z).view(-1, 6, 7, 7))
        return images


class Blocks(nn.Module):
    """As PyTorch-VAE builds it, smaller: 16 x 16, two levels and the last."""

    def __init__(self) -> None:
        super().__init__()
        down = [nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.LeakyReLU()) for i, o in ((3, 4), (4, 8), (8, 8))]
        self.encoder = nn.Sequential(*down)
        self.fc_mu, self.fc_var, self.decoder_input = nn.Linear(32, 6), nn.Linear(32, 6), nn.Linear(6, 32)
        up = [nn.Sequential(nn.ConvTranspose2d(i, o, 3, 2, 1, 1), nn.BatchNorm2d(o), nn.LeakyReLU()) for i, o in ((8, 8), (8, 4))]
        self.decoder = nn.Sequential(*up)
        self.final_layer = nn.Sequential(
            nn.ConvTranspose2d(4, 4, 3, 2, 1, 1), nn.BatchNorm2d(4), nn.LeakyReLU(), nn.Conv2d(4, 3, 3, padding=1), nn.Tanh()
        )

    def forward(self, z: Tensor) -> Tensor:
        images: Tensor = self.final_layer(self.decoder(self.decoder_input(z).view(-1, 8, 2, 2)))
        return images


def trained(network: nn.Module, x: Tensor) -> nn.Module:
    """Running means of its normalization other than at the start, in evaluation mode."""
    torch.manual_seed(3)
    network.train()
    with torch.no_grad():
        network.encoder(x)  # type: ignore[operator]
        network(torch.randn(8, 6))
    return network.eval()


def opened(path: Path) -> LatentModel:
    """The network in a file."""
    network = sources.open(path).network
    assert isinstance(network, LatentModel)
    return network


FORMS: dict[str, Callable[[dict[str, Tensor], Path], None]] = {
    "bare": lambda weights, path: torch.save(weights, path),
    "training dictionary": lambda weights, path: torch.save(
        {"epoch": 3, "model_state_dict": weights, "optimizer_state_dict": {"state": {}, "param_groups": []}, "loss": 1.5}, path
    ),
    "lightning": lambda weights, path: torch.save(
        {"state_dict": {f"model.{name}": tensor for name, tensor in weights.items()}, "global_step": 9}, path
    ),
    "data parallel": lambda weights, path: torch.save(OrderedDict((f"module.{name}", t) for name, t in weights.items()), path),
    "before 1.6": lambda weights, path: torch.save(weights, path, _use_new_zipfile_serialization=False),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_example_of_pytorch_in_every_form(tmp_path: Path, form: str) -> None:
    w = example()
    FORMS[form](w, tmp_path / "weights.any")
    network = opened(tmp_path / "weights.any")
    z = torch.randn(4, 5)
    with torch.inference_mode():
        decoded = torch.sigmoid(F.linear(F.relu(F.linear(z, w["fc3.weight"], w["fc3.bias"])), w["fc4.weight"], w["fc4.bias"]))
        torch.testing.assert_close(network.decode(z).flatten(1), 2 * decoded - 1, rtol=1e-5, atol=1e-5)
        h = F.relu(F.linear(((X + 1) / 2).flatten(1), w["fc1.weight"], w["fc1.bias"]))
        mean, log_variance = network.encode(X)
        torch.testing.assert_close(mean, F.linear(h, w["fc21.weight"], w["fc21.bias"]), rtol=1e-5, atol=1e-5)
        assert log_variance is not None
        torch.testing.assert_close(log_variance, F.linear(h, w["fc22.weight"], w["fc22.bias"]), rtol=1e-5, atol=1e-5)
        assert torch.isfinite(elbo(network, X, torch.zeros(3, 5)).value).all()


@pytest.mark.parametrize(
    ("names", "hidden", "code", "pixels", "shape"),
    [
        ("fc1 fc21 fc22 fc3 fc4", 400, 20, 784, (1, 28, 28)),
        ("enc fc_logvar fc_mu dec out", 16, 2, 784, (1, 28, 28)),  # the log variance first: it is known by its name
        ("fc1 fc31 fc32 fc4 fc5", 24, 3, 3 * 32 * 32, (3, 32, 32)),
    ],
)
def test_sizes_and_heads_are_in_names_and_shapes(
    tmp_path: Path, names: str, hidden: int, code: int, pixels: int, shape: tuple[int, ...]
) -> None:
    weights = example(hidden, code, pixels, names)
    torch.save(weights, tmp_path / "a.pt")
    card = sources.card(tmp_path / "a.pt")
    assert card.data.shape == shape
    assert (card.network.config["code"], card.network.config["hidden"]) == (code, [hidden])
    x = torch.zeros(1, *shape)
    first = next(iter(weights)).split(".")[0]
    with torch.inference_mode():
        h = F.relu(F.linear(((x + 1) / 2).flatten(1), weights[f"{first}.weight"], weights[f"{first}.bias"]))
        head = "fc_mu" if "fc_mu" in names else names.split()[1]
        torch.testing.assert_close(opened(tmp_path / "a.pt").encode(x)[0], F.linear(h, weights[f"{head}.weight"], weights[f"{head}.bias"]))


def deep() -> nn.Module:
    """Layers in sequences, by number."""
    torch.manual_seed(5)
    made = nn.ModuleDict()
    made["encoder"] = nn.Sequential(nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 12), nn.ReLU())
    made["fc_mu"], made["fc_var"] = nn.Linear(12, 2), nn.Linear(12, 2)
    made["decoder"] = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 784), nn.Sigmoid())
    return made


def enc_and_dec() -> nn.Module:
    """One layer a side, and one for what comes out."""
    torch.manual_seed(6)
    sizes = {"enc": (784, 24), "mu": (24, 2), "log_var": (24, 2), "dec": (2, 24), "out": (24, 784)}
    return nn.ModuleDict({name: nn.Linear(*size) for name, size in sizes.items()})


@pytest.mark.parametrize("make", [deep, enc_and_dec])
def test_in_whatever_order_its_layers_lie(tmp_path: Path, make: Callable[[], nn.Module]) -> None:
    """safetensors has them in the order of the alphabet: the decoder's before the encoder's."""
    weights = make().state_dict()
    torch.save(weights, tmp_path / "as-they-were.pt")
    save_file(weights, tmp_path / "by-name.safetensors")
    one, other = (opened(tmp_path / name) for name in ("as-they-were.pt", "by-name.safetensors"))
    z = torch.randn(3, 2)
    with torch.inference_mode():
        torch.testing.assert_close(other.decode(z), one.decode(z))
        torch.testing.assert_close(other.encode(X)[0], one.encode(X)[0])


def test_two_hidden_layers(tmp_path: Path) -> None:
    sizes = {"fc1": (784, 20), "fc2": (20, 12), "fc31": (12, 2), "fc32": (12, 2), "fc4": (2, 12), "fc5": (12, 20), "fc6": (20, 784)}
    layers = nn.ModuleDict({name: nn.Linear(*size) for name, size in sizes.items()})
    torch.save(layers.state_dict(), tmp_path / "a.pth")
    z = torch.randn(2, 2)
    with torch.inference_mode():
        wanted = layers["fc6"](F.relu(layers["fc5"](F.relu(layers["fc4"](z)))))
        torch.testing.assert_close(opened(tmp_path / "a.pth").decode_logits(z).flatten(1), wanted)


def test_convolutions_of_a_lightning_module(tmp_path: Path) -> None:
    torch.manual_seed(4)
    theirs = Convolutions().eval()
    torch.save({"state_dict": theirs.state_dict(), "pytorch-lightning_version": "2.6.6"}, tmp_path / "last.ckpt")
    network, z = opened(tmp_path / "last.ckpt"), torch.randn(3, 2)
    with torch.inference_mode():
        torch.testing.assert_close(network.decode(z), 2 * theirs(z) - 1, rtol=1e-5, atol=1e-5)
        mean, log_variance = network.encode(X)
        h = theirs.encoder((X + 1) / 2)
        torch.testing.assert_close(mean, theirs.fc_mu(h))
        torch.testing.assert_close(log_variance, theirs.fc_var(h))
    assert network.config.likelihood == "bernoulli"
    assert sources.card(tmp_path / "last.ckpt").data.shape == (1, 28, 28)


def test_blocks_of_pytorch_vae(tmp_path: Path) -> None:
    x = torch.rand(8, 3, 16, 16) * 2 - 1
    theirs = trained(Blocks(), x)
    torch.save({"state_dict": {f"model.{name}": t for name, t in theirs.state_dict().items()}}, tmp_path / "last.ckpt")
    network, z = opened(tmp_path / "last.ckpt"), torch.randn(3, 6)
    with torch.inference_mode():
        torch.testing.assert_close(network.decode(z), theirs(z), rtol=1e-5, atol=1e-5)
        wanted = theirs.fc_mu(theirs.encoder(x).flatten(1))  # type: ignore[operator]
        torch.testing.assert_close(network.encode(x)[0], wanted, rtol=1e-5, atol=1e-5)
    assert network.config.likelihood == ""


def broken(change: Callable[[dict[str, Tensor]], Any]) -> dict[str, Tensor]:
    """Weights of the example with a change."""
    weights = example()
    change(weights)
    return weights


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.pop("fc22.bias"),
        lambda w: w.update({"fc4.weight": torch.zeros(783, 30), "fc4.bias": torch.zeros(783)}),
        lambda w: w.update({"fc3.weight": torch.zeros(30, 4)}),
        lambda w: w.update({"more": torch.zeros(3)}),
        lambda w: w.update({"fc1.weight": torch.zeros(30, 99999).expand(30, 99999)}),
    ],
)
def test_what_is_no_vae_of_linear_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, Tensor]], Any]
) -> None:
    torch.save(broken(change), tmp_path / "a.pt")
    assert main(["info", str(tmp_path / "a.pt")]) == 2
    assert "of a network that is not known here (its names begin " in capsys.readouterr().err


def test_weights_that_are_not_finite_and_objects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(broken(lambda w: w["fc3.weight"].fill_(float("nan"))), tmp_path / "nan.pt")
    assert main(["info", str(tmp_path / "nan.pt")]) == 2
    assert "its weights fc3.weight are not finite" in capsys.readouterr().err
    torch.save({"state_dict": example(), "hyper_parameters": {"where": Path("/tmp")}}, tmp_path / "objects.ckpt")
    assert main(["info", str(tmp_path / "objects.ckpt")]) == 2
    assert "holds Python objects" in capsys.readouterr().err
    whole = (tmp_path / "nan.pt").read_bytes()
    (tmp_path / "nan.pt").write_bytes(whole[: len(whole) // 2])
    assert main(["info", str(tmp_path / "nan.pt")]) == 2
