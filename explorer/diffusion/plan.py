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
        tau_K > ... > tau_0 = 0; state k of the chain is at timesteps[k].
    steps : tuple of Posterior, length K
        steps[k] goes from timesteps[k] to timesteps[k + 1].
    method : str
        Name of the sampler, in explorer.diffusion.samplers.methods.
    learned : int
        In so many first steps the noise is of the variance that the network has learned, where it has; their sigma is the posterior's.
    """

    timesteps: tuple[int, ...]
    steps: tuple[Posterior, ...]
    method: str = "ancestral"
    learned: int = 0

    @property
    def K(self) -> int:
        """Number of steps."""
        return len(self.steps)
