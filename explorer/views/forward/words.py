"""Numbers and formulas of the Forward workspace."""

from __future__ import annotations

import math

from explorer.engine.forward.messages import NoisedShown
from explorer.recipe.forward import ForwardImage, ForwardSchedule
from explorer.views.shared.labels import term_colours
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var
from explorer.widgets.look.theme import Tokens
from explorer.widgets.pictures.equation import Equation, Term


def number(value: float) -> str:
    """Four decimals; more where these would say little."""
    if value == 0 or abs(value) >= 0.001:
        return f"{value:.4f}".replace("-", "−")
    return f"{value:.6f}" if abs(value) >= 1e-5 else power(value)


def power(value: float) -> str:
    """As "2.1e−15", with a real minus."""
    return f"{value:.1e}".replace("-", "−")


def short(value: float, digits: int = 3) -> str:
    """A number with a real minus; a dash if there is none."""
    if not math.isfinite(value):
        return "∞" if value == math.inf else "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) != 0 else text.replace("-", "")


def nats(value: float) -> str:
    """Nats in about four figures."""
    if not math.isfinite(value):
        return "∞"
    size = abs(value)
    text = f"{value:.1f}" if size >= 100 else f"{value:.3f}" if size >= 0.001 or value == 0 else f"{value:.1e}"
    return f"{text} nats".replace("-", "−")


def image_words(image: ForwardImage) -> str:
    """What is noised."""
    if image.picture is None:
        return tr("test image {index}", index=image.index)
    picture = image.picture
    return f"{picture.name or tr('picture')}, {picture.height} × {picture.width}"


def schedule_words(schedule: ForwardSchedule) -> str:
    """For example "linear, T = 1000"."""
    return f"{schedule.shape}, T = {schedule.T}"


def equation_of(noised: NoisedShown, tokens: Tokens) -> Equation:
    """Property 1 with its numbers, and the last step of the walk under it."""
    t, colours = noised.t, term_colours(tokens)
    image, noise = number(math.sqrt(noised.alpha_bar)), number(math.sqrt(1 - noised.alpha_bar))
    at_once = (
        Term("x_t", (var("x", t),), general=(var("x", "t"),), tip=tr("the image at timestep t, by Property 1")),
        Term(
            "image part", (var("x", 0),), image, "=", colour=colours["x0_hat"], tip=tr("what is left of the image: √ᾱ · x₀"),
            symbol=r"√\bar{α}_t",
        ),
        Term(
            "noise part",
            (var("ε"),),
            noise,
            "+",
            colour=colours["z"],
            tip=tr("the noise: √(1 − ᾱ) · ε, ε the noise of all steps together"),
            symbol=r"√(1 − \bar{α}_t)",
        ),
    )  # fmt: skip
    if t == 0:
        return Equation(at_once, note=tr("At t = 0 no step has been taken: x₀ is the image."))
    kept, fresh = number(math.sqrt(1 - noised.beta)), number(math.sqrt(noised.beta))
    last = (
        Term("walked", (var("x", t),), general=(var("x", "t"),), tip=tr("the image at timestep t, reached step by step")),
        Term(
            "step image", (var("x", t - 1),), kept, "=", colour=colours["x_t"], tip=tr("√(1 − β) · x of the step before"),
            general=(var("x", "t−1"),), symbol="√(1 − β_t)",
        ),
        Term(
            "step noise", (var("ε", t),), fresh, "+", colour=colours["z"], tip=tr("√β · ε, the fresh noise of this step"),
            general=(var("ε", "t"),), symbol="√β_t",
        ),
    )  # fmt: skip
    return Equation(
        at_once,
        last,
        note=(
            tr("Above: all at once. Below: the last of {t} step, with its fresh noise.", t=t)
            if t == 1
            else tr("Above: all at once. Below: the last of {t} steps, with its fresh noise.", t=t)
        ),
    )
