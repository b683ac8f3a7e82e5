"""Chain workspaces in the real window with the real engine, and the same chains sampled apart from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.checkpoints.files import file_sha256, read_card
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.chain.messages import LaneKey
from explorer.engine.models import devices
from explorer.engine.models.models import Models
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.chain.page import ChainPage
from explorer.views.workspace import Workspace

LaneMaker = Callable[..., Lane]
Opener = Callable[..., ChainPage]


@dataclass(frozen=True)
class OwnChain:
    """A chain sampled on the test's thread: arrays (K + 1, N, C, H, W) and (K, N, C, H, W)."""

    timesteps: tuple[int, ...]
    x: np.ndarray
    x0_hat: np.ndarray
    eps_hat: np.ndarray
    mean: np.ndarray
    z: np.ndarray

    def k(self, t: int) -> int:
        """Index of the state at a timestep."""
        return self.timesteps.index(t)


@pytest.fixture(scope="session")
def own_chain() -> Callable[..., OwnChain]:
    """Sampling apart from the engine thread, each lane once: `own_chain(key)`, or only its first steps."""
    models = Models(devices.choose("auto"))
    known: dict[tuple[LaneKey, int | None], OwnChain] = {}

    @torch.inference_mode()
    def sample(key: LaneKey, first: int | None = None) -> OwnChain:
        if (key, first) not in known:
            predictor, sampler = models.predictor(key.lane), key.lane.sampler
            course = plan(predictor.schedule, sampler.steps, sampler.eta)
            shape = read_card(Path(key.lane.source)).data.shape
            noise = noise_source(key.seed, range(key.samples), shape, models.device)
            steps = list(islice(reverse_steps(predictor, course, initial_state(noise), noise, sampler.clip), first))
            stack = [[s.x_t for s in steps] + [steps[-1].x_prev]]
            stack += [[getattr(s.prediction, name) for s in steps] for name in ("x0_hat", "eps_hat", "mean")]
            stack.append([noise(s.t) for s in steps])
            known[key, first] = OwnChain(course.timesteps, *(torch.stack(part).float().cpu().numpy() for part in stack))
        return known[key, first]

    return sample


@pytest.fixture(scope="session")
def lane(checkpoints: Mapping[str, Path]) -> LaneMaker:
    """Lanes of shipped models: `lane("C", steps=20)`."""

    def make(option: str, **sampler: object) -> Lane:
        path = checkpoints[f"mnist-ddpm-{option.lower()}"]
        return Lane(file_sha256(path), str(path), option, Sampler(**sampler))  # type: ignore[arg-type]

    return make


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Opener]:
    """Opens the app's window on a chain workspace: `open_page(CompareWorkspace, lanes, samples=4, t=0)`."""
    made: list[Explorer] = []

    def build(
        kind: type[ChainPage], lanes: tuple[Lane, ...], seed: int = 3, samples: int = 4, wait: bool = True,
        beside: tuple[type[Workspace], ...] = (), **state: object,
    ) -> ChainPage:  # fmt: skip
        part = kind.part_name
        session = Session(workspace=kind.facts.name, theme="dark")
        recipe = ChainRecipe(lanes, seed, samples)
        session = msgspec.structs.replace(session, **{part: msgspec.structs.replace(getattr(session, part), recipe=recipe, **state)})
        facts = [kind.facts, *(each.facts for each in beside)]
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None, facts, beginning=lambda kept, _entries: (kept, ""))
        qtbot.addWidget(explorer.window)
        explorer.window.resize(1440, 900)
        made.append(explorer)
        explorer.show()
        page = explorer.window.workspaces[kind.facts.name]
        assert isinstance(page, ChainPage)
        with qtbot.waitActive(explorer.window):
            explorer.window.activateWindow()
        if wait:
            qtbot.waitUntil(lambda: page.idle and (bool(page.controller.run.done) or not lanes), timeout=120_000)
        return page

    yield build
    assert all(explorer.shutdown() for explorer in made)
