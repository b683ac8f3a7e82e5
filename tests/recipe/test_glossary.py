"""The glossary is one source: whole, findable by every spelling of the window, and what docs/glossary.md says."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.recipe import glossary
from explorer.recipe.quantities import QUANTITIES

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("x̂₀", "x0_hat"), ("x0_hat", "x0_hat"), ("‖x̂₀‖", "x0_hat"), ("\\hat{x}_0", "x0_hat"), ("xₜ", "x_t"), ("x_{t}", "x_t"),
        ("Log SNR", "log_snr"),
        ("ᾱ", "alpha_bar"), ("T", "T"), ("t", "t"), ("Lₜ₋₁", "term"), ("posterior mean", "mean"), ("FID", "frechet"),
        ("classifier-free guidance", "guidance"), ("Score", "score"), ("latent diffusion", "latent_diffusion"), ("KL(q ‖ p)", "kl"),
        ("p(z|x)", "true_posterior"), ("log p(x)", "evidence"), ("gap", "gap"),
        ("posterior collapse", "posterior_collapse"), ("v", "velocity"),
    ],
)  # fmt: skip
def test_a_term_is_found_by_any_of_its_spellings(written: str, key: str) -> None:
    found = glossary.named(written)
    assert found is not None
    assert found.key == key


def test_what_is_no_term_is_not_found() -> None:
    assert glossary.named("") is None
    assert glossary.named("decoded in") is None


def test_no_two_terms_have_a_key_and_every_one_says_something() -> None:
    all_terms = [term for group in glossary.groups() for term in group.terms]
    assert len(glossary.terms()) == len(all_terms)
    assert all(term.words.endswith((".", ")")) and term.name for term in all_terms)


def test_every_symbol_that_lanes_show_is_explained() -> None:
    assert all(name in glossary.terms() for name, row in QUANTITIES.items() if row.symbol is not None)


def test_the_page_of_the_docs_is_the_glossary() -> None:
    assert PAGE.read_text(encoding="utf-8") == glossary.markdown(), "run python tools/glossary_page.py"
