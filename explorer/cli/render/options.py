"""What `render` shall show, as it is written on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from explorer.cli.render.latent_options import LatentOptions
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.state.session import WORKSPACES

WorkspaceChoice = StrEnum("WorkspaceChoice", {name.replace("-", "_"): name for name in WORKSPACES})  # type: ignore[misc]


class ThemeChoice(StrEnum):
    """Colours."""

    dark = "dark"
    light = "light"


class PanelChoice(StrEnum):
    """What can be opened beside what a workspace always shows."""

    unet = "unet"
    data_set = "data-set"
    likelihood = "likelihood"


class PageChoice(StrEnum):
    """Pages of forward, training and variational."""

    noise = "noise"
    schedule = "schedule"
    pixels = "pixels"
    posterior = "posterior"
    gaussians = "gaussians"
    chain = "chain"
    plane = "plane"
    kl = "kl"
    inference = "inference"
    runs = "runs"
    step = "step"
    elbo = "elbo"
    ladder = "ladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What shall be shown; None where the window's own default holds."""

    workspace: str
    theme: str
    checkpoints: tuple[str, ...]
    t: int | None
    samples: int | None
    steps: int | None
    seed: int | None
    panel: str | None = None
    skips_off: tuple[int, ...] = ()
    page: str | None = None
    exact: tuple[str, ...] = ()
    latent: LatentOptions = field(default_factory=LatentOptions)
    runs: tuple[str, ...] = ()
    sweep: str | None = None
    sampler: str | None = None
    grid: bool = False
    labels: tuple[int, ...] | None = None
    guidance: float = 0.0
    read: Reading = AS_FOUND
    quantity: str | None = None
    session: str | None = None
    bookmark: str | None = None

    @property
    def given(self) -> dict[str, bool]:
        """Every option that not all workspaces take, with whether it was given."""
        latent = self.latent
        return {
            "--checkpoint": bool(self.checkpoints), "--run": bool(self.runs), "--exact": bool(self.exact),
            "--t": self.t is not None, "--samples": self.samples is not None, "--steps": self.steps is not None,
            "--seed": self.seed is not None, "--panel": self.panel is not None, "--skip-off": bool(self.skips_off),
            "--page": self.page is not None, "--layer": bool(latent.layers), "--image": latent.image is not None,
            "--point": bool(latent.points), "--stroke": bool(latent.stroke), "--paths": latent.paths, "--chains": bool(latent.chains),
            "--sweep": self.sweep is not None, "--grid": self.grid,
            "--label": self.labels is not None, "--guidance": self.guidance != 0,
            "--sampler": self.sampler is not None, "--quantity": self.quantity is not None,
        }  # fmt: skip
