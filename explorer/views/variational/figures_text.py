"""The figures of a page as text, a row a line and tabs between: for a spreadsheet, or a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.engine.variational.ladder_messages import Rung
from explorer.engine.variational.messages import FitShown, PosteriorShown
from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown


def of_fit(shown: FitShown) -> str:
    """Both divergences at each step that is known."""
    rows = [(str(step), f"{of_q:.6g}", f"{of_p:.6g}") for step, (of_q, of_p) in enumerate(shown.curve.tolist())]
    return _text(("step", "KL(q||p)", "KL(p||q)"), rows)


def of_posterior(shown: PosteriorShown) -> str:
    """Each q, with the terms of its ELBO and its gap to log p(x)."""
    found = (("encoder", shown.encoder), ("diagonal", shown.diagonal), ("full", shown.full))
    rows = [
        (name, *(f"{value:.6g}" for value in (q.log_likelihood, q.kl, q.elbo, shown.log_p, shown.log_p - q.elbo)))
        for name, q in found
        if q is not None
    ]
    return _text(("q", "E[log p(x|z)]", "KL", "ELBO", "log p(x)", "gap"), rows)


def of_terms(image: TermsShown, test: TestTermsShown | None) -> str:
    """Each number of the code, then the sums."""
    rows = []
    for unit in range(len(image.kl)):
        means = ("", "") if test is None else (f"{test.kl[unit]:.6g}", f"{test.spread[unit]:.6g}")
        rows.append((str(unit + 1), f"{image.mean[unit]:.6g}", f"{image.sd[unit]:.6g}", f"{image.kl[unit]:.6g}", *means))
    rows.append(("ELBO", "", "", f"{image.elbo:.6g}", "" if test is None else f"{test.elbo:.6g}", ""))
    rows.append(("E[log p(x|z)]", "", "", f"{image.log_likelihood:.6g}", "" if test is None else f"{test.log_likelihood:.6g}", ""))
    return _text(("number", "m", "s", "KL, image", "KL, test images", "variance of m"), rows)


def of_ladder(rungs: Iterable[Rung]) -> str:
    """Each network with the figures of its card."""
    rows = [
        (rung.name, *(f"{value:.6g}" for value in (rung.sigma, rung.beta, rung.error, rung.elbo, rung.kl, rung.share, rung.digits)))
        for rung in rungs
    ]
    return _text(("network", "sigma", "beta", "error", "ELBO", "KL", "read as digits", "different digits"), rows)


def _text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("\t".join(row) for row in (head, *rows)) + "\n"
