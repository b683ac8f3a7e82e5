"""The classifier sooner: the same logits."""

from __future__ import annotations

import torch

from explorer.models.classifier import Classifier, ClassifierConfig
from explorer.models.fused import FusedClassifier


def test_its_logits_are_the_classifiers() -> None:
    torch.manual_seed(0)
    plain = Classifier(ClassifierConfig(width=4, features=8))
    x = torch.rand(6, 1, 28, 28) * 2 - 1
    for _ in range(3):
        plain(x)  # the normalizations learn means and variances of their own
    plain.eval()
    before = plain(x)
    fused = FusedClassifier(plain).eval()
    torch.testing.assert_close(fused(x), before, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(plain(x), before)  # and it is left as it was
