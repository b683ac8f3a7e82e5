"""The table of commands: where each is, and what it does in a line. Nothing of a command is imported before it is asked for."""

from __future__ import annotations

from typing import NamedTuple

from explorer.own_process import TRY_GRAPH


class Command(NamedTuple):
    """One row.

    Attributes
    ----------
    where : str
        "module:function".
    does : str
        What the list of commands says of it.
    """

    where: str
    does: str


DEFAULT_COMMAND = "open"
"""It also takes what names no command."""
COMMANDS = {
    "open": Command("explorer.cli.open:open_window", "Open the window, with these files in it; runs a Python file of yours."),
    "render": Command("explorer.cli.render.command:render", "Draw a workspace's window into a picture, without a screen."),
    "sample": Command("explorer.cli.sample.command:sample", "Sample one or several models from the same noise."),
    "sweep": Command("explorer.cli.sweep:sweep", "Do many recipes: the arrays of each, as of sample --out FILE.npz, or a figure of it."),
    "replay": Command("explorer.cli.replay.command:replay", "Make an export again from its recipe, and say whether it is identical."),
    "train": Command("explorer.cli.train.command:train", "Train a model; writes a checkpoint each epoch, loss.csv and final.safetensors."),
    "decode": Command("explorer.cli.decode:decode", "Decode codes of a VAE or an AE."),
    "encode": Command("explorer.cli.encode:encode", "Encode pictures with a VAE or an AE: mean, sigma and the terms of the ELBO."),
    "invert": Command("explorer.cli.invert:invert", "Take a picture to the noise that it comes from (DDIM inversion), and back."),
    "evaluate": Command("explorer.cli.evaluate.command:evaluate", "Measure a checkpoint."),
    "export": Command("explorer.cli.export:export", "Write a checkpoint for other programs: as ONNX, or as a diffusers folder."),
    "info": Command("explorer.cli.info:info", "Say what checkpoints and documents are; exit status 2 if one cannot be opened."),
}
"""By name, in the order of the list."""
HIDDEN = {
    "engine": Command("explorer.cli.engine:engine", "Run an engine for a window, which talks to it on stdin and stdout."),
    TRY_GRAPH: Command("explorer.cli.try_graph:try_graph", "Compile a graph and run it, where nothing is lost if that ends the process."),
}
"""Those that are not for people."""
