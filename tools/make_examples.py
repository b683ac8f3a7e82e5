"""Write the sessions of Help > Examples into resources/examples, with the shipped checkpoints by their hashes.

    python tools/make_examples.py              # the sessions
    python tools/make_examples.py --pictures   # and what each looks like, small: minutes on a CPU

Run it again when a shipped model is another. What is told of each is in resources/examples/index.json, by hand.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from explorer.checkpoints.files import file_sha256
from explorer.recipe import (
    Branch,
    ChainRecipe,
    ExactProcess,
    Inpaint,
    Lane,
    PlaneModel,
    PlaneRecipe,
    Point,
    PriorSamples,
    Sampler,
    ScheduleChoice,
    Stroke,
    mask_of,
)
from explorer.recipe.notes import Bookmark, Notes
from explorer.resources import resource
from explorer.state.notes import NotesState
from explorer.state.persistence import Saved, write
from explorer.state.session import ChainState, LatentState, Session

OUT = Path(__file__).resolve().parent.parent / "resources" / "examples"
MOMENTS = ("snapshot-0000058", "snapshot-0000234", "epoch-001", "epoch-004")


def _sha256(name: str) -> str:
    return file_sha256(resource("checkpoints", f"{name}.safetensors"))


def _lane(option: str, name: str = "", schedule: ScheduleChoice | None = None, **sampler: object) -> Lane:
    source = name or f"mnist-ddpm-{option.lower()}"
    return Lane(_sha256(source), source, option, Sampler(**sampler), schedule=schedule)  # type: ignore[arg-type]


def _compare(lanes: tuple[Lane, ...], samples: int, seed: int = 0, **state: object) -> Session:
    shown: dict[str, Any] = {"reference": len(lanes) - 1, "plot": "distance x0_hat", "log_curves": True} | state
    part = ChainState(ChainRecipe(lanes, seed, samples), **shown)
    return Session(workspace="compare", compare=part)


def _latent(recipe: PlaneRecipe, **state: object) -> Session:
    return Session(workspace="latent", latent=LatentState(recipe, **state))  # type: ignore[arg-type]


def _plane(name: str, **fields: object) -> PlaneRecipe:
    return PlaneRecipe(_sha256(name), name, **fields)  # type: ignore[arg-type]


def _beside(name: str) -> PlaneModel:
    return PlaneModel(_sha256(name), name)


def _noted(session: Session, text: str, *places: Bookmark) -> Session:
    """With notes, and places in the order in which they are told."""
    return msgspec.structs.replace(session, notes=NotesState(Notes(text, places)))


def _place(name: str, note: str, workspace: str = "compare", **where: object) -> Bookmark:
    return Bookmark(name, workspace, note=note, **where)  # type: ignore[arg-type]


def options_part() -> Session:
    """Options A, B and C from the same noise."""
    return _noted(
        _compare(tuple(_lane(option, steps=50) for option in "ABC"), 9, t=700, quantity="x0_hat", curves_of="all"),
        "Three networks that were trained for the mean (A), the image (B) and the noise (C) start from the same noise, and get the same "
        "fresh noise at every step. Whatever differs between the columns is the network.",
        _place("One noise", "x_T is the same in all three lanes, pixel by pixel.", t=1000, shown="x_t"),
        _place("First guesses", "What each network takes the noise for. They are blurred, and nearly the same.", t=700, shown="x0_hat"),
        _place("They part", "The curves leave each other here; look at the samples whose guesses differ most.", t=400, shown="x0_hat"),
        _place("Three images", "So small a difference becomes another image, or only another stroke.", t=0, shown="x_t"),
    )


def too_few_steps() -> Session:
    """One network in 3, 10 and 50 steps."""
    return _noted(
        _compare(tuple(_lane("C", steps=steps) for steps in (3, 10, 50)), 9, t=0, quantity="x_t"),
        "One network, one noise. Fewer steps are longer ones: each treats the posterior as a Gaussian, which it is not over a long step.",
        _place("Three lengths of step", "With 3 steps digits are there, and noise with them.", t=0, shown="x_t"),
        _place("What is seen half way", "All three see the same digit in the noise; the long steps lose it.", t=500, shown="x0_hat"),
        _place("Another seed", "The same again, so that it was no accident.", t=0, seed=7, shown="x_t"),
    )


def no_dice() -> Session:
    """The same x_T with and without fresh noise, in 10 and in 50 steps."""
    lanes = tuple(_lane("C", steps=steps, eta=eta) for eta in (1.0, 0.0) for steps in (10, 50))
    return _compare(lanes, 9, seed=4, t=0, quantity="x_t")


def two_schedules() -> Session:
    """The network's own linear schedule, and a cosine one that it was not trained on."""
    lanes = (_lane("C", steps=25), _lane("C", schedule=ScheduleChoice("cosine", 1000), steps=25))
    return _compare(lanes, 9, t=480, quantity="x0_hat", reference=0, plot="levels")


