"""Training: runs of `train`, started, watched, stopped and gone on with."""

from __future__ import annotations

from explorer.views.training.view import TrainingWorkspace

__all__ = ["TrainingWorkspace"]
