"""The ladder from AE to VAE: its networks, their order, their names, and what their cards say."""

from __future__ import annotations

import hashlib

import pytest

from explorer.checkpoints.files import load
from explorer.checkpoints.ladder import ladder, paths
from explorer.checkpoints.locate import locate, source_of
from explorer.checkpoints.snapshots import snapshots
from explorer.engine.models.scanning import files
from explorer.errors import BadInput
from explorer.sampling.finding import checkpoint_path

LADDER = ladder()


def test_it_goes_from_points_over_fixed_widths_to_much_of_the_prior() -> None:
    kinds = [(rung.card.kind, rung.card.network.config.get("sigma", 0.0), rung.card.network.config.get("beta", 1.0)) for rung in LADDER]
    assert kinds[0][0] == "ae"
    assert [sigma for kind, sigma, beta in kinds if kind == "vae" and sigma and not beta] == [0.1, 0.3, 1.0]
    learned = [beta for kind, sigma, beta in kinds if kind == "vae" and not sigma]
    assert learned == sorted(learned)
    assert {0.0, 1.0, 8.0} <= set(learned)
    assert [kind for kind, _, _ in kinds] == ["ae"] * kinds.count(kinds[0]) + ["vae"] * (len(kinds) - kinds.count(kinds[0]))


@pytest.mark.parametrize("name", [rung.name for rung in LADDER])
def test_every_network_opens_by_its_name_and_says_how_it_was_made_and_measured(name: str) -> None:
    path = locate(name)
    card = load(path).card
    assert source_of(path) == name
    assert card.training is not None
    assert f"--out runs/{name}" in card.training.command
    assert "/tmp" not in card.training.command
    assert card.training.epochs == 15
    assert card.network.config["hidden"] == [128, 64], "they differ in nothing but what they are trained to"
    measured = {metric.name: metric for metric in card.metrics}
    assert {"test reconstruction error", "confident prior samples"} <= set(measured)
    for metric in measured.values():
        assert metric.command.startswith(f"generative-explorer evaluate --checkpoint {name} ")
    if card.kind == "vae":
        details = measured["test ELBO"].details
        assert sum(details["kl_per_dimension"]) == pytest.approx(details["kl"], rel=1e-5)


def test_the_library_does_not_list_them() -> None:
    listed = {path for path, _ in files(())}
    assert not listed & set(paths().values())
    assert all(not snapshots(path) for path in paths().values())


def test_more_of_the_prior_costs_reconstruction_until_the_code_says_nothing() -> None:
    learned = [rung for rung in LADDER if rung.card.kind == "vae" and not rung.card.network.config.get("sigma")]
    figures = [{metric.name: metric for metric in rung.card.metrics}["test ELBO"].details for rung in learned]
    kls = [each["kl"] for each in figures if each["kl"] is not None]
    assert kls == sorted(kls, reverse=True)
    assert figures[-1]["active_units"] == 0, "posterior collapse at the largest beta"


def test_a_recipe_of_another_machine_means_the_same_network() -> None:
    name = LADDER[0].name
    path = locate(name)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for source in (name, f"/of/another/machine/{name}.safetensors", f"C:\\apps\\{name}.safetensors".replace("/", "\\")):
        assert checkpoint_path(source, digest) == str(path.resolve())


def test_what_there_is_none_of_is_told_by_the_names_of_the_library() -> None:
    with pytest.raises(BadInput, match="ladder/vae-beta-1000: no such file"):
        locate("ladder/vae-beta-1000")
