"""`explorer.read_recipe`, `explorer.load` and `explorer.replay`: recipes of exports, their arrays, and chains made again from them."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from explorer.errors import BadInput
from explorer.python.chain import Chain, check_room
from explorer.python.checked import checked
from explorer.recipe import ChainRecipe, Recipe
from explorer.recipe.told import Told
from explorer.sources.from_python.model import Model

_ARRAYS = ("x", "x0_hat", "eps_hat", "mean", "z", "timesteps", "alpha_bar", "a0", "at", "sigma")
_FURTHER = ("labels", "decoded")


@checked
def read_recipe(path: str | Path) -> Recipe:
    """The recipe in a file that this app wrote (.png, .gif, .mp4, .npz, .html), or in a .json of its own.

    A recipe is frozen; `msgspec.structs.replace` makes another of it, and `Recipe` and its parts can be compared.

    Raises
    ------
    BadInput
        If the file is missing, cannot be read, or has no recipe inside.
    """
    from explorer.exports.embedded import recipe_of

    return recipe_of(Path(path).expanduser())


@checked
def load(path: str | Path) -> tuple[Chain, ...]:
    """The chains in an .npz that `Chain.save`, `generative-explorer sample` or File > Export… wrote, in their order.

    Raises
    ------
    BadInput
        If the file is missing, cannot be read, or holds no chain of this app's.
    """
    from explorer.exports.embedded import read_recipe as read

    file = Path(path).expanduser()
    if file.suffix.lower() != ".npz":
        raise BadInput(f"{file}: chains are loaded from an .npz")
    recipe = read(file)
    if recipe.chain is None or not recipe.chain.lanes:
        raise BadInput(f"{file}: its recipe has no chain")
    return _chains(file, recipe, recipe.chain)


@checked
def replay(recipe: Recipe | str | Path, *, models: Sequence[Model] = (), device: str = "auto") -> tuple[Chain, ...]:
    """The chains of a recipe, sampled again in its arithmetic: lanes, branches, painting and all, one `Chain` a lane.

    Parameters
    ----------
    recipe : Recipe, str or Path
        Such as `chain.recipe`, or a file as of `read_recipe`.
    models : sequence of Model
        Networks in memory that it names.
    device : str
        As the command line's --device; "auto" is that of the recipe where this machine has it.

    Raises
    ------
    BadInput
        If the recipe has no chain, or a checkpoint or a data set of it is not here, or is another.
    """
    told = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    name = "the recipe" if isinstance(recipe, Recipe) else str(recipe)
    if told.chain is None or not told.chain.lanes:
        raise BadInput(f"{name}: has no chain; codes are decoded again by explorer.decode")
    with _in_memory(models) as paths, tempfile.TemporaryDirectory() as folder:
        from explorer.engine.chain.export.messages import ExportChain, ExportLook
        from explorer.sampling.engines import engines_for
        from explorer.sampling.finding import checkpoint_path, found

        def finder(source: str, sha256: str, of: Told | None) -> str:
            if source not in paths:
                return checkpoint_path(source, sha256, of)
            path, own = paths[source]
            if own != sha256:
                raise BadInput(f"{source}: is not the network of the recipe ({sha256[:12]}…): with another one it is another chain")
            return path

        here, out = found(told.chain, finder), Path(folder) / "chain.npz"
        labels = tuple(lane.source for lane in here.lanes)
        for _ in engines_for(told.arithmetic, device)[0].handle(ExportChain(here, str(out), ExportLook(labels=labels)), "replay"):
            pass
        from explorer.exports.embedded import read_recipe as read

        return _chains(out, msgspec.structs.replace(told, arithmetic=read(out).arithmetic), told.chain)


def _chains(file: Path, recipe: Recipe, chain: ChainRecipe) -> tuple[Chain, ...]:
    """A chain of each lane in an archive, with a recipe of its own."""
    from explorer.sampling.lanes import label_of

    check_room(file.stat().st_size, f"{file}: its arrays")
    made = []
    try:
        with np.load(file, allow_pickle=False) as archive:
            for number, lane in enumerate(chain.lanes):
                arrays = {name: archive[f"lane{number}/{name}"] for name in _ARRAYS}
                further = {name: archive[f"lane{number}/{name}"] for name in _FURTHER if f"lane{number}/{name}" in archive.files}
                own = Recipe(chain=ChainRecipe((lane,), chain.seed, chain.samples), arithmetic=recipe.arithmetic)
                made.append(Chain(**arrays, **further, recipe=own, label=label_of(lane, len(arrays["sigma"]))))
    except MemoryError:
        raise
    except Exception as error:  # whatever the reader of arrays raises for a damaged file
        raise BadInput(f"{file}: cannot be read: {error}") from None
    return tuple(made)


@contextlib.contextmanager
def _in_memory(models: Sequence[Model]) -> Iterator[dict[str, tuple[str, str]]]:
    """Path and hash by name of networks in memory, as long as they are asked."""
    with contextlib.ExitStack() as stack:
        paths = {}
        for model in models:
            if not isinstance(model, Model):
                raise BadInput(f"models are of explorer.Model, and one of these is a {type(model).__name__}")
            from explorer.sources.from_python import in_memory
            from explorer.sources.from_python.network import identity, in_evaluation_mode

            paths[model.name] = str(in_memory.put(model)), identity(model)
            stack.callback(in_memory.forget, model.name)
            stack.enter_context(in_evaluation_mode(model.network))
        yield paths
