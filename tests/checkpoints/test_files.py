"""The checkpoint format: what comes back, and every kind of file that is refused in one line."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import save_file

from explorer.checkpoints.card import FORMAT_VERSION, METADATA_KEY, Card, DataCard, Metric, NetworkCard, ScheduleCard, TrainingCard
from explorer.checkpoints.files import load, read_card, save
from explorer.errors import BadInput
from explorer.models.registry import build, parse_config

CONFIG = {"width": 8, "multipliers": [1, 2]}


def make_card(**changes: Any) -> Card:
    card = Card(
        FORMAT_VERSION, "ddpm", NetworkCard("unet", dict(CONFIG)), DataCard("mnist", (1, 28, 28), (-1.0, 1.0), "0" * 64),
        option="C", schedule=ScheduleCard("linear", 1000),
        training=TrainingCard(1280, 2, 128, "AdamW", 7, 0.999, "simple", "fp32", "generative-explorer train ddpm"),
        metrics=(Metric("fid", 3.5, "generative-explorer evaluate", 3.1, {"samples": 512}),),
    )  # fmt: skip
    return msgspec.structs.replace(card, **changes)


def make_weights(config: dict[str, Any] | None = None) -> dict[str, torch.Tensor]:
    return build("unet", parse_config("unet", config or CONFIG)).state_dict()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.safetensors"
    save(path, make_card(), make_weights())
    return path


def write(path: Path, card: Any, weights: dict[str, torch.Tensor]) -> Path:
    """A safetensors file with any card at all (a value, or its text)."""
    save_file(weights, path, metadata={METADATA_KEY: card if isinstance(card, str) else json.dumps(card)})
    return path


def plain_card() -> dict[str, Any]:
    return msgspec.to_builtins(make_card())


def test_card_and_weights_come_back(tmp_path: Path) -> None:
    weights, card = make_weights(), make_card()
    path = tmp_path / "deep" / "folder" / "model.safetensors"
    save(path, card, weights)
    assert read_card(path) == card
    found = load(path)
    assert found.card == card
    assert found.path == path
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    state = found.network.state_dict()
    assert state.keys() == weights.keys()
    assert all(torch.equal(state[name], weights[name]) for name in weights)
    assert list(path.parent.iterdir()) == [path], "no partial file stays"


def test_a_loaded_network_is_for_evaluation_and_works(good: Path) -> None:
    network = load(good).network
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    assert all(p.device.type == "cpu" for p in network.parameters())
    assert network(torch.zeros(2, 1, 28, 28), torch.tensor([1, 2])).shape == (2, 1, 28, 28)


@pytest.mark.parametrize(
    ("name", "config", "kind"),
    [
        ("autoencoder", {"hidden": [16]}, "vae"),
        ("autoencoder", {"hidden": [16], "variational": False}, "ae"),
        ("classifier", {"width": 4}, "classifier"),
    ],
)
def test_every_kind_of_network(tmp_path: Path, name: str, config: dict[str, Any], kind: str) -> None:
    network = build(name, parse_config(name, config))
    card = make_card(kind=kind, network=NetworkCard(name, config), option=None, schedule=None)
    save(tmp_path / "m.safetensors", card, network.state_dict())
    found = load(tmp_path / "m.safetensors")
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(found.network(x), network.eval()(x))


def test_half_precision_weights_become_what_the_network_computes_in(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    save(path, make_card(), {k: v.half() for k, v in make_weights().items()})
    network = load(path).network
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert network(torch.zeros(1, 1, 8, 8), torch.tensor([1])).dtype == torch.float32


def test_whole_numbers_for_weights_are_refused(tmp_path: Path) -> None:
    weights = make_weights()
    weights["stem.weight"] = weights["stem.weight"].long()
    save(tmp_path / "int.safetensors", make_card(), weights)
    with pytest.raises(BadInput, match=r"stem\.weight are I64"):
        load(tmp_path / "int.safetensors")


def header(length: int, text: bytes = b"") -> bytes:
    return struct.pack("<Q", length) + text


def metadata(value: Any) -> bytes:
    text = json.dumps({"__metadata__": value}).encode()
    return header(len(text), text)


BAD_BYTES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a safetensors file"),
    "a few bytes": (b"\x08\0\0\0", "not a safetensors file"),
    "text": (b"hello, this is a text file and no model at all\n" * 10, "not a safetensors file"),
    "a pickle": (b"\x80\x02}q\0." + b"\0" * 100, "not a safetensors file"),
    "a zip": (b"PK\x03\x04" + b"\0" * 100, "not a safetensors file"),
    "a hostile header length": (header(2**63, b"{}"), "not a safetensors file"),
    "a header length of all ones": (header(2**64 - 1, b"{}"), "not a safetensors file"),
    "a header of no length": (header(0, b"{}"), "not a safetensors file"),
    "a header beyond the end": (header(1000, b'{"a":'), "not a safetensors file, or cut short"),
    "no JSON": (header(20, b"x" * 20), "not a safetensors file"),
    "no UTF-8": (header(20, b"\xff" * 20), "not a safetensors file"),
    "a list": (header(2, b"[]"), "not a safetensors file"),
    "nested deeply": (header(200_000, b"[" * 200_000), "not a safetensors file"),
    "no metadata": (header(2, b"{}"), "not a checkpoint of Generative Explorer"),
    "metadata that is null": (metadata(None), "not a safetensors file"),
    "metadata that is a list": (metadata([]), "not a safetensors file"),
    "another program's metadata": (metadata({"format": "pt"}), "not a checkpoint of Generative Explorer"),
    "a card that is a number": (metadata({METADATA_KEY: 5}), "not a checkpoint of Generative Explorer"),
    "a card that is no JSON": (metadata({METADATA_KEY: "{"}), "not a model card"),
    "a card that is a list": (metadata({METADATA_KEY: "[]"}), "not a model card"),
    "an empty card": (metadata({METADATA_KEY: "{}"}), "format_version"),
    "a lone surrogate": (metadata({METADATA_KEY: '"\ud800"'}), "not a model card"),
    "a card nested deeply": (metadata({METADATA_KEY: '{"network":' + "[" * 100_000}), "not a model card"),
}


@pytest.mark.parametrize(("data", "cause"), BAD_BYTES.values(), ids=BAD_BYTES.keys())
@pytest.mark.parametrize("reader", [read_card, load])
def test_what_is_no_checkpoint_is_refused_with_its_name_and_the_cause(
    tmp_path: Path, reader: Callable[[Path], Any], data: bytes, cause: str
) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=cause) as refusal:
        reader(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def change(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda card: card.update(changes)


def change_in(part: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda card: card[part].update(changes)


BAD_CARDS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a newer version": (change(format_version=2), "of format version 2; this app reads version 1"),
    "a newer version with another shape": (lambda c: (c.clear(), c.update(format_version=99, networks=[])), "version 99"),
    "a version in words": (change(format_version="one"), "format_version"),
    "another kind": (change(kind="gan"), "gan"),
    "no kind": (lambda c: c.pop("kind"), "kind"),
    "no network": (lambda c: c.pop("network"), "network"),
    "an unknown network": (change_in("network", name="transformer"), "no network named 'transformer'"),
    "another kind's network": (change_in("network", name="classifier", config={}), "a ddpm .* not a classifier"),
    "an unknown setting": (change_in("network", config={"depth": 3}), "no setting depth"),
    "a setting out of range": (change_in("network", config={"width": 8, "multipliers": [1000]}), "multipliers"),
    "a setting of another type": (change_in("network", config={"width": "8"}), "width"),
    "no option": (lambda c: c.pop("option"), "needs an option"),
    "an unknown option": (change(option="D"), "option"),
    "no schedule": (lambda c: c.pop("schedule"), "needs an option and a schedule"),
    "an unknown schedule": (change_in("schedule", name="sigmoid"), "no schedule named 'sigmoid'"),
    "no timesteps": (change_in("schedule", T=0), "T must be"),
    "a schedule of many terabytes": (change_in("schedule", T=10**12), "T must be"),
    "a schedule that cannot be": (change_in("schedule", T=10), "beta"),
    "betas of another length": (change_in("schedule", name="betas", T=3, betas=[0.1, 0.2]), "2 betas"),
    "betas that cannot be": (change_in("schedule", name="betas", T=2, betas=[0.1, 1.5]), "beta_2"),
    "betas that are missing": (change_in("schedule", name="betas"), "betas"),
    "images of no size": (change_in("data", shape=[1, 0, 28]), "shape"),
    "images of a huge size": (change_in("data", shape=[1, 10**9, 10**9]), "shape"),
    "images in another range": (change_in("data", value_range=[0, 255]), r"values in \[0.0, 255.0\] are not supported"),
    "images that the network cannot take": (change_in("data", shape=[1, 27, 27]), "27"),
    "images of other channels": (change_in("data", shape=[3, 28, 28]), "channels"),
}


@pytest.mark.parametrize(("damage", "cause"), BAD_CARDS.values(), ids=BAD_CARDS.keys())
def test_a_card_that_cannot_be_is_refused(tmp_path: Path, damage: Callable[[dict[str, Any]], Any], cause: str) -> None:
    card = plain_card()
    damage(card)
    path = write(tmp_path / "bad.safetensors", card, make_weights())
    for reader in (read_card, load):
        with pytest.raises(BadInput, match=cause) as refusal:
            reader(path)
        assert str(refusal.value).startswith(f"{path}: ")
        assert "\n" not in str(refusal.value)


def test_a_vae_whose_network_is_none_is_refused(tmp_path: Path) -> None:
    config = {"hidden": [16], "variational": False}
    network = build("autoencoder", parse_config("autoencoder", config))
    card = make_card(kind="vae", network=NetworkCard("autoencoder", config), option=None, schedule=None)
    save(tmp_path / "m.safetensors", card, network.state_dict())
    with pytest.raises(BadInput, match="variational"):
        read_card(tmp_path / "m.safetensors")


def drop(weights: dict[str, torch.Tensor]) -> None:
    del weights["stem.bias"]


def add(weights: dict[str, torch.Tensor]) -> None:
    weights["extra.weight"] = torch.zeros(2)


def reshape(weights: dict[str, torch.Tensor]) -> None:
    weights["stem.weight"] = torch.zeros(8, 2, 3, 3)


def poison(value: float) -> Callable[[dict[str, torch.Tensor]], None]:
    def apply(weights: dict[str, torch.Tensor]) -> None:
        weights["head.weight"][0, 0, 0, 0] = value

    return apply


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (drop, "has no weights stem.bias"),
        (add, "has weights extra.weight that its network does not"),
        (reshape, r"stem.weight are \(8, 2, 3, 3\); its network needs \(8, 1, 3, 3\)"),
        (poison(float("nan")), "head.weight are not finite"),
        (poison(float("-inf")), "head.weight are not finite"),
    ],
    ids=["missing", "unknown", "another shape", "NaN", "infinite"],
)
def test_weights_that_do_not_fit_are_refused_by_name(tmp_path: Path, damage: Callable[[dict[str, torch.Tensor]], None], cause: str) -> None:
    weights = make_weights()
    damage(weights)
    path = write(tmp_path / "bad.safetensors", plain_card(), weights)
    assert read_card(path) == make_card()
    with pytest.raises(BadInput, match=cause) as refusal:
        load(path)
    assert str(refusal.value).startswith(f"{path}: ")


@pytest.mark.parametrize("keep", [0.0, 0.01, 0.2, 0.5, 0.99])
def test_a_file_cut_anywhere_is_refused(good: Path, keep: float) -> None:
    data = good.read_bytes()
    good.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(BadInput, match=r"good\.safetensors: "):
        load(good)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for reader in (read_card, load):
        with pytest.raises(BadInput, match="no such file"):
            reader(tmp_path / "none.safetensors")
        with pytest.raises(BadInput, match="cannot be read"):
            reader(tmp_path)


def test_a_huge_configuration_takes_no_memory(tmp_path: Path) -> None:
    """Its network would have 10^13 weights; the file has a few."""
    card = plain_card()
    card["network"]["config"] = {"width": 4096, "multipliers": [64, 64, 64]}
    path = write(tmp_path / "huge.safetensors", card, make_weights())
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="weights"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_a_header_that_claims_huge_weights_takes_no_memory(tmp_path: Path) -> None:
    text = json.dumps(
        {
            "__metadata__": {METADATA_KEY: json.dumps(plain_card())},
            "stem.weight": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]},
        }
    ).encode()
    path = tmp_path / "claims.safetensors"
    path.write_bytes(header(len(text), text) + bytes(64))
    with pytest.raises(BadInput, match=r"claims\.safetensors: cannot be read"):
        load(path)


def test_saving_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        save(tmp_path / "file" / "model.safetensors", make_card(), make_weights())


def test_saving_replaces_the_old_file_whole(good: Path) -> None:
    save(good, make_card(option="B"), make_weights())
    assert read_card(good).option == "B"
    assert list(good.parent.iterdir()) == [good]


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are POSIX's")
def test_a_saved_file_has_the_permissions_of_any_new_file(tmp_path: Path, good: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    assert good.stat().st_mode == plain.stat().st_mode
