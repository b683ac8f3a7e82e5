"""Draw the pictures of README.md and of the user guide again, with the app as it is, into docs/images.

    python tools/pictures.py                      # all of them: many minutes on a CPU
    python tools/pictures.py objective-dark       # one

Each is what `generative-explorer render` draws: by its options, or of a session that is made here where there are none for it.
Pictures of measured results are drawn where they are measured: this only says by which command.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorer.checkpoints.files import file_sha256
from explorer.cli.main import main
from explorer.recipe import Branch, ChainRecipe, Inpaint, Lane, PlaneModel, PlaneRecipe, PriorSamples, Sampler, mask_of
from explorer.recipe.edits import Change, Edit, FreshNoise
from explorer.resources import resource
from explorer.state.persistence import Saved, write
from explorer.state.session import ChainState, LatentState, Session
from explorer.state.training import TrainingState

OUT = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE = ("--size", "1440x900")
OPTIONS = ("--checkpoint", "mnist-ddpm-a", "--checkpoint", "mnist-ddpm-b", "--checkpoint", "mnist-ddpm-c")
STROKE = ("--stroke", "-2,0.5 1.5,-1", "--shape", "geodesic", "--image", "18")

BY_OPTIONS: dict[str, tuple[str, ...]] = {
    "compare-dark": ("compare", *OPTIONS, "--steps", "250", "--t", "200"),
    "exact-dark": (
        "compare", *OPTIONS, "--exact", "mnist", "--steps", "100", "--t", "500", "--panel", "data-set", "--quantity", "to_ideal",
    ),
    "forward-dark": ("forward", "--page", "schedule", "--t", "250"),
    "latent-light": ("latent", "--theme", "light", "--layer", "codes", "--layer", "prior", "--layer", "density", *STROKE),
    "objective-dark": ("objective", "--samples", "32", "--t", "250"),
    "reverse-chain-dark": ("reverse-chain", "--steps", "250", "--t", "300"),
    "step-dark": ("training", "--page", "step", "--checkpoint", "mnist-ddpm-a", "--t", "300"),
    "unet-dark": ("reverse-chain", "--steps", "100", "--panel", "unet", "--t", "300"),
    "inference-dark": ("variational", "--page", "inference"),
}  # fmt: skip


def _sha256(name: str) -> str:
    return file_sha256(resource("checkpoints", f"{name}.safetensors"))


def branches() -> Session:
    """A chain that was left three times."""
    root = Lane(_sha256("mnist-ddpm-c"), "mnist-ddpm-c", "C", Sampler(steps=100))
    upper = np.zeros((28, 28), bool)
    upper[:14] = True
    left: dict[str, Edit] = {
        "η 0 from t = 700": Change(700, eta=0.0), "other noise": FreshNoise(500),
        "upper half erased": Inpaint(1000, mask_of(upper), repeats=5, anew=True),
    }  # fmt: skip
    found = tuple(Branch(Lane(root.checkpoint, root.source, "C", root.sampler, edits=(edit,)), name) for name, edit in left.items())
    state = ChainState(ChainRecipe((found[-1].lane,), 0, 9, found), t=230, selected=1)
    return Session(workspace="reverse-chain", theme="dark", reverse=state)


def _linked(first: str, second: str, **shown: object) -> Session:
    beside = (PlaneModel(_sha256(second), second),)
    recipe = PlaneRecipe(_sha256(first), first, prior=PriorSamples(64, 0), beside=beside)
    return Session(workspace="latent", theme="dark", latent=LatentState(recipe, strip="samples", **shown))  # type: ignore[arg-type]


def linked() -> Session:
    """The same samples of the prior through a VAE and an AE."""
    return _linked("mnist-vae-2d", "mnist-ae-2d", manifold=True, prior=False)


def training_time() -> Session:
    """The same samples of the prior after one epoch and at the end."""
    return _linked("mnist-vae-2d/epoch-001", "mnist-vae-2d")


def training() -> Session:
    """Two recorded runs beside each other."""
    runs = tuple(str(resource("checkpoints", f"mnist-ddpm-{name}")) for name in ("a-small", "b-small"))
    return Session(workspace="training", theme="dark", training=TrainingState(chosen=runs))


BY_SESSION: dict[str, Callable[[], Session]] = {
    "branches-dark": branches, "latent-linked-dark": linked, "training-dark": training, "training-time-dark": training_time,
}  # fmt: skip

WHICH_OPTION = "benchmarks/which_option/retrained.py --report --page docs/which-option-is-best.md"
BY_BENCHMARK = {f"which-option-samples-{family}": WHICH_OPTION for family in ("plain", "linear")}


def draw(name: str) -> None:
    """Draw one, in the place of what is there."""
    told = [*SIZE, "--out", str(OUT / f"{name}.png"), "--force"]
    if name in BY_OPTIONS:
        ended = main(["render", *BY_OPTIONS[name], *told])
    else:
        session = BY_SESSION[name]()
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "session.json"
            write(kept, Saved(session=session))
            ended = main(["render", session.workspace, "--session", str(kept), *told])
    if ended:
        sys.exit(ended)
    print(f"{name}.png")


if __name__ == "__main__":
    known = {**BY_OPTIONS, **BY_SESSION}
    wanted = sys.argv[1:] or sorted(known)
    for name in BY_BENCHMARK.keys() & wanted:
        sys.exit(f"{name}: drawn by python {BY_BENCHMARK[name]}")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: no such picture; there are {', '.join(sorted(known))}")
    for name in wanted:
        draw(name)
