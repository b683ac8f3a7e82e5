"""The steps of a chain, before any of them is taken. No torch: a finished chain is shown by it, too."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.diffusion.posterior import Posterior


@dataclass(frozen=True)
class Plan:
    """The steps of one chain.

    Attributes
    ----------
    timesteps : tuple of int, length K + 1
        T = tau_K > ... > tau_0 = 0; state k of the chain is at timesteps[k].
    steps : tuple of Posterior, length K
        steps[k] goes from timesteps[k] to timesteps[k + 1].
    """

    timesteps: tuple[int, ...]
    steps: tuple[Posterior, ...]

    @property
    def K(self) -> int:
        """Number of steps."""
        return len(self.steps)
