"""Where a checkpoint is: a path, or the name of one that comes with the app."""

from __future__ import annotations

from pathlib import Path

from explorer.checkpoints import ladder
from explorer.checkpoints.snapshots import SUFFIX, of_run, snapshots
from explorer.errors import BadInput
from explorer.paths import expanded, is_dir, is_file
from explorer.regular_file import check_regular
from explorer.resources import resource


def shipped() -> dict[str, Path]:
    """Checkpoints that come with the app, by name (the file's without its ending), in name order."""
    return {path.stem: path for path in sorted(resource("checkpoints").glob(f"*{SUFFIX}"))}


def named() -> dict[str, Path]:
    """All that comes with the app and has a name: those, and the ladder from AE to VAE, which no list offers."""
    return shipped() | ladder.paths()


def locate(name: str) -> Path:
    """Path of a checkpoint.

    Parameters
    ----------
    name : str
        A file, a shipped one such as "mnist-ddpm-c", a snapshot of a shipped one's run, "mnist-ddpm-c/epoch-003", or one of the
        ladder from AE to VAE, "ladder/vae-beta-4".

    Raises
    ------
    BadInput
        If there is neither; unless it is a whole path the message names the shipped ones. If the path cannot be one, or not be asked for.
    """
    path = expanded(name)
    if is_file(path):
        return path
    known = shipped()
    stem = name.removesuffix(SUFFIX)
    if stem in known:
        return known[stem]
    if stem in (rungs := ladder.paths()):
        return rungs[stem]
    run, _, moment = stem.partition("/")
    if run in known and moment:
        return _snapshot(known[run], moment)
    if is_dir(path):
        raise BadInput(f"{name}: is a folder; name a {SUFFIX} file in it")
    check_regular(path)
    if path.is_absolute():  # nobody means a name
        raise BadInput(f"{name}: no such file")
    raise BadInput(f"{name}: no such file, nor a checkpoint that comes with the app ({', '.join(known) or 'none is installed'})")


def _snapshot(path: Path, moment: str) -> Path:
    """The snapshot of a shipped checkpoint's run whose file is called `moment`."""
    found = {Path(snapshot.path).stem: Path(snapshot.path) for snapshot in snapshots(path)}
    if moment in found:
        return found[moment]
    names = ", ".join(found) or "it has none"
    raise BadInput(f"{path.stem}/{moment}: there is no such snapshot of {path.stem} ({names})")


def source_of(path: Path) -> str:
    """What a recipe calls a checkpoint: the name of a shipped one, else its path as given."""
    resolved = path.resolve()
    for name, file in named().items():
        if file.resolve() == resolved:
            return name
        if file.with_suffix("").resolve() == resolved.parent and of_run(resolved.name) is not None:
            return f"{name}/{resolved.stem}"
    return str(path)