def training() -> Session:
    """The same noise through five moments of a run."""
    names = (*(f"mnist-ddpm-c/{moment}" for moment in MOMENTS), "mnist-ddpm-c")
    lanes = tuple(_lane("C", name, steps=25, eta=0.0, clip=True) for name in names)
    return _compare(lanes, 9, seed=1, t=0, quantity="x_t", layout="grid")


def exact_remembers() -> Session:
    """The exact process of 10,000 training images, and what it could have come from."""
    lane = Lane("", "mnist", exact=ExactProcess("mnist", images=10_000), sampler=Sampler(steps=50))
    part = ChainState(ChainRecipe((lane,), 2, 9), t=0, data_set=True, plot="levels")
    return Session(workspace="reverse-chain", reverse=part)


def emoji() -> Session:
    """Sixteen emoji half way from noise, and what they could be in colour."""
    recipe = ChainRecipe((_lane("C", "emoji-ddpm-c", steps=50),), 0, 16)
    return Session(workspace="reverse-chain", reverse=ChainState(recipe, t=300, quantity="x0_hat"))


def erase_half() -> Session:
    """The right half of every digit, made anew."""
    root = _lane("C", steps=50)
    right = np.zeros((28, 28), bool)
    right[:, 14:] = True
    branch = msgspec.structs.replace(root, edits=(Inpaint(1000, mask_of(right), anew=True),))
    recipe = ChainRecipe((branch,), 0, 9, (Branch(branch, "right half anew"),))
    return Session(workspace="reverse-chain", reverse=ChainState(recipe, t=0))


def hole() -> Session:
    """A stroke through a place where no code is."""
    stroke = Stroke("through the hole", ((26.0, 2.0), (22.0, -28.0), (2.0, -46.0)), frames=32)
    return _noted(
        _latent(_plane("mnist-ae-2d", strokes=(stroke,)), manifold=True, selected=stroke.name, frame=14),
        "An autoencoder is asked for nothing between the codes of its images. A stroke through such a place shows what it makes of it.",
        _place("Among the 7s", "Codes of real images: the decoding is sharp.", "latent", frame=0, shown=stroke.name),
        _place("In the hole", "No image was ever encoded here.", "latent", frame=14, shown=stroke.name),
        _place("Among the 1s", "And out again.", "latent", frame=31, shown=stroke.name),
    )


def prior_samples() -> Session:
    """The same draws from the prior through a VAE and an autoencoder."""
    recipe = _plane("mnist-vae-2d", prior=PriorSamples(64, 0), beside=(_beside("mnist-ae-2d"),))
    return _latent(recipe, strip="samples")


def three_to_eight() -> Session:
    """Line, arc and geodesic from a 3 to an 8."""
    points = (Point("3", 0.38, 0.28), Point("8", -0.62, -0.05))
    return _latent(_plane("mnist-vae-2d", points=points), manifold=True, strip="paths", ends=("3", "8"), selected="3")


EXAMPLES = {
    "emoji": emoji,
    "options-part": options_part, "hole": hole, "too-few-steps": too_few_steps, "no-dice": no_dice, "erase-half": erase_half,
    "two-schedules": two_schedules, "exact-remembers": exact_remembers, "prior-samples": prior_samples,
    "three-to-eight": three_to_eight, "training": training,
}  # fmt: skip

PICTURE = (480, 300)


def draw_picture(name: str) -> None:
    """Draw an example's workspace as the window shows it, without rail and panels, and keep it small beside the session."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from explorer.app import Explorer
    from explorer.cli.render.command import _wait_until_idle
    from explorer.state.persistence import Loaded
    from explorer.views.window.help.examples import examples

    explorer = Explorer(
        Loaded(Saved(session=Session(theme="dark", workspace="training")), False), None, beginning=lambda kept, _: (kept, "")
    )
    explorer.window.resize(1360, 850)
    explorer.show()
    while not explorer.has_begun:
        QApplication.processEvents()
    explorer.window.opener.open_example(next(example for example in examples() if example.name == name))
    _wait_until_idle(explorer, [], 600)
    picture = explorer.window.current.grab().scaled(
        *PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    picture.save(str(OUT / f"{name}.png"))
    explorer.end()


if __name__ == "__main__":
    for name, make in EXAMPLES.items():
        write(OUT / f"{name}.json", Saved(session=make()))
        print(f"{name}.json")
    if "--pictures" in sys.argv:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        chosen = [word for word in sys.argv[1:] if not word.startswith("--")]
        for name in chosen or EXAMPLES:
            draw_picture(name)
            print(f"{name}.png")
