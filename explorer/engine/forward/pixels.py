"""Two pixels of x_t over a batch of test images."""

from __future__ import annotations

import math

import numpy as np
import torch

from explorer.datasets.images import to_unit_range
from explorer.diffusion.forward import q_sample
from explorer.diffusion.noise import noise_array
from explorer.diffusion.walk import STEPS
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.forward.messages import JointShown, ShowJoint
from explorer.engine.forward.sources import labels_of, read_aside, schedule_of
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput

JOINT = STEPS + 1
"""Stream of their noise."""


def show_joint(request: ShowJoint, desk: Desk) -> Steps:
    """Answer a ShowJoint (BadInput if there are no such pixels)."""
    data = yield from read_aside(request.dataset, request.read)
    schedule = schedule_of(request.schedule)
    channels, height, width = data.image_shape
    channel = min(request.channel, channels - 1)
    if not all(row < height and column < width for row, column in request.pixels):
        raise BadInput(f"{data.name}: its pixels are in 0..{height - 1} x 0..{width - 1}")
    batch = data.images[: request.batch]
    x0 = torch.from_numpy(to_unit_range(np.stack([batch[:, channel, row, column] for row, column in request.pixels], axis=1)))
    eps = torch.from_numpy(noise_array(request.seed, 0, 0, (len(x0), 2), JOINT))
    t = min(max(request.t, 0), schedule.T)
    points = q_sample(schedule, x0.double(), torch.full((len(x0),), t), eps.double())
    mean, covariance = points.mean(0), points.T.cov(correction=0)
    sd = covariance.diagonal().sqrt()
    spread, determinant = float(sd.prod()), float(torch.linalg.det(covariance))
    correlation = float(covariance[0, 1]) / spread if spread > 1e-12 else math.nan
    kl = math.inf
    if determinant > 1e-12:
        kl = max(0.0, 0.5 * (float(covariance.trace() + mean.square().sum()) - 2 - math.log(determinant)))
    labels = read_only(labels_of(data)[: request.batch].copy())
    yield JointShown(
        t, read_only(points.float().numpy()), labels, (float(mean[0]), float(mean[1])), (float(sd[0]), float(sd[1])), correlation, kl
    )
