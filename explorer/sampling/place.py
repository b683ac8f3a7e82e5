"""Where and in which arithmetic chains are computed that no window asks for: of the commands, and from Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer import backends

if TYPE_CHECKING:
    import torch

    from explorer.backends.base import Backend
    from explorer.checkpoints.files import Checkpoint
    from explorer.diffusion.predictor import NetworkPredictor
    from explorer.engine.models.choosing import Choosing
    from explorer.recipe.arithmetic import Arithmetic, Precision, RunBy

AUTO, EXACT = "auto", "fp32"


@dataclass(frozen=True)
class Place:
    """Where and in which arithmetic a command computes.

    Attributes
    ----------
    choosing : Choosing or None
        Where the person leaves device and precision open: what was measured in the window runs a network here, too, and until then
        what is ready at once. Nothing is measured for it.
    """

    device: torch.device
    precision: Precision
    backend: Backend
    choosing: Choosing | None = None

    def arithmetic(self, networks: Iterable[RunBy] = ()) -> Arithmetic | None:
        """As an export's recipe keeps it: "auto" is what the window does, bf16 if asked for is so at every timestep.

        Parameters
        ----------
        networks : iterable of RunBy
            What ran those for which it was chosen.
        """
        import msgspec

        from explorer.engine.models import devices

        if self.precision == AUTO:
            found = devices.recorded(self.device, devices.default_precision(self.device, self.backend), backend=self.backend)
            runs = {run.checkpoint: run for run in networks}
            return None if found is None else msgspec.structs.replace(found, networks=tuple(runs[each] for each in sorted(runs)))
        throughout = self.precision != self.backend.precisions[0]
        return devices.recorded(self.device, self.precision, throughout, self.backend)

    def run_by(self, checkpoint: Checkpoint, samples: int | None = None, steps: int | None = None) -> RunBy | None:
        """What runs a network, where that is chosen (BadInput if the checkpoint is no DDPM).

        Parameters
        ----------
        samples : int or None
            That are asked for in all; None for batches of any size.
        steps : int or None
            Of the chain; None for all.
        """
        import torch

        from explorer.engine.models import predictors
        from explorer.evaluation.samples import block_size

        if self.choosing is None:
            return None
        T, block = predictors.schedule_of(checkpoint).T, block_size(checkpoint.card.data.shape)
        with torch.inference_mode():
            run = predictors.finished(self.choosing.settled(checkpoint, min(samples or block, block), steps or T))
            if (samples is None or samples > block) and not self.choosing.is_of_any_size(run):  # the last batch is a smaller one
                run = self.choosing.at_once(checkpoint)
        return run

    def predictor(self, checkpoint: Checkpoint, run: RunBy | None = None, samples: int = 0) -> tuple[NetworkPredictor, Precision]:
        """Predictor of a DDPM, and its arithmetic: the one asked for; of "auto" bf16, where the device has units for it and it is close.

        Parameters
        ----------
        run : RunBy or None
            What runs it instead, where that is chosen, in batches of so many samples.

        Raises
        ------
        BadInput
            If the checkpoint is no DDPM.
        """
        from explorer.engine.models import devices, predictors

        if run is not None and self.choosing is not None:
            return self.choosing.predictor(checkpoint, run, samples), run.precision
        if self.precision != AUTO:
            return predictors.from_checkpoint(checkpoint, self.device, self.precision, self.backend), self.precision
        return predictors.faithful(checkpoint, self.device, devices.default_precision(self.device, self.backend), self.backend)


def place(device: str, precision: str = EXACT) -> Place:
    """Device and arithmetic of a command (BadInput if the device cannot be used here, or does not compute so)."""
    from explorer.engine.models import devices
    from explorer.engine.models.choosing import Choosing

    backend, chosen = devices.located(device)
    if precision != AUTO:
        return Place(chosen, devices.checked_precision(precision, backend), backend)
    return Place(chosen, AUTO, backend, Choosing(chosen, measures=False) if device == AUTO else None)


def place_of_decoders(device: str) -> Place:
    """Where encoders and decoders compute: PyTorch runs them, whatever runs other networks (BadInput as `place`)."""
    from explorer.engine.models import devices

    return Place(devices.choose(device), EXACT, backends.TORCH)
