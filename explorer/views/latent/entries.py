"""Which checkpoints have a latent plane, and which one a plane means."""

from __future__ import annotations

from explorer.checkpoints.card import NO_ENCODER, UNSAID
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import PlaneRecipe
from explorer.state.library import Library
from explorer.state.session import LatentState

DEFAULT = "mnist-vae-2d"


def has_plane(entry: LibraryEntry) -> bool:
    """Whether an entry is a VAE or an AE with codes of at least two dimensions."""
    return entry.card is not None and entry.card.kind in ("vae", "ae") and dimensions(entry) >= 2


def dimensions(entry: LibraryEntry) -> int:
    """Of an entry's codes."""
    if entry.card is None:
        return 0
    if entry.card.latent is not None:
        return entry.card.latent.dimensions
    code = entry.card.network.config.get("code", 2)
    return code if isinstance(code, int) else 0


def is_variational(entry: LibraryEntry | None) -> bool:
    """Whether an entry is a VAE."""
    return entry is not None and entry.card is not None and entry.card.kind == "vae"


def has_exact_posterior(entry: LibraryEntry) -> bool:
    """Whether p(z|x) of an entry can be summed over its plane: a VAE of two-dimensional codes that says its p(x|z)."""
    if not is_variational(entry) or dimensions(entry) != 2 or entry.card is None:
        return False
    return bool(entry.card.network.config.get("likelihood", "bernoulli"))


def is_spatial(entry: LibraryEntry | None) -> bool:
    """Whether an entry's codes are images of latent pixels."""
    return entry is not None and entry.card is not None and entry.card.latent is not None


def is_unsaid(entry: LibraryEntry | None) -> bool:
    """Whether an entry does not say what images it was made with, so that others stand in for them."""
    return entry is not None and entry.card is not None and entry.card.data.name == UNSAID


def decodes_only(entry: LibraryEntry | None) -> bool:
    """Whether an entry is a decoder without an encoder."""
    return entry is not None and entry.card is not None and entry.card.network.config.get("encoder") == NO_ENCODER


def plane_entries(library: Library) -> tuple[LibraryEntry, ...]:
    """Entries that have a plane."""
    return tuple(e for e in library.of_kind("vae", "ae") if has_plane(e))


def resolve(recipe: PlaneRecipe, library: Library, which: int = 0) -> LibraryEntry | None:
    """Entry of the first plane, or of the `which`th beside it: by hash, else by where it was.

    Before any is chosen, the first plane is that of the shipped VAE, or of the first there is.
    """
    entries = (*plane_entries(library), *(e for e in library.folded if has_plane(e)))
    if which:
        model = recipe.beside[which - 1] if which <= len(recipe.beside) else None
        tests = [] if model is None else [lambda e: e.sha256 == model.checkpoint, lambda e: model.source in (e.name, e.path)]
    elif recipe.checkpoint or recipe.source:
        tests = [lambda e: e.sha256 == recipe.checkpoint, lambda e: recipe.source in (e.name, e.path)]
    else:
        tests = [lambda e: e.name == DEFAULT, lambda e: True]
    return next((e for test in tests for e in entries if test(e)), None)


def chain_entries(library: Library, entry: LibraryEntry | None) -> tuple[LibraryEntry, ...]:
    """Networks that walk the codes of an entry: those that `train ddpm --in` made of it."""
    if entry is None:
        return ()
    return tuple(
        e for e in library.of_kind("ddpm") if e.card is not None and e.card.latent is not None and e.card.latent.sha256 == entry.sha256
    )


def chain_entry(recipe: PlaneRecipe, library: Library, entry: LibraryEntry | None) -> LibraryEntry | None:
    """The network of a plane's chains: the one of the recipe, where it walks the codes of `entry`."""
    chains = recipe.chains
    return None if chains is None else next((e for e in chain_entries(library, entry) if e.sha256 == chains.checkpoint), None)


def sliced_planes(recipe: PlaneRecipe, library: Library) -> tuple[tuple[int, LibraryEntry], ...]:
    """The planes that are slices of more than two dimensions: 0 the first, i the ith beside it."""
    found = ((which, resolve(recipe, library, which)) for which in range(1 + len(recipe.beside)))
    return tuple((which, entry) for which, entry in found if entry is not None and dimensions(entry) > 2)


def steered(state: LatentState, library: Library) -> int:
    """The plane that the inspector steers: the chosen one where it is a slice, else the first that is, else the first."""
    known = [which for which, _ in sliced_planes(state.recipe, library)]
    return state.sliced if state.sliced in known else known[0] if known else 0
