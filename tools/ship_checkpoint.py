"""Put a checkpoint of a run among those that come with the app, its card's command as anyone would type it.

    python tools/ship_checkpoint.py runs/c/epoch-200.safetensors emoji-ddpm-c
    python tools/ship_checkpoint.py runs/vae-beta-4/final.safetensors ladder/vae-beta-4

The weights stay as they are. Afterwards the first look and the examples are made anew (tools/first_look.py, tools/make_examples.py).
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import msgspec

from explorer.checkpoints.card import Card
from explorer.checkpoints.files import read_card, save_card
from explorer.datasets.shipped import shipped
from explorer.resources import resource
from explorer.training.control import read_status


def plain(command: str, data: str, name: str) -> str:
    """The command without paths of this machine, and without what only says how it reports."""
    found: list[str] = []
    for word in shlex.split(command):
        option = found[-1] if found else ""
        if word == "--json":
            continue
        known = shipped(data)
        found.append(f"runs/{name}" if option == "--out" else known.name if option == "--dataset" and known is not None else word)
    return shlex.join(found)


def told(card: Card, name: str, asked: int | None) -> Card:
    """The card with that command; where the run was to be longer it says so."""
    training = card.training
    if training is None:
        sys.exit(f"{name}: its card does not say how it was trained")
    notes = training.notes
    if asked is not None and training.epochs < asked:
        notes = f"{notes} as it was after epoch {training.epochs} of {asked}".strip()
    command = plain(training.command, card.data.name, name)
    return msgspec.structs.replace(card, training=msgspec.structs.replace(training, command=command, notes=notes))


def main(checkpoint: Path, name: str) -> None:
    """Copy it, and give the copy its card."""
    target = resource("checkpoints") / f"{name}.safetensors"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(checkpoint.read_bytes())
    status = read_status(checkpoint.parent)
    save_card(target, told(read_card(target), name, None if status is None else status.epochs))
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
