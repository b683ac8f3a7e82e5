"""Data sets larger than memory: what is read stays on disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

MEASURED = """
import sys
from explorer.datasets.images import load_images
from explorer.training.autoencoder import AutoencoderTask
from explorer.training.loop import train
from explorer.recipe.training import TrainSettings
from pathlib import Path

def own_memory():
    line = next(line for line in open("/proc/self/status") if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024

data = load_images(sys.argv[1])
before = own_memory()
settings = TrainSettings(dataset="x", out=Path(sys.argv[2]), epochs=1, batch=1000, device="cpu")
run = train(lambda: AutoencoderTask(data, False, hidden=(16,)), data, settings)
next(run)
run.close()
print(len(data.images), own_memory() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_does_not_grow_with_the_data(tmp_path: Path) -> None:
    grown = {}
    for count in (20_000, 2_000_000):
        path = tmp_path / f"{count}.npy"
        array = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 8, 8))
        generator = np.random.default_rng(0)
        for start in range(0, count, 20_000):
            array[start : start + 20_000] = generator.integers(0, 256, (20_000, 8, 8), dtype=np.uint8)
        array.flush()
        del array
        command = [sys.executable, "-c", MEASURED, str(path), str(tmp_path / f"run-{count}")]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
        images, memory = map(int, ran.stdout.split())
        assert images == count
        grown[count] = memory
    order = 2_000_000 * 8  # the shuffled order of an epoch: a whole number for each image
    assert grown[2_000_000] - grown[20_000] < 3 * order, "the images alone are 128 MB"
