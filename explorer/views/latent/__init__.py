"""The Latent workspace: the plane of a VAE's or an AE's codes."""

from __future__ import annotations

from explorer.views.latent.view import LatentWorkspace

__all__ = ["LatentWorkspace"]
